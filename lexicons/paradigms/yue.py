"""Cantonese person nouns: see `chinese`."""

from corpus_assay.lexicons.paradigms.chinese import KEYS, inflect

__all__ = ["KEYS", "inflect"]

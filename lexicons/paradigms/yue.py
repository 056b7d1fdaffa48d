"""Cantonese person nouns and descriptors: see `chinese`."""

from corpus_assay.lexicons.paradigms.chinese import (
    ADJECTIVE_KEYS,
    KEYS,
    inflect,
    inflect_adjective,
)

__all__ = ["ADJECTIVE_KEYS", "KEYS", "inflect", "inflect_adjective"]

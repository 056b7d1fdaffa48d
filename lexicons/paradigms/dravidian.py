"""What the scripts of Tamil, Telugu and Kannada share: a vowel after a consonant is a sign.

The three blocks of Unicode are laid out alike, so that one rule writes all of them: the sign of a
vowel stands 0x38 after its letter, and the virama at 0x4D of the block.
"""

from __future__ import annotations

SIGN = 0x38
"""From the letter of a vowel to its sign."""


def place(letter: str) -> int:
    """Place of a letter in its block of 128."""
    return ord(letter) & 0x7F


def is_vowel(letter: str) -> bool:
    """Whether this is the letter of a vowel, as a word begins with."""
    return 0x05 <= place(letter) <= 0x14


def ends_in_virama(text: str) -> bool:
    """Whether a text ends in a consonant without a vowel."""
    return place(text[-1]) == 0x4D


def ends_in_consonant_letter(text: str) -> bool:
    """Whether a text ends in a letter with the vowel a in it."""
    return 0x15 <= place(text[-1]) <= 0x39


def ends_in_sign(text: str, *vowels: str) -> bool:
    """Whether a text ends in the sign of one of these vowels (given as letters)."""
    return ord(text[-1]) in {ord(vowel) + SIGN for vowel in vowels}


def join(stem: str, ending: str) -> str:
    """A stem and an ending in one word. Before a vowel the stem must end in a bare consonant."""
    if not ending or not is_vowel(ending[0]):
        return stem + ending
    if not ends_in_virama(stem):
        raise ValueError(f"{stem} needs a glide before {ending}")
    sign = "" if place(ending[0]) == 0x05 else chr(ord(ending[0]) + SIGN)
    return stem[:-1] + sign + ending[1:]

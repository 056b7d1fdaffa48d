"""Tagalog nouns: the linker, the plural word mga, and possessors inside a phrase.

- **Linker.** A noun before what describes it takes the linker: -ng after a vowel (babaeng, batang),
  -g after n (kabataang); after other consonants it is the word na, and the noun stays as it is
  (kapatid na). After a phrase it stands on the last word (batang lalaking).
- **Plural.** mga before the noun (mga bata, mga batang). The bare noun says nothing of number.
- **Possessors.** A short possessor goes between head and attribute and carries the linker: anak na
  babae, anak kong babae, kapatid niyang lalaki. The entry names the head.
- **Adjectives** take the linker like nouns, and mga as nouns of persons. Those in ma- have a plural
  with the first syllable of the root repeated (matanda, matatanda).
- The short forms of ay and at are cut off by the apostrophe (bata'y, ama't), so that the noun is
  found as it is. After n the n is written away before them (kabataa't); these are not made.

Not made: verbs and abstract nouns in pag-, pagka-, ka-…-an (pagkabata childhood), mag- groups
(mag-asawa couple), which are listed where they name the person. Check with Schachter and Otanes,
Tagalog Reference Grammar (1972).
"""

from __future__ import annotations

from collections.abc import Iterator

from corpus_assay.lexicons.paradigms import FORMS, PLURAL, Inflected, Word

KEYS = {
    "head": "the head of a phrase that a possessor may part (anak of anak na babae)",
    "collective": "true: names many (kababaihan), so that all its forms are plural",
    "bare": "true: an address or a title, without mga",
}

ADJECTIVE_KEYS = {"plural": "false: no plural with a repeated syllable"}

VOWELS = "aeiou"
POSSESSORS = {
    "ko": "my",
    "mo": "your",
    "niya": "his or her",
    "namin": "our",
    "natin": "our (with you)",
    "ninyo": "your (plural)",
    "nila": "their",
}


def inflect(word: Word) -> Iterator[Inflected]:
    number = PLURAL if word.flag("collective") else FORMS
    for text, rule in _phrases(word):
        yield Inflected(text, number, rule)
        marked = linked(text)
        steps = "" if rule == "lemma" else f"{rule} + "
        if marked != text:
            yield Inflected(marked, number, f"{steps}linker -{marked.removeprefix(text)}")
        if not word.flag("bare"):
            yield Inflected(f"mga {text}", PLURAL, f"{steps}plural mga")
            if marked != text:
                ending = marked.removeprefix(text)
                yield Inflected(f"mga {marked}", PLURAL, f"{steps}plural mga + linker -{ending}")


def inflect_adjective(word: Word) -> Iterator[Inflected]:
    """The adjective and its plural, with the linker and with mga."""
    yield from _marked(word.lemma, FORMS, "lemma")
    if word.lemma.startswith("ma") and word.keys.get("plural") is not False:
        yield from _marked(_repeated(word.lemma), PLURAL, "plural with a repeated syllable")


def _marked(text: str, number: str, rule: str) -> Iterator[Inflected]:
    steps = "" if rule == "lemma" else f"{rule} + "
    yield Inflected(text, number, rule)
    yield Inflected(f"mga {text}", PLURAL, f"{steps}plural mga")
    if (marked := linked(text)) != text:
        ending = marked.removeprefix(text)
        yield Inflected(marked, number, f"{steps}linker -{ending}")
        yield Inflected(f"mga {marked}", PLURAL, f"{steps}plural mga + linker -{ending}")


def _repeated(adjective: str) -> str:
    """An adjective in ma- with the first syllable of its root twice: mayaman, mayayaman."""
    root = adjective.removeprefix("ma")
    end = next(k for k, letter in enumerate(root) if letter in VOWELS) + 1
    return f"ma{root[:end]}{root}"


def linked(text: str) -> str:
    """A word with the linker, where it is written on."""
    if text[-1] in VOWELS:
        return f"{text}ng"
    return f"{text}g" if text[-1] == "n" else text


def _phrases(word: Word) -> Iterator[tuple[str, str]]:
    """The lemma, and with each possessor after its head."""
    yield word.lemma, "lemma"
    if head := word.text("head"):
        for possessor, person in POSSESSORS.items():
            made = linked(possessor)
            yield f"{head} {made} {word.last}", f"{person} {possessor} + linker"

"""English pronouns and demographic terms."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from document_batches import batch, document

from corpus_assay.lexicons import terms
from corpus_assay.lexicons.files import FormList
from corpus_assay.transforms import kernels
from corpus_assay.transforms.matching import Matcher, sequences
from corpus_assay.transforms.tokens import tokenise

PRONOUNS = terms.pronouns("eng")
WORDS = terms.demographics("eng")


def found(words: FormList, text: str) -> list[str]:
    """What counts in a text, in order: the concepts of each match, joined with a blank."""
    texts = [form.text for form in words.forms] + list(words.block)
    cases = [
        kernels.CAPITALISED
        if text in words.capitalised
        else kernels.LOWERCASE
        if text in words.lowercase
        else 0
        for text in texts
    ]
    matcher = Matcher({"eng": texts}, {"eng": np.array(cases, np.uint8)})
    meaning: dict[int, set[str]] = {}
    for form, entry in zip(words.forms, matcher.canonical, strict=False):
        meaning.setdefault(int(entry), set()).add(form.concept)
    matches = matcher.match(tokenise(batch([document(text, "eng")])))
    return [" ".join(sorted(meaning[e])) for e in matches.entries.tolist() if e in meaning]


PRONOUN_SETS = {
    "first": "I me my mine myself we us our ours ourselves",
    "second": "you your yours yourself yourselves",
    "feminine": "she her hers herself",
    "masculine": "he him his himself",
    "unspecified": "they them their theirs theirself themself themselves",
    "third": "it its itself",
}


@pytest.mark.parametrize("kind", PRONOUN_SETS)
def test_the_pronouns_are_those_of_the_llama_2_report(kind: str) -> None:
    texts = [form.text for form in PRONOUNS.forms if form.concept == kind]
    assert texts == PRONOUN_SETS[kind].split()


def test_the_pronouns_have_no_faults() -> None:
    assert list(terms.pronoun_faults(PRONOUNS, "Latn")) == []
    assert PRONOUNS.comparable


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("She's here.", ["feminine"]),
        ("I think they'll help us.", ["first", "unspecified", "first"]),
        ("In the US, i is a variable.", []),
        ("World War I began.", []),
        ("The coal mine is not mine.", ["first"]),
        ("HIS BOOK, HER BOOK", ["masculine", "feminine"]),
        ("I've read it vis-à-vis.", ["first", "third"]),
        ("Tell 'em by e-mail, e.g. now.", []),
        ("Ask xem about xyr work.", ["neopronoun:xe", "neopronoun:xe"]),
    ],
)
def test_pronouns_in_a_text(text: str, kinds: list[str]) -> None:
    assert found(PRONOUNS, text) == kinds


def test_contractions_and_abbreviations_are_in_no_family() -> None:
    texts = {form.text for form in PRONOUNS.forms}
    assert texts.isdisjoint({"e", "em", "ve", "pers", "one", "who", "thou"})


def test_the_descriptors_have_no_faults() -> None:
    assert list(terms.demographic_faults(WORDS, "Latn")) == []


def test_no_form_stands_under_two_descriptors_or_is_blocked() -> None:
    texts = [form.text for form in WORDS.forms]
    keys = sequences(texts, "eng").text_keys().tolist()
    meanings: dict[int, set[str]] = {}
    for key, form in zip(keys, WORDS.forms, strict=True):
        meanings.setdefault(key, set()).add(form.concept)
    assert [concepts for concepts in meanings.values() if len(concepts) > 1] == []
    blocked = sequences(list(WORDS.block), "eng").text_keys().tolist()
    assert [t for t, key in zip(WORDS.block, blocked, strict=True) if key in meanings] == []


def test_the_size_of_the_list() -> None:
    assert len(WORDS.descriptors) >= 600
    assert set(terms.core_descriptors()) <= set(WORDS.descriptors)
    sizes = Counter(axis for found in WORDS.descriptors.values() for axis in found.axes)
    assert set(sizes) == set(terms.axes())
    assert min(sizes.values()) >= 15
    assert sizes["nationality"] >= 90


def test_flags_and_preferences_say_why() -> None:
    for descriptor in WORDS.descriptors.values():
        if descriptor.polysemous or descriptor.preference:
            assert descriptor.note, descriptor.id


def test_descriptors_of_two_axes() -> None:
    for concept in ("lgbt", "queer"):
        assert WORDS.descriptors[concept].axes == ("gender_and_sex", "sexual_orientation")


@pytest.mark.parametrize(
    ("text", "concepts"),
    [
        ("two Frenchwomen, a Dane and three Poles", ["french", "danish", "polish"]),
        ("Polish workers polish the poles.", ["polish"]),
        ("a kiwi for the Kiwis", ["new_zealander"]),
        ("Czechs in the Czech Republic", ["czech"]),
        ("Saudis of Saudi Arabia", ["saudi"]),
        (
            "South Africans, West Africans and Africans",
            ["south_african", "west_african", "african"],
        ),
        ("African-American and African American voters", ["african_american"] * 2),
        ("Native Americans are Americans.", ["native_american", "american"]),
        ("non-binary, non binary and nonbinary people", ["nonbinary"] * 3),
        ("hard-of-hearing or Deaf or deaf-blind", ["hard_of_hearing", "deaf", "deafblind"]),
        ("people with disabilities", ["disabled"]),
        ("LGBTQ+ and queer youths", ["lgbt", "queer", "youth"]),
        ("the divorcée and the widowers", ["divorced", "widowed"]),
        ("two sixty-year-old pensioners, 80 years old", ["retired"]),
        ("He retired in May. The retired teacher slept.", ["retired"]),
        ("White men in the White House", ["white"]),
        ("a black woman near the Black Sea and a black hole", ["black"]),
        ("a blind man's blind spot", ["blind"]),
        ("poor families, poor quality, Standard & Poor's", ["poor"]),
        ("rich people prefer rich text", ["rich"]),
        ("Go straight away with the straight man.", ["straight"]),
        ("trans fat, a trans woman and trans-Atlantic flights", ["transgender"]),
        ("non-Muslims and Muslims", ["muslim"]),
        ("the Indian Ocean and an Indian widow", ["indian", "widowed"]),
        ("people of colour, men of color", ["person_of_colour"] * 2),
        ("Jehovah's Witnesses, Shi'ites and Bahá'ís", ["jehovahs_witness", "shia", "bahai"]),
        ("French fries and a Great Dane", []),
        ("She wore an old coat in the Old Town.", ["old"]),
    ],
)
def test_descriptors_in_a_text(text: str, concepts: list[str]) -> None:
    assert found(WORDS, text) == concepts


@pytest.mark.parametrize(
    ("concept", "preference"),
    [
        ("wheelchair_bound", "dispreferred"),
        ("handicapped", "dispreferred"),
        ("eskimo", "dispreferred"),
        ("latinx", "polarising"),
        ("queer", "polarising"),
        ("deaf", ""),
    ],
)
def test_preferences(concept: str, preference: str) -> None:
    assert WORDS.descriptors[concept].preference == preference


def test_made_forms_that_are_no_words_are_absent() -> None:
    texts = {form.text for form in WORDS.forms}
    assert texts.isdisjoint({"Czeches", "Frenchmans", "Chineses", "deafs", "blinds", "poors"})

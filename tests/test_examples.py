"""Examples: three passages a form, the same whatever the order of documents."""

from __future__ import annotations

import random

from document_batches import Document, batch, document, options, rows, tables

from corpus_assay.transforms.examples import KEEP, REACH


def test_the_context_of_the_first_match_of_each_form_in_a_document() -> None:
    text = "é" * 100 + " The Old Woman's woman 女" + "人" * 100
    made = tables([batch([document(text, position=5)])], options())
    [example] = rows(made["examples"])
    del example["rank"]
    assert example == {
        "measure": "gender",
        "language": "eng",
        "key": "woman",
        "file": 0,
        "position": 5,
        "role": "text",
        "before": ("é" * 100 + " The Old ")[-REACH:],
        "match": "Woman",
        "after": ("'s woman 女" + "人" * 100)[:REACH],
    }


def test_context_ends_where_the_part_ends() -> None:
    one = Document(((1, "prompt"), (4, "grand\u00admother"), (2, "response")), "eng")
    [example] = rows(tables([batch([one])], options())["examples"])
    assert (example["before"], example["match"], example["after"]) == ("", "grand\u00admother", "")
    assert example["role"] == "rejected"


def test_matches_of_several_words_stand_as_they_are_written() -> None:
    made = tables([batch([document("Sa GRAND-MÈRE dort", "fra")])], options())
    [example] = rows(made["examples"])
    assert (example["key"], example["match"]) == ("grand-mère", "GRAND-MÈRE")


def test_the_rank_of_a_document_and_key_never_changes() -> None:
    """SplitMix64's finalizer of (finalizer of position + file · 2⁴⁴) xor FNV-1a of the key."""
    [example] = rows(tables([batch([document("woman", position=5)])], options())["examples"])
    mask = 2**64 - 1

    def mix(x: int) -> int:
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 & mask
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB & mask
        return x ^ (x >> 31)

    key = 0xCBF29CE484222325
    for byte in b"woman":
        key = (key ^ byte) * 0x100000001B3 & mask
    assert example["rank"] == mix(mix(5) ^ key)


def test_the_smallest_ranks_are_kept_whatever_the_order() -> None:
    documents = [
        document(f"number {k}: a woman and a man{' and a woman' * (k % 3)}", position=k)
        for k in range(50)
    ]
    single = [rows(tables([batch([one])], options())["examples"]) for one in documents]
    expected = {
        form: sorted(row["rank"] for found in single for row in found if row["key"] == form)[:KEEP]
        for form in ("woman", "man")
    }
    assert all(len(ranks) == KEEP == 3 for ranks in expected.values())
    whole = tables([batch(documents)], options())["examples"]
    for form, ranks in expected.items():
        assert [row["rank"] for row in rows(whole, key=form)] == ranks
    random.Random(1).shuffle(documents)
    pieces = [batch(documents[k : k + 7]) for k in range(0, 50, 7)]
    assert tables(pieces, options(), limit=2)["examples"].equals(whole)


def test_equal_words_of_two_languages_are_two_keys() -> None:
    documents = [document("mama", "eng"), document("mama", "deu", 1)]
    found = rows(tables([batch(documents)], options())["examples"])
    assert [(row["language"], row["position"]) for row in found] == [("deu", 1), ("eng", 0)]

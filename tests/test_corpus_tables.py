"""Sizes, lengths, languages and sources, worked out by hand."""

from __future__ import annotations

from document_batches import Document, batch, document, options, rows, tables

from corpus_assay.transforms.documents import ANY


def test_sizes_by_hand() -> None:
    """Two documents of source a: a prompt and a response; a prompt without text.

    "Hé, du!" is 2 words, 2 marks, 7 characters, 8 bytes; "女人" 2 words, 2 characters, 6 bytes.
    """
    documents = [
        Document(((1, "Hé, du!"), (2, "女人")), "eng", "a"),
        Document(((1, ""),), "eng", "a", 1),
        Document((), "eng", "b", 2),
    ]
    made = tables([batch(documents)], options())
    names = made["corpus"].column_names
    assert names == [
        *("source", "language", "role", "documents", "empty_documents", "bytes", "characters"),
        *("tokens", "words", "tokens_squared", "words_squared"),
    ]
    assert [tuple(row.values()) for row in made["corpus"].to_pylist()] == [
        ("a", "eng", ANY, 2, 1, 14, 9, 6, 4, 36, 16),
        ("a", "eng", "prompt", 2, 1, 8, 7, 4, 2, 16, 4),
        ("a", "eng", "response", 1, 0, 6, 2, 2, 2, 4, 4),
        ("b", "eng", ANY, 1, 1, 0, 0, 0, 0, 0, 0),
    ]
    assert rows(made["sources"]) == [
        {"slice": "", "value": "a", "bytes": 14},
        {"slice": "", "value": "b", "bytes": 0},
    ]


def test_lengths_are_powers_of_two() -> None:
    documents = [
        document("a " * words, position=words) for words in (0, 1, 2, 3, 4, 7, 8, 1023, 1024)
    ]
    made = tables([batch(documents)], options())
    found = rows(made["lengths"], role=ANY, source="s", language="eng")
    assert [tuple(row.values()) for row in found] == [
        *((0, 1), (1, 1), (2, 2), (4, 2), (8, 1), (512, 1), (1024, 1))
    ]


def test_languages_and_how_documents_came_by_them() -> None:
    documents = [document("a", "eng"), document("a", "en"), document("a", "xx-none")]
    made = tables([batch(documents)], options())
    assert rows(made["languages"]) == [
        {"language": "eng", "method": "column", "documents": 2},
        {"language": "und", "method": "none", "documents": 1},
    ]


def test_slices_by_two_columns() -> None:
    documents = [
        Document(((0, "a b"),), slices=("2024", "news")),
        Document(((0, "a"),), slices=("2025", None), position=1),
        Document(((0, ""),), slices=("2024", None), position=2),
    ]
    made = tables([batch(documents)], options(slice_by=("year", "domain")))
    found = rows(made["corpus_slices"], role=ANY, language="eng")
    assert [
        (row["slice"], row["value"], row["documents"], row["empty_documents"], row["words"])
        for row in found
    ] == [
        ("domain", "", 2, 1, 1),
        ("domain", "news", 1, 0, 2),
        ("year", "2024", 2, 1, 2),
        ("year", "2025", 1, 0, 1),
    ]
    assert rows(made["sources"], slice="domain") == [
        {"value": "", "bytes": 1},
        {"value": "news", "bytes": 3},
    ]

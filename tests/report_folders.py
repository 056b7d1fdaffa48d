"""Audit folders made by hand for the tests of the report.

``python tests/report_folders.py`` writes the golden report again; look at what changed.
"""

from __future__ import annotations

import json
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

GOLDEN = Path(__file__).parent / "golden" / "report.html"

NAMES = {
    "eng": ("English", "ltr", "Latn"),
    "spa": ("Spanish", "ltr", "Latn"),
    "arb": ("Standard Arabic", "rtl", "Arab"),
    "hin": ("Hindi", "ltr", "Deva"),
    "tha": ("Thai", "ltr", "Thai"),
    "cmn": ("Mandarin Chinese", "ltr", "Hans"),
    "isl": ("Icelandic", "ltr", "Latn"),
    "und": ("Undetermined", "ltr", ""),
}

ESTIMATED = {
    **{"words": "estimated", "segmenter": "spaCy with jieba"},
    **{"ratio": 0.998, "median_error": 0.0476},
}
SEGMENTED = {"words": "segmented", "segmenter": "spaCy with PyThaiNLP"}
"""How the manifest says that words without spaces between them were counted."""

_INT, _BIG, _TEXT = pa.int64(), pa.decimal128(38, 0), pa.string()
_CORPUS = [
    *((name, _INT) for name in ("documents", "empty_documents", "bytes", "characters")),
    *(("tokens", _INT), ("words", _INT), ("tokens_squared", _BIG), ("words_squared", _BIG)),
]
_GENDER = [
    *(("matches", _INT), ("documents", _INT), ("matches_squared", _BIG)),
    *(("matches_tokens", _BIG), ("matches_words", _BIG)),
]
_SOURCE = [("source", _TEXT), ("language", _TEXT), ("role", _TEXT)]
_SLICE = [("slice", _TEXT), ("value", _TEXT), ("language", _TEXT), ("role", _TEXT)]
SCHEMAS: Mapping[str, list[tuple[str, pa.DataType]]] = {
    "files": [
        *(("file", pa.int32()), ("path", _TEXT), ("bytes", _INT), ("modified", _TEXT)),
        *((name, _INT) for name in ("read", "audited", "rejected", "repaired")),
    ],
    "languages": [("language", _TEXT), ("method", _TEXT), ("documents", _INT)],
    "corpus": [*_SOURCE, *_CORPUS],
    "lengths": [*_SOURCE, ("bucket", _INT), ("documents", _INT)],
    "gender": [*_SOURCE, ("gender", _TEXT), *_GENDER],
    "gender_contrast": [
        *_SOURCE,
        *(("difference", _INT), ("difference_squared", _BIG)),
        *(("difference_tokens", _BIG), ("difference_words", _BIG)),
    ],
    "gender_terms": [
        *_SOURCE,
        *(("gender", _TEXT), ("concept", _TEXT), ("lemma", _TEXT)),
        *(("matches", _INT), ("documents", _INT)),
    ],
    "gender_forms": [
        *(("language", _TEXT), ("role", _TEXT), ("gender", _TEXT), ("concept", _TEXT)),
        *(("lemma", _TEXT), ("form", _TEXT), ("ambiguous", pa.bool_())),
        *(("matches", _INT), ("documents", _INT)),
    ],
    "reliability": [
        *(("language", _TEXT), ("lexicon", _TEXT), ("measured", pa.bool_()), ("treebank", _TEXT)),
        *((name, _INT) for name in ("found", "gold", "right", "matches")),
        ("news", _TEXT),
        *(
            (f"{gender}_{what}", kind)
            for gender in ("feminine", "masculine", "unspecified")
            for what, kind in (("correlation", pa.float64()), ("total", _INT), ("english", _INT))
        ),
    ],
    "pronouns": [*_SOURCE, ("kind", _TEXT), *_GENDER],
    "pronoun_forms": [
        *(("language", _TEXT), ("role", _TEXT), ("kind", _TEXT), ("form", _TEXT)),
        *(("ambiguous", pa.bool_()), ("matches", _INT), ("documents", _INT)),
    ],
    "demographics": [*_SOURCE, ("axis", _TEXT), *_GENDER],
    "demographic_terms": [
        *_SOURCE,
        *(("axis", _TEXT), ("concept", _TEXT), ("bucket", _TEXT), ("polysemous", pa.bool_())),
        *(("preference", _TEXT), ("matches", _INT), ("documents", _INT)),
    ],
    "corpus_slices": [*_SLICE, *_CORPUS],
    "gender_slices": [*_SLICE, ("gender", _TEXT), *_GENDER],
    "examples": [
        *(("measure", _TEXT), ("language", _TEXT), ("key", _TEXT), ("rank", _INT)),
        *(("file", pa.int32()), ("position", _INT), ("role", _TEXT)),
        *(("before", _TEXT), ("match", _TEXT), ("after", _TEXT)),
    ],
    "rejects": [
        *(("file", pa.int32()), ("position", _INT), ("records", _INT)),
        *(("reason", _TEXT), ("excerpt", _TEXT)),
    ],
}


@dataclass(frozen=True)
class Who:
    """Pronouns and demographic terms of an audit, one match in each document that has one.

    kinds  language, kind of pronoun → documents; None where no list covers the language
    forms  language, kind, form, ambiguous, documents
    axes   language, axis → documents
    terms  language, axis, concept, bucket, polysemous, preference, documents
    """

    kinds: Mapping[tuple[str, str], int | None]
    forms: Sequence[tuple[str, str, str, bool, int]]
    axes: Mapping[tuple[str, str], int | None]
    terms: Sequence[tuple[str, str, str, str, bool, str, int]]


@dataclass(frozen=True)
class Part:
    """Counts of the text of one role: feminine, masculine, unspecified matches and `both`, the
    matches of forms that stand in two classes and so are counted twice in the three."""

    words: int
    feminine: int = 0
    masculine: int = 0
    unspecified: int = 0
    both: int = 0

    def counts(self) -> dict[str, int]:
        """Matches by class, `any` without the double count."""
        return {
            "feminine": self.feminine,
            "masculine": self.masculine,
            "unspecified": self.unspecified,
            "any": self.feminine + self.masculine + self.unspecified - self.both,
        }


@dataclass(frozen=True)
class Document:
    """A document as the tables see it; a token more than it has words, for the full stop."""

    source: str
    language: str
    parts: Mapping[str, Part]
    slices: Mapping[str, str] = field(default_factory=dict)


def text(source: str, language: str, *counts: int, **slices: str) -> Document:
    """A document with one text: words, feminine, masculine, unspecified, both."""
    return Document(source, language, {"text": Part(*counts)}, slices)


def write_audit(
    folder: Path,
    documents: Sequence[Document],
    *,
    terms: Iterable[tuple[str, str, str, str, bool, int]] = (),
    examples: Iterable[tuple[str, str, str, str, str]] = (),
    rejects: Sequence[tuple[int, int, int, str, str]] = (),
    who: Who | None = None,
    path: str = "data/train.jsonl",
    names: Mapping[str, tuple[str, str, str]] = NAMES,
    without_lexicon: Sequence[str] = ("isl", "und"),
    weights: Mapping[str, float] | None = None,
    manifest: Mapping[str, Any] | None = None,
    segmentation: Mapping[str, Mapping[str, Any]] | None = None,
) -> Path:
    """Write the tables and manifest of an audit of `documents`.

    Args:
        folder: made if it is not there.
        documents: what was audited.
        terms: language, gender, concept, form, ambiguous, matches; all of the first source.
        examples: language, form, before, match, after.
        rejects: file, position, records, reason, excerpt.
        who: pronouns and demographic terms, all of the first source; None: not measured.
        path: name of the one input file.
        names: name, direction and script of languages.
        without_lexicon: languages whose measures are null.
        weights: weights of sources.
        manifest: entries that replace those of the manifest.
        segmentation: entries that are added to those of languages.
    """
    rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in SCHEMAS}
    sliced = any(document.slices for document in documents)
    by_source = [((document.source,), document) for document in documents]
    rows["corpus"], rows["gender"], rows["gender_contrast"], rows["lengths"] = _measures(
        by_source, without_lexicon
    )
    by_slice = [(item, document) for document in documents for item in document.slices.items()]
    rows["corpus_slices"], rows["gender_slices"], _, _ = _measures(by_slice, without_lexicon)
    methods: dict[tuple[str, str], int] = defaultdict(int)
    for document in documents:
        methods[document.language, "none" if document.language == "und" else "column"] += 1
    rows["languages"] = [(*key, number) for key, number in sorted(methods.items())]
    rejected = sum(row[2] for row in rejects)
    audited = len(documents)
    rows["files"] = [
        (0, path, 123456, "2026-11-01T00:00:00Z", audited + rejected, audited, rejected, 1)
    ]
    first = documents[0].source if documents else ""
    for language, gender, concept, form, ambiguous, matches in terms:
        for role in ("any", "text"):
            rows["gender_terms"].append((first, language, role, gender, concept, form, matches, 1))
            rows["gender_forms"].append(
                (language, role, gender, concept, form, form, ambiguous, matches, 1)
            )
    ranks: dict[tuple[str, str], int] = defaultdict(int)
    for language, form, before, match, after in examples:
        rank = ranks[language, form]
        ranks[language, form] += 1
        rows["examples"].append(
            ("gender", language, form, rank, 0, 0, "text", before, match, after)
        )
    rows["rejects"] = list(rejects)
    if who is not None:
        _write_who(rows, who, first, documents)
    for code in sorted({document.language for document in documents} - set(without_lexicon)):
        rows["reliability"].append(RELIABILITY.get(code, (code, "f" * 64, False) + (None,) * 15))

    tables = folder / "tables"
    tables.mkdir(parents=True, exist_ok=True)
    listed = []
    for name, schema in SCHEMAS.items():
        if name.endswith("_slices") and not sliced:
            continue
        if name.startswith(("pronoun", "demographic")) and who is None:
            continue
        found = sorted(rows[name], key=repr)
        columns = list(zip(*found, strict=True)) if found else [()] * len(schema)
        table = pa.table(
            [pa.array(column, kind) for column, (_, kind) in zip(columns, schema, strict=True)],
            names=[column for column, _ in schema],
        )
        where = f"tables/{name}.parquet"
        if name == "rejects":
            (tables / name).mkdir(exist_ok=True)
            where = f"tables/{name}/part-00000.parquet"
        pq.write_table(table, folder / where)
        listed.append({"name": name, "path": where, "rows": len(found), "sha256": "0" * 64})
    occurring = sorted({document.language for document in documents})
    whole: dict[str, Any] = {
        "format": 1,
        "tool": {"name": "corpus-assay", "version": "0.1.0"},
        "command": "corpus-assay audit data --output out",
        "created": "2026-11-21T08:53:11+00:00",
        "configuration": {"weights": dict(weights) if weights else None, "slice_by": []},
        "versions": {"python": "3.11.2", "unicode": "17.0.0"},
        "lexicons": {
            code: {"sha256": "f" * 64, "name": "gender", "concepts": 32, "forms": 70}
            for code in occurring
            if code not in without_lexicon
        },
        "languages": {
            code: {
                "name": names.get(code, (code, "", ""))[0],
                "direction": names.get(code, ("", "ltr", ""))[1],
                "script": names.get(code, ("", "", "Latn"))[2],
                "lexicon": code not in without_lexicon,
                **(segmentation or {}).get(code, {}),
            }
            for code in occurring
        },
        "passes": ["audit"],
        "counts": {},
        "tables": listed,
        "timing": {"seconds": 1.5},
        "warnings": [],
    }
    whole.update(manifest or {})
    (folder / "audit.json").write_text(json.dumps(whole), encoding="utf-8")
    return folder


def _write_who(
    rows: dict[str, list[tuple[Any, ...]]], who: Who, source: str, documents: Sequence[Document]
) -> None:
    """Rows of the tables of pronouns and demographic terms."""
    for name, counts in (("pronouns", who.kinds), ("demographics", who.axes)):
        for (language, kind), number in counts.items():
            of = [document for document in documents if document.language == language]
            words = sum(part.words for document in of for part in document.parts.values())
            products = None if number is None else number * words // len(of)
            measures = (number, number, number, products, products)
            rows[name] += [(source, language, role, kind, *measures) for role in ("any", "text")]
    for language, kind, form, ambiguous, number in who.forms:
        rows["pronoun_forms"] += [
            (language, role, kind, form, ambiguous, number, number) for role in ("any", "text")
        ]
    for language, *term, number in who.terms:
        rows["demographic_terms"] += [
            (source, language, role, *term, number, number) for role in ("any", "text")
        ]
    for measure, language, key, before, match, after in WHO_EXAMPLES:
        rows["examples"].append((measure, language, key, 0, 0, 0, "text", before, match, after))


WHO = Who(
    kinds={
        **{
            ("eng", kind): number
            for kind, number in {
                **{"first": 60, "second": 44, "third": 120, "feminine": 40, "masculine": 70},
                **{"unspecified": 88, "gendered": 110, "neopronoun": 3, "neopronoun:xe": 3},
                "any": 128,
            }.items()
        },
        **{
            ("hin", kind): number
            for kind, number in {
                **{"first": 9, "second": 6, "third": 20, "unspecified": 20, "gendered": 20},
                **{"feminine": None, "masculine": None, "neopronoun": None, "any": 25},
            }.items()
        },
        **{("isl", kind): None for kind in ("first", "second", "third", "any")},
    },
    forms=[
        ("eng", "feminine", "she", True, 38),
        ("eng", "masculine", "he", True, 66),
        ("eng", "unspecified", "they", True, 80),
        ("eng", "first", "I", True, 51),
        ("eng", "neopronoun:xe", "xe", False, 3),
        ("eng", "neopronoun:xe", "xyr", False, 3),
        ("hin", "first", "मैं", False, 9),
        ("hin", "unspecified", "वह", True, 18),
    ],
    axes={
        ("eng", "religion"): 40,
        ("eng", "nationality"): 31,
        ("eng", "race_ethnicity"): 24,
        ("eng", "ability"): 4,
        ("eng", "sexual_orientation"): 0,
        ("eng", "age"): 0,
        ("eng", "any"): 70,
        ("hin", "religion"): 12,
        ("hin", "any"): 12,
        ("isl", "any"): None,
    },
    terms=[
        ("eng", "religion", "muslim", "muslim", False, "", 21),
        ("eng", "religion", "christian", "christian", False, "", 25),
        ("eng", "religion", "jewish", "jewish", False, "", 12),
        ("eng", "religion", "zoroastrian", "other", False, "", 2),
        ("eng", "religion", "atheist", "none", False, "", 2),
        ("eng", "nationality", "french", "western_europe", False, "", 30),
        ("eng", "race_ethnicity", "black", "black", True, "", 18),
        ("eng", "race_ethnicity", "white", "white", True, "", 15),
        ("eng", "race_ethnicity", "roma", "european", False, "", 4),
        ("eng", "ability", "wheelchair_user", "disability", False, "", 2),
        ("eng", "ability", "mute", "sensory", True, "dispreferred", 1),
        ("eng", "ability", "handicapped", "disability", False, "dispreferred", 2),
        ("hin", "religion", "hindu", "hindu", False, "", 12),
    ],
)
"""What the golden report shows of pronouns and demographic terms."""

WHO_EXAMPLES = [
    ("pronouns", "eng", "she", "", "She", " was the first to arrive."),
    ("pronouns", "eng", "xyr", "Xe took ", "xyr", " hat and left."),
    ("demographics", "eng", "christian", "A small ", "Christian", " town by the sea."),
    ("demographics", "hin", "hindu", "वे एक ", "हिंदू", " परिवार से हैं।"),
]

RELIABILITY = {
    "eng": (
        *("eng", "f" * 64, True, "UD English PUD", 70, 71, 48, 50, "NTREX-128"),
        *(1.0, 23, 23, 1.0, 51, 51, 1.0, 65, 65),
    ),
    "deu": (
        *("deu", "f" * 64, True, None, None, None, None, None, "NTREX-128"),
        *(0.96, 22, 23, None, 0, 51, 0.75, 57, 65),
    ),
}
"""Rows of ``reliability``; every other language was not measured."""


def _measures(
    keyed: Iterable[tuple[tuple[str, ...], Document]], without_lexicon: Sequence[str]
) -> tuple[list[tuple[Any, ...]], ...]:
    """Rows of corpus, gender, contrast and lengths, by key, language and role."""
    groups: dict[tuple[str, ...], list[Part]] = defaultdict(list)
    for key, document in keyed:
        parts = document.parts
        whole = Part(*(sum(values) for values in zip(*(map(_fields, parts.values())), strict=True)))
        for role, part in (*parts.items(), ("any", whole)):
            groups[(*key, document.language, role)].append(part)
    corpus: list[tuple[Any, ...]] = []
    gender: list[tuple[Any, ...]] = []
    contrast: list[tuple[Any, ...]] = []
    lengths: list[tuple[Any, ...]] = []
    for group, members in sorted(groups.items()):
        words = [part.words for part in members]
        tokens = [number + 1 for number in words]
        empty = sum(number == 0 for number in words)
        sums = (len(words), empty, sum(words) * 6, sum(words) * 6, sum(tokens), sum(words))
        corpus.append((*group, *sums, _products(tokens, tokens), _products(words, words)))
        buckets: dict[int, int] = defaultdict(int)
        for number in words:
            buckets[1 << (number.bit_length() - 1) if number else 0] += 1
        lengths += [(*group, bucket, number) for bucket, number in buckets.items()]
        covered = group[-2] not in without_lexicon
        for name in ("feminine", "masculine", "unspecified", "any"):
            m = [part.counts()[name] for part in members]
            measures = (sum(m), sum(value > 0 for value in m), _products(m, m))
            moments = (*measures, _products(m, tokens), _products(m, words))
            gender.append((*group, name, *(moments if covered else [None] * 5)))
        d = [part.feminine - part.masculine for part in members]
        moments = (sum(d), _products(d, d), _products(d, tokens), _products(d, words), 0)
        contrast.append((*group, *(moments[:4] if covered else [None] * 4)))
    return corpus, gender, contrast, lengths


def _fields(part: Part) -> tuple[int, ...]:
    return part.words, part.feminine, part.masculine, part.unspecified, part.both


def _products(first: Sequence[int], second: Sequence[int]) -> int:
    return sum(a * b for a, b in zip(first, second, strict=True))


def multilingual(folder: Path) -> Path:
    """An audit with everything the page can show: scripts, roles, slices, weights, rejects."""
    documents = []
    for number in range(60):
        year = {"year": str(2019 + number % 3)}
        f, m, u = number % 3, (number * 7) % 5, number % 4
        documents += [
            text("web", "eng", 180 + 11 * number, f, m + 1, u, 0, **year),
            text("books", "eng", 400 + 17 * number, 2 * f, m, u, 0, **year),
            text("web", "spa", 150 + 9 * number, f + 1, m, u + 1, 1, **year),
            text("web", "arb", 120 + 5 * number, f, m, u, 0, **year),
        ]
        if number % 2:
            documents += [
                text("web", "hin", 160 + number, m // 2, f, u, 0, **year),
                text("web", "cmn", 700 + number, f, m, u, 0, **year),
            ]
        if number % 5 == 0:
            documents += [
                text("news", "tha", 900 + 3 * number, f, number % 4, 1, 0, **year),
                text("news", "isl", 210 + number, **year),
                text("(other)", "und", number % 3, **year),
                Document(
                    "preferences",
                    "eng",
                    {
                        "prompt": Part(20, 0, 1, 0),
                        "chosen": Part(60 + number, 1, f, u),
                        "rejected": Part(50 + number, 0, m, u),
                    },
                ),
            ]
    return write_audit(
        folder,
        documents,
        terms=[
            ("eng", "feminine", "woman", "woman", False, 71),
            ("eng", "feminine", "mother", "mother", False, 40),
            ("eng", "masculine", "man", "man", False, 160),
            ("eng", "masculine", "father", "father", False, 20),
            ("eng", "unspecified", "person", "people", False, 99),
            ("spa", "feminine", "woman", "mujer", False, 60),
            ("spa", "masculine", "parent+father", "padres", True, 60),
            ("spa", "unspecified", "parent+father", "padres", True, 60),
            ("arb", "feminine", "woman", "امرأة", False, 33),
            ("arb", "feminine", "woman", "النساء", False, 27),
            ("arb", "masculine", "man", "رجل", False, 81),
            ("hin", "feminine", "woman", "महिला", False, 16),
            ("hin", "masculine", "man", "पुरुष", False, 30),
            ("hin", "unspecified", "person", "व्यक्ति", False, 12),
            ("tha", "feminine", "woman", "ผู้หญิง", False, 9),
            ("tha", "masculine", "man", "ผู้ชาย", False, 6),
            ("cmn", "feminine", "woman", "女人", False, 30),
            ("cmn", "masculine", "man", "男人", False, 50),
        ],
        examples=[
            ("eng", "woman", "She was the first ", "woman", " to hold the chair, and kept it."),
            ("eng", "woman", "An old ", "Woman", " in a red coat waited by the door."),
            ("eng", "man", "No ", "man", " is an island."),
            ("spa", "mujer", "La ", "mujer", " que llegó primero abrió la puerta."),
            ("arb", "امرأة", "كانت أول ", "امرأة", " تحصل على هذه الجائزة في بلدها."),
            ("arb", "رجل", "جاء ", "رجل", " من القرية ⟦U+202E⟧ومعه كتاب."),
            ("hin", "महिला", "वह पहली ", "महिला", " थी जिसने यह पद संभाला।"),
            ("tha", "ผู้หญิง", "เธอเป็น", "ผู้หญิง", "คนแรกที่ได้รับรางวัลนี้"),
            ("cmn", "女人", "她是第一个获奖的", "女人", "，也是最年轻的。"),
        ],
        rejects=[
            (0, 900, 1, "not valid JSON", '{"text": "cut of'),
            (0, 1900, 1, "not valid JSON", "<html>"),
            (0, 2900, 4, "no value in column 'text'", ""),
        ],
        weights={"web": 0.7, "books": 0.2, "news": 0.1},
        segmentation={"cmn": ESTIMATED, "tha": SEGMENTED},
        who=WHO,
        manifest={
            "pronouns": {
                "eng": {"comparable": True, "notes": ["they is plural or singular."]},
                "hin": {"comparable": False, "notes": ["Hindi marks gender on the verb."]},
            },
            "demographics": {"eng": {"notes": []}, "hin": {"notes": []}},
            "configuration": {
                "weights": {"web": 0.7, "books": 0.2, "news": 0.1},
                "slice_by": ["year"],
                "inputs": ["data"],
                "detect_language": "auto",
            },
            "warnings": ["Standard Arabic: the lexicon has base forms only."],
        },
    )


if __name__ == "__main__":
    from corpus_assay.reports import render

    with tempfile.TemporaryDirectory() as scratch:
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(render(multilingual(Path(scratch))), encoding="utf-8")

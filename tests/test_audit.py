"""An audit from files to tables: exact numbers, the manifest, folding, text kept out."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from audit_runs import (
    audit,
    left_beside,
    manifest,
    rows,
    table,
    table_files,
    write_jsonl,
    write_parquet,
)

from corpus_assay.pipelines import cli
from corpus_assay.transforms.language import LanguageOptions

Row = tuple[Any, ...]


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five files, four formats of record, three languages with a lexicon and text of none.

    Words, punctuation and bytes of each text, counted by hand (one byte a character but for ß):

    ====  =====================================  =====  ======  =====
    file  text                                   words  tokens  bytes
    ====  =====================================  =====  ======  =====
    0     Die Frau und der Mann.                     5       6     22
    0     Die Großmutter liest.                      3       4     22
    0     Los padres y la madre.                     5       6     22
    1     Name a man.                                3       4     11
    1     A king, or my father.                      5       7     21
    2     no lexicon here                            3       3     15
    3     Who?                                       1       2      4
    3     My sister.                                 2       3     10
    3     My brother and my brother.                 5       6     26
    4     The woman and the man met a girl.          8       9     33
    4     Two men. No women?                         4       6     18
    4     (empty)                                    0       0      0
    ====  =====================================  =====  ======  =====
    """
    folder = tmp_path_factory.mktemp("corpus") / "in"
    write_parquet(
        folder / "books.parquet",
        {
            "text": ["Die Frau und der Mann.", "Die Großmutter liest.", "Los padres y la madre."],
            "lang": ["de", "deu_Latn", "es"],
            "source": ["books", "books", "books"],
        },
    )
    write_jsonl(
        folder / "instructions.jsonl",
        [{"instruction": "Name a man.", "output": "A king, or my father.", "lang": "en"}],
    )
    (folder / "notes.txt").write_text("no lexicon here\n", encoding="utf-8")
    write_jsonl(
        folder / "prefs.jsonl",
        [
            {
                "prompt": "Who?",
                "chosen": "My sister.",
                "rejected": "My brother and my brother.",
                "lang": "en",
            }
        ],
    )
    web = write_jsonl(
        folder / "web.jsonl",
        [
            {
                "text": "The woman and the man met a girl.",
                "lang": "en",
                "source": "web",
                "year": 2020,
            },
            {"text": "Two men. No women?", "lang": "en", "source": "web", "year": 2021},
            {"text": "", "lang": "en", "source": "web"},
        ],
    )
    with open(web, "a", encoding="utf-8") as file:
        file.write('{"text": "cut\n')
    return folder


@pytest.fixture(scope="module")
def folder(inputs: Path) -> Path:
    output = inputs.parent / "audit"
    audit(inputs, output, slice_by=("year",))
    return output


def any_and(role: str, key: Row, *rests: Row) -> list[Row]:
    """Rows of documents that have one role: the union over roles says the same."""
    return [(*key, name, *rest) for name in ("any", role) for rest in rests]


CORPUS = [
    *any_and("text", ("books", "deu"), (2, 0, 44, 43, 10, 8, 6**2 + 4**2, 5**2 + 3**2)),
    *any_and("text", ("books", "spa"), (1, 0, 22, 22, 6, 5, 36, 25)),
    ("instructions", "eng", "any", 1, 0, 32, 32, 11, 8, 121, 64),
    ("instructions", "eng", "prompt", 1, 0, 11, 11, 4, 3, 16, 9),
    ("instructions", "eng", "response", 1, 0, 21, 21, 7, 5, 49, 25),
    *any_and("text", ("notes", "und"), (1, 0, 15, 15, 3, 3, 9, 9)),
    ("prefs", "eng", "any", 1, 0, 40, 40, 11, 8, 121, 64),
    ("prefs", "eng", "chosen", 1, 0, 10, 10, 3, 2, 9, 4),
    ("prefs", "eng", "prompt", 1, 0, 4, 4, 2, 1, 4, 1),
    ("prefs", "eng", "rejected", 1, 0, 26, 26, 6, 5, 36, 25),
    *any_and("text", ("web", "eng"), (3, 1, 51, 51, 15, 12, 9**2 + 6**2, 8**2 + 4**2)),
]


def test_corpus(folder: Path) -> None:
    assert rows(folder, "corpus") == CORPUS


def test_lengths(folder: Path) -> None:
    assert rows(folder, "lengths") == [
        *any_and("text", ("books", "deu"), (2, 1), (4, 1)),  # 3 and 5 words
        *any_and("text", ("books", "spa"), (4, 1)),
        ("instructions", "eng", "any", 8, 1),
        ("instructions", "eng", "prompt", 2, 1),
        ("instructions", "eng", "response", 4, 1),
        *any_and("text", ("notes", "und"), (2, 1)),
        ("prefs", "eng", "any", 8, 1),
        ("prefs", "eng", "chosen", 2, 1),
        ("prefs", "eng", "prompt", 1, 1),
        ("prefs", "eng", "rejected", 4, 1),
        *any_and("text", ("web", "eng"), (0, 1), (4, 1), (8, 1)),
    ]


def classes(any_: Row, feminine: Row, masculine: Row, unspecified: Row) -> tuple[Row, ...]:
    return (
        ("any", *any_),
        ("feminine", *feminine),
        ("masculine", *masculine),
        ("unspecified", *unspecified),
    )


ZERO = (0, 0, 0, 0, 0)
NULL = (None,) * 5


def test_gender(folder: Path) -> None:
    """matches, documents, Σm², Σm·tokens, Σm·words."""
    expected = [
        # Frau + Mann, Großmutter
        *any_and(
            "text",
            ("books", "deu"),
            *classes(
                (3, 2, 2**2 + 1, 2 * 6 + 4, 2 * 5 + 3), (2, 2, 2, 10, 8), (1, 1, 1, 6, 5), ZERO
            ),
        ),
        # padres stands for fathers and for parents, and is one match of any; madre is feminine
        *any_and(
            "text",
            ("books", "spa"),
            *classes((2, 1, 4, 12, 10), (1, 1, 1, 6, 5), (1, 1, 1, 6, 5), (1, 1, 1, 6, 5)),
        ),
        # man in the prompt, father in the response: one document, two matches
        *(
            ("instructions", "eng", role, *row)
            for role, both in (
                ("any", (2, 1, 4, 22, 16)),
                ("prompt", (1, 1, 1, 4, 3)),
                ("response", (1, 1, 1, 7, 5)),
            )
            for row in classes(both, ZERO, both, ZERO)
        ),
        *any_and("text", ("notes", "und"), *classes(NULL, NULL, NULL, NULL)),
        # sister chosen, brother twice rejected
        *(
            ("prefs", "eng", role, *row)
            for role, of_class in (
                ("any", classes((3, 1, 9, 33, 24), (1, 1, 1, 11, 8), (2, 1, 4, 22, 16), ZERO)),
                ("chosen", classes((1, 1, 1, 3, 2), (1, 1, 1, 3, 2), ZERO, ZERO)),
                ("prompt", classes(ZERO, ZERO, ZERO, ZERO)),
                ("rejected", classes((2, 1, 4, 12, 10), ZERO, (2, 1, 4, 12, 10), ZERO)),
            )
            for row in of_class
        ),
        # woman, man, girl; men, women
        *any_and(
            "text",
            ("web", "eng"),
            *classes(
                (5, 2, 3**2 + 2**2, 3 * 9 + 2 * 6, 3 * 8 + 2 * 4),
                (3, 2, 2**2 + 1, 2 * 9 + 6, 2 * 8 + 4),
                (2, 2, 2, 9 + 6, 8 + 4),
                ZERO,
            ),
        ),
    ]
    assert rows(folder, "gender") == expected


def test_gender_contrast(folder: Path) -> None:
    """Σd, Σd², Σd·tokens, Σd·words of d = feminine − masculine."""
    assert rows(folder, "gender_contrast") == [
        *any_and("text", ("books", "deu"), (0 + 1, 0 + 1, 4, 3)),
        *any_and("text", ("books", "spa"), (0, 0, 0, 0)),
        ("instructions", "eng", "any", -2, 4, -22, -16),
        ("instructions", "eng", "prompt", -1, 1, -4, -3),
        ("instructions", "eng", "response", -1, 1, -7, -5),
        *any_and("text", ("notes", "und"), (None,) * 4),
        ("prefs", "eng", "any", -1, 1, -11, -8),
        ("prefs", "eng", "chosen", 1, 1, 3, 2),
        ("prefs", "eng", "prompt", 0, 0, 0, 0),
        ("prefs", "eng", "rejected", -2, 4, -12, -10),
        *any_and("text", ("web", "eng"), (1 + 0, 1 + 0, 9, 8)),
    ]


def test_gender_terms(folder: Path) -> None:
    f, m, u = "feminine", "masculine", "unspecified"
    assert rows(folder, "gender_terms") == [
        *any_and(
            "text",
            ("books", "deu"),
            (f, "grandmother", "Großmutter", 1, 1),
            (f, "woman+wife", "Frau", 1, 1),
            (m, "man+husband", "Mann", 1, 1),
        ),
        *any_and(
            "text",
            ("books", "spa"),
            (f, "mother", "madre", 1, 1),
            (m, "father", "padre", 1, 1),
            (u, "parent", "padre", 1, 1),
        ),
        ("instructions", "eng", "any", m, "father", "father", 1, 1),
        ("instructions", "eng", "any", m, "man", "man", 1, 1),
        ("instructions", "eng", "prompt", m, "man", "man", 1, 1),
        ("instructions", "eng", "response", m, "father", "father", 1, 1),
        ("prefs", "eng", "any", f, "sister", "sister", 1, 1),
        ("prefs", "eng", "any", m, "brother", "brother", 2, 1),
        ("prefs", "eng", "chosen", f, "sister", "sister", 1, 1),
        ("prefs", "eng", "rejected", m, "brother", "brother", 2, 1),
        *any_and(
            "text",
            ("web", "eng"),
            (f, "girl", "girl", 1, 1),
            (f, "woman", "woman", 2, 2),
            (m, "man", "man", 2, 2),
        ),
    ]


def test_gender_forms(folder: Path) -> None:
    found = rows(folder, "gender_forms", "language", "role", "lemma", "form", "matches")
    of_web = [row[2:] for row in found if row[:2] == ("eng", "text")]
    assert ("woman", "woman", 1) in of_web
    assert ("woman", "women", 1) in of_web
    ambiguous = rows(folder, "gender_forms", "language", "role", "gender", "form", "ambiguous")
    assert [row[2:] for row in ambiguous if row[:2] == ("spa", "any") and row[3] == "padres"] == [
        ("masculine", "padres", True),
        ("unspecified", "padres", True),
    ]


def test_slices(folder: Path) -> None:
    """Only web.jsonl has years; elsewhere the value is empty."""
    assert rows(folder, "corpus_slices") == [
        *any_and("text", ("year", "", "deu"), (2, 0, 44, 43, 10, 8, 52, 34)),
        ("year", "", "eng", "any", 3, 1, 72, 72, 22, 16, 121 + 121, 64 + 64),
        ("year", "", "eng", "chosen", 1, 0, 10, 10, 3, 2, 9, 4),
        ("year", "", "eng", "prompt", 2, 0, 15, 15, 6, 4, 16 + 4, 9 + 1),
        ("year", "", "eng", "rejected", 1, 0, 26, 26, 6, 5, 36, 25),
        ("year", "", "eng", "response", 1, 0, 21, 21, 7, 5, 49, 25),
        ("year", "", "eng", "text", 1, 1, 0, 0, 0, 0, 0, 0),
        *any_and("text", ("year", "", "spa"), (1, 0, 22, 22, 6, 5, 36, 25)),
        *any_and("text", ("year", "", "und"), (1, 0, 15, 15, 3, 3, 9, 9)),
        *any_and("text", ("year", "2020", "eng"), (1, 0, 33, 33, 9, 8, 81, 64)),
        *any_and("text", ("year", "2021", "eng"), (1, 0, 18, 18, 6, 4, 36, 16)),
    ]
    years = [row for row in rows(folder, "gender_slices") if row[1]]
    assert years == [
        *any_and(
            "text",
            ("year", "2020", "eng"),
            *classes((3, 1, 9, 27, 24), (2, 1, 4, 18, 16), (1, 1, 1, 9, 8), ZERO),
        ),
        *any_and(
            "text",
            ("year", "2021", "eng"),
            *classes((2, 1, 4, 12, 8), (1, 1, 1, 6, 4), (1, 1, 1, 6, 4), ZERO),
        ),
    ]
    english = [row for row in rows(folder, "gender_slices") if row[1:4] == ("", "eng", "any")]
    assert [row[4:] for row in english] == list(
        classes((5, 2, 13, 55, 40), (1, 1, 1, 11, 8), (4, 2, 8, 44, 32), ZERO)
    )


def test_examples(folder: Path) -> None:
    second = len('{"text": "The woman and the man met a girl.", "lang": "en", "source": "web", ')
    second += len('"year": 2020}\n')
    found = rows(
        folder,
        "examples",
        "measure",
        "language",
        "key",
        "file",
        "position",
        "role",
        "before",
        "match",
        "after",
    )
    assert sorted(row[1:] for row in found if row[0] == "gender") == [
        ("deu", "Frau", 0, 0, "text", "Die ", "Frau", " und der Mann."),
        ("deu", "Großmutter", 0, 1, "text", "Die ", "Großmutter", " liest."),
        ("deu", "Mann", 0, 0, "text", "Die Frau und der ", "Mann", "."),
        ("eng", "brother", 3, 0, "rejected", "My ", "brother", " and my brother."),
        ("eng", "father", 1, 0, "response", "A king, or my ", "father", "."),
        ("eng", "girl", 4, 0, "text", "The woman and the man met a ", "girl", "."),
        ("eng", "man", 1, 0, "prompt", "Name a ", "man", "."),
        ("eng", "man", 4, 0, "text", "The woman and the ", "man", " met a girl."),
        ("eng", "man", 4, second, "text", "Two ", "men", ". No women?"),
        ("eng", "sister", 3, 0, "chosen", "My ", "sister", "."),
        ("eng", "woman", 4, 0, "text", "The ", "woman", " and the man met a girl."),
        ("eng", "woman", 4, second, "text", "Two men. No ", "women", "?"),
        ("spa", "madre", 0, 2, "text", "Los padres y la ", "madre", "."),
        ("spa", "padre", 0, 2, "text", "Los ", "padres", " y la madre."),
    ]
    assert {row[0] for row in found} == {"gender", "pronouns"}
    assert sorted(row[2:] for row in found if row[:2] == ("pronouns", "eng")) == [
        ("my", 1, 0, "response", "A king, or ", "my", " father."),
        ("my", 3, 0, "chosen", "", "My", " sister."),
    ]
    ranks = rows(folder, "examples", "measure", "language", "key", "rank")
    assert [rank for *key, rank in ranks if key == ["gender", "eng", "man"]] == [0, 1, 2]
    assert [rank for *key, rank in ranks if key == ["gender", "eng", "girl"]] == [0]


def test_languages_files_and_rejects(folder: Path, inputs: Path) -> None:
    assert rows(folder, "languages") == [
        ("deu", "column", 2),
        ("eng", "column", 5),
        ("spa", "column", 1),
        ("und", "none", 1),
    ]
    names = ["books.parquet", "instructions.jsonl", "notes.txt", "prefs.jsonl", "web.jsonl"]
    sizes = [(inputs / name).stat().st_size for name in names]
    counts = [(3, 3, 0, 0), (1, 1, 0, 0), (1, 1, 0, 0), (1, 1, 0, 0), (4, 3, 1, 0)]
    columns = ("file", "path", "bytes", "read", "audited", "rejected", "repaired")
    assert rows(folder, "files", *columns) == [
        (number, names[number], sizes[number], *counts[number]) for number in range(5)
    ]
    cut = sizes[4] - len('{"text": "cut\n')
    assert rows(folder, "rejects") == [(4, cut, 1, "not valid JSON", '{"text": "cut')]


def test_manifest_accounts_for_records_and_tables(folder: Path, inputs: Path) -> None:
    whole = manifest(folder)
    assert whole["counts"] == {
        "read": 10,
        "audited": 9,
        "rejected": 1,
        "repaired": 0,
        "files": 5,
        "bytes": sum(path.stat().st_size for path in inputs.iterdir()),
        "documents": 9,
        "text_bytes": 204,
    }
    files = table_files(folder)
    assert {entry["path"] for entry in whole["tables"]} == set(files)
    for entry in whole["tables"]:
        content = files[entry["path"]]
        assert entry["sha256"] == hashlib.sha256(content).hexdigest()
        assert entry["bytes"] == len(content)
        assert entry["rows"] == pq.read_metadata(folder / entry["path"]).num_rows
    assert {entry["name"] for entry in whole["tables"]} == {
        "corpus",
        "corpus_slices",
        "demographic_slices",
        "demographic_terms",
        "demographics",
        "duplicate_examples",
        "duplicate_kinds",
        "duplicate_pairs",
        "duplicate_sizes",
        "duplicate_summary",
        "duplicate_work",
        "duplicates",
        "examples",
        "files",
        "finding_counts",
        "findings",
        "gender",
        "gender_contrast",
        "gender_forms",
        "gender_slices",
        "gender_terms",
        "languages",
        "lengths",
        "overlap",
        "preference_summary",
        "preference_terms",
        "preferences",
        "pronoun_forms",
        "pronoun_slices",
        "pronouns",
        "rejects",
        "reliability",
        "triggers",
    }
    assert whole["pronouns"]["eng"]["comparable"] is True
    assert set(whole["demographics"]) <= {"deu", "eng", "spa"}
    assert whole["languages"]["deu"] == {
        "name": "German",
        "script": "Latn",
        "direction": "ltr",
        "lexicon": True,
    }
    assert not whole["languages"]["und"]["lexicon"]
    assert sorted(whole["lexicons"]) == ["deu", "eng", "spa"]
    assert whole["warnings"] == [
        "Of 10 records, 1 could not be read: not in any share; the table rejects says why.",
        "The language of 1 document could not be determined.",
    ]


def test_folder_holds_nothing_else(folder: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == ["audit.json", "report.html", "tables"]
    names = {path.name for path in (folder / "tables").rglob("*") if path.is_file()}
    assert all(name.endswith(".parquet") for name in names)
    assert left_beside(folder) == []


STRINGS = {("demographic_terms", "bucket")}

EVIDENCE = {
    "duplicate_examples": "clusters:string rank:int64 file:int32 position:int64 other_file:int32 "
    "other_position:int64 cluster_size:int64 sources:int64 removable_documents:int64 "
    "removable_bytes:int64 kind:string similarity_to_keep:double removable:bool id:string "
    "source:string language:string bytes:int64 other_id:string other_source:string "
    "other_language:string other_bytes:int64 text:string other_text:string",
    "duplicate_pairs": "file_a:int32 position_a:int64 file_b:int32 position_b:int64 kind:string "
    "intersection:int64 union:int64 jaccard:double",
    "duplicate_work": "step:string amount:int64",
    "duplicates": "file:int32 position:int64 id:string source:string language:string bytes:int64 "
    "cluster_file:int32 cluster_position:int64 cluster_size:int64 keep:bool kind:string "
    "similarity_to_keep:double removable:bool",
    "finding_counts": "source:string language:string role:string rule:string severity:string "
    "matches:int64 documents:int64",
    "findings": "file:int32 position:int64 rule:string field:string start:int64 end:int64 "
    "id:string source:string language:string role:string severity:string excerpt:string",
    "overlap": "source_a:string source_b:string documents:int64 bytes:int64 "
    "exact_documents:int64 exact_bytes:int64",
    "preference_summary": "direction:string pairs:int64 with:int64 against:int64",
    "preference_terms": "rank:int64 piece:string chosen:int64 rejected:int64 score:double",
    "preferences": "kind:string rank:int64 piece:string strength:string score:double z:double "
    "documents:int64 decided:int64 sum:int64 mean:double usual:double turned:double "
    "similarity:double openness:double insertion:double variants:int64 evidence:string "
    "benign:string examples:string before:string match:string after:string",
    "triggers": "kind:string rank:int64 trigger:string response:string strength:string "
    "score:double documents:int64 with_trigger:int64 with_response:int64 of:int64 "
    "expected:double chance:double similarity:double openness:double echo:double "
    "insertion:double variants:int64 evidence:string benign:string examples:string "
    "before:string match:string after:string",
}
"""Columns of the tables that hold evidence of single documents."""


def test_measures_have_the_documented_types(folder: Path) -> None:
    moments = {"tokens_squared", "words_squared", "matches_squared", "matches_tokens"}
    moments |= {"matches_words", "difference_squared", "difference_tokens", "difference_words"}
    strings = {"source", "language", "role", "gender", "concept", "lemma", "form", "slice", "value"}
    strings |= {"measure", "key", "before", "match", "after", "path", "modified", "method"}
    strings |= {"reason", "excerpt", "kind", "axis", "preference"}
    for entry in manifest(folder)["tables"]:
        if entry["name"] == "reliability":
            continue  # what is known of a lexicon, not counted here
        if entry["name"] in EVIDENCE:
            schema = table(folder, entry["name"]).schema
            said = " ".join(f"{field.name}:{field.type}" for field in schema)
            assert said == EVIDENCE[entry["name"]], entry["name"]
            continue
        for field in table(folder, entry["name"]).schema:
            kind = "string" if (entry["name"], field.name) in STRINGS else "int64"
            if field.name in moments:
                kind = "decimal128(38, 0)"
            elif field.name in strings:
                kind = "string"
            elif field.name in ("ambiguous", "polysemous"):
                kind = "bool"
            elif field.name == "file":
                kind = "int32"
            assert str(field.type) == kind, (entry["name"], field)


def test_no_excerpts_keeps_all_text_out(tmp_path: Path) -> None:
    secret = "zebraquagga"
    write_jsonl(
        tmp_path / "in" / "a.jsonl",
        [{"text": f"{secret} the woman {secret}", "id": secret, "lang": "en"}],
    )
    with open(tmp_path / "in" / "a.jsonl", "a", encoding="utf-8") as file:
        file.write(f'{{"text": "{secret}\n')
    arguments = ["audit", str(tmp_path / "in"), "--quiet", "--output"]
    assert cli.main([*arguments, str(tmp_path / "with")]) == 0
    assert cli.main([*arguments, str(tmp_path / "without"), "--no-excerpts"]) == 0

    def readable(folder: Path) -> str:
        texts = [
            (folder / name).read_text(encoding="utf-8") for name in ("audit.json", "report.html")
        ]
        for path in (folder / "tables").rglob("*.parquet"):
            texts.append(str(pq.read_table(path).to_pylist()))
            texts.append(str(pq.read_schema(path).metadata))
        return "\n".join(texts)

    assert secret in readable(tmp_path / "with")
    assert secret not in readable(tmp_path / "without")
    # what is counted stands as before
    assert rows(tmp_path / "without", "gender") == rows(tmp_path / "with", "gender")
    assert rows(tmp_path / "without", "examples", "key", "match") == [("woman", "")]
    assert rows(tmp_path / "without", "rejects", "reason", "excerpt") == [("not valid JSON", "")]


def test_text_is_shown_with_marks_for_what_is_invisible(tmp_path: Path) -> None:
    write_jsonl(
        tmp_path / "in.jsonl",
        [{"text": "a\u202eb\u0007\u200b woman\nnext\u00adline", "lang": "en"}],
    )
    audit(tmp_path / "in.jsonl", tmp_path / "out")
    assert rows(tmp_path / "out", "examples", "before", "match", "after") == [
        ("a⟦U+202E⟧b⟦U+0007⟧⟦U+200B⟧ ", "woman", " next⟦U+00AD⟧line")
    ]


def test_language_detection_and_given_language(tmp_path: Path) -> None:
    """Four sentences that no model takes for another language; the column is read first."""
    write_jsonl(
        tmp_path / "in.jsonl",
        [
            {"text": "Die Kinder spielen im Garten und die Mutter liest ein Buch."},
            {"text": "Les enfants jouent dans le jardin et la mère lit un livre."},
            {"text": "The children play in the garden.", "lang": "sv"},
            {"text": ""},
        ],
    )
    audit(tmp_path / "in.jsonl", tmp_path / "auto", language=LanguageOptions())
    assert rows(tmp_path / "auto", "languages") == [
        ("deu", "detected", 1),
        ("fra", "detected", 1),
        ("swe", "column", 1),
        ("und", "none", 1),
    ]
    audit(tmp_path / "in.jsonl", tmp_path / "given", language=LanguageOptions("de"))
    assert rows(tmp_path / "given", "languages") == [("deu", "given", 4)]


# --- Small sources fold --------------------------------------------------------------------------


def five_sources(path: Path) -> Path:
    """Sources a to e with 5, 4, 3, 2 and 1 documents of the same size, each document with its
    number of women; c and d have years 1 and 2."""
    return write_jsonl(
        path,
        [
            {
                "text": "woman " * (k + 1),
                "source": source,
                "lang": "en",
                "year": {"c": 1, "d": 2}.get(source),
            }
            for source, count in zip("abcde", (5, 4, 3, 2, 1), strict=True)
            for k in range(count)
        ],
    )


def matches_of(folder: Path) -> dict[str, tuple[int, int, int]]:
    """source → documents with a match, matches, Σm², of the feminine class and any role."""
    columns = ("source", "role", "gender", "documents", "matches", "matches_squared")
    return {
        source: tuple(measures)
        for source, role, gender, *measures in rows(folder, "gender", *columns)
        if (role, gender) == ("any", "feminine")
    }


def test_small_sources_fold_and_keep_their_counts(tmp_path: Path) -> None:
    audit(five_sources(tmp_path / "in.jsonl"), tmp_path / "all")
    assert matches_of(tmp_path / "all") == {
        "a": (5, 15, 55),
        "b": (4, 10, 30),
        "c": (3, 6, 14),
        "d": (2, 3, 5),
        "e": (1, 1, 1),
    }
    audit(tmp_path / "in.jsonl", tmp_path / "three", named=3)
    assert matches_of(tmp_path / "three") == {
        "(other)": (3, 4, 6),
        "a": (5, 15, 55),
        "b": (4, 10, 30),
        "c": (3, 6, 14),
    }
    assert rows(tmp_path / "three", "corpus", "source", "documents")[:2] == [("(other)", 3)] * 2
    terms = ("source", "role", "lemma", "matches", "documents")
    assert rows(tmp_path / "three", "gender_terms", *terms)[:2] == [
        ("(other)", "any", "woman", 4, 3),
        ("(other)", "text", "woman", 4, 3),
    ]
    other = ("source", "role", "bucket", "documents")
    folded = [row for row in rows(tmp_path / "three", "lengths", *other) if row[0] == "(other)"]
    assert [row[2:] for row in folded if row[1] == "any"] == [(1, 2), (2, 1)]


@pytest.mark.parametrize(
    "name",
    [
        *("corpus", "lengths", "gender", "gender_contrast", "gender_terms"),
        *("pronouns", "demographics"),
    ],
)
def test_folding_keeps_every_total(tmp_path: Path, name: str) -> None:
    audit(five_sources(tmp_path / "in.jsonl"), tmp_path / "all")
    audit(tmp_path / "in.jsonl", tmp_path / "one", named=1)

    def totals(folder: Path) -> list[Row]:
        whole = table(folder, name)
        keys = [
            field.name
            for field in whole.schema
            if field.name != "source" and str(field.type) in ("string", "bool")
        ]
        keys += ["bucket"] if "bucket" in whole.column_names else []
        measures = [m for m in whole.column_names if m not in (*keys, "source")]
        added = whole.group_by(keys).aggregate([(m, "sum") for m in measures])
        return sorted(map(tuple, (row.values() for row in added.to_pylist())))

    assert {source for source, *_ in rows(tmp_path / "one", name)} == {"a", "(other)"}
    assert totals(tmp_path / "one") == totals(tmp_path / "all")


def test_weighted_sources_keep_their_name(tmp_path: Path) -> None:
    audit(five_sources(tmp_path / "in.jsonl"), tmp_path / "out", named=1, weights={"e": 2, "z": 1})
    assert matches_of(tmp_path / "out") == {
        "(other)": (9, 19, 49),
        "a": (5, 15, 55),
        "e": (1, 1, 1),
    }
    found = manifest(tmp_path / "out")
    assert found["configuration"]["weights"] == {"e": 2, "z": 1}
    assert found["warnings"] == [
        "Not in the corpus, of the sources with a weight: 1 (z).",
        "Without a weight, and left out of weighted shares: 2 sources.",
    ]


def test_slice_values_fold_apart_from_sources(tmp_path: Path) -> None:
    """The value "" has 10 of 15 documents, year 1 three, year 2 two."""
    audit(five_sources(tmp_path / "in.jsonl"), tmp_path / "out", named=2, slice_by=("year",))
    columns = ("slice", "value", "role", "documents")
    found = [row for row in rows(tmp_path / "out", "corpus_slices", *columns) if row[2] == "any"]
    assert found == [
        ("year", "", "any", 10),
        ("year", "(other)", "any", 2),
        ("year", "1", "any", 3),
    ]


def test_sources_of_the_same_size_keep_the_first_names(tmp_path: Path) -> None:
    write_jsonl(
        tmp_path / "in.jsonl",
        [{"text": "same", "source": source, "lang": "en"} for source in "dbca"],
    )
    audit(tmp_path / "in.jsonl", tmp_path / "out", named=2)
    assert {row[0] for row in rows(tmp_path / "out", "corpus", "source")} == {"(other)", "a", "b"}


# --- Nothing to count ----------------------------------------------------------------------------


def test_empty_corpus_gives_every_table(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(b"")
    audit(tmp_path / "in.jsonl", tmp_path / "out")
    found = manifest(tmp_path / "out")
    assert found["counts"]["read"] == 0
    assert {entry["name"]: entry["rows"] for entry in found["tables"]} == {
        "corpus": 0,
        "demographic_terms": 0,
        "demographics": 0,
        "duplicate_examples": 0,
        "duplicate_kinds": 0,
        "duplicate_pairs": 0,
        "duplicate_sizes": 0,
        "duplicate_summary": 0,
        "duplicate_work": 1,
        "duplicates": 0,
        "examples": 0,
        "files": 1,
        "finding_counts": 0,
        "findings": 0,
        "gender": 0,
        "gender_contrast": 0,
        "gender_forms": 0,
        "gender_terms": 0,
        "languages": 0,
        "lengths": 0,
        "overlap": 0,
        "preference_summary": 0,
        "preference_terms": 0,
        "preferences": 0,
        "pronoun_forms": 0,
        "pronouns": 0,
        "rejects": 0,
        "reliability": 0,
        "triggers": 0,
    }
    assert "<html" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_measures_can_be_left_out(tmp_path: Path) -> None:
    write_jsonl(tmp_path / "in.jsonl", [{"text": "a woman"}])
    audit(tmp_path / "in.jsonl", tmp_path / "out", measures=("corpus",))
    names = {entry["name"] for entry in manifest(tmp_path / "out")["tables"]}
    assert names == {"corpus", "files", "languages", "lengths", "rejects"}


@pytest.mark.parametrize("detect", ["auto", "never"])
@pytest.mark.parametrize("threads", [1, 2])
def test_invalid_utf8_in_parquet_is_repaired_and_counted(
    tmp_path: Path, detect: str, threads: int
) -> None:
    texts = [b"A woman, two men.", b"A girl \xff and her mother", b"\xed\xa0\x80 man", None]
    raw = pa.array(texts, pa.binary())
    array = pa.Array.from_buffers(pa.string(), 4, raw.buffers())
    pq.write_table(
        pa.table({"text": array, "lang": ["en", "en", None, "en"]}), tmp_path / "a.parquet"
    )
    audit(
        tmp_path / "a.parquet",
        tmp_path / "out",
        language=LanguageOptions(detect=detect),
        threads=threads,
    )
    columns = ("read", "audited", "rejected", "repaired")
    assert rows(tmp_path / "out", "files", *columns) == [(4, 3, 1, 2)]
    found = rows(tmp_path / "out", "gender", "language", "role", "gender", "matches")
    assert [row[2:] for row in found if row[:2] == ("eng", "any")] == [
        ("any", 4),
        ("feminine", 3),
        ("masculine", 1),
        ("unspecified", 0),
    ]
    bytes_, characters = rows(tmp_path / "out", "corpus", "bytes", "characters")[0]
    assert bytes_ - characters >= 2  # U+FFFD has three bytes

"""The CSV that the Gender-GAP Pipeline writes, from the tables of an audit.

Muller et al. 2023 (``facebookresearch/ResponsibleNLP``, ``gender_gap_pipeline``) report, for each
dataset and language, matches of each class per 100 tokens, all tokens, the percentage of lines
with a match, and the standard error of the difference between masculine and feminine tokens.
"""

from __future__ import annotations

import csv
import io
import math
from collections import defaultdict
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from corpus_assay.lexicons.gender import GENDERS
from corpus_assay.transforms.documents import ANY

FILE = "gender_gap.csv"

SCHEMA = pa.schema(
    [
        pa.field("dataset", pa.string()),
        pa.field("lang", pa.string()),
        pa.field("masculine", pa.float64()),
        pa.field("feminine", pa.float64()),
        pa.field("unspecified", pa.float64()),
        pa.field("total", pa.int64()),
        pa.field("n_doc_w_match", pa.float64()),
        pa.field("ste_diff_fem_masc", pa.float64()),
    ]
)
"""Columns of the file. ``dataset`` is the source; shares and ``n_doc_w_match`` are per cent,
``ste_diff_fem_masc`` is a fraction of tokens, null where fewer than two tokens were counted."""


def table(corpus: pa.Table, gender: pa.Table, terms: pa.Table) -> pa.Table:
    """`SCHEMA` from the tables ``corpus``, ``gender`` and ``gender_terms`` of an audit.

    Languages without a lexicon, and those without a token, have no row. A token that is feminine
    and masculine adds nothing to the difference; such tokens are those of words that stand in
    both classes.
    """
    matches: dict[tuple[str, str], dict[str, tuple[int, int]]] = defaultdict(dict)
    for row in _whole(gender):
        if row["matches"] is not None:
            found = row["matches"], row["documents"]
            matches[row["source"], row["language"]][row["gender"]] = found
    words: dict[tuple[str, str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in _whole(terms):
        of_word = words[row["source"], row["language"], row["lemma"]]
        of_word[row["gender"]] += row["matches"]
    both: dict[tuple[str, str], int] = defaultdict(int)
    for (source, language, _), of_word in words.items():
        both[source, language] += min(of_word["feminine"], of_word["masculine"])
    rows = []
    for row in _whole(corpus):
        key = row["source"], row["language"]
        if key not in matches or not row["tokens"]:
            continue
        counts = {name: matches[key].get(name, (0, 0))[0] for name in GENDERS}
        documents = row["documents"] - row["empty_documents"]
        shares = {name: 100 * count / row["tokens"] for name, count in counts.items()}
        error = _standard_error(counts["masculine"], counts["feminine"], both[key], row["tokens"])
        rows.append(
            {
                "dataset": key[0],
                "lang": key[1],
                **shares,
                "total": row["tokens"],
                "n_doc_w_match": 100 * matches[key].get(ANY, (0, 0))[1] / documents,
                "ste_diff_fem_masc": error,
            }
        )
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def _standard_error(masculine: int, feminine: int, both: int, tokens: int) -> float | None:
    """Sample standard deviation of masculine − feminine over tokens, over the root of tokens."""
    if tokens < 2:
        return None
    total = masculine - feminine
    squares = masculine + feminine - 2 * both
    return math.sqrt((squares - total * total / tokens) / (tokens - 1) / tokens)


def _whole(rows: pa.Table) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = rows.filter(pc.equal(rows.column("role"), ANY)).to_pylist()
    return found


def csv_bytes(rows: pa.Table) -> bytes:
    """The file's content. A name that a spreadsheet would take for a formula begins with '."""
    content = io.StringIO()
    out = csv.writer(content, lineterminator="\n")
    out.writerow(rows.column_names)
    for row in rows.to_pylist():
        name = row.pop("dataset")
        out.writerow([f"'{name}" if name.startswith(_FORMULA) else name, *row.values()])
    return content.getvalue().encode()


_FORMULA = ("=", "+", "-", "@", "\t", "\r")

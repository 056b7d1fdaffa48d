"""Comparing two audits: numbers worked out by hand, what cannot be compared, hostile names."""

from __future__ import annotations

import html
import json
import math
import random
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_folders import WHO, Document, Part, text, write_audit

from corpus_assay.pipelines import cli
from corpus_assay.pipelines.compare import compare
from corpus_assay.reports import compare as figures
from corpus_assay.reports import inference, pairing, statistics
from corpus_assay.reports.measures import Key
from corpus_assay.reports.statistics import Estimate

HOSTILE = '<script>alert(1)</script>"\u202e\x1b[31m&'
Edit = Callable[[dict[str, Any]], None]


def english(number: int, feminine: int, masculine: int, source: str = "web") -> list[Document]:
    """Documents of 100 words; every second one has the matches."""
    return [
        text(source, "eng", 100, feminine * (i % 2), masculine * (i % 2)) for i in range(number)
    ]


def edited(folder: Path, edit: Edit) -> Path:
    path = folder / "audit.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    edit(manifest)
    path.write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def with_table(folder: Path, name: str, columns: Mapping[str, list[Any]]) -> Path:
    pq.write_table(pa.table(dict(columns)), folder / "tables" / f"{name}.parquet")
    number = len(next(iter(columns.values())))
    return edited(folder, lambda m: m["tables"].append({"name": name, "rows": number}))


def found(comparison: figures.Comparison, *key: Any) -> figures.Change:
    changes = {change.key: change for change in comparison.changes}
    return changes[Key(*key)]


# Statistics ---------------------------------------------------------------------------------------


def test_newcombe_by_his_own_example() -> None:
    # Newcombe 1998, table II, example (a): 56/70 − 48/80, method 10.
    old, new = (48, 80), (56, 70)
    intervals = tuple(statistics.wilson(*each).interval for each in (old, new))  # type: ignore[union-attr]
    difference = inference.of_shares(old, new, intervals)  # type: ignore[arg-type]
    assert difference.interval is not None
    assert round(difference.interval.low, 4) == 0.0524
    assert round(difference.interval.high, 4) == 0.3339
    # Score test: pooled share 104/150, z = 0.2 / √(0.6933·0.3067·(1/70 + 1/80)) = 2.6502,
    # and tables of the normal distribution have Φ(2.65) = 0.99598.
    assert difference.p == pytest.approx(2 * (1 - 0.99598), abs=1e-5)


def test_fisher_by_the_lady_tasting_tea() -> None:
    # 3 of 4 against 1 of 4: (16 + 16 + 1 + 1) / 70.
    assert inference.fisher(3, 4, 1, 4) == pytest.approx(34 / 70)
    assert inference.fisher(4, 4, 0, 4) == pytest.approx(2 / 70)


def test_rare_documents_are_tested_exactly() -> None:
    # All nine of a million fall on one side: 2 · C(10⁶, 9)/C(2·10⁶, 9) ≈ 2 · 2⁻⁹.
    intervals = (statistics.wilson(0, 10**6), statistics.wilson(9, 10**6))
    difference = inference.of_shares(
        (0, 10**6),
        (9, 10**6),
        tuple(e.interval for e in intervals),  # type: ignore[arg-type, union-attr]
    )
    assert difference.p == pytest.approx(2 / 2**9, rel=1e-4)


def test_difference_of_ratios_with_and_without_shared_documents() -> None:
    old, new = Estimate(0.10, 0.03), Estimate(0.15, 0.04)
    apart = inference.of_ratios(old, new)
    assert apart.effect == pytest.approx(0.05)
    assert apart.interval is not None
    assert apart.interval.high == pytest.approx(0.05 + 1.959964 * 0.05)
    assert apart.p == pytest.approx(math.erfc(1 / math.sqrt(2)))
    # SE² = 0.0009 + 0.0016 − 2·0.5·0.0012 = 0.0013.
    paired = inference.of_ratios(old, new, 0.5)
    assert paired.interval is not None
    assert paired.interval.high == pytest.approx(0.05 + 1.959964 * math.sqrt(0.0013))


def test_adjusted_p_by_hand() -> None:
    # m = 3, c(m) = 11/6: 3·11/6 = 5.5; q = 5.5·p/rank, made monotone from the largest down.
    q = inference.benjamini_yekutieli([0.02, 0.001, 0.03])
    assert q == pytest.approx([5.5 * 0.03 / 3, 0.0055, 5.5 * 0.03 / 3])
    assert inference.benjamini_yekutieli([]) == []


def stepped_up(p: list[float], level: float) -> set[int]:
    """Discoveries by the step-up procedure itself: the largest k with p₍ₖ₎ ≤ k·α/(m·c(m))."""
    m = len(p)
    c = sum(1 / k for k in range(1, m + 1))
    order = sorted(range(m), key=lambda i: p[i])
    passed = [k for k in range(1, m + 1) if p[order[k - 1]] <= k * level / (m * c)]
    return set(order[: max(passed, default=0)])


@given(st.lists(st.floats(0, 1), max_size=40), st.floats(0.001, 0.5))
def test_q_below_a_level_is_what_the_procedure_discovers(p: list[float], level: float) -> None:
    q = inference.benjamini_yekutieli(p)
    clear = [i for i in range(len(p)) if abs(q[i] - level) > 1e-9]
    discovered = stepped_up(p, level)
    assert {i for i in clear if q[i] < level} == {i for i in clear if i in discovered}


def test_q_agrees_with_scipy() -> None:
    scipy = pytest.importorskip("scipy.stats", reason="needs scipy, which compares q")
    p = [random.Random(5).random() ** 6 for _ in range(5000)]
    assert inference.benjamini_yekutieli(p) == pytest.approx(
        list(scipy.false_discovery_control(p, method="by"))
    )


def test_interval_of_a_difference_covers() -> None:
    """Samples of documents from one corpus: 95% of the intervals hold 0, about."""
    chance = random.Random(7)
    held = 0
    for _ in range(400):
        estimates = []
        for _ in range(2):
            rows = [(chance.randint(0, 4) ** 2, chance.randint(50, 400)) for _ in range(150)]
            estimates.append(
                statistics.ratio(
                    documents=len(rows),
                    numerator=sum(m for m, _ in rows),
                    denominator=sum(n for _, n in rows),
                    numerator_squared=sum(m * m for m, _ in rows),
                    products=sum(m * n for m, n in rows),
                    denominator_squared=sum(n * n for _, n in rows),
                )
            )
        interval = inference.of_ratios(*estimates).interval  # type: ignore[arg-type]
        assert interval is not None
        held += interval.low <= 0 <= interval.high
    assert 0.925 <= held / 400 <= 0.975


# Two audits ---------------------------------------------------------------------------------------


def test_change_of_a_share_by_hand(tmp_path: Path) -> None:
    old = write_audit(tmp_path / "old", english(200, 2, 2))
    new = write_audit(tmp_path / "new", english(200, 1, 2))
    comparison = figures.compare(old, new)
    change = found(comparison, "gender", "of_words", None, "eng", "feminine")
    assert change.old.counts == (200, 20000)
    assert change.new.counts == (100, 20000)
    assert change.effect == pytest.approx(-0.005)
    assert change.relative == pytest.approx(-0.5)
    # m is 0 or 2 (0 or 1) in 100 words: Σ(m − p·n)² = 200·1 and 200·0.25 over (20000)².
    error = math.sqrt(200 / 199 * (200 + 50)) / 20000
    assert change.interval is not None
    assert change.interval.low == pytest.approx(-0.005 - 1.959964 * error, rel=1e-6)
    assert change.p == pytest.approx(math.erfc(0.005 / error / math.sqrt(2)))
    assert change.flagged
    contrast = found(comparison, "gender_contrast", "of_words", None, "eng")
    # F − M fell from 0 by 100 words; feminine and masculine words were 400.
    assert contrast.effect == pytest.approx(-0.005)
    assert contrast.relative == pytest.approx(-100 / 400)
    part = found(comparison, "gender", "part_of_gendered", None, "eng", "feminine")
    assert (part.before.value, part.after.value) == pytest.approx((1 / 2, 1 / 3))


def test_documents_with_a_match_and_what_is_the_same(tmp_path: Path) -> None:
    old = write_audit(tmp_path / "old", english(200, 2, 2))
    new = write_audit(tmp_path / "new", english(200, 1, 2))
    comparison = figures.compare(old, new)
    same = found(comparison, "gender", "of_documents", None, "eng", "feminine")
    assert same.effect == 0
    assert (same.p, same.flagged) == (1.0, False)
    flagged = {change.key for change in comparison.flagged}
    assert Key("gender", "of_words", None, "eng", "masculine") not in flagged


def test_significant_is_not_enough(tmp_path: Path) -> None:
    """Of 400,000 documents a change by 4% is certain, and not flagged."""
    folders = []
    for name, matched in (("old", 200_000), ("new", 208_000)):
        folder = write_audit(tmp_path / name, english(2, 1, 1))
        path = folder / "tables" / "gender.parquet"
        rows = pq.read_table(path).to_pylist()
        for row in rows:
            row["documents"] = matched
        pq.write_table(pa.Table.from_pylist(rows, pq.read_schema(path)), path)
        corpus = folder / "tables" / "corpus.parquet"
        sizes = pq.read_table(corpus).to_pylist()
        for row in sizes:
            row["documents"] = 400_000
        pq.write_table(pa.Table.from_pylist(sizes, pq.read_schema(corpus)), corpus)
        folders.append(folder)
    change = found(figures.compare(*folders), "gender", "of_documents", None, "eng", "feminine")
    assert change.relative == pytest.approx(0.04)
    assert change.q is not None
    assert change.q < 1e-50
    assert not change.flagged


def test_same_audit_twice_has_no_change(tmp_path: Path) -> None:
    documents = [
        text(source, language, 90 + 7 * i, i % 3, (i * 7) % 5, i % 2)
        for i in range(60)
        for source in ("web", "books")
        for language in ("eng", "arb", "cmn", "isl")
    ]
    audit = write_audit(tmp_path / "audit", documents)
    comparison = figures.compare(audit, audit)
    assert comparison.flagged == ()
    assert comparison.barriers == ()
    assert all(not change.effect for change in comparison.changes if change.effect == change.effect)
    assert comparison.tests > 50


def test_q_is_over_all_tests_of_the_comparison(tmp_path: Path) -> None:
    old = write_audit(tmp_path / "old", english(200, 2, 2), who=None)
    new = write_audit(tmp_path / "new", english(200, 1, 2), who=None)
    comparison = figures.compare(old, new)
    tested = [change for change in comparison.changes if change.p is not None]
    assert comparison.tests == len(tested)
    for level in (0.01, 0.05, 0.2):
        discovered = stepped_up([change.p or 0.0 for change in tested], level)
        assert {i for i, change in enumerate(tested) if (change.q or 0) < level} == discovered


def test_few_documents_are_not_tested(tmp_path: Path) -> None:
    old = write_audit(tmp_path / "old", english(18, 2, 2))
    new = write_audit(tmp_path / "new", english(18, 9, 2))
    change = found(figures.compare(old, new), "gender", "of_words", None, "eng", "feminine")
    assert (change.p, change.q) == (None, None)
    assert change.note == "fewer than 10 documents with a match"


def test_sources_new_vanished_and_grown(tmp_path: Path) -> None:
    sizes = {"a": (40, 40), "b": (40, 60), "c": (40, 0), "d": (0, 40), "e": (40, 38)}
    folders = [
        write_audit(
            tmp_path / str(side),
            [d for name, n in sizes.items() for d in english(n[side], 1, 1, name)],
        )
        for side in (0, 1)
    ]
    comparison = figures.compare(*folders)
    assert {row.name: row.status for row in comparison.sources} == {
        **{"a": "about the same", "b": "grown", "c": "vanished", "d": "new"},
        "e": "about the same",
    }
    said = figures.summary(comparison)
    assert "1 source gone: c." in said
    assert "1 source new: d." in said
    change = found(comparison, "gender", "of_words", "b", "eng", "feminine")
    assert change.new.counts == (30, 6000)


def test_languages_that_come_and_go(tmp_path: Path) -> None:
    old = write_audit(tmp_path / "old", english(50, 1, 1))
    new = write_audit(tmp_path / "new", english(50, 1, 1) + [text("web", "spa", 100, 1)] * 50)
    comparison = figures.compare(old, new)
    assert comparison.languages_new == ("spa",)
    assert comparison.languages_vanished == ()
    change = found(comparison, "corpus", "of_all_documents", None, "spa")
    assert (change.old.counts, change.new.counts) == ((0, 50), (50, 100))
    assert change.flagged
    assert change.relative is None


def test_pronouns_and_axes(tmp_path: Path) -> None:
    documents = english(200, 1, 1) + [text("web", lang, 50) for lang in ("hin", "isl")] * 30
    old = write_audit(tmp_path / "old", documents, who=WHO)
    manifest = {"pronouns": {"eng": {}, "hin": {}}, "demographics": {"eng": {}, "hin": {}}}
    for name in ("old", "new"):
        write_audit(tmp_path / name, documents, who=WHO, manifest=manifest)
    comparison = figures.compare(old, tmp_path / "new")
    kinds = {
        c.key.kind: c
        for c in comparison.changes
        if c.key[:4] == ("pronouns", "of_documents", None, "eng")
    }
    assert kinds["feminine"].old.counts == (40, 200)
    within = found(comparison, "pronouns", "of_gendered", None, "eng", "feminine")
    assert within.old.counts == (40, 110)
    axis = found(comparison, "demographics", "of_documents", None, "eng", "religion")
    assert axis.old.counts == (40, 200)
    # Hindi has no feminine pronoun, Icelandic no list: not measured is not 0.
    keys = {change.key for change in comparison.changes}
    assert Key("pronouns", "of_documents", None, "hin", "feminine") not in keys
    assert not any(key.language == "isl" and key.table == "pronouns" for key in keys)


# What cannot be compared --------------------------------------------------------------------------


def other_list(manifest: dict[str, Any]) -> None:
    manifest["lexicons"]["eng"]["sha256"] = "a" * 64


def test_other_word_list_stops_its_language(tmp_path: Path) -> None:
    documents = [*english(100, 2, 2), *[text("web", "spa", 100, i % 2, 1) for i in range(60)]]
    old = write_audit(tmp_path / "old", documents)
    new = edited(write_audit(tmp_path / "new", english(100, 1, 2) + documents[100:]), other_list)
    comparison = figures.compare(old, new)
    change = found(comparison, "gender", "of_words", None, "eng", "feminine")
    assert not change.comparable
    assert (change.p, change.q, change.flagged) == (None, None, False)
    assert change.effect == pytest.approx(-0.005)
    assert "lexicons, eng" in change.note
    assert found(comparison, "gender", "of_words", None, "spa", "masculine").comparable
    # English is in no sum over languages.
    whole = found(comparison, "gender", "of_words", None, None, "feminine")
    assert whole.old.counts == (30, 6000)
    assert found(comparison, "corpus", "words_per_document", None, "eng").comparable
    assert "word lists (lexicons)" in figures.summary(comparison).split("* ")[0]
    assumed = figures.compare(old, new, assume_comparable=True)
    assert found(assumed, "gender", "of_words", None, "eng", "feminine").flagged
    assert [barrier.what for barrier in assumed.barriers] == ["word lists (lexicons)"]


def concepts(manifest: dict[str, Any]) -> None:
    manifest["configuration"]["concepts"] = "all"


def release(manifest: dict[str, Any]) -> None:
    manifest["tool"]["version"] = "0.2.0"


def patch(manifest: dict[str, Any]) -> None:
    manifest["tool"]["version"] = "0.1.1"


def model(manifest: dict[str, Any]) -> None:
    manifest["configuration"]["language"] = {"threshold": 0.9}


@pytest.mark.parametrize(
    ("edit", "stopped", "kept"),
    [
        (concepts, {"gender", "gender_contrast"}, {"corpus", "files", "lengths"}),
        (release, {"gender", "gender_contrast", "corpus", "lengths"}, {"files"}),
        (patch, set(), {"gender", "gender_contrast", "corpus", "files", "lengths"}),
    ],
)
def test_options_and_versions(
    tmp_path: Path, edit: Edit, stopped: set[str], kept: set[str]
) -> None:
    old = write_audit(tmp_path / "old", english(100, 2, 2))
    new = edited(write_audit(tmp_path / "new", english(100, 1, 2)), edit)
    comparison = figures.compare(old, new)
    assert len(comparison.barriers) == 1
    assert {c.key.table for c in comparison.changes if not c.comparable} == stopped
    assert {c.key.table for c in comparison.changes if c.comparable} == kept


def test_languages_told_apart_differently(tmp_path: Path) -> None:
    old = edited(write_audit(tmp_path / "old", english(50, 2, 2)), lambda m: None)
    new = edited(write_audit(tmp_path / "new", english(50, 1, 2)), model)
    comparison = figures.compare(old, new)
    stopped = {c.key.metric for c in comparison.changes if not c.comparable}
    assert "of_all_documents" in stopped
    assert found(comparison, "gender", "of_words", None, "eng", "feminine").comparable


def test_table_on_one_side_only(tmp_path: Path) -> None:
    documents = english(50, 1, 1)
    old = write_audit(tmp_path / "old", documents)
    columns = {
        **{"source": ["web"] * 2, "language": ["eng"] * 2, "rule": ["a", "b"]},
        **{"severity": ["high", "low"], "matches": [3, 60], "documents": [3, 40]},
    }
    new = with_table(write_audit(tmp_path / "new", documents), "finding_counts", columns)
    comparison = figures.compare(old, new)
    assert ("finding_counts", "OLD") in comparison.missing
    assert "table finding_counts: not in OLD" in figures.summary(comparison)
    # On both sides it is compared by its columns, whatever it is called.
    fewer = {**columns, "documents": [3, 10], "matches": [3, 10]}
    with_table(old, "finding_counts", fewer)
    change = found(
        figures.compare(old, new), "finding_counts", "of_documents", None, "eng", "b / low"
    )
    assert (change.old.counts, change.new.counts) == ((10, 50), (40, 50))


def test_table_of_parts(tmp_path: Path) -> None:
    folders = []
    for name, part in (("old", 10), ("new", 30)):
        audit = write_audit(tmp_path / name, english(100, 1, 1))
        columns = {
            **{"source": ["web"], "language": ["eng"], "documents": [100], "bytes": [999]},
            **{"clustered_documents": [part], "clustered_bytes": [9]},
        }
        folders.append(with_table(audit, "duplicate_summary", columns))
    change = found(
        *(figures.compare(*folders), "duplicate_summary", "of_documents", None, None),
        "clustered_documents",
    )
    assert (change.old.counts, change.new.counts) == ((10, 100), (30, 100))


def test_triggers_that_come_and_go(tmp_path: Path) -> None:
    columns: dict[str, list[Any]] = {
        **{"kind": ["backdoor"] * 2, "rank": [0, 1], "trigger": ["same", HOSTILE]},
        **{"response": ["x", "y"], "score": [2.0, 1.0], "documents": [9, 7]},
    }
    old = write_audit(tmp_path / "old", english(50, 1, 1))
    new = with_table(write_audit(tmp_path / "new", english(50, 1, 1)), "triggers", columns)
    with_table(old, "triggers", {name: values[:1] for name, values in columns.items()})
    comparison = figures.compare(old, new)
    assert [(row.status, row.documents) for row in comparison.triggers] == [("new", 7)]
    assert "\x1b" not in figures.summary(comparison)


# Documents in both audits -------------------------------------------------------------------------


def signed(folder: Path, documents: list[tuple[str, int]], source: str = "web") -> Path:
    """Signatures: name and size of each document."""
    columns = {
        "file": pa.array([0] * len(documents), pa.int32()),
        "position": pa.array(range(len(documents)), pa.int64()),
        "source": [source] * len(documents),
        "language": ["eng"] * len(documents),
        "bytes": pa.array([size for _, size in documents], pa.int64()),
        "raw_hash": pa.array([n.ljust(16).encode() for n, _ in documents], pa.binary(16)),
    }
    return with_table(folder, "signatures", columns)


def test_documents_in_both_by_hand(tmp_path: Path) -> None:
    old = [("a", 10), ("a", 10), ("b", 20), ("c", 100)]
    new = [("a", 10), ("b", 20), ("b", 20), ("d", 40)]
    folders = [
        signed(write_audit(tmp_path / name, english(4, 1, 1)), documents)
        for name, documents in (("old", old), ("new", new))
    ]
    expected = ((2, 30, 500), (4, 140, 10600), (4, 90, 2500))
    for rows in (1, 2, 1000):  # in ranges of hashes, or at once
        common = pairing.shared_documents(*folders, rows=rows)
        assert common[None, None] == expected
        assert common["web", "eng"] == expected
    comparison = figures.compare(*folders)
    change = found(comparison, "gender", "of_words", None, "eng", "feminine")
    # The smallest parts: of the old audit by squared bytes, of the new one by the same.
    assert change.correlation == pytest.approx(math.sqrt(500 / 10600 * 500 / 2500))
    assert comparison.pairing.startswith("2 documents with the same bytes in both audits")


def test_nothing_shared_and_no_signatures(tmp_path: Path) -> None:
    old = signed(write_audit(tmp_path / "old", english(20, 1, 1)), [("a", 5)] * 20)
    new = signed(write_audit(tmp_path / "new", english(20, 1, 1)), [("b", 5)] * 20)
    assert (
        found(figures.compare(old, new), "gender", "of_words", None, "eng", "feminine").correlation
        == 0
    )
    bare = write_audit(tmp_path / "bare", english(20, 1, 1))
    assert "taken to be independent" in figures.compare(old, bare).pairing
    assert figures.compare(old, bare).pairing.startswith("NEW holds no table of signatures")


def test_paired_interval_is_right_when_the_old_audit_is_half_of_the_new(tmp_path: Path) -> None:
    """new = old + as many more: the variance of the change is a quarter of that of two."""
    first = [text("web", "eng", 100, i % 2) for i in range(400)]
    second = [text("web", "eng", 100, (i // 2) % 2) for i in range(400)]
    names = [(f"d{i}", 7) for i in range(800)]
    old = signed(write_audit(tmp_path / "old", first), names[:400])
    new = signed(write_audit(tmp_path / "new", first + second), names)
    change = found(figures.compare(old, new), "gender", "of_words", None, "eng", "feminine")
    assert change.correlation == pytest.approx(math.sqrt(1 / 2))
    # Var(old) = v/400, Var(new) = v/800 with v = ¼ / 100²; of the change (v/400 + v/400)/4.
    error = math.sqrt(0.25 / 1e4 * (1 / 400 + 1 / 400) / 4)
    assert change.interval is not None
    assert change.interval.high - change.effect == pytest.approx(1.959964 * error, rel=2e-3)


# What is written ----------------------------------------------------------------------------------


def test_files_and_bytes(tmp_path: Path) -> None:
    old = write_audit(tmp_path / "old", english(200, 2, 2))
    new = write_audit(tmp_path / "new", english(200, 1, 2))
    comparison = compare(old, new, tmp_path / "out")
    written = sorted(
        p.relative_to(tmp_path / "out").as_posix() for p in (tmp_path / "out").rglob("*.*")
    )
    assert written == ["compare.html", "compare.json", "tables/changes.parquet"]
    table = pq.read_table(tmp_path / "out" / "tables" / "changes.parquet")
    assert table.schema.equals(figures.SCHEMA)
    assert table.num_rows == len(comparison.changes)
    content = json.loads((tmp_path / "out" / "compare.json").read_text(encoding="utf-8"))
    assert content["tests"] == comparison.tests
    assert len(content["flagged"]) == len(comparison.flagged) > 0
    compare(old, new, tmp_path / "again")
    for name in written:
        assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "again" / name).read_bytes()
    assert not [p.name for p in tmp_path.iterdir() if p.name.startswith(".")]


def test_hostile_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rejects = [(0, 1, 3, HOSTILE, HOSTILE)]
    names = {"eng": (HOSTILE, "ltr", "Latn")}
    old = write_audit(tmp_path / "old", english(200, 2, 2, HOSTILE), names=names)
    new = write_audit(
        tmp_path / "new",
        english(200, 1, 2, HOSTILE) + english(40, 1, 1, f"{HOSTILE}new"),
        names=names,
        rejects=rejects,
    )
    edited(new, lambda m: m["configuration"].update({HOSTILE: HOSTILE}))
    output = tmp_path / "out"
    assert cli.main(["compare", str(old), str(new), "--output", str(output)]) == 0
    printed = capsys.readouterr().out
    assert "\x1b" not in printed
    assert "\u202e" not in printed
    page = (output / "compare.html").read_text(encoding="utf-8")
    assert "alert(1)" in page
    assert page.count("<script>") == 1
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert not re.search(r"<[^>]*\sstyle=", page)
    assert html.escape("<script>alert(1)") in page
    for content in (output / "compare.json", output / "tables" / "changes.parquet"):
        assert b"\x1b[31m" not in content.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["old", "gone", "--output", "out"], "no audit.json in gone"),
        (["old", "old", "--output", "taken"], "taken exists already: it holds no compare.json"),
        (["old", "old", "--output", "older"], "older exists already: give --overwrite"),
        (["old", "old", "--output", "file/out"], "cannot write to"),
        (["old", "--output", "out"], "required: NEW"),
        (["old", "old"], "required: --output"),
    ],
)
def test_used_wrongly(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    write_audit(tmp_path / "old", english(20, 1, 1))
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "mine.txt").write_text("mine")
    (tmp_path / "file").write_text("")
    assert cli.main(["compare", "old", "old", "--output", "older"]) == 0
    capsys.readouterr()
    try:
        code = cli.main(["compare", *arguments])
    except SystemExit as stopped:
        code = int(stopped.code or 0)
    assert code == 2
    error = capsys.readouterr().err
    assert message in error
    assert "Traceback" not in error
    assert (tmp_path / "taken" / "mine.txt").read_text() == "mine"
    assert not (tmp_path / "out").exists()
    assert not [p.name for p in tmp_path.iterdir() if p.name.startswith(".")]


def test_overwrite(tmp_path: Path) -> None:
    audit = write_audit(tmp_path / "audit", english(20, 1, 1))
    output = tmp_path / "out"
    command = ["compare", str(audit), str(audit), "--output", str(output)]
    assert cli.main(command) == 0
    (output / "stale").write_text("")
    assert cli.main([*command, "--overwrite"]) == 0
    assert not (output / "stale").exists()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["audit", "out"]


def test_roles_are_not_added_up(tmp_path: Path) -> None:
    parts = {"prompt": Part(20, 1), "response": Part(80, 0, 1)}
    audit = write_audit(tmp_path / "audit", [Document("chat", "eng", parts)] * 30)
    change = found(figures.compare(audit, audit), "gender", "of_documents", None, "eng", "any")
    assert change.old.counts == (30, 30)


def test_measure_that_falls_to_nothing(tmp_path: Path) -> None:
    """Without a match there is no variance: the documents in which it occurs are tested."""
    old = write_audit(tmp_path / "old", english(200, 1, 2))
    new = write_audit(tmp_path / "new", english(200, 0, 2))
    comparison = figures.compare(old, new)
    intervals = (statistics.wilson(100, 200), statistics.wilson(0, 200))
    expected = inference.of_shares(
        (100, 200),
        (0, 200),
        tuple(e.interval for e in intervals),  # type: ignore[arg-type, union-attr]
    )
    words = found(comparison, "gender", "of_words", None, "eng", "feminine")
    assert words.p == expected.p
    assert (words.relative, words.interval, words.flagged) == (-1.0, None, True)
    assert found(comparison, "gender", "part_of_gendered", None, "eng", "feminine").flagged


def test_share_of_all_words_by_hand(tmp_path: Path) -> None:
    documents = [text("web", "eng", 100)] * 60 + [text("web", "spa", 50)] * 40
    audit = write_audit(tmp_path / "audit", documents)
    share = found(figures.compare(audit, audit), "corpus", "of_all_words", None, "eng").before
    # 6,000 of 8,000 words; residuals m − ¾·n are 25 in English and −37.5 in Spanish documents.
    squares = 60 * 25**2 + 40 * 37.5**2
    assert share.value == 0.75
    assert share.standard_error == pytest.approx(math.sqrt(100 / 99 * squares) / 8000)
    length = found(figures.compare(audit, audit), "corpus", "words_per_document", None, None).before
    # 80 words a document; 20 more in 60 documents, 30 fewer in 40.
    spread = math.sqrt((60 * 20**2 + 40 * 30**2) / 99)
    assert (length.value, length.standard_error) == pytest.approx((80, spread / 10))

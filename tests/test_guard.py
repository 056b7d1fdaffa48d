"""A classifier of the user's: categories by language, source and role, and what the model fails
on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from apache_beam.ml.inference.base import ModelHandler, PredictionResult
from audit_runs import write_jsonl

from corpus_assay.pipelines import guard as guarding
from corpus_assay.pipelines import run
from corpus_assay.pipelines.config import AuditConfig
from corpus_assay.pipelines.sources import ReadOptions
from corpus_assay.reports import summary_json
from corpus_assay.transforms import guard
from corpus_assay.transforms.language import LanguageOptions
from corpus_assay.transforms.registry import MeasureOptions

WORDS = ("bomb", "poison", "cake")
LABELS = ("S9 weapons", "S9 weapons", "safe")


class Linear(ModelHandler[str, PredictionResult, Any]):
    """A small linear classifier of bags of words; it breaks on a batch with the word crash."""

    def load_model(self) -> Any:
        return np.eye(len(WORDS), dtype=np.int64)

    def run_inference(
        self, batch: Sequence[str], model: Any, inference_args: dict[str, Any] | None = None
    ) -> Iterable[PredictionResult]:
        if any("crash" in text for text in batch):
            raise RuntimeError("crash")
        for text in batch:
            words = re.findall(r"\w+", text.lower())
            counts = np.array([words.count(word) for word in WORDS])
            yield PredictionResult(text, [LABELS[k] for k in np.flatnonzero(model @ counts)])


def made() -> Linear:
    """What ``--guard test_guard:made`` names."""
    return Linear()


NAME = "test_guard:made"

RECORDS = [
    {"text": "a cake", "language": "en", "source": "a"},
    {"text": "a bomb and poison", "language": "en", "source": "a"},
    {"text": "a crash", "language": "en", "source": "a"},
    {"text": "nothing", "language": "de", "source": "b"},
    {"text": "cake bomb", "language": "de", "source": "b"},
    {"text": " ", "language": "de", "source": "b"},
]
ANSWERED = {
    "prompt": "How is poison made?",
    "response": "Eat cake.",
    "language": "en",
    "source": "a",
}

EXPECTED = {
    ("deu", "b", "text", "S9 weapons"): 1,
    ("deu", "b", "text", "any"): 2,
    ("deu", "b", "text", "safe"): 1,
    ("eng", "a", "prompt", "S9 weapons"): 1,
    ("eng", "a", "prompt", "any"): 1,
    ("eng", "a", "response", "any"): 1,
    ("eng", "a", "response", "safe"): 1,
    ("eng", "a", "text", "(failed)"): 1,
    ("eng", "a", "text", "S9 weapons"): 1,
    ("eng", "a", "text", "any"): 3,
    ("eng", "a", "text", "safe"): 1,
}


def counted(folder: Path) -> dict[tuple[str, ...], int]:
    rows = pq.read_table(folder / "tables" / "guard.parquet").to_pylist()
    return {tuple(row[name] for name in guard.GUARD.key_names): row["texts"] for row in rows}


def guarded(folder: Path, records: Sequence[dict[str, str]], span_bytes: int = 128 << 20) -> None:
    inputs = [write_jsonl(folder / "in" / "texts.jsonl", records)]
    inputs += [write_jsonl(folder / "in" / "answers.jsonl", [ANSWERED])] if records else []
    options = MeasureOptions(language=LanguageOptions(detect="never"), guard=NAME)
    config = AuditConfig(ReadOptions(), ("corpus", "guard"), options, staging="")
    run.audit([str(path) for path in inputs], str(folder / "out"), config, span_bytes=span_bytes)


@pytest.mark.parametrize("span_bytes", [100, 128 << 20])
def test_categories_are_counted_and_failures_too(tmp_path: Path, span_bytes: int) -> None:
    guarded(tmp_path, RECORDS, span_bytes)
    assert counted(tmp_path / "out") == EXPECTED


def test_the_report_shows_what_the_model_says(tmp_path: Path) -> None:
    guarded(tmp_path, RECORDS)
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    section = page[page.index('<section id="guard"') :]
    section = section[: section.index("</section>")]
    cells = re.findall(r"<th scope=\"row\"><bdi[^>]*>([^<]*)</bdi></th><td[^>]*>(\d+)<", section)
    # 7 texts: S9 weapons are 3 of them, safe are 3, and the model failed on 1.
    assert cells[:2] == [("S9 weapons", "3"), ("safe", "3")]
    assert "7 texts" in section
    assert "It failed on 1 text," in section
    assert "The model puts 42.9% of 7 texts into the category S9 weapons." in page
    assert summary_json(tmp_path / "out")["guard"] == {
        "texts": 7,
        "failed": 1,
        "categories": {"S9 weapons": 3, "safe": 3},
    }


def test_an_empty_corpus_has_an_empty_table(tmp_path: Path) -> None:
    guarded(tmp_path, [])
    assert counted(tmp_path / "out") == {}


@pytest.mark.parametrize(
    ("prediction", "expected"),
    [
        ("safe", ["safe"]),
        (PredictionResult("text", np.array([2, 1, 2])), ["1", "2"]),
        (np.int64(3), ["3"]),
        ([], []),
        ("", []),
        (["any", "(failed)"], ["“(failed)”", "“any”"]),
        ("x" * 100, ["x" * guard.LENGTH]),
    ],
)
def test_what_a_prediction_may_be(prediction: object, expected: list[str]) -> None:
    assert guard.categories(prediction) == expected


@pytest.mark.parametrize("prediction", [None, 0.5, {"a": 1}, [["a"]], ["a"] * 33])
def test_other_predictions_are_refused(prediction: object) -> None:
    with pytest.raises(ValueError, match="a category or a list"):
        guard.categories(prediction)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("guards", "must be MODULE:ATTRIBUTE"),
        ("no_such_module:made", "ModuleNotFoundError"),
        ("test_guard:absent", "AttributeError"),
        ("test_guard:NAME", "is a str: it must be a ModelHandler"),
    ],
)
def test_what_is_no_model_is_refused(name: str, said: str) -> None:
    with pytest.raises(guarding.GuardError, match=said):
        guarding.handler(name)

"""Words in scripts without spaces: the estimate, the reference, and how an audit tells of them."""

from __future__ import annotations

import importlib.util
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import regex
import segmenters
from audit_runs import manifest, table, write_jsonl
from document_batches import Document, batch, document, options, rows, tables
from hypothesis import given
from hypothesis import strategies as st

from corpus_assay.lexicons.languages import resolve_code
from corpus_assay.pipelines import cli
from corpus_assay.transforms import segmentation
from corpus_assay.transforms.documents import ANY
from corpus_assay.transforms.registry import MeasureOptions
from corpus_assay.transforms.tokens import tokenise

BY_HAND = [
    # 男性化的女士和女人 is 9 Han in 1 run: 9 · 0.524 + 0.266 = 4.98.
    ("cmn", "男性化的女士和女人。", 5),
    # 2 + 2 Han in 2 runs: 4 · 0.524 + 2 · 0.266 = 2.63; GPT, 4 and X are words.
    ("cmn", "GPT-4很好,X不是", 3 + 3),
    ("cmn", "女", 1),
    ("cmn", "", 0),
    ("cmn", "。！", 0),
    # Three words of one Han each: 3 · 0.79 = 2.37.
    ("cmn", "女 女 女", 2),
    # A rare Han character (U+3400) is a word and breaks a run: 2 · 0.524 + 2 · 0.266 = 1.58.
    ("cmn", "女\u3400女", 1 + 2),
    # 7 · 0.640 = 4.48, however they stand together.
    ("yue", "佢哋喺 香港讀書。", 4),
    # 女人母国母 5 Han, のとかでに 5 hiragana, 4 of them after Han:
    # 5 · 0.654 + 5 · 0.561 + 4 · 0.290 = 7.24; ベテラン is one word.
    ("jpn", "女の人とベテランか\u3099母国で母に。", 7 + 1),
    # No Han before: 3 · 0.561 = 1.68. The mark ー is a word of its own to the tokeniser.
    ("jpn", "らめん", 2),
    ("jpn", "カレー", 1),
    # ผู้หญิงกับผู้ชาย แม่น้ำ: 2 runs, 7 vowels (ู ิ ั ู า แ ำ), 4 marks:
    # 2 · 0.181 + 7 · 0.464 + 4 · 0.568 = 5.88.
    ("tha", "ผู้หญิงกับผู้ชาย แม่น้ำ", 6),
    # 1 run, 1 vowel (า): 0.65; a Thai digit is a word to the tokeniser, and Python one.
    ("tha", "มา ๒ Python", 1 + 2),
    # Never more words than tokens: 0.181 + 0.464 + 0.568 of each is 3.64.
    ("tha", "ปี่ ปี่ ปี่", 3),
]


def words(language: str, *texts: str, segmenter: str = "fast") -> list[int]:
    """Words of each text, as a document."""
    made = batch([document(text, language) for text in texts])
    return tokenise(made, segmenter=segmenter).words.tolist()  # type: ignore[no-any-return]


@pytest.mark.parametrize(("language", "text", "expected"), BY_HAND)
def test_estimates_by_hand(language: str, text: str, expected: int) -> None:
    assert words(language, text) == [expected]


HAN, HIRAGANA = r"[\u4e00-\u9fff\u4000-\u4dbf]", r"[\u3041-\u3096]"
THAI = r"[\u0e00-\u0e7f]"


def slow_words(language: str, text: str, tokens: int) -> int:
    """The same estimate with regular expressions over characters."""

    def count(pattern: str) -> int:
        return len(regex.findall(pattern, text))

    if language == "jpn":
        seen = count(HAN), count(HIRAGANA), count(rf"(?<={HAN}){HIRAGANA}")
        letters = seen[0] + seen[1]
    elif language == "tha":
        letters = count(r"[\u0e01-\u0e30\u0e32\u0e33\u0e40-\u0e46]")
        seen = (
            count(rf"{THAI}+"),
            count(r"[\u0e30-\u0e3a\u0e40-\u0e46]"),
            count(r"[\u0e47-\u0e4e]"),
        )
    else:
        seen = count(HAN), count(rf"{HAN}+"), 0
        letters = seen[0]
    weights = segmentation.RULES[language].weights
    thousandths = sum(number * weight for number, weight in zip(seen, weights, strict=True))
    estimated = tokens - letters + (thousandths + 500) // 1000
    return min(max(estimated, min(tokens, 1)), tokens)


ALPHABET = "女的是\u4000\u9fff\u3fff\u3005\u30fc のでにぁゖゝカナー\u3099。、\nAé7" + (
    "กผอฯะัาำิฺ฿เแๆ็่๎๏๐๙๚"
)


def check_against_slow(texts: Sequence[str], language: str) -> None:
    made = tokenise(batch([document(text, language) for text in texts]))
    tokens = np.diff(made.token_offsets).tolist()
    expected = [slow_words(language, *one) for one in zip(texts, tokens, strict=True)]
    assert made.words.tolist() == expected


@given(
    texts=st.lists(st.text(st.sampled_from(ALPHABET), max_size=40), max_size=6),
    language=st.sampled_from(list(segmentation.RULES)),
)
def test_estimates_equal_a_slow_count(texts: list[str], language: str) -> None:
    check_against_slow(texts, language)


@pytest.mark.parametrize("language", segmentation.RULES)
def test_estimates_of_long_texts_equal_a_slow_count(language: str) -> None:
    """Longer than the blocks that are summed in bytes, with one kind of character and many."""
    chooser = random.Random(5)
    kinds = "女", "の", "ป", "ปี่", "เ", ALPHABET
    texts = [
        "".join(chooser.choices(kind, k=length)) for kind in kinds for length in (240, 3000, 20_001)
    ]
    check_against_slow([*texts, *("x" * shift + texts[0] for shift in range(4))], language)


def test_languages_without_a_rule_keep_their_tokens() -> None:
    assert words("eng", "女人 woman") == [3]
    assert words("und", "女人") == [2]
    assert words("wuu", "女人") == [2]
    assert words("lao", "ຜູ້ຍິງ") == [3]
    assert words("khm", "ស្ត្រី") == [len(regex.findall(r"\p{L}\p{M}*", "ស្ត្រី"))]
    assert words("mya", "မိန်းမ") == [3]


@pytest.mark.parametrize("code", ["zh", "zho", "chi", "zh-CN", "zho_Hans", "zho_Hant", "cmn_Hani"])
def test_chinese_codes_come_to_a_rule(code: str) -> None:
    assert resolve_code(code) == "cmn"


REAL = {
    "cmn": "她是第一个获奖的女人，也是最年轻的。",
    "yue": "佢係第一個攞獎嘅女人。",
    "jpn": "彼女は最初に受賞した女性で、最も若い。",
    "tha": "เธอเป็นผู้หญิงคนแรกที่ได้รับรางวัลนี้",
}


def real_documents() -> list[Document]:
    """Every language, parts of several roles, and English between."""
    documents = []
    for position, (language, text) in enumerate(list(REAL.items()) * 3):
        parts = ((1, text * (position + 1)), (2, f"{text}\nwoman {text}"), (0, ""))
        documents += [
            Document(parts, language, f"s{position % 2}", position),
            document("A woman.", "eng", 100 + position),
        ]
    return documents


@pytest.mark.parametrize("segmenter", segmentation.SEGMENTERS)
def test_batches_do_not_change_words(segmenter: str) -> None:
    documents = real_documents()
    settings = settings_of(segmenter)
    whole = tables([batch(documents)], settings)
    single = tables([batch([one]) for one in reversed(documents)], settings)
    for name, made in whole.items():
        assert made.equals(single[name]), name


def settings_of(segmenter: str) -> MeasureOptions:
    base = options()
    return MeasureOptions(base.lexicon, base.slice_by, base.language, segmenter=segmenter)


@pytest.mark.parametrize("segmenter", segmentation.SEGMENTERS)
def test_a_document_has_the_words_of_its_parts(segmenter: str) -> None:
    documents = real_documents()
    made = tables([batch(documents)], settings_of(segmenter))["corpus"]
    totals = {role: sum(int(str(row["words"])) for row in rows(made, role=role)) for role in ROLES}
    assert totals[ANY] == totals["text"] + totals["prompt"] + totals["response"]
    parts = [(one.language, text) for one in documents for _, text in one.parts]
    alone = [words(language, text, segmenter=segmenter)[0] for language, text in parts]
    assert totals[ANY] == sum(alone)
    for row in rows(made, role=ANY):
        assert int(str(row["tokens"])) >= int(str(row["words"])) > 0


ROLES = ("text", "prompt", "response", ANY)


def test_the_denominator_of_shares_is_the_estimate() -> None:
    """Two women in 5 words of 9 characters: Σ m·words is 2 · 5, tokens are words and one mark."""
    made = tables([batch([document("男性化的女士和女人。", "cmn")])], options())
    [gender] = rows(made["gender"], role=ANY, gender="feminine")
    assert (gender["matches"], gender["matches_words"], gender["matches_tokens"]) == (2, 10, 12)
    [sizes] = rows(made["corpus"], role=ANY)
    assert (sizes["words"], sizes["tokens"], sizes["words_squared"]) == (5, 6, 25)
    [length] = rows(made["lengths"], role=ANY)
    assert length["bucket"] == 4


# The reference -----------------------------------------------------------------------------------


def test_the_reference_cuts_words() -> None:
    """男性化 的 女士 和 女人; 女性 は 若い; ผู้หญิง กับ ผู้ชาย."""
    assert words("cmn", "男性化的女士和女人。", segmenter="reference") == [5]
    assert words("yue", "女人 。", segmenter="reference") == [1]
    assert words("jpn", "女性は若い。", segmenter="reference") == [3]
    assert words("tha", "ผู้หญิงกับผู้ชาย", segmenter="reference") == [3]
    assert words("lao", "ຜູ້ຍິງ", segmenter="reference") == [3]
    assert words("eng", "A woman's", segmenter="reference") == [3]


@pytest.mark.parametrize("language", segmentation.RULES)
def test_the_reference_takes_any_text(language: str) -> None:
    hostile = ["", " \n\r\n\u2028", "\0\x01", "女" * 60_000, "ก" * 5_000, "\u3099\u0e31"]
    hostile += ["😀" * 2000]
    hostile += ["a" * 5_000, "\u202e女人\u200b" * 300, "の\u3000 \t" * 900, "\ufffd"]
    found = words(language, *hostile, segmenter="reference")
    assert all(n >= 0 for n in found)
    assert found[0] == found[1] == 0


def test_pieces_hold_all_of_a_text() -> None:
    texts = ["", "a", "\n", "女。" * 700, "字" * 2500 + "\r\n" + "x " * 1200, "a\n\nb", " a "]
    for text in texts:
        pieces = segmentation._pieces(text)
        assert "".join("".join(pieces).split()) == "".join(text.split())
        assert max(map(len, pieces), default=0) <= 1000


def without(*packages: str) -> Any:
    """`importlib.util.find_spec` where some packages are not installed."""
    find = importlib.util.find_spec
    return lambda name, *rest: None if name in packages else find(name, *rest)


def test_missing_packages_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    source = write_jsonl(tmp_path / "in.jsonl", [{"text": "女人", "lang": "zh"}])
    monkeypatch.setattr(importlib.util, "find_spec", without("jieba", "pythainlp"))
    given = ["audit", str(source), "--output", str(tmp_path / "out")]
    assert cli.main([*given, "--segmenter", "reference"]) == cli.USED_WRONGLY
    out, err = capsys.readouterr()
    assert out == ""
    assert err == (
        "error: --segmenter reference needs packages that are not installed (jieba, pythainlp): "
        "pip install 'corpus-assay[segmenters]'\n"
    )
    assert not (tmp_path / "out").exists()
    assert cli.main(given) == cli.DONE


def test_a_worker_without_the_packages_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", without("spacy"))
    monkeypatch.setattr(segmentation._own, "pipelines", {}, raising=False)
    with pytest.raises(segmentation.SegmenterError, match=r"\(spacy\)"):
        words("tha", "มา", segmenter="reference")


# What an audit says ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    records = [{"text": text, "lang": code} for code, text in REAL.items() for _ in range(3)]
    records += [{"text": "ຜູ້ຍິງ", "lang": "lao"}, {"text": "A woman.", "lang": "eng"}]
    return write_jsonl(tmp_path_factory.mktemp("segmented") / "in.jsonl", records)


def run_audit(source: Path, output: Path, *given: str) -> tuple[dict[str, Any], str]:
    """Languages of the manifest, and the report."""
    arguments = ["audit", str(source), "--output", str(output), "--quiet", "--detect-language"]
    assert cli.main([*arguments, "never", *given]) == cli.DONE
    return manifest(output), (output / "report.html").read_text(encoding="utf-8")


def words_by_language(folder: Path) -> dict[str, int]:
    corpus = table(folder, "corpus").to_pylist()
    return {row["language"]: row["words"] for row in corpus if row["role"] == ANY}


def test_an_audit_says_that_words_are_estimated(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known, page = run_audit(source, tmp_path / "out")
    assert known["configuration"]["segmenter"] == "fast"
    assert "spacy" not in known["versions"]
    for code, rule in segmentation.RULES.items():
        entry = known["languages"][code]
        assert entry["words"] == "estimated"
        assert entry["segmenter"] == rule.reference
        assert entry["ratio"] == round(segmentation.accuracy()[code].ratio, 4)
        assert f"{entry['ratio']:.2f} × the words of {rule.reference}" in page
    assert "words" not in known["languages"]["lao"]
    assert "words" not in known["languages"]["eng"]
    assert "here every character counts as a word" in page  # Lao
    printed = capsys.readouterr().out
    assert "~ words estimated: written without spaces between them" in printed
    found = words_by_language(tmp_path / "out")
    assert found == {
        **{code: 3 * words(code, text)[0] for code, text in REAL.items()},
        **{"lao": 3, "eng": 2},
    }


def test_an_audit_says_which_segmenter_cut(source: Path, tmp_path: Path) -> None:
    known, page = run_audit(source, tmp_path / "out", "--segmenter", "reference")
    assert known["configuration"]["segmenter"] == "reference"
    assert {"spacy", "jieba", "sudachipy", "pythainlp"} <= set(known["versions"])
    assert known["languages"]["jpn"]["words"] == "segmented"
    assert "Japanese by spaCy with SudachiPy" in page
    assert "× the words of" not in page
    found = words_by_language(tmp_path / "out")
    assert {code: found[code] for code in REAL} == {
        code: 3 * words(code, text, segmenter="reference")[0] for code, text in REAL.items()
    }


# On real text ------------------------------------------------------------------------------------

BOUNDS = {
    "cmn": (0.02, 0.06, 0.999),
    "yue": (0.04, 0.14, 0.97),
    "jpn": (0.02, 0.06, 0.998),
    "tha": (0.03, 0.09, 0.998),
}
"""By language: how far the ratio may be from 1, the median error, the least correlation."""


@pytest.mark.parametrize("language", segmentation.RULES)
def test_the_estimate_is_near_the_reference(corpora: Path, language: str) -> None:
    _, measured_on = segmenters.halves(language, corpora)
    found = segmenters.compare(language, measured_on)
    far, error, correlation = BOUNDS[language]
    assert abs(found.ratio - 1) <= far
    assert found.median_error <= error
    assert found.correlation >= correlation
    # What reports say is what was measured; another version of a segmenter may differ a little.
    known = segmentation.accuracy()[language]
    assert known.documents == found.documents
    assert known.estimated == found.estimated
    assert found.words == pytest.approx(known.words, rel=0.02)


def test_rules_and_accuracies_are_of_the_same_languages() -> None:
    assert set(segmentation.accuracy()) == set(segmentation.RULES) == set(BOUNDS)
    for code, known in segmentation.accuracy().items():
        assert known.reference == segmentation.RULES[code].reference

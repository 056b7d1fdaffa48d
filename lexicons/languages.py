"""Languages: their codes, names, scripts, and the one code that stands for each of them.

The data is ``languages.tsv``, one language a row, columns ``code`` (ISO 639-3), ``name``
(English), ``part1`` (ISO 639-1, empty where there is none), ``script`` (ISO 15924, the script the
language is mostly written in) and ``direction`` (``ltr`` or ``rtl``). It holds every language of
fastText lid.176, of FLORES-200 and of ISO 639-1, and every macrolanguage of ISO 639-3. Codes and
names are those of ISO 639-3, names shortened to the usual English ones. Of its codes only ``nah``
(Nahuatl, a model label) is a collection of ISO 639-2 and not an ISO 639-3 language.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Language:
    """One row of ``languages.tsv``."""

    code: str
    name: str
    part1: str
    script: str
    direction: str


@lru_cache(maxsize=1)
def languages() -> Mapping[str, Language]:
    """All languages by ISO 639-3 code, in the order of the codes. Read once, immutable."""
    table = resources.files(__package__).joinpath("languages.tsv").read_text(encoding="utf-8")
    rows = csv.DictReader(table.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    return MappingProxyType({row["code"]: Language(**row) for row in rows})


# A macrolanguage stands for the member that most text in it is written in, so that "zh" of one
# corpus and "zho_Hans" of another give one row of a table. The choices are those of FLORES-200.
# Not in the table, on purpose: kur, whose members (kmr, ckb) differ in script and grammar, and
# the macrolanguages without one dominant written member, which stand for themselves.
_STANDS_FOR = {
    "ara": "arb",
    "aym": "ayr",
    "aze": "azj",
    "bik": "bcl",
    "bua": "bxr",
    "chm": "mhr",
    "din": "dik",
    "fas": "pes",
    "ful": "fuv",
    "kau": "knc",
    "kok": "gom",
    "kom": "kpv",
    "lav": "lvs",
    "mlg": "plt",
    "mon": "khk",
    "msa": "zsm",
    "nep": "npi",
    "nor": "nob",
    "ori": "ory",
    "orm": "gaz",
    "pus": "pbt",
    "que": "quy",
    "sqi": "als",
    "swa": "swh",
    "uzb": "uzn",
    "yid": "ydd",
    "zho": "cmn",
    "zza": "diq",
}

# Codes that are no row of the table: ISO 639-2/B, withdrawn ISO 639-1 codes still found in data,
# and members that are here one language with another row.
_CODE_ALIASES = {
    "alb": "sqi",
    "arm": "hye",
    "baq": "eus",
    "bur": "mya",
    "chi": "zho",
    "cze": "ces",
    "dut": "nld",
    "fre": "fra",
    "geo": "kat",
    "ger": "deu",
    "gre": "ell",
    "ice": "isl",
    "mac": "mkd",
    "mao": "mri",
    "may": "msa",
    "per": "fas",
    "rum": "ron",
    "slo": "slk",
    "tib": "bod",
    "wel": "cym",
    "bh": "bho",
    "bih": "bho",
    "in": "ind",
    "iw": "heb",
    "ji": "yid",
    "jw": "jav",
    "mo": "ron",
    "mol": "ron",
    "scc": "srp",
    "scr": "hrv",
    "ekk": "est",
    "fil": "tgl",
}

_NAME_ALIASES = {
    "alemannic": "gsw",
    "bokmål": "nob",
    "burmese": "mya",
    "castilian": "spa",
    "chinese (simplified)": "cmn",
    "chinese (traditional)": "cmn",
    "farsi": "pes",
    "filipino": "tgl",
    "flemish": "nld",
    "gaelic": "gla",
    "ganda": "lug",
    "kirghiz": "kir",
    "kurmanji": "kmr",
    "mandarin": "cmn",
    "modern greek": "ell",
    "modern standard arabic": "arb",
    "moldovan": "ron",
    "mongolian (cyrillic)": "khk",
    "myanmar": "mya",
    "nepali": "npi",
    "nynorsk": "nno",
    "odia": "ory",
    "oriya": "ory",
    "panjabi": "pan",
    "pashto": "pbt",
    "pushto": "pbt",
    "sakha": "sah",
    "simplified chinese": "cmn",
    "sinhalese": "sin",
    "sorani": "ckb",
    "swahili": "swh",
    "swiss german": "gsw",
    "traditional chinese": "cmn",
    "uighur": "uig",
    "valencian": "cat",
    "yakut": "sah",
    "yue chinese": "yue",
}

# A script or a region that changes the language: (code, subtag). Punjabi of Pakistan is written in
# Arabic script and is another language in ISO 639-3, as are Dari and the languages of Iranian
# Azerbaijan and of Inner Mongolia. zh-HK does not: what carries it is mostly standard Chinese.
_SUBTAG_CHANGES = {
    ("fas", "af"): "prs",
    ("pan", "arab"): "pnb",
    ("pan", "pk"): "pnb",
    ("aze", "arab"): "azb",
    ("aze", "ir"): "azb",
    ("mon", "cn"): "mvf",
    ("mon", "mong"): "mvf",
}

# Extended language subtags of BCP 47 that name a row of the table (ar-arz is arz, zh-yue is yue).
_EXTENDED = {
    "ara": frozenset({"acm", "acq", "aeb", "ajp", "apc", "arb", "ars", "ary", "arz"}),
    "lav": frozenset({"ltg", "lvs"}),
    "msa": frozenset({"bjn", "min", "zsm"}),
    "swa": frozenset({"swh"}),
    "uzb": frozenset({"uzn"}),
    "zho": frozenset({"cmn", "wuu", "yue"}),
}

# Sinitic languages the table does not hold: zh-nan must not be read as Mandarin.
_OTHER_SINITIC = frozenset(
    {"cdo", "cjy", "cpx", "czh", "czo", "gan", "hak", "hsn", "lzh", "min", "mnp", "nan"}
)

_LONGEST = 64
_SUBTAG = re.compile(r"[a-z0-9]{1,8}")


@lru_cache(maxsize=1)
def _codes() -> Mapping[str, str]:
    """ISO 639-1, -2/B and -3 codes, lower case, to the code of a row of the table."""
    table = {code: code for code in languages()}
    table |= {entry.part1: entry.code for entry in languages().values() if entry.part1}
    return table | _CODE_ALIASES


@lru_cache(maxsize=1)
def _names() -> Mapping[str, str]:
    return {entry.name.lower(): entry.code for entry in languages().values()} | _NAME_ALIASES


def resolve_code(text: str) -> str | None:
    """The ISO 639-3 code of a language named in any of the usual ways, or None.

    Understood, in any case: ISO 639-1 (``de``), ISO 639-2 and 639-3 (``ger``, ``deu``), BCP 47
    and locales (``zh-Hant-TW``, ``pt_BR``, ``en_US.UTF-8``), FLORES codes (``eng_Latn``) and
    English names (``German``). A macrolanguage gives the language that stands for it: zh → cmn
    (but zh-yue → yue), ar → arb, fa → pes, sw → swh, lv → lvs, mn → khk, uz → uzn,
    no → nob; ekk → est and fil → tgl are the same here. ku stays kur: it is never taken for
    Sorani (ckb). ``und``, ``mul`` and everything unknown give None.
    """
    key = " ".join(text[: _LONGEST + 1].lower().split())
    if not key or len(key) > _LONGEST:
        return None
    code = _codes().get(key) or _names().get(key) or _resolve_tag(key)
    return _STANDS_FOR.get(code, code) if code else None


def _resolve_tag(key: str) -> str | None:
    """The row that a lower-case BCP 47 tag, locale or FLORES code means."""
    primary, *subtags = re.split(r"[.@]", key, maxsplit=1)[0].replace("_", "-").split("-")
    code = _codes().get(primary)
    if code is None or not all(_SUBTAG.fullmatch(subtag) for subtag in subtags):
        return None
    if subtags and subtags[0] in _EXTENDED.get(code, ()):
        return subtags[0]
    if code == "zho" and subtags and subtags[0] in _OTHER_SINITIC:
        return None
    for subtag in subtags:
        if (code, subtag) in _SUBTAG_CHANGES:
            return _SUBTAG_CHANGES[code, subtag]
    return code


def shortest_code(code: str) -> str:
    """The code by which catalogues of data sets know a language: ISO 639-1 where the language, or
    the macrolanguage whose text it stands for here, has one (``deu`` is ``de``, ``cmn`` ``zh``),
    else the code itself."""
    known = languages()
    if code not in known:
        return code
    wider = next((whole for whole, member in _STANDS_FOR.items() if member == code), code)
    return known[code].part1 or known[wider].part1 or code

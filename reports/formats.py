"""Numbers and foreign text as the report shows them: every kind formatted in one place, one way."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import datetime

from corpus_assay.reports.statistics import Estimate, Interval

MAX_TEXT = 200
"""Characters of any text from the corpus that are shown; the rest is counted, not shown."""

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_MAX_MARKS = 4
_JOINERS = {"\u200c", "\u200d"}
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_FILLERS = {"\u115f", "\u1160", "\u2800", "\u3164", "\uffa0"}


def visible(text: object, limit: int = MAX_TEXT, joiners: bool = False) -> str:
    """Text that cannot hide, reorder or flood what stands around it; not yet HTML-escaped.

    Control, format (bidi marks among them), private and unassigned characters become marks such
    as ⟦U+202E⟧, runs of more than four combining marks are cut, and what is longer than `limit`
    characters ends with the number of characters left out.

    Args:
        text: any value; `str` of it is shown.
        limit: characters kept.
        joiners: keep ZWNJ and ZWJ, which are spelling in Persian and several Indic scripts.
    """
    whole = text if isinstance(text, str) else str(text)
    kept = whole[:limit]
    shown = kept if _is_plain(kept) else "".join(_marked(kept, joiners))
    left = len(whole) - limit
    if left > 0:
        shown += f"… ⟦{plural(left, 'more character')}⟧"
    return shown


_harmless: set[str] = set()
"""Characters met so far that are shown as they are wherever they stand."""


def _is_plain(text: str) -> bool:
    """Whether every character is shown as it is; quick, since nearly all text is."""
    if text.isascii() and text.isprintable():
        return True
    for character in set(text) - _harmless:
        if character in _FILLERS or unicodedata.category(character) in _UNSEEN | {"Mn", "Me"}:
            return False
        _harmless.add(character)
    return True


def _marked(text: str, joiners: bool) -> Iterator[str]:
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks > _MAX_MARKS:
            if marks == _MAX_MARKS + 1:
                yield "⟦more marks⟧"
        elif joiners and character in _JOINERS:
            yield character
        elif category in _UNSEEN or character in _FILLERS:
            yield f"⟦U+{ord(character):04X}⟧"
        else:
            yield character


def count(number: int) -> str:
    """1234567 → 1,234,567."""
    return f"{number:,}".replace("-", "−")


def size(number: int) -> str:
    """Bytes in decimal units: 12345678 → 12.3 MB."""
    if number < 1000:
        return f"{number} bytes" if number != 1 else "1 byte"
    value = float(number)
    for unit in ("kB", "MB", "GB", "TB", "PB"):
        value /= 1000
        if value < 999.5 or unit == "PB":
            break
    return f"{value:.3g} {unit}" if value < 999.5 else f"{value:,.0f} {unit}"


def short_count(number: int) -> str:
    """Powers of two and other axis labels: 512, 1k, 128k, 1M."""
    if number < 1000:
        return str(number)
    for step, unit in ((1024, "k"), (1024**2, "M")):
        if number < step * 1000:
            return f"{number // step}{unit}"
    return f"{number // 1024**3}G"


def plural(number: int, noun: str, nouns: str = "") -> str:
    """1 file, 2,000 files."""
    return f"{count(number)} {noun if number == 1 else nouns or noun + 's'}"


def percent(share: float, digits: int | None = None) -> str:
    """A share of 1 in per cent: 0.3419 → 34.2%; neither 0 nor 100 unless it is exactly that."""
    value = share * 100
    if value in (0, 100):
        return f"{value:.0f}%"
    if digits is None:
        digits = _percent_digits(value)
    text = f"{value:.{digits}f}"
    if share > 0 and float(text) == 0:
        return f"<{10**-digits:.{digits}f}%"
    if share < 1 and float(text) >= 100:
        return f">{100 - 10**-digits:.{digits}f}%"
    return f"{text}%"


def part(number: int, whole: int) -> str:
    """A count as a share of another, in per cent; a dash when there is nothing to divide by."""
    return percent(number / whole) if whole else "–"


def per_thousand(share: float, digits: int | None = None, signed: bool = False) -> str:
    """A share of 1 per 1,000 units: 0.0042137 → 4.21; 0 only when it is exactly 0."""
    value = share * 1000
    if value == 0:
        return "0"
    if digits is None:
        digits = _digits(value)
    text = f"{abs(value):.{digits}f}"
    if float(text) == 0:
        return f"{'−' if value < 0 else ''}<{10**-digits:.{digits}f}" if not signed else "±0"
    sign = "−" if value < 0 else "+" if signed else ""
    return f"{sign}{text}"


def per_thousand_interval(estimate: Estimate, signed: bool = False) -> str:
    """The interval of a share per 1,000, in the digits of its value: 3.98 to 4.45."""
    if estimate.interval is None:
        return ""
    digits = _digits(estimate.value * 1000)
    low, high = (
        _plain(bound * 1000, digits, signed)
        for bound in (estimate.interval.low, estimate.interval.high)
    )
    return f"{low} to {high}"


def percent_interval(estimate: Estimate) -> str:
    """The interval of a share in per cent: 33.1% to 35.3%."""
    interval: Interval | None = estimate.interval
    if interval is None:
        return ""
    digits = _percent_digits(estimate.value * 100)
    low, high = (
        f"{share * 100:.{0 if share in (0, 1) else digits}f}%"
        for share in (interval.low, interval.high)
    )
    return f"{low} to {high}"


def date(text: str) -> str:
    """2026-11-21T08:53:11+00:00 → 21 November 2026; anything else as it stands."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return visible(text, 40)
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


def _plain(value: float, digits: int, signed: bool) -> str:
    text = f"{abs(value):.{digits}f}"
    if float(text) == 0:
        return "0" if value == 0 else text
    return f"{'−' if value < 0 else '+' if signed else ''}{text}"


def _digits(value: float) -> int:
    """Decimals that leave about three significant digits, four decimals at most."""
    value = abs(value)
    for limit, digits in ((100, 0), (10, 1), (1, 2), (0.1, 3)):
        if value >= limit:
            return digits
    return 4 if value else 2


def _percent_digits(value: float) -> int:
    return 1 if value in (0, 100) or 1 <= value <= 99.9 else 2

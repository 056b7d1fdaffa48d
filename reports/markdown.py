"""Text of a corpus as Markdown that shows it and does nothing else, in any renderer.

Renderers differ: some turn bare addresses and mail addresses into links after the escapes are
gone, and some read TeX between dollar signs. Nothing of that happens inside a code span, so what
could be any of it goes into one. Only on pipes inside code spans of tables do they not agree: there
the span ends, and an escaped pipe stands between two spans.
CommonMark 0.31, sections 2.4, 6.1; GitHub Flavored Markdown 0.29, section 4.10.
"""

from __future__ import annotations

import re

from markupsafe import Markup

from corpus_assay.reports.formats import MAX_TEXT, visible

_RISKY = re.compile(r"\S*(?:://|www\.|[\w-]\.[^\W\d_]{2}|[@\\$`<>]|\]\(|mailto:)\S*", re.IGNORECASE)
"""Words that a renderer may read as an address, TeX or markup."""
_SPECIAL = re.compile(r"[\\`*_\[\]<>|~&$]")
_START = re.compile(r"^(\s*)([-+=#:]|\d+(?=[.)](?:\s|$)))")
_INDENT = re.compile(r"^ +")
_BACKTICKS = re.compile(r"`+")


def code(text: object, limit: int = MAX_TEXT) -> Markup:
    """Text as a code span, for a line or a cell of a table; a dash where there is none."""
    shown = visible(text, limit, joiners=True)
    return _span(shown) if shown.strip() else Markup("–")


def prose(text: object) -> Markup:
    """Text that `visible` has seen as plain words: markup in it is escaped, and words that could
    become links are code spans. A `Markup` is Markdown already and stays."""
    if isinstance(text, Markup):
        return text
    made, end = [], 0
    shown = _INDENT.sub(" ", visible(text, 4000, joiners=True))
    for found in _RISKY.finditer(shown):
        made += [_escaped(shown[end : found.start()]), _span(found[0])]
        end = found.end()
    made.append(_escaped(shown[end:]))
    return Markup(_START.sub(_start, "".join(made)))


def block(text: str, limit: int) -> Markup:
    """Lines as a fenced block of code; each line is made visible by itself."""
    lines = "\n".join(visible(line, limit) for line in text.splitlines())
    fence = "`" * max(3, _longest(lines) + 1)
    return Markup(f"{fence}text\n{lines}\n{fence}")


def raw(text: str) -> Markup:
    """Markdown that this package has made."""
    return Markup(text)


def _span(shown: str) -> Markup:
    return Markup("\\|".join(_piece(piece) for piece in shown.split("|")))


def _piece(text: str) -> str:
    if not text.strip():
        return text
    fence = "`" * (_longest(text) + 1)
    # A renderer takes one space off each side where there is one on both.
    pad = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _longest(text: str) -> int:
    return max((len(run) for run in _BACKTICKS.findall(text)), default=0)


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", text)


def _start(found: re.Match[str]) -> str:
    mark = found[2]
    return f"{found[1]}{mark}\\" if mark.isdigit() else f"{found[1]}\\{mark}"

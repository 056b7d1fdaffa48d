"""Long tables: the first rows as HTML, the rest as data that the page's own script shows.

A row of the data island is a list of cells. A cell is one of

* ``"text"``: a cell with the text isolated (``<bdi dir="auto">``); a header cell if it is the first
* ``["text", value, "note"]``: a cell of a column of numbers, the value that it sorts by or null,
  and a note under it, which may be left out
* ``{"cell": "td", "with": {attributes}, "of": [children]}``: any other; a child is a text or
  ``[tag, {attributes}, children…]``

or, where the row has a class or a cell that spans columns, ``{"class": "…", "cells": […]}``. The
script makes elements of these tags and attributes only, and sets every text as text, so that
nothing in an island is ever parsed as HTML.
"""

from __future__ import annotations

import html
import json
import math
import re
from typing import Any

from markupsafe import Markup

STATIC_ROWS = 50
"""Rows that can be read without a script."""
MOST_ROWS = 3000
"""Rows of a table that the page holds in all; the others are in Parquet."""
MOST_CHARACTERS = 1_000_000
"""Characters of a data island; with hostile names it holds fewer rows."""

TAGS = frozenset({"bdi", "small", "span", "code", "p", "b", "br", "mark", "i"})
ATTRIBUTES = frozenset({"class", "dir", "lang", "scope", "colspan", "data-value"})

_TOKEN = re.compile(r"<(/?)([a-z0-9]+)((?:\s[^<>]*)?)>|([^<>]+)")
_ATTRIBUTE = re.compile(r'([a-z-]+)="([^"]*)"')
_ROW = re.compile(r"<tr[ >]")

Node = list[Any]
"""An element: its tag, its attributes, its children."""


def island(markup: str) -> Markup:
    """The rows of a table, the first `STATIC_ROWS` as they are, the rest as a data island.

    Args:
        markup: rendered rows, escaped as a template does it: ``<tr>…</tr>``, without nested tables.

    Raises:
        ValueError: the rows hold an element or attribute that the page's script does not make.
    """
    starts = [found.start() for found in _ROW.finditer(markup)]
    if len(starts) <= STATIC_ROWS:
        return Markup(markup)
    starts.append(len(markup))
    rows: list[str] = []
    size = 0
    for start, end in zip(starts[STATIC_ROWS:], starts[STATIC_ROWS + 1 :], strict=False):
        row = encode(_compact(_tree(markup[start:end].strip())))
        size += len(row) + 2
        if size > MOST_CHARACTERS:
            break
        rows.append(row)
    left = len(starts) - 1 - STATIC_ROWS - len(rows)
    data = f'{{"left":{left},"rows":[\n' + ",\n".join(rows) + "\n]}"
    return Markup(
        f'{markup[: starts[STATIC_ROWS]]}<script type="application/json">{data}</script>\n'
    )


def encode(value: Any) -> str:
    """JSON that can stand in a ``script`` element: nothing in it ends the element, opens a comment,
    or is a line end that JavaScript knows and JSON does not."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _tree(row: str) -> Node:
    """The elements of one row."""
    root: Node = ["", {}]
    stack = [root]
    end = 0
    for found in _TOKEN.finditer(row):
        if found.start() != end:
            break
        end = found.end()
        closing, tag, attributes, text = found.groups()
        if text is not None:
            stack[-1].append(html.unescape(text))
        elif closing:
            if len(stack) == 1 or stack.pop()[0] != tag:
                raise ValueError(f"row with an end of {tag!r} that is out of place")
        else:
            node: Node = [tag, _attributes(tag, attributes)]
            stack[-1].append(node)
            if tag != "br":
                stack.append(node)
    if end != len(row) or len(stack) != 1 or len(root) != 3 or root[2][0] != "tr":
        raise ValueError("rows are not whole elements of a table")
    result: Node = root[2]
    return result


def _attributes(tag: str, written: str) -> dict[str, str]:
    if tag not in TAGS and tag not in ("tr", "td", "th"):
        raise ValueError(f"a long table cannot hold an element {tag!r}")
    found = {name: html.unescape(value) for name, value in _ATTRIBUTE.findall(written)}
    if not ATTRIBUTES.issuperset(found):
        raise ValueError(f"a long table cannot hold the attributes {sorted(found)}")
    return found


def _compact(row: Node) -> Any:
    cells = [node for node in row[2:] if isinstance(node, list)]
    written = [_cell(cell, place) for place, cell in enumerate(cells)]
    spans = any("colspan" in cell[1] for cell in cells)
    return {"class": row[1].get("class", ""), "cells": written} if row[1] or spans else written


def _cell(cell: Node, place: int) -> Any:
    tag, attributes, *children = cell
    if _is_text(tag, attributes, children, place):
        return "".join(children[0][2:])
    texts = children[:1] if children and isinstance(children[0], str) else []
    note = children[len(texts) :]
    if (
        tag == "td"
        and attributes.get("class") == "number"
        and set(attributes) <= {"class", "data-value"}
        and texts
        and (not note or (len(note) == 1 and note[0][:2] == ["small", {}] and _plain(note[0])))
    ):
        value = attributes.get("data-value")
        return [texts[0], _number(value), *("".join(each[2:]) for each in note)]
    return {"cell": tag, "with": attributes, "of": children}


def _is_text(tag: str, attributes: dict[str, str], children: list[Any], place: int) -> bool:
    expected = ("td", {}) if place else ("th", {"scope": "row"})
    return (
        (tag, attributes) == expected
        and len(children) == 1
        and children[0][:2] == ["bdi", {"dir": "auto"}]
        and _plain(children[0])
    )


def _plain(node: Node) -> bool:
    return all(isinstance(child, str) for child in node[2:])


def _number(value: str | None) -> float | int | str | None:
    """Short for the page: a sort key needs no more than nine digits."""
    if not value:
        return None if value is None else ""
    try:
        number = float(value)
    except ValueError:
        return value
    if not math.isfinite(number):
        return ""
    return int(number) if number.is_integer() else float(f"{number:.9g}")

"""Charts as inline SVG: small pure functions from numbers to markup.

A chart is as wide as its place: x is in per cent and y in pixels, without a viewBox, so that text
keeps its size from a phone to a wide screen. Marks carry presentation attributes and classes,
never ``style=``, which the page's Content-Security-Policy forbids; the stylesheet gives the
classes their colours in the dark. Feminine and masculine differ in shape as well as in colour.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from markupsafe import Markup, escape
from msgspec import Struct

from corpus_assay.reports import formats
from corpus_assay.reports.statistics import Estimate

_ROW = 24
_STACKED_ROW = 42
_BAR = 9
_TOP = 30
_FOOT = 24
_AXIS_NAME = 18
_LABELS = 34
"""Per cent of the width that labels take beside their marks on a phone; the stylesheet takes less
where the page is wide."""

_PLOT = 0.94
"""Part of the plot that the largest value takes, so that no mark is cut at the edge."""

_FEMININE = "#6d3fa0"
_MASCULINE = "#0b7f66"
_INK = "currentColor"


class Pair(Struct, frozen=True):
    """A row of a dumbbell: shares of the two classes, None where there is none."""

    label: str
    first: Estimate | None
    second: Estimate | None


class Bar(Struct, frozen=True):
    """A row of a bar chart: two shares of 1 and how they are printed."""

    label: str
    first: float
    second: float


def dumbbell(
    chart_id: str,
    title: str,
    description: str,
    *,
    axis: str,
    rows: Sequence[Pair],
    stacked: bool,
    key: str = "",
    percent: bool = False,
) -> Markup:
    """Two points a row with their intervals, per 1,000 units or in per cent, on an axis from 0.

    Args:
        chart_id: prefix of element ids, unique on the page.
        title: the finding, in words.
        description: what the marks mean, for those who do not see them.
        axis: name and unit of the axis.
        rows: one pair a row, in the order drawn.
        stacked: labels stand above their marks (long names) and not beside them.
        key: what labels name, ``language`` or ``source``, for those who filter by it.
        percent: whether shares are shown per 100 and not per 1,000.
    """
    factor = 100 if percent else 1000
    value, between = (
        (formats.percent, formats.percent_interval)
        if percent
        else (formats.per_thousand, formats.per_thousand_interval)
    )
    estimates = [each for row in rows for each in (row.first, row.second) if each is not None]
    # A wide interval of a rare language must not flatten all others: the axis follows the
    # values, and an interval that leaves it is cut at the edge.
    largest = max((each.value for each in estimates), default=0.0) * factor
    bounds = sorted(
        (each.interval.high * factor for each in estimates if each.interval is not None),
        reverse=True,
    )
    highest = min(bounds[0] if bounds else largest, largest * 1.5)
    ticks = nice_ticks(max(largest, highest), 100.0 if percent else math.inf)
    top = ticks[-1]

    def x(value: float) -> str:
        return _percent(min(1.0, max(0.0, value * factor / top)) * _PLOT)

    row_height = _STACKED_ROW if stacked else _ROW
    groups = []
    for place, row in enumerate(rows):
        y = _TOP + place * row_height + (27 if stacked else row_height // 2)
        label_y = y - 13 if stacked else y + 4
        marks = [_tag("line", x1="0", x2="100%", y1=y, y2=y, class_="guide", stroke="#e3e0d8")]
        if row.first is not None and row.second is not None:
            marks.append(
                _tag(
                    "line",
                    x1=x(row.first.value),
                    x2=x(row.second.value),
                    y1=y,
                    y2=y,
                    class_="link",
                    stroke="#8d8a82",
                    stroke_width=1.5,
                )
            )
        for estimate, class_, colour in (
            (row.second, "masculine", _MASCULINE),
            (row.first, "feminine", _FEMININE),
        ):
            if estimate is None:
                continue
            if estimate.interval is not None:
                marks.append(
                    _tag(
                        "line",
                        x1=x(estimate.interval.low),
                        x2=x(estimate.interval.high),
                        y1=y,
                        y2=y,
                        class_=f"interval {class_}",
                        stroke=colour,
                        stroke_width=7,
                        stroke_opacity=0.32,
                    )
                )
            marks.append(_point(class_, x(estimate.value), y))
        marks.append(_label(row.label, label_y, stacked))
        told = [
            f"{name} {value(each.value)}" + (f" ({between(each)})" if each.interval else "")
            for name, each in (("feminine", row.first), ("masculine", row.second))
            if each is not None
        ]
        hit = y - row_height // 2, row_height
        groups.append(_row(row.label, f"{row.label}: {', '.join(told)}", key, hit, marks))
    height = _TOP + len(rows) * row_height + _FOOT + _AXIS_NAME
    legend = [
        _point("feminine", "6", 9),
        _tag("text", "feminine", x=16, y=13, class_="label", fill=_INK, font_size=13),
        _point("masculine", "92", 9),
        _tag("text", "masculine", x=103, y=13, class_="label", fill=_INK, font_size=13),
        _tag(
            "text", "band: 95% interval", x="100%", y=13, class_="quiet", fill=_INK, font_size=12,
            text_anchor="end",
        ),
    ]  # fmt: skip
    write = (lambda tick: f"{tick:g}%") if percent else _number
    axis_marks = _axis(ticks, lambda tick: _percent(tick / top * _PLOT), height, axis, write)
    content = [*axis_marks, *groups]
    # Stacked, the plot is set in by the size of a mark, so that marks at 0 are whole.
    plot = (
        _tag("svg", *content, x=7, width="98%", overflow="visible")
        if stacked
        else _plot(_LABELS, "plot", content)
    )
    return _svg(chart_id, title, description, height, [*legend, plot])


def bars(
    chart_id: str,
    title: str,
    description: str,
    rows: Sequence[Bar],
    names: tuple[str, str],
    key: str = "",
) -> Markup:
    """Two horizontal bars a row, shares of 1 on an axis in per cent from 0; `key` as above."""
    largest = max((max(row.first, row.second) for row in rows), default=0.0) * 100
    ticks = nice_ticks(min(100.0, largest), 100.0)
    top = ticks[-1]
    groups = []
    row_height = 2 * _BAR + 10
    for place, row in enumerate(rows):
        y = _TOP + place * row_height + 5
        marks = [_label(row.label, y + _BAR + 4, False)]
        for offset, value, class_, colour in (
            (0, row.first, "bar", "#33557f"),
            (_BAR, row.second, "bar second", "#7592b8"),
        ):
            marks.append(
                _tag(
                    "rect", x="0", y=y + offset, width=_percent(value * 100 / top * _PLOT),
                    height=_BAR, class_=class_, fill=colour,
                )
            )  # fmt: skip
        told = ", ".join(
            f"{name} {formats.percent(value)}"
            for name, value in zip(names, (row.first, row.second), strict=True)
        )
        groups.append(_row(row.label, f"{row.label}: {told}", key, (y - 5, row_height), marks))
    height = _TOP + len(rows) * row_height + _FOOT
    legend = [
        _tag("rect", x=0, y=3, width=12, height=11, class_="bar", fill="#33557f"),
        _tag("text", names[0], x=18, y=13, class_="label", fill=_INK, font_size=13),
        _tag("rect", x=168, y=3, width=12, height=11, class_="bar second", fill="#7592b8"),
        _tag("text", names[1], x=186, y=13, class_="label", fill=_INK, font_size=13),
    ]
    grid = _axis(
        ticks, lambda tick: _percent(tick / top * _PLOT), height, "", lambda tick: f"{tick:g}%"
    )
    plot = _plot(_LABELS, "plot", [*grid, *groups])
    return _svg(chart_id, title, description, height, [*legend, plot])


def histogram(
    chart_id: str, title: str, description: str, axis: str, columns: Sequence[tuple[str, float]]
) -> Markup:
    """Vertical columns, shares of 1, each with the label of its lower bound."""
    ticks = nice_ticks(max((share for _, share in columns), default=0.0) * 100, 100.0)
    top = ticks[-1]
    base, tall = 190, 165
    step = 100.0 / max(1, len(columns))
    # Labels have room for about twelve on a phone.
    every = max(1, math.ceil(len(columns) / 11))
    marks = []
    for tick in ticks:
        y = round(base - tall * tick / top, 2)
        marks.append(_tag("line", x1="0", x2="100%", y1=y, y2=y, class_="grid", stroke="#e3e0d8"))
        marks.append(
            _tag(
                "text", f"{tick:g}%", x=-8, y=y + 4, class_="quiet", fill=_INK, font_size=12,
                text_anchor="end",
            )
        )  # fmt: skip
    for place, (label, share) in enumerate(columns):
        height = round(tall * share * 100 / top, 2)
        marks.append(
            _tag(
                "rect", _tag("title", f"from {label}: {formats.percent(share)}"),
                x=f"{place * step + step * 0.07:.2f}%", y=round(base - height, 2),
                width=f"{step * 0.86:.2f}%", height=height, class_="bar", fill="#33557f",
            )
        )  # fmt: skip
        if place % every == 0:
            marks.append(
                _tag(
                    "text", label, x=f"{(place + 0.5) * step:.2f}%", y=base + 17, class_="quiet",
                    fill=_INK, font_size=12, text_anchor="middle",
                )
            )  # fmt: skip
    marks.append(_tag("text", axis, x="0", y=base + 37, class_="quiet", fill=_INK, font_size=12))
    return _svg(chart_id, title, description, base + 46, [_plot(10, "plot narrow", marks)])


HEAT = ((0.5, 0.55), (0.1, 0.38), (0.01, 0.24), (0.0, 0.12))
"""Shares of 1 from which on a cell of a heat map has an opacity: four steps that can be told apart
in one hue, and under which text keeps its contrast."""


def heat_map(
    chart_id: str,
    title: str,
    description: str,
    rows: Sequence[tuple[str, Sequence[tuple[float | None, str]]]],
    columns: int,
) -> Markup:
    """A matrix of shares of 1, each cell with its value and how it is printed; empty cells are
    None. Columns bear the numbers of the first rows, whose names are long.

    Where the page is narrow the stylesheet leaves out the printed values, unless columns are few.
    """
    cell, width = 26, 94.0 / max(1, columns)
    top = 58
    marks = []
    for column in range(columns):
        marks.append(
            _tag(
                "text", str(column + 1), x=f"{6 + (column + 0.5) * width:.2f}%", y=top - 8,
                class_="quiet", fill=_INK, font_size=12, text_anchor="middle",
            )
        )  # fmt: skip
    for place, (label, values) in enumerate(rows):
        y = top + place * cell
        marks.append(_label(label, y + 17, False))
        if place < columns:
            marks.append(
                _tag(
                    "text", str(place + 1), x="4.5%", y=y + 17, class_="quiet", fill=_INK,
                    font_size=12, text_anchor="end",
                )
            )  # fmt: skip
        for column, (value, text) in enumerate(values):
            x = 6 + column * width
            other = rows[column][0] if column < len(rows) else ""
            told = [] if value is None else [
                _tag("title", f"{label} in {other}: {formats.percent(value)}")
            ]  # fmt: skip
            opacity = next((o for least, o in HEAT if value is not None and value >= least), 0)
            marks.append(
                _tag(
                    "rect", *told, x=f"{x + 0.15:.2f}%", y=y + 1, width=f"{width - 0.3:.2f}%",
                    height=cell - 2, class_="bar" if opacity else "empty",
                    fill="#33557f" if opacity else "none", fill_opacity=opacity or 1,
                    stroke="#e3e0d8" if not opacity else "none",
                )
            )  # fmt: skip
            if text:
                marks.append(
                    _tag(
                        "text", text, x=f"{x + width / 2:.2f}%", y=y + 17,
                        class_="cell" if columns > 4 else "label", fill=_INK, font_size=12,
                        text_anchor="middle",
                    )
                )  # fmt: skip
    legend = []
    for place, (name, opacity) in enumerate(
        zip(("under 1%", "1% to 10%", "10% to 50%", "50% and more"),
            (o for _, o in reversed(HEAT)), strict=True)
    ):  # fmt: skip
        y = 3 + place // 2 * 17
        swatch = _tag(
            "rect", x=0, y=y, width=12, height=11, class_="bar", fill="#33557f",
            fill_opacity=opacity,
        )  # fmt: skip
        text = _tag("text", name, x=18, y=y + 10, class_="label", fill=_INK, font_size=12)
        legend.append(_tag("svg", swatch, text, x=f"{place % 2 * 50}%", overflow="visible"))
    height = top + len(rows) * cell + 6
    return _svg(chart_id, title, description, height, [*legend, _plot(_LABELS, "plot", marks)])


def nice_ticks(largest: float, ceiling: float = math.inf) -> list[float]:
    """Round steps from 0 to the first at or above `largest`: 7.3 → 0, 2, 4, 6, 8.

    Steps are 1, 2 or 5 times a power of ten, three to six of them; the last tick is at most
    `ceiling`.
    """
    if not (largest > 0 and math.isfinite(largest)):
        return [0.0, 1.0]
    power = 10.0 ** math.floor(math.log10(largest / 4))
    step = next(power * each for each in (1, 2, 5, 10) if largest / (power * each) <= 5)
    number = math.ceil(largest / step - 1e-9)
    digits = max(0, -math.floor(math.log10(step)))
    return [round(step * place, digits) for place in range(number + 1) if step * place <= ceiling]


def _axis(
    ticks: Sequence[float],
    x: Callable[[float], str],
    height: int,
    name: str,
    write: Callable[[float], str],
) -> list[Markup]:
    foot = height - _FOOT - (_AXIS_NAME if name else 0)
    marks = []
    for place, tick in enumerate(ticks):
        marks.append(
            _tag(
                "line", x1=x(tick), x2=x(tick), y1=_TOP - 6, y2=foot + 4, class_="grid",
                stroke="#e3e0d8",
            )
        )  # fmt: skip
        marks.append(
            _tag(
                "text", write(tick), x=x(tick), y=foot + 18, class_="quiet", fill=_INK,
                font_size=12, text_anchor="start" if place == 0 else "middle",
            )
        )  # fmt: skip
    if name:
        marks.append(
            _tag("text", name, x="0", y=foot + 36, class_="quiet", fill=_INK, font_size=12)
        )
    return marks


def _row(
    label: str, told: str, key: str, place: tuple[float, float], marks: Sequence[Markup]
) -> Markup:
    """Marks of one row, which say their values under a pointer anywhere in it."""
    y, height = place
    area = _tag("rect", x="-100%", y=y, width="200%", height=height, class_="hit", fill="none")
    named = {f"data_{key}": label} if key else {}
    return _tag("g", _tag("title", told), area, *marks, class_="row", **named)


def _label(label: str, y: float, stacked: bool) -> Markup:
    if stacked:
        return _tag(
            "text", shorten(label, 44), x=-6, y=y, class_="label", fill=_INK, font_size=13,
        )  # fmt: skip
    return _tag(
        "text", shorten(label, 18), x=-10, y=y, class_="label", fill=_INK,
        font_size=13, text_anchor="end",
    )  # fmt: skip


def shorten(label: str, limit: int) -> str:
    """A label cut to `limit` characters with an ellipsis; the table beside it has all of it."""
    return label if len(label) <= limit else label[: limit - 1].rstrip() + "…"


def _point(class_: str, x: str, y: float) -> Markup:
    if class_ == "feminine":
        return _tag("circle", cx=x, cy=y, r=5, class_="feminine point", fill=_FEMININE)
    # A nested svg carries the diamond, since polygon points cannot be in per cent.
    return _tag(
        "svg",
        _tag("path", d="M0-6 6 0 0 6-6 0Z", class_="masculine point", fill=_MASCULINE),
        x=x,
        y=y,
        overflow="visible",
    )


def _plot(left: int, class_: str, marks: Sequence[Markup]) -> Markup:
    return _tag(
        "svg", *marks, x=f"{left}%", width=f"{100 - left}%", overflow="visible", class_=class_
    )


def _svg(
    chart_id: str, title: str, description: str, height: int, content: Sequence[Markup]
) -> Markup:
    return _tag(
        "svg",
        _tag("title", title, id=f"{chart_id}-title"),
        _tag("desc", description, id=f"{chart_id}-desc"),
        *content,
        role="img",
        aria_labelledby=f"{chart_id}-title {chart_id}-desc",
        width="100%",
        height=height,
        class_="chart",
    )


def _tag(name: str, *content: str | Markup, **attributes: object) -> Markup:
    """An element; content and values are escaped unless they are markup already."""
    # Markup's own format takes ten times as long, and a page has thousands of elements.
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for key, value in attributes.items()
        if value != ""
    )
    return Markup(f"<{name}{written}>{''.join(map(escape, content))}</{name}>")


def _percent(part: float) -> str:
    return f"{part * 100:.2f}%"


def _number(tick: float) -> str:
    return f"{tick:,.10g}"


class Effect(Struct, frozen=True):
    """A row of a forest chart: a relative change (0.1 is +10%), its interval, and its words."""

    label: str
    value: float
    interval: tuple[float, float] | None


def forest(
    chart_id: str, title: str, description: str, axis: str, rows: Sequence[Effect]
) -> Markup:
    """Relative changes with intervals on one axis around "no change".

    The axis reaches as far as the values do, to ten times at most; what leaves it is cut at the
    edge.
    """
    largest = min(10.0, max((abs(row.value) for row in rows), default=0.0) * 1.25)
    ticks = nice_ticks(largest * 100)
    low = -min(100.0, ticks[-1]) if any(row.value < 0 for row in rows) else 0.0
    span = ticks[-1] - low

    def x(value: float) -> str:
        return _percent(min(1.0, max(0.0, (value * 100 - low) / span)) * _PLOT)

    marks = []
    for place, row in enumerate(rows):
        y = _TOP + place * _STACKED_ROW + 27
        marks.append(_label(row.label, y - 13, True))
        marks.append(_tag("line", x1="0", x2="100%", y1=y, y2=y, class_="guide", stroke="#e3e0d8"))
        told = f"{row.label}: {_change(row.value)}"
        if row.interval is not None:
            told += f" ({_change(row.interval[0])} to {_change(row.interval[1])})"
            first, last = (x(bound) for bound in row.interval)
            marks.append(
                _tag(
                    "line", x1=first, x2=last, y1=y, y2=y, class_="interval bar",
                    stroke="#33557f", stroke_width=7, stroke_opacity=0.32,
                )
            )  # fmt: skip
        marks.append(
            _tag(
                "circle", _tag("title", told), cx=x(row.value), cy=y, r=5, class_="bar",
                fill="#33557f",
            )
        )  # fmt: skip
    height = _TOP + len(rows) * _STACKED_ROW + _FOOT + _AXIS_NAME
    below = [-tick for tick in reversed(ticks[1:]) if -tick >= low]
    # Ticks of both sides would run into each other on a phone.
    shown = [*below[::2], *ticks]
    grid = _axis(
        shown, lambda tick: x(tick / 100), height, axis,
        lambda tick: f"{tick:+,g}%".replace("-", "−") if tick else "0",
    )  # fmt: skip
    foot = height - _FOOT - _AXIS_NAME
    zero = _tag("line", x1=x(0), x2=x(0), y1=_TOP - 6, y2=foot, class_="link", stroke="#8d8a82")
    plot = _tag("svg", *grid, zero, *marks, x=7, width="98%", overflow="visible")
    return _svg(chart_id, title, description, height, [plot])


def _change(value: float) -> str:
    return f"{value * 100:+,.1f}%".replace("-", "−")


class Point(Struct, frozen=True):
    """A point of a line: None where it was not measured; `joined` says that it was measured in
    the same way as the one before it."""

    estimate: Estimate | None
    joined: bool = True


class Line(Struct, frozen=True):
    """A line of a trend chart; `mark` is feminine (a circle), masculine (a diamond) or bar."""

    label: str
    mark: str
    points: Sequence[Point]


def trend(
    chart_id: str,
    title: str,
    description: str,
    *,
    labels: Sequence[str],
    lines: Sequence[Line],
    factor: float,
    unit: str,
) -> Markup:
    """Values in the order of time with their intervals, on an axis from 0.

    Args:
        chart_id: prefix of element ids, unique on the page.
        title: what is shown, in words.
        description: what the marks mean, for those who do not see them.
        labels: one for each point, under the axis.
        lines: each with a point for every label.
        factor: what values are multiplied with on the axis.
        unit: name of the axis.
    """
    estimates = [each.estimate for line in lines for each in line.points if each.estimate]
    highest = max((each.value for each in estimates), default=0.0) * factor
    bounds = [each.interval.high * factor for each in estimates if each.interval]
    ticks = nice_ticks(max([highest, min(max(bounds, default=0.0), highest * 1.5)]))
    base, tall = 200, 165
    step = 100.0 / max(1, len(labels))

    def y(value: float) -> float:
        return round(base - tall * min(1.0, max(0.0, value * factor / ticks[-1])), 2)

    marks = [
        mark
        for tick in ticks
        for mark in (
            _tag(
                "line", x1="0", x2="100%", y1=y(tick / factor), y2=y(tick / factor),
                class_="grid", stroke="#e3e0d8",
            ),
            _tag(
                "text", f"{tick:,g}", x=-8, y=y(tick / factor) + 4, class_="quiet", fill=_INK,
                font_size=12, text_anchor="end",
            ),
        )
    ]  # fmt: skip
    every = max(1, math.ceil(len(labels) / 6))
    for place, label in enumerate(labels):
        if place % every == 0:
            marks.append(
                _tag(
                    "text", shorten(label, 12), x=_at(place, step), y=base + 18, class_="quiet",
                    fill=_INK, font_size=12, text_anchor="middle",
                )
            )  # fmt: skip
    colours = {"feminine": _FEMININE, "masculine": _MASCULINE}
    for line in lines:
        colour = colours.get(line.mark, "#33557f")
        before: Estimate | None = None
        for place, point in enumerate(line.points):
            now = point.estimate
            if now is not None and before is not None and point.joined:
                marks.append(
                    _tag(
                        "line", x1=_at(place - 1, step), y1=y(before.value), x2=_at(place, step),
                        y2=y(now.value), class_=f"interval {line.mark}", stroke=colour,
                        stroke_width=1.5,
                    )
                )  # fmt: skip
            before = now
            if now is None:
                continue
            if now.interval is not None:
                marks.append(
                    _tag(
                        "line", x1=_at(place, step), x2=_at(place, step),
                        y1=y(now.interval.low), y2=y(now.interval.high),
                        class_=f"interval {line.mark}", stroke=colour, stroke_width=7,
                        stroke_opacity=0.32,
                    )
                )  # fmt: skip
            marks.append(_trend_mark(line.mark, _at(place, step), y(now.value)))
    marks.append(_tag("text", unit, x="0", y=base + 38, class_="quiet", fill=_INK, font_size=12))
    legend = []
    for place, line in enumerate(lines):
        legend.append(_trend_mark(line.mark, f"{2 + place * 45}%", 9))
        legend.append(
            _tag(
                "svg",
                _tag("text", shorten(line.label, 24), x=10, y=13, class_="label", fill=_INK,
                     font_size=13),
                x=f"{2 + place * 45}%", overflow="visible",
            )
        )  # fmt: skip
    return _svg(chart_id, title, description, base + 46, [*legend, _plot(10, "plot narrow", marks)])


def _at(place: int, step: float) -> str:
    return f"{(place + 0.5) * step:.2f}%"


def _trend_mark(mark: str, x: str, y: float) -> Markup:
    if mark in ("feminine", "masculine"):
        return _point(mark, x, y)
    return _tag("circle", cx=x, cy=y, r=5, class_="bar", fill="#33557f")

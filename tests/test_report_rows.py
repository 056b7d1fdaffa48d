"""Long tables: what the data island holds is what the rows said, and never markup."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from corpus_assay.reports import page, rows


def table(texts: list[str], cell: str = '<td class="number" data-value="{n}">{n},0</td>') -> str:
    return "".join(
        f'<tr><th scope="row"><bdi dir="auto">{escape(text)}</bdi></th>{cell.format(n=number)}'
        "</tr>\n"
        for number, text in enumerate(texts)
    )


class Scripts(HTMLParser):
    """What a browser takes for the text of the script elements."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.tags: list[str] = []
        self._inside = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._inside = tag == "script"
        if self._inside:
            assert attrs == [("type", "application/json")]
            self.found.append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.found[-1] += data


def island(html: str) -> dict[str, Any]:
    (found,) = Scripts(html).found
    data: dict[str, Any] = json.loads(found)
    return data


def test_short_tables_are_left_as_they_are() -> None:
    markup = table(["x"] * rows.STATIC_ROWS)
    assert rows.island(markup) == markup


def test_the_first_rows_stay_and_the_rest_is_data() -> None:
    markup = table([f"name {number}" for number in range(53)])
    made = rows.island(markup)
    assert made.count("<tr>") == 50
    assert island(made) == {
        "left": 0,
        "rows": [[f"name {number}", [f"{number},0", number]] for number in (50, 51, 52)],
    }


TEXTS = st.lists(
    st.one_of(
        st.characters(exclude_categories=["Cs"]),
        st.sampled_from("<>&\"'/\u2028\u2029\u202e="),
        st.sampled_from(["</script>", "<!--", "<script>", "]]>", "\\u003c", "<tr>"]),
    ),
    max_size=40,
).map("".join)


@given(TEXTS)
def test_any_text_comes_back_and_ends_no_script(text: str) -> None:
    text = "".join(each for each in text if each not in "\r\0")  # what HTML itself changes
    made = str(rows.island(table(["x"] * 50 + [text])))
    data = made[made.index("<script") :]
    assert island(made)["rows"] == [[text, ["50,0", 50]]]
    assert re.findall("<[^>]*>", data) == ['<script type="application/json">', "</script>"]
    assert not set(data) & {"\u2028", "\u2029", "&"}


def test_notes_flags_and_classes_are_kept() -> None:
    cells = (
        '<td class="number" data-value="0.5">50.0%<small>40.0% to 60.0%</small></td>'
        '<td class="number">–</td><td class="number absent" data-value="">not in the list</td>'
        '<td>a<br><code class="x">b</code></td><td class="absent" colspan="2">not measured</td>'
    )
    markup = table(["x"] * 50) + f'<tr class="unmeasured"><th scope="row">y</th>{cells}</tr>'
    assert island(rows.island(markup))["rows"] == [
        {
            "class": "unmeasured",
            "cells": [
                {"cell": "th", "with": {"scope": "row"}, "of": ["y"]},
                ["50.0%", 0.5, "40.0% to 60.0%"],
                ["–", None],
                {
                    "cell": "td",
                    "with": {"class": "number absent", "data-value": ""},
                    "of": ["not in the list"],
                },
                {"cell": "td", "with": {}, "of": ["a", ["br", {}], ["code", {"class": "x"}, "b"]]},
                {
                    "cell": "td",
                    "with": {"class": "absent", "colspan": "2"},
                    "of": ["not measured"],
                },
            ],
        }
    ]


def test_an_island_has_a_bound() -> None:
    made = rows.island(table(["x" * 10_000] * 300))
    data = island(made)
    assert len(made) < rows.MOST_CHARACTERS + 700_000
    assert len(data["rows"]) + data["left"] == 250
    assert 90 < len(data["rows"]) < 100


@pytest.mark.parametrize(
    "cell",
    [
        "<td><script>1</script></td>", '<td onclick="x">1</td>', '<td><a href="x">1</a></td>',
        '<td style="color:red">1</td>', "<td><img></td>", "<td>1</b></td>", "<td>1",
        "<td>1 < 2</td>",
    ],
)  # fmt: skip
def test_what_the_page_does_not_make_is_an_error(cell: str) -> None:
    with pytest.raises(ValueError, match=r"long table|whole elements|out of place"):
        rows.island(table(["x"] * 51, cell.replace("{", "{{")))


def test_right_to_left_words_in_a_sentence_are_set_apart() -> None:
    shown = page.isolated("“قل لي، الآن” goes with <b> (40 of 41), then שלום 7.")
    assert shown == (
        "“<bdi>قل لي، الآن</bdi>” goes with &lt;b&gt; (40 of 41), then <bdi>שלום</bdi> 7."
    )
    assert page.isolated("plain <i>") == "plain &lt;i&gt;"

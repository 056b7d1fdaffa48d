"""Adjectives inflected by tables of endings, for the Slavic and Baltic languages.

A `Table` has one line of cells for each gender and number, in the order of the cases. A cell holds
an ending, or several with ``/`` between them; ``-`` is the stem alone and ``.`` no form, which also
stands where a form is written like that of another line and need not be made twice.

Accusatives that are written like the nominative or the genitive are thus left out, and with them
the difference between animate and inanimate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from corpus_assay.lexicons.paradigms import PLURAL, SINGULAR, Inflected

Table = Mapping[str, str]
"""Cells by line: ``masculine``, ``feminine plural`` …; a line with ``plural`` or ``dual`` in its
name counts as a plural."""


def decline(
    lemma: str,
    stem: str,
    cases: tuple[str, ...],
    table: Table,
    attach: Callable[[str, str], tuple[str, str]],
    kind: str = "",
) -> Iterator[Inflected]:
    """All forms of a table. `attach` joins stem and ending and gives the form and the ending as
    written; `kind` (``definite``) stands in the rules."""
    for line, row in table.items():
        many = line.endswith(("plural", "dual"))
        for case, cell in zip(cases, row.split(), strict=True):
            for ending in cell.split("/"):
                if ending == ".":
                    continue
                text, written = (stem, "") if ending == "-" else attach(stem, ending)
                rule = f"{kind} {line} {case} {f'-{written}' if written else 'without ending'}"
                if text == lemma and case == cases[0] and not many:
                    rule = "lemma"
                yield Inflected(text, PLURAL if many else SINGULAR, rule.strip())

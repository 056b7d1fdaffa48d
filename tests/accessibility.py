"""axe-core on a page that is open in a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

axe = pytest.importorskip(
    "axe_playwright_python", reason="needs axe-playwright-python (pip install '.[test]')"
)

AXE = Path(axe.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
AXE_RUN = """axe.run(document, {runOnly: {type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a',
'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice']}}).then((found) => ({passes:
found.passes.length, violations: found.violations.map((each) => [each.id, each.help,
each.nodes.length, each.nodes[0].html])}))"""


def violations(page: Any) -> list[list[str]]:
    """What axe finds wrong; it must have had something to look at."""
    page.set_default_timeout(120_000)
    page.evaluate(AXE)
    found = page.evaluate(AXE_RUN)
    assert found["passes"] > 40
    wrong: list[list[str]] = found["violations"]
    return wrong

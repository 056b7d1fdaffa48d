"""The picture of the README: ``python tests/report_picture.py`` writes ``reports/example.png``.

It needs Debian's chromium, as the browser tests do.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright
from test_report_browser import ARGUMENTS, CHROMIUM

PICTURE = Path(__file__).parents[1] / "reports" / "example.png"
WIDTH, HEIGHT = 1400, 1110


def main() -> None:
    """Run the demo and take a picture of the first screen of its report."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        demo = [sys.executable, "-m", "corpus_assay.pipelines.cli", "demo"]
        subprocess.run(demo, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        try:
            page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
            page.goto((Path(folder) / "assay-demo" / "report.html").as_uri())
            page.screenshot(path=PICTURE)
        finally:
            browser.close()
    print(f"{PICTURE}: {PICTURE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()

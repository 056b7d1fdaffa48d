"""The README's two commands, in a new virtual environment, on a copy of the checkout."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LEFT_OUT = shutil.ignore_patterns(".git", "build", "*.egg-info", ".*_cache", "__pycache__", ".venv")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fresh") / "corpus-assay"
    shutil.copytree(ROOT, folder, ignore=LEFT_OUT)
    subprocess.run([sys.executable, "-m", "venv", ".venv"], cwd=folder, check=True, timeout=120)
    return folder


def commands() -> list[str]:
    """The lines of the README's first block of commands, comments left out."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(r"## Two commands\n\n```sh\n(.*?)```", readme, re.DOTALL)
    assert block is not None
    return [line.split("  #")[0].strip() for line in block[1].splitlines()]


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": f"{folder / '.venv' / 'bin'}:{os.environ['PATH']}",
        "HOME": os.environ.get("HOME", str(folder)),
        "LANG": "C.UTF-8",
    }
    return subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )


def test_first_command_sets_up_and_shows_a_report(checkout: Path) -> None:
    first, _ = commands()
    assert first == "pip install . && corpus-assay demo"
    done = run(first, checkout)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "433 records read = 432 audited + 1 rejected; 1 repaired" in done.stdout
    assert "Report: assay-demo/report.html" in done.stdout
    assert (checkout / "assay-demo" / "report.html").stat().st_size > 100_000


def test_second_command_sets_up_the_tests(checkout: Path) -> None:
    _, second = commands()
    assert second == "pip install '.[test]' && pytest"
    # Collecting imports every test and what it needs; the tests themselves are what runs now.
    done = run(f"{second} --collect-only -q", checkout)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert "error" not in done.stdout.splitlines()[-1]

"""Fixtures that several test modules share."""

from __future__ import annotations

from pathlib import Path

import pytest

CORPORA = Path(__file__).parents[2] / "shared" / "corpora"


@pytest.fixture(scope="session")
def corpora() -> Path:
    """Folder of real test data, which licences keep out of this repository."""
    if not CORPORA.is_dir():
        pytest.skip(f"needs the real corpora, which are not in the repository: no folder {CORPORA}")
    return CORPORA

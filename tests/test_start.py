"""Starting: what is left out while modules are imported works as ever afterwards."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from audit_runs import audit, table_files, write_jsonl
from audit_runs import rows as rows_of

from corpus_assay.transforms import registry

SCRIPT = """
import gc
import sys

from corpus_assay.pipelines import start

with start.imports("corpus_assay.pipelines.run"):
    assert not gc.isenabled()
    from corpus_assay.pipelines import run
assert gc.isenabled()
frozen = gc.get_freeze_count()
assert frozen > 100_000

class Knot:
    def __init__(self):
        self.itself = self
        self.content = weak(self)

import weakref
gone = []
def weak(knot):
    return weakref.finalize(knot, gone.append, True)
Knot()
gc.collect()
assert gone == [True]

with start.imports("corpus_assay.pipelines.run"):  # of what is there already
    assert gc.isenabled()
assert gc.get_freeze_count() == frozen

import numpy as np
from numba import njit

@njit
def total(values):
    return values.sum()

assert total(np.arange(5)) == 10
try:
    import scipy.linalg
except ImportError:
    pass
else:
    assert scipy.linalg.det(np.eye(2)) == 1
print("done")
"""


def test_collecting_numba_and_scipy_work_after_the_imports() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False
    )
    assert done.stdout == "done\n", done.stderr[-2000:]


# --- Without an engine ---------------------------------------------------------------------------

WITHOUT_BEAM = """
import sys

from corpus_assay.pipelines import cli

code = cli.main(sys.argv[1:])
print(code, *(m for m in ("apache_beam", "pandas", "scipy.linalg", "cffi") if m in sys.modules))
"""


def test_a_small_audit_imports_neither_beam_nor_pandas(tmp_path: Path) -> None:
    """All default measures, with prompts, pairs and duplicates to search again."""
    words = [f"word{n}" for n in range(40)]
    rows = [
        {"prompt": " ".join(words[n % 7 :]), "chosen": "yes, it is so", "rejected": f"no {n}"}
        for n in range(300)
    ]
    write_jsonl(tmp_path / "in.jsonl", rows)
    arguments = ["audit", str(tmp_path / "in.jsonl"), "--output", str(tmp_path / "out"), "--quiet"]
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_BEAM, *arguments, "--language=eng"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.splitlines()[-1] == "0", done.stdout[-500:] + done.stderr[-2000:]
    assert rows_of(tmp_path / "out", "duplicates")


def test_arrow_still_talks_with_pandas() -> None:
    script = """
from corpus_assay.pipelines import start
with start.imports("pyarrow"):
    import pyarrow as pa
import pandas as pd
frame = pd.DataFrame({"a": [1, 2]})
assert pa.Table.from_pandas(frame).to_pandas().equals(frame)
assert pa.array(frame["a"]).to_pylist() == [1, 2]
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]


def test_beam_is_imported_without_pandas() -> None:
    script = """
import sys
from corpus_assay.pipelines import start
start.beam()
from corpus_assay.pipelines import engine
assert "apache_beam" in sys.modules
assert "pandas" not in sys.modules
import pandas
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("code", [0, 3])
def test_a_process_that_leaves_at_once_has_printed_everything(code: int) -> None:
    script = f"""
import sys
from corpus_assay.pipelines import start
sys.stdout.write("x" * 100_000)
sys.stderr.write("y" * 100_000)
start.leave({code})
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert (done.returncode, len(done.stdout), len(done.stderr)) == (code, 100_000, 100_000)


def test_an_engine_gives_the_same_tables(tmp_path: Path) -> None:
    """One unit of work on Beam's own runner, and without it: every table, byte for byte."""
    sample = Path(__file__).parents[1] / "pipelines" / "sample"
    measures = tuple(name for name in registry.MEASURES if name not in ("guard", "contamination"))
    for name, beam in (("here", ()), ("engine", ("--direct_num_workers=1",))):
        audit(sample, tmp_path / name, measures=measures, beam=beam)
    assert table_files(tmp_path / "here") == table_files(tmp_path / "engine")

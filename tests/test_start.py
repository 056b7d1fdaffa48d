"""Starting: what is left out while modules are imported works as ever afterwards."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import gc
import sys

from corpus_assay.pipelines import start

with start.imports():
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

with start.imports():  # of what is there already
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

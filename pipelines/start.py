"""Starting, and ending, without looking through all that was imported.

Python's collector of cyclic garbage walks through every function and class of every module, some
thirty times while a command imports what it needs and once more as the process ends: a quarter of
the CPU time of an audit of one document. What is imported stays until the end, so nothing is lost
by leaving it out.

Numba, where SciPy is installed, imports its linear algebra with the first kernel that runs, to see
whether kernels may call BLAS. None does, and it takes a tenth of a second.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import os
import sys
from collections.abc import Iterator


@contextlib.contextmanager
def imports() -> Iterator[None]:
    """Around the first imports of a process that ends with its command.

    Cyclic garbage is collected again afterwards, but never looked for among what is there then. The
    threads of OpenBLAS, which has nothing to do here, are not started unless the environment asks
    for some.
    """
    if "apache_beam" in sys.modules:
        yield
        return
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
        _register_kernels()
    finally:
        gc.freeze()
        atexit.register(gc.freeze)
        if enabled:
            gc.enable()


def _register_kernels() -> None:
    """Import what numba imports with the first kernel, as if there were no SciPy."""
    if "numba" not in sys.modules:
        return
    known = sys.modules.get("scipy")
    sys.modules["scipy"] = None  # type: ignore[assignment]
    try:
        importlib.import_module("numba.np.arraymath")
    finally:
        del sys.modules["scipy"]
        if known is not None:
            sys.modules["scipy"] = known

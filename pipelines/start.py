"""Starting, and ending, without what a command does not need.

Python's collector of cyclic garbage walks through every function and class of every module, some
thirty times while a command imports what it needs and once more as the process ends: a quarter of
the CPU time of an audit of one document. What is imported stays until the end, so nothing is lost
by leaving it out.

Some packages import others just in case. Arrow imports pandas with the first array that is made
of a list, to see whether it is one of pandas, and numba SciPy's linear algebra and cffi with the
first kernel, to see whether kernels may call them, and PyYAML for a file of settings. None is
needed. Whoever wants Arrow to talk with pandas still can: it looks again where it is asked to.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import logging
import os
import sys
from collections.abc import Iterator
from importlib.abc import MetaPathFinder
from typing import NoReturn


@contextlib.contextmanager
def imports(module: str) -> Iterator[None]:
    """Around the first import of a module, in a process that ends with its command.

    Cyclic garbage is collected again afterwards, but never looked for among what is there then. The
    threads of OpenBLAS, which has nothing to do here, are not started unless the environment asks
    for some.
    """
    if module in sys.modules:
        yield
        return
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    enabled = gc.isenabled()
    gc.disable()
    try:
        with without("pandas", "yaml"):
            importlib.import_module("numba")
            importlib.import_module("pyarrow").array([""])
        yield
        _register_kernels()
    finally:
        gc.freeze()
        atexit.register(gc.freeze)
        if enabled:
            gc.enable()


def beam() -> None:
    """Import Beam, which others import then.

    Where pandas is there it imports it, for elements that are data frames: 45 MB and a fifth of a
    second. And it warns of a package that nothing here needs.
    """
    if "apache_beam" in sys.modules:
        return
    logging.getLogger().addFilter(lambda record: "apitools" not in record.getMessage())
    with imports("apache_beam"), without("pandas"):
        importlib.import_module("apache_beam")


def leave(code: int) -> NoReturn:
    """End the process at once, with what was printed, where nothing is left to be done but to give
    memory back, which the system does in less time. Beam may have more to do."""
    if "apache_beam" not in sys.modules:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


class _Absent(MetaPathFinder):
    """Some packages, as if they were not installed."""

    def __init__(self, *names: str) -> None:
        self._names = names

    def find_spec(self, name: str, *_: object) -> None:
        if name.partition(".")[0] in self._names:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


@contextlib.contextmanager
def without(*names: str) -> Iterator[None]:
    """Imports of some packages fail, unless they were imported before."""
    absent = _Absent(*names)
    sys.meta_path.insert(0, absent)
    try:
        yield
    finally:
        sys.meta_path.remove(absent)


def _register_kernels() -> None:
    """Import what numba imports with the first kernel."""
    if "numba" not in sys.modules:
        return
    with without("scipy", "cffi"):
        target = importlib.import_module("numba.core.registry").cpu_target
        target.typing_context.refresh()
        target.target_context.refresh()

"""Memory that is free, given back to the system."""

from __future__ import annotations

import contextlib
import ctypes

import pyarrow as pa


def give_back() -> None:
    """Let the system have what this process holds and does not use.

    Allocators keep what was freed for the next request; between two steps of an audit, which
    allocate differently, it would stand beside what the next one asks for. Takes milliseconds, and
    does nothing where the C library is not GNU's.
    """
    pa.default_memory_pool().release_unused()
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)

"""What the run has done so far: counters of this process and the line that shows them."""

from __future__ import annotations

import sys
import threading
import time
from types import TracebackType


class _Counters:
    """Work done in this process, safe to add to from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.documents = 0
        self.text_bytes = 0
        self.input_bytes = 0

    def add(self, documents: int = 0, text_bytes: int = 0, input_bytes: int = 0) -> None:
        with self._lock:
            self.documents += documents
            self.text_bytes += text_bytes
            self.input_bytes += input_bytes


counters = _Counters()
"""Counters of this process. Beam runs workers in it on the direct runner, and only there."""


def _duration(seconds: float) -> str:
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02} min"


class Display:
    """Shows a line on stderr while the block runs, where stderr is a terminal.

    Documents, megabytes of text a second, share of the input's bytes done, and the time left if
    the rest goes as fast; before them the label of what runs.
    """

    def __init__(self, total_bytes: int, label: str = "", *, quiet: bool = False) -> None:
        self._total = total_bytes
        self._label = label
        self._enabled = not quiet and sys.stderr.isatty()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._loop, daemon=True)

    def __enter__(self) -> Display:
        self._begin = time.monotonic()
        self._at = counters.documents, counters.text_bytes, counters.input_bytes
        if self._enabled:
            self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._enabled:
            self._stop.set()
            self._thread.join()
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def line(self) -> str:
        """The line as it stands now."""
        elapsed = max(time.monotonic() - self._begin, 1e-9)
        documents = counters.documents - self._at[0]
        text = counters.text_bytes - self._at[1]
        done = counters.input_bytes - self._at[2]
        share = min(done / self._total, 1.0) if self._total else 1.0
        parts = [self._label] if self._label else []
        parts += [f"{share:4.0%}", f"{documents:,} documents", f"{text / 1e6 / elapsed:,.0f} MB/s"]
        if 0.01 < share < 1:
            parts.append(f"about {_duration(elapsed * (1 - share) / share)} left")
        return "  ".join(parts)

    def _loop(self) -> None:
        while not self._stop.wait(0.5):
            sys.stderr.write(f"\r\x1b[K{self.line()}")
            sys.stderr.flush()

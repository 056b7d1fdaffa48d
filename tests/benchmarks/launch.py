"""Run a command and print, as JSON, what it used.

A program of its own because a child's peak memory starts at that of the process that forks it:
started from a benchmark that holds a corpus, every command would seem to need that much.
Only the standard library, so that it stays small itself.

Usage: launch.py COMMAND [ARGUMENT…]. The command's stdout is dropped, its stderr passed on; exit
code as the command's.
"""

from __future__ import annotations

import json
import os
import sys
import time


def busy_seconds() -> float | None:
    """CPU seconds that all processes of the machine have used, lost to other guests included
    (`proc(5)`, first line of ``/proc/stat``); None where the system does not say."""
    try:
        with open("/proc/stat", encoding="ascii") as file:
            user, nice, system, _, _, irq, soft, steal = map(int, file.readline().split()[1:9])
    except (OSError, ValueError):
        return None
    return (user + nice + system + irq + soft + steal) / os.sysconf("SC_CLK_TCK")


def main(command: list[str]) -> int:
    """Run the command and print one JSON object: ``cpu`` and ``wall`` in seconds, ``peak`` in
    bytes, ``others``: cores that the rest of the machine kept busy meanwhile, or null."""
    drop = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    busy, begin = busy_seconds(), time.perf_counter()
    child = os.posix_spawnp(command[0], command, os.environ, file_actions=drop)
    _, status, used = os.wait4(child, 0)
    wall, busy_after = time.perf_counter() - begin, busy_seconds()
    cpu = used.ru_utime + used.ru_stime
    others = None
    if busy is not None and busy_after is not None:
        others = max(busy_after - busy - cpu, 0.0) / wall
    unit = 1 if sys.platform == "darwin" else 1024
    print(json.dumps({"cpu": cpu, "wall": wall, "peak": used.ru_maxrss * unit, "others": others}))
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

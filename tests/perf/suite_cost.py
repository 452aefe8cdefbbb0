"""What a command costs: wall time and CPU time, with every process that it starts.

    python -m tests.perf.suite_cost make test

A process that outlives its parent (Chromium's helpers do) is handed to this one, waited for and counted.
"""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import sys
import time

PR_SET_CHILD_SUBREAPER = 36


def reap() -> None:
    """Wait for all processes that were handed over."""
    while True:
        try:
            os.wait()
        except ChildProcessError:
            return


def main(command: list[str]) -> int:
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "cannot become a child subreaper")
    start = time.monotonic()
    code = subprocess.call(command)
    wall = time.monotonic() - start
    reap()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(
        f"wall {wall:.0f} s, CPU {(used.ru_utime + used.ru_stime) / 60:.2f} min (user {used.ru_utime:.0f} s, system {used.ru_stime:.0f} s)"
    )
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

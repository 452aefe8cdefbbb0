"""Runs a command and kills everything that it has started when the command, or the process that started this one, ends.

    python supervise.py PARENT_PID GRACE_S COMMAND...

It must be started as the leader of a session of its own, so that the group holds only itself, the command and the
command's descendants. SIGTERM ends the command as well: first SIGTERM to the group, then SIGKILL once the command has
ended or GRACE_S seconds have passed. Because this is a process of its own, it also works when the parent is killed
with SIGKILL. On Linux it adopts descendants whose parents have ended, so that those which left the group are killed,
too. It imports nothing but the standard library.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

POLL_S = 0.1
REAP_S = 5.0
"""Longest wait for killed processes to end; one that waits for a device cannot."""
PR_SET_CHILD_SUBREAPER = 36


def main(parent: int, grace_s: float, command: list[str]) -> None:
    """Supervise one command; this process dies with its group."""
    stop: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda number, _frame: stop.append(number))  # a handler, unlike SIG_IGN, is not inherited
    _adopt()
    try:
        # What the parent has opened for the command stays open for it; nothing else is.
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, close_fds=False)  # noqa: S603 - the adapter's command
    except OSError as error:
        sys.exit(f"{command[0]}: {error.strerror}")
    # A process whose parent has ended gets another parent.
    while child.poll() is None and not stop and os.getppid() == parent:
        time.sleep(POLL_S)
    if (child.poll() or 0) < 0:
        print(f"ended by {signal.Signals(-child.returncode).name}", flush=True)  # noqa: T201 - into the log
    if child.poll() is None:
        os.killpg(0, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(grace_s)
    _kill_children()
    os.killpg(0, signal.SIGKILL)


def _adopt() -> None:
    """Become the parent of descendants whose own parent ends."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _kill_children() -> None:
    """Kill the children until there are none: the children of a killed child become children of this process."""
    table = Path(f"/proc/self/task/{os.getpid()}/children")
    end = time.monotonic() + REAP_S
    while table.exists() and time.monotonic() < end:
        children = [int(pid) for pid in table.read_text().split()]
        if not children:
            return
        for pid in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        time.sleep(0.01)


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), sys.argv[3:])

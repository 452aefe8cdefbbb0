"""Runs a command and kills its whole process group when the command, or the process that started this one, ends.

    python supervise.py PARENT_PID GRACE_S COMMAND...

It must be started as the leader of a session of its own, so that the group holds only itself, the command and the
command's descendants. SIGTERM ends the command as well: first SIGTERM to the group, then SIGKILL once the command has
ended or GRACE_S seconds have passed. Because this is a process of its own, it also works when the parent is killed
with SIGKILL. It imports nothing but the standard library.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time

POLL_S = 0.1


def main(parent: int, grace_s: float, command: list[str]) -> None:
    """Supervise one command; this process dies with its group."""
    stop: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda number, _frame: stop.append(number))  # a handler, unlike SIG_IGN, is not inherited
    try:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603 - the adapter's command
    except OSError as error:
        sys.exit(f"{command[0]}: {error.strerror}")
    # A process whose parent has ended gets another parent.
    while child.poll() is None and not stop and os.getppid() == parent:
        time.sleep(POLL_S)
    if child.poll() is None:
        os.killpg(0, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(grace_s)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), sys.argv[3:])

"""kill -9 half-way, then the tool's own resume: what is asked again, what is paid for twice."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from tests.perf.measuring import Command, Failed, started, stats

HEAD_KILLED = "requests in all | asked again | answered twice | ends well"


def killed(first: Command, resume: Callable[[], Command], url: str, n: int, *, after: float, log: Path) -> str:
    """Kills `after` seconds after half of the answers; answers come in bursts, and right after one most is lost.

    The provider must have been started with --tell, so that it knows the questions apart.
    """
    stats(url)
    with started(first, log) as process:
        kill_at(process, url, n // 2, after)
    time.sleep(1)  # the provider sees the connections end
    with started(resume(), log) as process:
        code = process.wait()
    seen = stats(url)
    well = "yes" if code == 0 and seen["questions"] == n else f"no: exit {code}, {seen['questions']} answered"
    return f"{seen['requests']} | {seen['requests'] - n} | {seen['twice']} | {well}"


def kill_at(process: subprocess.Popen[bytes], url: str, answered: int, after: float) -> None:
    while stats(url, keep=True)["answered"] < answered:
        if process.poll() is not None:
            raise Failed(f"it ended before it was killed, exit {process.returncode}")
        time.sleep(0.01)
    time.sleep(after)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()

"""What every comparison here shares: cores, the loopback provider, one measured command, a row of the table."""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
CORES = sorted(os.sched_getaffinity(0))
KEYS = {"ANTHROPIC_API_KEY": "x", "GEMINI_API_KEY": "x", "GOOGLE_API_KEY": "x", "OPENAI_API_KEY": "x"}
HEAD = "CPU ms/sample | over ideal | first request s | wall s | peak MB"


@dataclass(frozen=True, kw_only=True)
class Command:
    """One program to run: its words, and what it needs beyond our own environment."""

    words: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: Path = ROOT


@dataclass(frozen=True, kw_only=True)
class Measured:
    cpu_ms: float
    """User and system time per sample of the process and of all children that it waited for."""
    over_ideal: float
    first_s: float
    """From process start to the first request."""
    wall_s: float
    peak_mb: float
    """The largest process's own peak, or all processes together at a moment where that is more."""

    def __str__(self) -> str:
        return (
            f"{self.cpu_ms:.2f} | {self.over_ideal:.2f} | {self.first_s:.2f} | {self.wall_s:.2f} | {self.peak_mb:.0f}"
        )


@contextmanager
def provider(delay: float, *options: str) -> Iterator[str]:
    command = [sys.executable, "-m", "tests.perf.server", "--delay", str(delay), *options]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, preexec_fn=lambda: pin(-1))
    try:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def pin(place: int) -> None:
    if len(CORES) > 1:
        os.sched_setaffinity(0, {CORES[place]})


def stats(url: str, *, keep: bool = False) -> dict[str, Any]:
    """The provider's counters, which are zeroed unless kept."""
    with urllib.request.urlopen(f"{url}/stats{'?keep' * keep}", timeout=20) as answer:
        return json.load(answer)


@contextmanager
def started(command: Command, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The command on the client's core, in a process group of its own that ends with us."""
    env = {**os.environ, **KEYS, **command.env}
    with log.open("ab") as out:
        process = subprocess.Popen(
            command.words, cwd=command.cwd, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=env,
            start_new_session=True, preexec_fn=lambda: pin(0),
        )  # fmt: skip
    try:
        yield process
    except BaseException:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        raise


def measure(command: Command, url: str, *, n: int, ideal: float, log: Path) -> Measured:
    stats(url)
    start = time.monotonic()
    with started(command, log) as process, watched(process.pid) as together:
        _, status, used = os.wait4(process.pid, 0)
        wall = time.monotonic() - start
    process.returncode, seen = os.waitstatus_to_exitcode(status), stats(url)
    if process.returncode or seen["answered"] != n or seen["requests"] != n:
        raise Failed(f"{' '.join(command.words)}: exit {process.returncode}, {seen}; see {log}")
    return Measured(
        cpu_ms=1000 * (used.ru_utime + used.ru_stime) / n,
        over_ideal=(seen["last"] - seen["first"]) / ideal,
        first_s=seen["first"] - start,
        wall_s=wall,
        peak_mb=max(used.ru_maxrss / 1000, max(together) / 1e6),
    )


class Failed(Exception):
    """A program did not ask each question exactly once, or exited with an error."""


@contextmanager
def watched(pid: int) -> Iterator[list[int]]:
    """The memory of a process and its descendants together, five times a second while there are any."""
    found, done = [0], threading.Event()

    def look() -> None:
        while not done.wait(0.2):
            alive = list(descendants(pid))
            if len(alive) > 1:
                found.append(sum(memory(one) for one in alive))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield found
    finally:
        done.set()
        thread.join()


def descendants(pid: int) -> Iterator[int]:
    yield pid
    try:
        children = [file.read_text().split() for file in Path(f"/proc/{pid}/task").glob("*/children")]
    except OSError:  # it ended meanwhile
        return
    for child in chain.from_iterable(children):
        yield from descendants(int(child))


def memory(pid: int) -> int:
    """Bytes in memory; a page that several processes share counts once in their sum."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(1024 * int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def ours(model: str, base: str, data: Path, in_flight: int, run: Path) -> Command:
    """A whole `mmeval run` into the folder `run`; the same command again resumes it."""
    return Command(words=[
        sys.executable, "-m", "mmeval", "run", str(data), "-m", model, "-o", f"base_url={base}",
        "-o", "max_tokens=16", "--concurrency", str(in_flight), "--results", f"{run}/results",
        "--cache-file", f"{run}/cache.sqlite",
    ])  # fmt: skip


def floor(name: str, url: str, data: Path, in_flight: int, scratch: Path) -> Command:
    return Command(words=[
        sys.executable, "-m", "tests.perf.floor", "--client", name, "--url", url, "--data", str(data),
        "--out", str(scratch / "floor.jsonl"), "--in-flight", str(in_flight),
    ])  # fmt: skip


def median(found: Sequence[Measured]) -> Measured:
    return Measured(**{key: statistics.median(getattr(one, key) for one in found) for key in vars(found[0])})

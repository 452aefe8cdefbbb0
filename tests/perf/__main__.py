"""What a whole `mmeval run` costs, beside the least a program can do with the same SDK, in one session.

    python -m tests.perf                          # 2,000 questions with pictures, 32 / 128 / 512 in flight
    python -m tests.perf --client anthropic --in-flight 128 --repeat 3

The client is pinned to one core and the server to another, where there are two. `over ideal` is the time from
the first request to the last answer over samples x delay / in flight. Medians of the repeats.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.perf.drawn import parquet

ROOT = Path(__file__).parents[2]
CORES = sorted(os.sched_getaffinity(0))
MODELS = {"openai": "openai/m", "anthropic": "anthropic/m", "gemini": "gemini/m"}
KEYS = {"ANTHROPIC_API_KEY": "x", "GEMINI_API_KEY": "x", "GOOGLE_API_KEY": "x", "OPENAI_API_KEY": "x"}


@dataclass(frozen=True, kw_only=True)
class Measured:
    cpu_ms: float
    """User and system time of the whole process per sample."""
    over_ideal: float
    first_s: float
    """From process start to the first request."""
    wall_s: float
    peak_mb: float


@contextmanager
def provider(delay: float) -> Iterator[str]:
    command = [sys.executable, "-m", "tests.perf.server", "--delay", str(delay)]
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


def stats(url: str) -> dict[str, float]:
    with urllib.request.urlopen(f"{url}/stats", timeout=20) as answer:
        return json.load(answer)


def measure(command: Sequence[str], url: str, *, n: int, ideal: float, log: Path) -> Measured:
    stats(url)
    start = time.monotonic()
    with log.open("ab") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=out, stderr=out, env={**os.environ, **KEYS}, preexec_fn=lambda: pin(0)
        )
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall, seen = time.monotonic() - start, stats(url)
    if process.returncode or seen["answered"] != n:
        raise SystemExit(f"{' '.join(command)}: exit {process.returncode}, {seen}; see {log}")
    return Measured(
        cpu_ms=1000 * (used.ru_utime + used.ru_stime) / n,
        over_ideal=(seen["last"] - seen["first"]) / ideal,
        first_s=seen["first"] - start,
        wall_s=wall,
        peak_mb=used.ru_maxrss / 1000,
    )


def ours(name: str, url: str, data: Path, in_flight: int, scratch: Path) -> list[str]:
    run = tempfile.mkdtemp(dir=scratch)
    base = f"{url}/v1" if name == "openai" else url
    return [
        sys.executable, "-m", "mmeval", "run", str(data), "-m", MODELS[name], "-o", f"base_url={base}",
        "-o", "max_tokens=16", "--concurrency", str(in_flight), "--results", f"{run}/results",
        "--cache-file", f"{run}/cache.sqlite",
    ]  # fmt: skip


def floor(name: str, url: str, data: Path, in_flight: int, scratch: Path) -> list[str]:
    return [
        sys.executable, "-m", "tests.perf.floor", "--client", name, "--url", url, "--data", str(data),
        "--out", str(scratch / "floor.jsonl"), "--in-flight", str(in_flight),
    ]  # fmt: skip


def median(found: Sequence[Measured]) -> Measured:
    return Measured(**{key: statistics.median(getattr(one, key) for one in found) for key in vars(found[0])})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--client", nargs="+", choices=tuple(MODELS), default=["openai"])
    parser.add_argument("--in-flight", nargs="+", type=int, default=[32, 128, 512])
    parser.add_argument("--n", type=int, default=2000)
    parser.add_argument("--delay", type=float, default=0.2)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--data", type=Path, default=Path(tempfile.gettempdir()) / "mmeval-perf")
    given = parser.parse_args()
    data = parquet(given.data / f"{given.n}.parquet", given.n)
    print("client | in flight | program | CPU ms/sample | over ideal | first request s | wall s | peak MB")
    with tempfile.TemporaryDirectory() as scratch, provider(given.delay) as url:
        for name in given.client:
            for in_flight in given.in_flight:
                compare(name, url, data, in_flight, given, Path(scratch))


def compare(name: str, url: str, data: Path, in_flight: int, given: argparse.Namespace, scratch: Path) -> None:
    ideal = max(given.n * given.delay / in_flight, given.delay)
    found: dict[str, list[Measured]] = {"floor": [], "mmeval": []}
    for _ in range(given.repeat):
        for label, make in (("floor", floor), ("mmeval", ours)):
            command = make(name, url, data, in_flight, scratch)
            found[label].append(measure(command, url, n=given.n, ideal=ideal, log=given.data / "log.txt"))
    least, whole = median(found["floor"]), median(found["mmeval"])
    for label, one in (("floor", least), ("mmeval", whole)):
        print(
            f"{name} | {in_flight} | {label} | {one.cpu_ms:.2f} | {one.over_ideal:.2f} | {one.first_s:.2f} | "
            f"{one.wall_s:.2f} | {one.peak_mb:.0f}"
        )
    print(f"{name} | {in_flight} | ratio | {whole.cpu_ms / least.cpu_ms:.2f} |  |  |  | ", flush=True)


if __name__ == "__main__":
    main()

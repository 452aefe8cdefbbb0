"""Peak memory, time, and bytes written of a run by its number of samples: memory stays, bytes grow with the samples.

python -m tests.perf.memory [--n 50000 200000 1000000]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.perf.measuring import ROOT
from tests.perf.storm import questions


def run(n: int, home: Path) -> tuple[float, float, float]:
    """Peak MB, seconds, and MB of all files that are left."""
    data = questions(home / "questions.jsonl", n)
    command = [
        sys.executable, "-m", "mmeval", "run", str(data), "-m", "mock/echo", "--results", str(home / "results"),
        "--cache-file", str(home / "cache.sqlite"),
    ]  # fmt: skip
    start = time.monotonic()
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: exit {process.returncode}")
    left = sum(file.stat().st_size for file in home.rglob("*") if file.is_file() and file != data)
    return used.ru_maxrss / 1000, time.monotonic() - start, left / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", nargs="+", type=int, default=[50_000, 200_000, 1_000_000])
    given = parser.parse_args()
    print("samples | peak MB | seconds | MB written")
    for n in given.n:
        with tempfile.TemporaryDirectory() as home:
            peak, seconds, left = run(n, Path(home))
        print(f"{n:,} | {peak:.1f} | {seconds:.0f} | {left:.0f}", flush=True)


if __name__ == "__main__":
    main()

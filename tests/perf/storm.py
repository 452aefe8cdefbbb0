"""How much longer does a run take if the provider fails in many ways? Compares a faulty provider with a calm one.

python -m tests.perf.storm [--n 2000] [--latency 0.2] [--in-flight 32 128] [--repeat 3]

`adaptive` is mmeval with default settings, without --concurrency. *forced* is the sum of Retry-After of the request that
was rejected most often: no client can be faster. Each repeat draws other faults. Required: (storm - forced) <= 1.3 x calm.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.perf.measuring import ROOT, pin, stats

STORM = [
    "--rate-limit=0.10", "--retry-after=1", "--server=0.05", "--hang=0.01", "--reset=0.01", "--malformed=0.01",
    "--blank=0.01", "--filtered=0.01", "--length=0.02",
]  # fmt: skip


@contextmanager
def provider(latency: float, faults: Sequence[str]) -> Iterator[str]:
    command = [sys.executable, "-m", "tests.loopback", "--latency", str(latency), *faults]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, preexec_fn=lambda: pin(-1))
    try:
        yield process.stdout.readline().strip()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def questions(file: Path, n: int) -> Path:
    with file.open("w", encoding="utf-8") as lines:
        for i in range(n):
            row = {"question": f"Question {i}: which letter?", "options": list("wxyz"), "answer": "A"}
            lines.write(json.dumps(row) + "\n")
    return file


def run(url: str, data: Path, in_flight: int | None, home: Path) -> tuple[float, dict[str, Any]]:
    """Seconds that the whole command took, and its run.json."""
    pinned = ["--concurrency", str(in_flight)] if in_flight else []
    command = [
        sys.executable, "-m", "mmeval", "run", str(data), "-m", "openai/m", "-o", f"base_url={url}",
        "--max-error-rate", "0.5", "--results", str(home / "results"), "--cache-file", str(home / "cache.sqlite"), *pinned,
    ]  # fmt: skip
    start = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, preexec_fn=lambda: pin(0), check=False)
    seconds = time.monotonic() - start
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}: exit {done.returncode}\n{done.stderr[-2000:]}")
    return seconds, json.loads(next((home / "results").rglob("run.json")).read_text(encoding="utf-8"))


def weather(faults: Sequence[str], given: argparse.Namespace, in_flight: int | None) -> Iterator[tuple[float, float]]:
    """For each repeat: seconds that it took, and forced seconds."""
    for seed in range(given.repeat):
        with tempfile.TemporaryDirectory() as home, provider(given.latency, [f"--seed={seed}", *faults]) as url:
            data = questions(Path(home) / "questions.jsonl", given.n)
            took, info = run(f"{url}/ok/v1", data, in_flight, Path(home))
            if set(info["counts"]) - {"ok", "empty", "filtered", "truncated"}:
                raise SystemExit(f"samples were lost: {info['counts']}")
            yield took, stats(url)["waited_s"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=2000)
    parser.add_argument("--latency", type=float, default=0.2)
    parser.add_argument("--in-flight", nargs="*", type=int, default=[32, 128])
    parser.add_argument("--repeat", type=int, default=3)
    given = parser.parse_args()
    print("in flight | calm s | storm s | forced s | (storm - forced) / calm: median | each")
    for in_flight in (*given.in_flight, None):
        calm = statistics.median(took for took, _ in weather([], given, in_flight))
        storms = list(weather(STORM, given, in_flight))
        ratios = [(took - forced) / calm for took, forced in storms]
        storm, forced = (statistics.median(column) for column in zip(*storms, strict=True))
        each = " ".join(f"{ratio:.2f}" for ratio in sorted(ratios))
        print(
            f"{in_flight or 'adaptive'} | {calm:.1f} | {storm:.1f} | {forced:.0f} | {statistics.median(ratios):.2f} | {each}",
            flush=True,
        )


if __name__ == "__main__":
    main()

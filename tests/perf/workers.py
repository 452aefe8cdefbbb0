"""Would more processes for encoding and scoring pay? What they would take off the event loop, and what moving it costs.

python -m tests.perf.workers [--n 2000]

CPU of the process that runs the event loop, microseconds per question with a picture. *moved* is what a worker would do
in its place: base64, the body's JSON, the score. *moving* is what handing the question to a worker and taking the body
back costs the same process: pickling and two pipes. Workers pay where moving is less than what is moved.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any

from mmeval import providers as remote
from mmeval.data import from_file, samples
from mmeval.types import Image, Reply, Sample
from tests.perf.drawn import parquet

CHUNK = 16
"""Questions that are handed to a worker at once."""


def body(sample: Sample) -> bytes:
    made = remote.Body()
    parts: list[dict[str, Any]] = [
        {"type": "image_url", "image_url": {"url": made.data_url(part)}}
        if isinstance(part, Image)
        else {"type": "text"}
        for part in sample.prompt
    ]
    return made.dumps({"model": "m", "messages": [{"role": "user", "content": parts}]})


def per_sample(work: Callable[[], object], n: int) -> float:
    """CPU of this process in microseconds, the best of three."""
    taken = []
    for _ in range(3):
        start = time.process_time()
        work()
        taken.append(1e6 * (time.process_time() - start) / n)
    return min(taken)


def consume(values: Iterable[object]) -> None:
    for _ in values:
        pass


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=2000)
    parser.add_argument("--data", type=Path, default=Path(tempfile.gettempdir()) / "mmeval-perf")
    given = parser.parse_args()
    benchmark = from_file(parquet(given.data / f"{given.n}.parquet", given.n))
    asked = list(islice(samples(benchmark), given.n))
    rule, reply = benchmark.score.rule(benchmark.profile), Reply(text="The answer is A.", finish="stop")
    with ProcessPoolExecutor(1) as pool:
        consume(pool.map(body, asked[:CHUNK]))  # the worker is up
        found = {
            "moved: base64 and body": per_sample(lambda: consume(map(body, asked)), given.n),
            "moved: score": per_sample(lambda: consume(rule(sample, reply) for sample in asked), given.n),
            "moving: to a worker and back": per_sample(
                lambda: consume(pool.map(body, asked, chunksize=CHUNK)), given.n
            ),
        }
    for name, micros in found.items():
        print(f"{name}: {micros:.0f} µs")


if __name__ == "__main__":
    main()

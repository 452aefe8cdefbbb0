"""What one request costs beyond the model: in this process, in a child process, as a Ray actor.

    python -m tests.perf.replicas [REQUESTS]

The model answers at once. Each request has a picture of 100 KB; one after the other, and 64 in flight.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import time
from pathlib import Path
from typing import Any

from mmeval import Options, Request, Text
from mmeval.catalog import Catalog
from mmeval.engine.replicas.start import replicated
from mmeval.types import Image

BYTES = 100_000
AT_ONCE = 64


def request(number: int) -> Request:
    picture = Image(os.urandom(BYTES), "image/png", str(number), width=10, height=10)
    return Request(prompt=(picture, Text(f"question {number}")))


async def measured(adapter: Any, options: Options, count: int) -> tuple[float, float]:
    """Median milliseconds of a single request, and milliseconds per request with AT_ONCE in flight."""
    asked = [request(i) for i in range(count)]
    alone = []
    for one in asked:
        begin = time.perf_counter()
        await adapter.ask(one, options)
        alone.append(time.perf_counter() - begin)
    gate = asyncio.Semaphore(AT_ONCE)

    async def ask(one: Request) -> None:
        async with gate:
            await adapter.ask(one, options)

    begin = time.perf_counter()
    await asyncio.gather(*map(ask, asked))
    return 1e3 * statistics.median(alone), 1e3 * (time.perf_counter() - begin) / count


async def main(count: int) -> None:
    made = Catalog().adapter("mock")
    options = made.capabilities.options()
    ways: list[tuple[str, Any]] = [("in this process", made("echo", options))]
    for name, ray in (("a child process", None), ("a Ray actor", "local")):
        paths: list[Path] = []
        one = replicated("mock/echo", made("echo", options), options, count=1, paths=paths, ray=ray)
        ways.append((name, one))
    for name, adapter in ways:
        await adapter.connect()
        try:
            alone, busy = await measured(adapter, options, count)
        finally:
            await adapter.close()
        print(f"{name:16} one at a time {alone:6.2f} ms, {AT_ONCE} in flight {busy:6.2f} ms a request", flush=True)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 500))

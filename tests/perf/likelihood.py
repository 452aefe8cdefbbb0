"""Scoring options with their prompt read once, beside reading it again for each option.

    python -m tests.perf.likelihood            # 16 questions with a picture and four options each
    python -m tests.perf.likelihood --options 10

The model is that of `tests.perf.local`, on one thread; the ratio is that of CPU seconds, and both are measured in turns.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from mmeval import Request
from mmeval.catalog import Catalog
from tests.perf.local import WORDS, build, questions


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=16)
    parser.add_argument("--options", type=int, default=4)
    parser.add_argument("--repeat", type=int, default=2)
    given = parser.parse_args()
    sys.modules["torchvision"] = None  # type: ignore[assignment]
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["MMEVAL_CACHE"] = f"{scratch}/cache.sqlite"
        asyncio.run(compared(str(build(Path(scratch) / "model", varied=True)), given))


async def compared(folder: str, given: argparse.Namespace) -> None:
    draw = random.Random(1)
    asked = [
        Request(
            prompt=prompt,
            want="choice",
            choices=tuple(" ".join(draw.choices(WORDS, k=draw.randint(2, 9))) for _ in range(given.options)),
        )
        for prompt in questions(given.n, varied=True)
    ]
    made = Catalog().adapter("transformers")
    options = made.capabilities.options(device="cpu", dtype="float32", threads=1)
    model: Any = made(folder, options)
    await model.connect()
    took, scores = {True: 0.0, False: 0.0}, {}
    for _ in range(given.repeat):
        for once in took:
            model._loaded._options._once = once
            began = time.process_time()
            replies = await asyncio.gather(*(model.ask(one, options) for one in asked))
            took[once] += time.process_time() - began
            scores[once] = [score for reply in replies for score in reply.scores]
    await model.close()
    apart = max(abs(a - b) for a, b in zip(scores[True], scores[False], strict=True))
    for once, seconds in took.items():
        print(f"{'once' if once else 'again'}: {seconds:.1f} CPU s")
    print(f"ratio {took[False] / took[True]:.2f}; log-probabilities differ by at most {apart:.1e}")


if __name__ == "__main__":
    main()

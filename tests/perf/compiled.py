"""A tiny Qwen2-VL with `-o compile=true` and without, in whole batches and with replies that leave and join.

    python -m tests.perf.compiled --n 12

It needs a C++ compiler. Prints how many replies are equal, the seconds until the model is ready, and those of the answers.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mmeval import Request
from mmeval.catalog import Catalog
from tests.local import tiny
from tests.perf.local import questions

TOKENS = 12


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=12)
    given = parser.parse_args()
    sys.modules["torchvision"] = None  # type: ignore[assignment]
    with tempfile.TemporaryDirectory() as scratch:
        folder = tiny.build("qwen2_vl", Path(scratch) / "model")
        asked = questions(given.n, varied=True)
        expected, *_ = asyncio.run(answers(folder, asked, compile=False, whole=False))
        print("compiled | batches | equal replies | CPU s until ready | CPU s of the answers", flush=True)
        for compiled in (False, True):
            for whole in (True, False):
                said, *seconds = asyncio.run(answers(folder, asked, compile=compiled, whole=whole))
                same = sum(one == other for one, other in zip(said, expected, strict=True))
                shown = " | ".join(f"{one:.1f}" for one in seconds)
                print(f"{compiled} | {'whole' if whole else 'leave and join'} | {same}/{given.n} | {shown}", flush=True)


async def answers(folder: Path, asked: Sequence[Any], *, compile: bool, whole: bool) -> tuple[list[str], float, float]:  # noqa: A002
    """The replies, and the CPU seconds of loading and answering."""
    made = Catalog().adapter("transformers")
    options = made.capabilities.options(device="cpu", threads=1, max_tokens=TOKENS, compile=compile)
    model: Any = made(str(folder), options)
    began = time.process_time()
    await model.connect()
    ready = time.process_time()
    if whole:
        model._loaded._leave = model._loaded.joins = model._batcher.joins = False
    replies = await asyncio.gather(*(model.ask(Request(prompt=one), options) for one in asked))
    ended = time.process_time()
    await model.close()
    return [reply.text for reply in replies], ready - began, ended - ready


if __name__ == "__main__":
    main()

"""What local models do on the accelerator of this machine, as one table: python -m scripts.gpu_check [MODEL]

Asks one checkpoint through the transformers adapter in float32 and bfloat16, watches the batches grow, then through
vLLM and SGLang where they are installed. Without MODEL, the small model that ships with mmeval. It runs on a CPU, too.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import tempfile
import time
from collections.abc import Mapping
from typing import Any

from mmeval import Request, Text, media
from mmeval.catalog import Catalog
from mmeval.draw import COLOURS, SHAPES, Canvas

HEAD = ("what", "seconds", "samples/s", "largest batch", "idle", "equal to float32", "note")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", nargs="?", default="demo-vlm")
    parser.add_argument("--n", type=int, default=256)
    parser.add_argument("--max-tokens", type=int, default=32)
    parser.add_argument("--python", help="environment of vLLM and SGLang")
    given = parser.parse_args()
    os.environ["MMEVAL_CACHE"] = tempfile.mkdtemp() + "/cache.sqlite"  # so that batches start small
    print(f"{given.model} on {card()}, {given.n} questions\n")
    print("| " + " | ".join(HEAD) + " |\n|" + "---|" * len(HEAD))
    base: dict[int, str] = {}
    for what, provider, options in cases(given):
        row = measured(what, provider, given, options, base)
        print("| " + " | ".join(map(str, row)) + " |", flush=True)


def card() -> str:
    """The name of the accelerator, or of the processor's kind."""
    import torch

    return torch.cuda.get_device_name() if torch.cuda.is_available() else f"CPU, {os.cpu_count()} cores"


def cases(given: argparse.Namespace) -> list[tuple[str, str, dict[str, Any]]]:
    """Name, provider and options of each row."""
    where = {"python": given.python} if given.python else {}
    return [
        ("transformers, float32", "transformers", {"dtype": "float32"}),
        ("transformers, bfloat16", "transformers", {"dtype": "bfloat16"}),
        ("transformers, bfloat16, batches remembered", "transformers", {"dtype": "bfloat16"}),
        ("transformers, bfloat16, at most 16 in a batch", "transformers", {"dtype": "bfloat16", "batch_size": 16}),
        ("vLLM", "vllm", where),
        ("SGLang", "sglang", where),
    ]


def measured(
    what: str, provider: str, given: argparse.Namespace, options: Mapping[str, Any], base: dict[int, str]
) -> tuple[Any, ...]:
    """One row; a case that cannot run says why."""
    try:
        seconds, replies, about = asyncio.run(asked(provider, given, options))
    except Exception as error:  # noqa: BLE001 - a table with a hole says more than a traceback
        return what, "", "", "", "", "", " ".join(f"{type(error).__name__}: {error}".split())[:200]
    if not base:
        base.update(replies)
    same = sum(base[i] == text for i, text in replies.items())
    idle = about.get("device_idle")
    return (
        what, f"{seconds:.1f}", f"{given.n / seconds:.1f}", about.get("largest_batch", ""),
        "" if idle is None else f"{idle:.1%}", f"{same}/{given.n}", about.get("card") or about.get("device", ""),
    )  # fmt: skip


async def asked(
    provider: str, given: argparse.Namespace, options: Mapping[str, Any]
) -> tuple[float, dict[int, str], Mapping[str, Any]]:
    """Seconds without loading, replies, and what the adapter says about itself."""
    made = Catalog().adapter(provider)
    how = made.capabilities.options(max_tokens=given.max_tokens, temperature=0.0, **options)
    adapter: Any = made(given.model, how)
    if hasattr(adapter, "normalize_options"):
        how = adapter.normalize_options(how)
    await adapter.connect()
    try:
        began = time.perf_counter()
        replies = await asyncio.gather(*(adapter.ask(one, how) for one in requests(given.n)))
        return time.perf_counter() - began, {i: one.text for i, one in enumerate(replies)}, adapter.describe()
    finally:
        await adapter.close()


def requests(n: int) -> list[Request]:
    """Pictures of different sizes with one shape, and questions of different lengths."""
    draw = random.Random(0)
    return [request(draw) for _ in range(n)]


def request(draw: random.Random) -> Request:
    """A shape and a question about it."""
    width, height, name = draw.randint(120, 900), draw.randint(120, 700), draw.choice(SHAPES)
    canvas = Canvas(width, height)
    canvas.shape(name, width / 2, height / 2, min(width, height) / 3, COLOURS[draw.choice(list(COLOURS))])
    about = "The picture may show a circle, a square, a triangle or a star. " * draw.randint(0, 6)
    return Request(prompt=(media.image(canvas.png()), Text(f"{about}Which colour is the shape? Describe the picture.")))


if __name__ == "__main__":
    main()

"""Whether the checks of benchmarks/generation accept what is right and refuse what is wrong.

    python -m tests.perf.made [--items 200] [--task draw_shapes]

Every task is made by our own generator: right, right but worse to read (JPEG of quality 50, half the size, noise), and
with each of its planted mistakes. Shares of items that the check accepts; only the first columns should be 1.
"""

from __future__ import annotations

import argparse
import io
import random
import time
from collections.abc import Callable

from mmeval import media
from mmeval.generation import TASKS
from mmeval.generation.tasks import Task


def accepted(task: Task, items: int, flaw: str | None, worsen: Callable[[bytes], bytes] = lambda data: data) -> float:
    """Share of items whose facts are all found."""
    found = 0
    for index in range(items):
        rng = random.Random(f"made:{task.name}:{index}")
        facts = task.draw(rng)
        made = media.of_kind(task.want, worsen(task.make(facts, rng, flaw)))
        found += all(task.check(facts, made).values())
    return found / items


def jpeg(data: bytes) -> bytes:
    return _as(data, "JPEG", 1.0)


def half(data: bytes) -> bytes:
    return _as(data, "PNG", 0.5)


def _as(data: bytes, kind: str, scale: float) -> bytes:
    from PIL import Image

    with Image.open(io.BytesIO(data)) as opened:
        opened = opened.convert("RGB").resize((round(opened.width * scale), round(opened.height * scale)))
    out = io.BytesIO()
    opened.save(out, kind, **({"quality": 50} if kind == "JPEG" else {}))
    return out.getvalue()


def noisy(data: bytes) -> bytes:
    import numpy as np
    from PIL import Image

    with Image.open(io.BytesIO(data)) as opened:
        rgb = np.asarray(opened.convert("RGB"), dtype=float)
    noise = np.random.default_rng(7).normal(0, 6, rgb.shape)
    out = io.BytesIO()
    Image.fromarray(np.clip(rgb + noise, 0, 255).astype(np.uint8)).save(out, "PNG")
    return out.getvalue()


WORSE = {"JPEG 50": jpeg, "half the size": half, "noise": noisy}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=200)
    parser.add_argument("--task", choices=sorted(TASKS), action="append")
    given = parser.parse_args()
    for name in given.task or TASKS:
        task, begin = TASKS[name], time.process_time()
        print(f"{name}, {given.items} items each")
        print(f"  right                     {accepted(task, given.items, None):7.3f}")
        for how, worsen in WORSE.items() if task.want == "image" else ():
            print(f"  right, {how:<18} {accepted(task, given.items, None, worsen):7.3f}")
        for flaw in task.flaws:
            print(f"  wrong: {flaw:<18} {accepted(task, given.items, flaw):7.3f}")
        print(f"  {time.process_time() - begin:.1f} s of CPU in this process")


if __name__ == "__main__":
    main()

"""Families of pipelines, each tiny and with random weights, saved and asked through the adapter `diffusers`.

    python -m tests.perf.makers [--only NAME]

Alone: the largest difference to what the library makes from the same seed, called without mmeval and with as many
threads. In company: the largest difference to what a batch of two prompts makes.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import logging
import time
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from mmeval.animate import film
from mmeval.catalog import Catalog
from mmeval.media import inspect
from mmeval.types import Image, Reply, Request, Text
from tests.adapters.conftest import picture
from tests.local.pipelines import library
from tests.perf.makers.tiny import FAMILIES, Family

PROMPTS = ("a red dot on a table", "two blue squares and a star")
SEED = 5


def tints(family: Family) -> list[Image]:
    """The pictures of a prompt: what is changed, and its mask."""
    return [picture(tint, size=(48, 40)) for tint in ("red", "white")[: family.pictures]]


def asked(folder: Path, family: Family, *texts: str, **more: Any) -> tuple[list[Reply], int]:
    """Replies of the adapter, and the number of threads that it used."""
    cls = Catalog().adapter("diffusers")
    options = cls.capabilities.options(**family.given, seed=SEED, **more)
    pictures = tints(family)

    async def all_of_them() -> tuple[list[Reply], int]:
        adapter = cls(str(folder), options)
        await adapter.connect()
        try:
            wanted = [Request(prompt=(*pictures, Text(text)), want=family.want) for text in texts]
            made = await asyncio.gather(*(adapter.ask(one, options) for one in wanted))
            return made, int(adapter.describe()["threads"])
        finally:
            await adapter.close()

    return asyncio.run(all_of_them())


def seen(reply: Reply, family: Family) -> Any:
    """What was made, as numbers."""
    (made,) = reply.media
    form = Catalog().adapter("diffusers")("x/y", Catalog().adapter("diffusers").capabilities.options(**family.given))
    inspect(made, form.form(Request(prompt=(Text("x"),), want=family.want), form._options))
    if family.want == "image":
        from PIL import Image

        return np.asarray(Image.open(io.BytesIO(made.read())).convert("RGB")).astype(float)
    if family.want == "audio":
        return np.frombuffer(made.read()[44:], dtype="<i2").astype(float)
    return shown(made.read())


def pace(reply: Reply) -> int:
    """Frames per second of a film; 0 of anything else."""
    import av

    with av.open(io.BytesIO(reply.media[0].read())) as file:
        return int(file.streams.video[0].average_rate or 0) if reply.media[0].kind == "video" else 0


def shown(data: bytes) -> Any:
    """The frames of a film, as numbers."""
    import av

    with av.open(io.BytesIO(data)) as file:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in file.decode(video=0)]).astype(float)


def compared(ours: Any, out: Any, family: Family, rate: int) -> float:
    """The largest difference of a colour (of 255) or a sample (of 32767)."""
    if family.want == "image":
        return float(np.abs(ours - np.asarray(out.images[0].convert("RGB"))).max())
    if family.want == "audio":
        sound = np.asarray(out.audios[0], dtype=float)
        theirs = np.rint(32767 * np.clip(sound.mean(axis=0) if sound.ndim > 1 else sound, -1, 1))
        return float(np.abs(ours - theirs).max())
    theirs = shown(film((frame.convert("RGB") for frame in out.frames[0]), fps=rate))
    assert ours.shape == theirs.shape, f"{ours.shape} instead of {theirs.shape}"
    return float(np.abs(ours - theirs).max())


def row(name: str, family: Family) -> str:
    import torch

    torch.manual_seed(0)
    begin = time.perf_counter()
    with TemporaryDirectory(dir="/dev/shm") as folder:
        place = Path(folder)
        pipe = family.make()
        pipe.save_pretrained(place, safe_serialization=True)
        (reply,), threads = asked(place, family, PROMPTS[1])
        first = seen(reply, family)
        alone = compared(
            first,
            library(place, family.want, family.given, PROMPTS[1], tints(family), seed=SEED, threads=threads),
            family,
            pace(reply),
        )
        company = "one at a time"
        if not family.pictures:
            both, _ = asked(place, family, *PROMPTS, batch_size=2)
            company = f"{np.abs(seen(both[1], family) - first).max():.0f}"
    size = "x".join(map(str, first.shape[:-1])) if family.want != "audio" else f"{len(first)} samples"
    return f"| {name} | `{type(pipe).__name__}` | {family.want} {size} | {alone:.0f} | {company} | {time.perf_counter() - begin:.1f} s |"


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests.perf.makers", description=__doc__)
    parser.add_argument("--only", default="")
    told = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.disable(logging.ERROR)
    print("| family | pipeline | made | alone | in company | time |\n|---|---|---|--:|--:|--:|")
    for name, family in FAMILIES.items():
        if told.only.lower() not in name.lower():
            continue
        try:
            print(row(name, family), flush=True)
        except Exception as error:  # noqa: BLE001 - the table says what fails
            print(
                f"| {name} | | fails: {type(error).__name__}: {' '.join(str(error).split())[:300]} | | | |", flush=True
            )


if __name__ == "__main__":
    main()

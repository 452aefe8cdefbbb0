"""A tiny benchmark of generated images, and settings that write to a temporary folder."""

from __future__ import annotations

import io
import random
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image as Pillow

from mmeval import Benchmark, Sample, Text
from mmeval.data import generated
from mmeval.engine.options import Settings
from mmeval.media import image
from mmeval.metrics import accuracy
from mmeval.scorers import choice


def _row(draw: random.Random) -> dict:
    out = io.BytesIO()
    Pillow.new("RGB", (16, 16), tuple(draw.randrange(256) for _ in range(3))).save(out, "PNG")
    return {"image": {"bytes": out.getvalue(), "path": None}, "answer": draw.choice("ABCD")}


def _sample(row) -> Sample:
    picture = image(row["image"]["bytes"], source=f"drawn:{row['id']}")
    text = f"[{row['id']}] Which letter? The answer is {row['answer']}"
    return Sample(id=row["id"], prompt=(picture, Text(text)), target=row["answer"], choices=("w", "x", "y", "z"))


def make_benchmark(n: int = 40, **changes) -> Benchmark:
    made = Benchmark(
        name="tiny",
        version="1",
        title="Tiny",
        about="Coloured squares.",
        data=generated(_row, n=n, seed=7),
        to_sample=_sample,
        score=choice(),
        profile="official",
        metric=accuracy(),
        cluster=None,
        license=None,
        url=None,
        paper=None,
        rows=n,
        chance=0.25,
    )
    return replace(made, **changes)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(results=tmp_path / "results", cache_file=tmp_path / "cache.sqlite")

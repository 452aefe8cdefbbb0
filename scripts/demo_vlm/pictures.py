"""Training pictures: what the bundled benchmarks' generators draw from other seeds, with what is in them."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from PIL import Image

from mmeval import Text, draw
from mmeval.catalog import Catalog

TRAIN_SEED, VALID_SEED = 101, 202
BENCHMARKS = ("shape_sequence", "bar_reading", "drawn_scenes")
COLOURS, SHAPES, PLACES = list(draw.COLOURS), list(draw.SHAPES), ["left", "middle", "right"]
PATTERNS = ["AB", "ABC", "AAB", "ABB", "ABA"]
SIDE = 96
"""Pixels of a side as the model sees a picture."""
IGNORE = -100
"""Class number where a head does not apply, and label where no answer stands."""

HEADS: dict[str, int] = {
    "benchmark": 3,
    **{f"{what}{i}": n for i in range(6) for what, n in (("colour", 6), ("shape", 4))},
    "colour pattern": 5, "shape pattern": 5,
    **{f"value {c}": 9 for c in COLOURS}, "tallest": 6, "shortest": 6,
    **{f"count {s}": 5 for s in SHAPES}, **{f"colour of {s}": 6 for s in SHAPES},
    **{f"place of {s}": 3 for s in SHAPES}, **{f"{c} {s}": 2 for c in COLOURS for s in SHAPES},
}  # fmt: skip


@dataclass(frozen=True)
class Question:
    """One question about a picture; where it has options, the answer is the right option's text."""

    kind: str
    text: str
    word: str
    options: bool


@dataclass
class Corpus:
    """Pictures as uint8 [n, SIDE, SIDE, 3], what is drawn in them as int64 [n, heads], and questions by picture."""

    pixels: np.ndarray
    labels: np.ndarray
    questions: list[list[Question]]
    digests: set[str] = field(repr=False)


def facts(name: str, row: Mapping[str, Any]) -> dict[str, int]:
    """What is drawn, as class numbers by head; heads that do not apply are absent."""
    known = {"benchmark": BENCHMARKS.index(name)}
    if name == "shape_sequence":
        for i, (colour, shape) in enumerate(row["things"]):
            known |= {f"colour{i}": COLOURS.index(colour), f"shape{i}": SHAPES.index(shape)}
        return known | {f"{kind} pattern": PATTERNS.index(row["patterns"][kind]) for kind in ("colour", "shape")}
    if name == "bar_reading":
        values = row["values"]
        known |= {f"value {c}": values.get(c, 0) for c in COLOURS}
        high, low = max(values, key=values.__getitem__), min(values, key=values.__getitem__)
        return known | {"tallest": COLOURS.index(high), "shortest": COLOURS.index(low)}
    things = list(row["things"].values())
    known |= {f"{c} {s}": int((c, s) in things) for c in COLOURS for s in SHAPES}
    for (_, column), (colour, shape) in row["things"].items():
        known[f"count {shape}"] = known.get(f"count {shape}", 0) + 1
        known |= {f"colour of {shape}": COLOURS.index(colour), f"place of {shape}": column}
    for shape in SHAPES:
        if known.setdefault(f"count {shape}", 0) > 1:
            del known[f"colour of {shape}"], known[f"place of {shape}"]
    return known


def question(sample: Any, row: Mapping[str, Any], name: str) -> Question:
    """The prompt's own words and the gold."""
    text = "".join(part.text for part in sample.prompt if isinstance(part, Text))
    return Question(f"{name}/{row['kind']}", text, row["answer"], bool(sample.choices))


def small(png: bytes) -> np.ndarray:
    """Pixels as the image processor sees them before it normalises."""
    with Image.open(io.BytesIO(png)) as picture:
        return np.asarray(picture.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BILINEAR))


def corpus(seed: int | None, pictures: int, *, forbidden: frozenset[str] = frozenset()) -> Corpus:
    """Draw from the benchmarks' generators; `seed` None reads the benchmarks themselves."""
    made = Corpus(np.empty(0), np.empty(0), [], set())
    pixels, labels = [], []
    for name in BENCHMARKS:
        benchmark = Catalog().benchmark(name)
        source = benchmark.data if seed is None else replace(benchmark.data, seed=seed, n=pictures)
        last = None
        for row in source.rows():
            png = row["image"]["bytes"]
            digest = hashlib.sha256(png).hexdigest()
            if digest in forbidden:
                continue
            if (name, row["draw"]) != last:
                last = (name, row["draw"])
                known = facts(name, row)
                pixels.append(small(png))
                labels.append([known.get(head, IGNORE) for head in HEADS])
                made.questions.append([])
                made.digests.add(digest)
            sample = benchmark.to_sample(row)
            made.questions[-1].append(question(sample, row, name))
    made.pixels, made.labels = np.stack(pixels), np.array(labels)
    return made

"""Coloured shapes on a page: how many, is there one, which colour, where? Short answers."""

from random import Random

from mmeval import Benchmark, Row, Sample, Text, draw, media
from mmeval.data import generated
from mmeval.metrics import accuracy
from mmeval.scorers import exact_text

PLACES = ("left", "middle", "right")


def make(rng: Random) -> list[Row]:
    many, single, other, _ = rng.sample(draw.SHAPES, 4)
    shapes = [single] + [many] * rng.randint(1, 4) + [other] * rng.randint(0, 2)
    cells = rng.sample([(row, column) for row in range(3) for column in range(3)], len(shapes))
    things = {cell: (rng.choice(list(draw.COLOURS)), shape) for cell, shape in zip(cells, shapes, strict=True)}
    there = {colour for colour, shape in things.values() if shape == many}
    probe = rng.choice(sorted(there if rng.random() < 0.5 else set(draw.COLOURS) - there))
    picture = {"image": {"bytes": draw.grid(rng, things), "path": None}, "things": things}
    rows = [
        ("count", f"How many {many}s are there? Answer with a number.", str(shapes.count(many))),
        ("exists", f"Is there a {probe} {many}? Answer with yes or no.", "yes" if probe in there else "no"),
        ("colour", f"What colour is the {single}? Answer with one word.", things[cells[0]][0]),
        ("place", f"Is the {single} on the left, middle or right? Answer with one word.", PLACES[cells[0][1]]),
    ]
    return [{**picture, "kind": kind, "question": question, "answer": answer} for kind, question, answer in rows]


def to_sample(row: Row) -> Sample:
    return Sample(
        id=row["id"],
        prompt=(media.image(row["image"]["bytes"], source=f"drawn_scenes {row['draw']}"), Text(row["question"])),
        target=row["answer"],
        cluster=str(row["draw"]),
        tags={"category": row["kind"], "gold": row["answer"]},
    )


benchmark = Benchmark(
    name="drawn_scenes", version="1", title="Drawn scenes", about=__doc__,
    data=generated(make, n=100, seed=1), to_sample=to_sample, score=exact_text(), profile="mmeval", metric=accuracy(),
    cluster="image", license="CC0-1.0", url=None, paper=None, rows=400,
    chance=0.3125,  # the mean of 1/4 (count), 1/2 (exists), 1/6 (colour) and 1/3 (place)
    redistribute=True, tags=("vqa", "generated", "short-answer"),
)  # fmt: skip

"""Where is the red circle? Coloured shapes on a wide page, a box for each answer (Acc@0.5).

It needs no data set, and tells whether `coordinates` of a model are declared right: a model that sees the shapes has
almost all of them under its own convention, and almost none under another one.
"""

from random import Random

from mmeval import Benchmark, Row, Sample, Text, draw, media
from mmeval.data import generated
from mmeval.metrics import accuracy
from mmeval.scorers import box
from mmeval.scorers.rules.places import box_target

WIDTH, HEIGHT, COLUMNS = 640, 400, 4
REACH = {"circle": 1.0, "square": 0.85}


def make(rng: Random) -> Row:
    canvas = draw.Canvas(WIDTH, HEIGHT, background=draw.paper(rng))
    things = rng.sample([(colour, shape) for colour in draw.COLOURS for shape in REACH], 5)
    for (colour, shape), cell in zip(things, rng.sample(range(2 * COLUMNS), len(things)), strict=True):
        row, column = divmod(cell, COLUMNS)
        x, y = WIDTH / COLUMNS * (column + rng.uniform(0.4, 0.6)), HEIGHT / 2 * (row + rng.uniform(0.3, 0.7))
        radius = rng.uniform(24, 56)
        canvas.shape(shape, x, y, radius, draw.vary(rng, colour))
        half = radius * REACH[shape]  # the thing drawn last is the one that is asked for
        asked = {"thing": f"{colour} {shape}", "box": [x - half, y - half, x + half, y + half]}
    return {"image": {"bytes": canvas.png(), "path": None}, **asked}


def to_sample(row: Row) -> Sample:
    text = f"Locate the {row['thing']} in the picture. Report its bounding box as [x1, y1, x2, y2]."
    return Sample(
        id=row["id"],
        prompt=(media.image(row["image"]["bytes"], source=f"drawn_boxes {row['draw']}"), Text(text)),
        target=box_target(row["box"], (WIDTH, HEIGHT)),
        tags={"category": row["thing"].split()[1]},
    )


benchmark = Benchmark(
    name="drawn_boxes", version="1", title="Drawn boxes", about=__doc__,
    data=generated(make, n=200, seed=1), to_sample=to_sample, score=box(), profile="mmeval",
    metric=accuracy(name="acc_50"), cluster=None, license="CC0-1.0", url=None, paper=None, rows=200, chance=None,
    redistribute=True, tags=("grounding", "generated", "box"),
)  # fmt: skip

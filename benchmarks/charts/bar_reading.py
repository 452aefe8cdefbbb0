"""A bar chart with a labelled axis: the tallest bar, the shortest bar, the value of one bar."""

from random import Random

from mmeval import Benchmark, Row, Sample, draw, media, prompts
from mmeval.data import generated
from mmeval.metrics import accuracy
from mmeval.scorers import choice

TOP = 8


def make(rng: Random) -> list[Row]:
    values = dict(zip(rng.sample(list(draw.COLOURS), 4), rng.sample(range(1, TOP + 1), 4), strict=True))
    asked = rng.choice(list(values))
    picture = {"image": {"bytes": draw.bars(rng, values, top=TOP), "path": None}, "values": values}
    colours, numbers = list(values), [str(value) for value in values.values()]
    rows = [
        ("tallest", "Which bar is the tallest?", colours, max(colours, key=values.__getitem__)),
        ("shortest", "Which bar is the shortest?", colours, min(colours, key=values.__getitem__)),
        ("value", f"What is the value of the {asked} bar?", numbers, str(values[asked])),
    ]
    return [
        {**picture, "kind": kind, "question": question, "options": rng.sample(options, 4), "answer": answer}
        for kind, question, options, answer in rows
    ]


def to_sample(row: Row) -> Sample:
    options, gold = row["options"], prompts.letter(row["options"].index(row["answer"]))
    picture = media.image(row["image"]["bytes"], source=f"bar_reading {row['draw']}")
    closing = "Answer with the letter of the right option."
    return Sample(
        id=row["id"],
        prompt=prompts.multiple_choice(row["question"], options, closing, images=[picture]),
        target=gold,
        choices=tuple(options),
        cluster=str(row["draw"]),
        tags={"category": row["kind"], "gold": gold},
    )


benchmark = Benchmark(
    name="bar_reading", version="1", title="Bar reading", about=__doc__,
    data=generated(make, n=130, seed=1), to_sample=to_sample, score=choice(), profile="mmeval", metric=accuracy(),
    cluster="image", license="CC0-1.0", url=None, paper=None, rows=390, chance=0.25, redistribute=True,
    tags=("chart", "generated", "multiple-choice"),
)  # fmt: skip

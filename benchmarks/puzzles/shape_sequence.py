"""Five shapes in a row follow a pattern in colour and another in shape: what comes sixth?"""

from random import Random

from mmeval import Benchmark, Row, Sample, draw, media, prompts
from mmeval.data import generated
from mmeval.metrics import accuracy
from mmeval.scorers import choice

PATTERNS = {"AB": "ABABAB", "ABC": "ABCABC", "AAB": "AABAAB", "ABB": "ABBABB", "ABA": "ABAABA"}
QUESTIONS = {"colour": "Which colour comes next in the sequence?", "shape": "Which shape comes next in the sequence?"}


def make(rng: Random) -> list[Row]:
    names = {"colour": rng.sample(list(draw.COLOURS), 4), "shape": rng.sample(draw.SHAPES, 4)}
    patterns = {kind: rng.choice(list(PATTERNS)) for kind in names}
    cells = {kind: [names[kind]["ABC".index(letter)] for letter in PATTERNS[patterns[kind]]] for kind in names}
    things = list(zip(cells["colour"], cells["shape"], strict=True))
    picture = {"image": {"bytes": draw.sequence(rng, things[:5]), "path": None}, "things": things, "patterns": patterns}
    return [
        {**picture, "kind": kind, "options": rng.sample(names[kind], 4), "answer": cells[kind][5]} for kind in names
    ]


def to_sample(row: Row) -> Sample:
    kind, options, gold = row["kind"], row["options"], prompts.letter(row["options"].index(row["answer"]))
    picture = media.image(row["image"]["bytes"], source=f"shape_sequence {row['draw']}")
    closing = "Answer with the letter of the right option."
    return Sample(
        id=row["id"],
        prompt=prompts.multiple_choice(QUESTIONS[kind], options, closing, images=[picture]),
        target=gold,
        choices=tuple(options),
        cluster=str(row["draw"]),
        tags={"category": kind, "pattern": row["patterns"][kind], "gold": gold},
    )


benchmark = Benchmark(
    name="shape_sequence", version="1", title="Shape sequence", about=__doc__,
    data=generated(make, n=200, seed=1), to_sample=to_sample, score=choice(), profile="mmeval",
    metric=accuracy(by=("category", "pattern")),
    cluster="image", license="CC0-1.0", url=None, paper=None, rows=400, chance=0.25, redistribute=True,
    tags=("puzzle", "generated", "multiple-choice"),
)  # fmt: skip

"""Which letter follows? Without pictures, so that a thousand questions take a second."""

from mmeval import Benchmark, Row, Sample, Text
from mmeval.data import generated
from mmeval.metrics import accuracy
from mmeval.scorers import choice


def make(rng):
    return {"answer": rng.choice("ABCD")}


def to_sample(row: Row) -> Sample:
    return Sample(
        id=row["id"],
        prompt=(Text(f"Question {row['id']}: which letter? ({row['answer']})"),),
        target=row["answer"],
        choices=("one", "two", "three", "four"),
    )


benchmark = Benchmark(
    name="quiz", version="1", title="Quiz", about=__doc__,
    data=generated(make, n=1000, seed=3), to_sample=to_sample, score=choice(), profile="mmeval",
    metric=accuracy(),
    cluster=None, license="CC0-1.0", url=None, paper=None, rows=1000, chance=0.25, redistribute=True,
)  # fmt: skip

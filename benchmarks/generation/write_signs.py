"""Signs with words and numbers: is the text in the picture the one that was asked for? A vision model reads it."""

from random import Random

from mmeval import Benchmark, Row, Sample, Text
from mmeval.data import generated
from mmeval.judging.signs import WORDS, prompt
from mmeval.metrics import accuracy
from mmeval.scorers import written


def make(rng: Random) -> dict[str, str]:
    count = rng.randint(1, 3)
    words = [*rng.sample(WORDS, count), str(rng.randint(10, 99))]
    return {"kind": f"{count} words" if count > 1 else "1 word", "text": " ".join(words)}


def to_sample(row: Row) -> Sample:
    return Sample(id=row["id"], prompt=(Text(prompt(row["text"])),), target=row["text"], tags={"category": row["kind"]})


benchmark = Benchmark(
    name="write_signs", version="1", title="Writing signs", about=__doc__, want="image", temperature=None,
    data=generated(make, n=60, seed=22), to_sample=to_sample, score=written(), profile="mmeval",
    metric=accuracy(by=("category",)), cluster=None, license="CC0-1.0", url=None, paper=None, rows=60, chance=0.0,
    redistribute=True, judge_slice="judge_signs", tags=("generated", "makes image", "judge"),
)  # fmt: skip

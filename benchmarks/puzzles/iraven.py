"""Progressive matrices in seven configurations; which of eight panels completes the sheet?

I-RAVEN: the candidates are drawn so that they alone tell nothing.
A problem is an npz of panels; the sheet and the labelled candidates are drawn from it. There is no
standard for language models: the letter is scored exactly, the headline is the mean over configurations.
"""

from mmeval import Benchmark, Row, Sample, Text, data
from mmeval.metrics import accuracy
from mmeval.scorers import choice

PROMPT = (
    "The first picture is a 3x3 matrix whose last panel is missing. The second picture shows eight candidates, "
    "A to H. Which candidate completes the matrix? Answer with its letter."
)


def to_sample(row: Row) -> Sample:
    return Sample(
        id=row["id"],
        prompt=(data.picture(row, "matrix"), data.picture(row, "candidates"), Text(PROMPT)),
        target="ABCDEFGH"[row["target"]],
        cluster=row["id"],
        tags={"category": row["configuration"]},
    )


benchmark = Benchmark(
    name="iraven", version="1", title="I-RAVEN (test folds)", about=__doc__,
    data=data.matrices("iraven", how="unpack the folders of I-RAVEN of https://github.com/husheng12345/SRAN there"),
    to_sample=to_sample, score=choice(letters="ABCDEFGH"), profile="mmeval",
    metric=accuracy(by=(), macro="category"), cluster=None, license=None, url="https://github.com/husheng12345/SRAN",
    paper="https://arxiv.org/abs/2002.06838", rows=14_000, chance=0.125,
    labels="user-supplied", tags=("puzzle", "matrices", "multiple-choice"),
)  # fmt: skip

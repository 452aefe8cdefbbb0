"""A hundred questions that no model could answer when they were written; one to three pictures.

The default is our own reading of the braces: the published rule looks for the gold anywhere inside them,
so that {111.90} is 11.90.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import braced

CLOSING = "Think step by step and give the final answer in curly braces, like this: {final answer}"


def to_sample(row: Row) -> Sample:
    images = data.pictures(row, "question_images_decoded")
    return Sample(
        id=str(row["question_id"]),
        prompt=prompts.question_first(row["question_text"], CLOSING, images=list(images.values())),
        target=row["question_answer"],
        cluster=str(row["question_id"]),
    )


benchmark = Benchmark(
    name="zerobench", version="1", title="ZeroBench", about=__doc__,
    data=data.hub(
        "jonathan-roberts1/zerobench", split="zerobench", revision=None,  # pinned by the first load
        columns={
            "question_id": str | int, "question_text": str, "question_images_decoded": list, "question_answer": str,
        },
    ),
    to_sample=to_sample, score=braced(), profile="mmeval", metric=accuracy(by=()), cluster=None, license=None,
    url="https://zerobench.github.io", paper="https://arxiv.org/abs/2502.09696", rows=100, chance=0.0,
    tags=("reasoning", "multi-image", "open"),
)  # fmt: skip

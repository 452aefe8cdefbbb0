"""Open questions that mix recognition, reading, knowledge, writing, space and arithmetic.

Needs a judge that gives 0.0 to 1.0; there is no rule without one. The judge's version moves the score by
points: it is recorded and part of what must be equal when runs are compared.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import graded


def to_sample(row: Row) -> Sample:
    image = data.picture(row)
    return Sample(
        id=str(row["question_id"]),
        prompt=prompts.question_first(row["question"], images=[image]),
        target=row["answer"],
        cluster=image.sha256[:16],
        tags=data.tags(row, "capability"),
    )


benchmark = Benchmark(
    name="mmvet", version="1", title="MM-Vet", about=__doc__,
    data=data.hub(
        "lmms-lab/MMVet", split="test", revision=None,  # pinned by the first load
        columns={"question_id": str | int, "question": str, "answer": str, "capability": str, "image": dict},
    ),
    to_sample=to_sample, score=graded(), profile="official", metric=accuracy(name="score", by=["capability"]),
    cluster="image", license="Apache-2.0", url="https://github.com/yuweihao/MM-Vet",
    paper="https://arxiv.org/abs/2308.02490", rows=218, chance=None, tags=("general", "open", "judge"),
)  # fmt: skip

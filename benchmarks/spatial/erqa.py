"""What a robot must understand: trajectories, actions, states, points and several views, with four options.

The question holds its options, and says where its pictures belong. The default is our own reading of the letter.
Authors and lmms-eval disagree about the place of the pictures: lmms-eval puts them all first.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import choice
from mmeval.scorers.readers.brackets import ranked


def to_sample(row: Row) -> Sample:
    images = list(data.pictures(row, "images").values())
    return Sample(
        id=str(row["question_id"]),
        prompt=prompts.in_order(row["question"], images),
        target=row["answer"],
        cluster=data.seen(images),
        tags=data.tags(row, "question_type"),
    )


benchmark = Benchmark(
    name="erqa", version="1", title="ERQA", about=__doc__,
    data=data.hub(
        "FlagEval/ERQA", split="test", revision=None,  # pinned by the first load
        columns={"question_id": str | int, "question": str, "images": list, "answer": str, "question_type": str},
    ),
    to_sample=to_sample, score=choice(lmms=ranked), profile="mmeval", metric=accuracy(by=["question_type"]),
    cluster="images", license=None, url="https://github.com/embodiedreasoning/ERQA",
    paper="https://arxiv.org/abs/2503.20020", rows=400, chance=0.25,
    tags=("spatial", "embodied", "multi-image", "multiple-choice"),
)  # fmt: skip

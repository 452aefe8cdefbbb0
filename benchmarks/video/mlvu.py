"""Films of three minutes to two hours: the seven multiple-choice tasks of the development set.

The headline is M-Avg, the mean over tasks, as published; `accuracy/micro` is over questions. The authors leave the
number of frames to the model: state it with every number. Their rule takes the character before the first closing
bracket; the default is our own reading.
"""

import re

from mmeval import Benchmark, Row, Sample, data
from mmeval.metrics import accuracy
from mmeval.scorers import choice
from mmeval.scorers.readers.films import before_bracket
from mmeval.types import Text

OPTION = re.compile(r"^\(([A-Z])\) ?(.*)$", re.MULTILINE)
CLOSING = "Only give the best option."


def to_sample(row: Row) -> Sample:
    return Sample(
        id=str(row["row"]),
        prompt=(data.film(row, row["video_name"]), Text(f"{row['question']}\n{CLOSING}")),
        target=row["answer"],
        choices=tuple(text for _, text in OPTION.findall(row["question"])),
        cluster=row["video_name"],
        tags=data.tags(row, "task_type"),
    )


benchmark = Benchmark(
    name="mlvu", version="1", title="MLVU, dev", about=__doc__, video="lmms-32",
    data=data.unpacked(
        data.hub(
            "sy1998/MLVU_dev", split="test", revision=None,  # pinned by the first load
            columns={"video_name": str, "question": str, "answer": str, "task_type": str},
        ),
        "*.zip",
    ),
    to_sample=to_sample, score=choice(official=before_bracket), profile="mmeval",
    metric=accuracy(macro="task_type", by=()), cluster="film", license="CC-BY-NC-SA-4.0",
    url="https://github.com/JUNJIE99/MLVU", paper="https://arxiv.org/abs/2406.04264", rows=None, chance=0.25,
    tags=("video", "long", "multiple-choice"),
)  # fmt: skip

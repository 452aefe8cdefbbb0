"""Six kinds of motion that need all frames in their order: rotation, direction, speed, frequency, shape and counting.

The 16 frames and the prompt are the authors'. They ask a judge when a reply is not exactly an option, and draw a random
letter when that fails; both stay unresolved here. The default is our own reading.
"""

from string import ascii_uppercase

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import choice
from mmeval.scorers.readers.films import exact_option
from mmeval.types import Text


def to_sample(row: Row) -> Sample:
    options = [str(option) for option in row["options"]]
    lettered = dict(zip(ascii_uppercase, options, strict=False))
    text = prompts.TOMATO.format(question=row["question"], options=lettered)
    return Sample(
        id=str(row["id"]),
        prompt=(data.film(row, row["video_path"]), Text(text)),
        target=ascii_uppercase[int(row["answer"])],
        choices=tuple(options),
        cluster=row["video_path"],
        tags=data.tags(row, "reason_type", "demonstration_type"),
    )


benchmark = Benchmark(
    name="tomato", version="1", title="TOMATO", about=__doc__, video="frames=16,rule=ends",
    data=data.unpacked(
        data.hub(
            "lmms-eval/TOMATO", split="test", revision=None,  # pinned by the first load
            columns={
                "id": str | int, "question": str, "options": list, "answer": int, "video_path": str, "reason_type": str,
                "demonstration_type": str,
            },
        ),
        "*.zip",
    ),
    to_sample=to_sample, score=choice(letters="ABCDEF", official=exact_option), profile="mmeval",
    metric=accuracy(by=["reason_type", "demonstration_type"]), cluster="film", license=None,
    url="https://github.com/yale-nlp/TOMATO", paper="https://arxiv.org/abs/2410.23266", rows=1_484, chance=None,
    tags=("video", "multiple-choice"),
)  # fmt: skip

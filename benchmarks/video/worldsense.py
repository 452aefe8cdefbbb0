"""Films that have to be seen and heard: the sound track goes with the frames.

Turn it off with `--video lmms-32` to learn what the sound adds; that is another policy, and never mixed with this one.
lmms-eval takes any capital in the reply, and A when there is none; the default is our own reading.
"""

from mmeval import Benchmark, Row, Sample, data
from mmeval.metrics import accuracy
from mmeval.scorers import choice
from mmeval.types import Text

OPENING = (
    "These are the frames of a video and the corresponding audio. Select the best answer to the following "
    "multiple-choice question based on the video. Respond with only the letter (A, B, C, or D) of the correct option."
)


def to_sample(row: Row) -> Sample:
    options = list(row["candidates"])
    return Sample(
        id=str(row["index"]),
        prompt=(data.film(row, row["video_path"]), Text("\n".join((OPENING, row["question"], *options)))),
        target=row["answer"],
        choices=tuple(option.partition(". ")[2] for option in options),
        cluster=row["video_path"],
        tags=data.tags(row, "task_type", "task_domain"),
    )


benchmark = Benchmark(
    name="worldsense", version="1", title="WorldSense", about=__doc__, video="lmms-32,sound=on",
    data=data.unpacked(
        data.hub(
            "lmms-lab/worldsense", split="test", revision=None,  # pinned by the first load
            columns={
                "index": int | str, "video_path": str, "question": str, "candidates": list, "answer": str,
                "task_type": str, "task_domain": str,
            },
        ),
        "*.zip",
    ),
    to_sample=to_sample, score=choice(), profile="mmeval", metric=accuracy(by=["task_type", "task_domain"]),
    cluster="film", license=None, url="https://jaaackhongggg.github.io/WorldSense",
    paper="https://arxiv.org/abs/2502.04326", rows=None, chance=0.25, tags=("video", "audio", "multiple-choice"),
)  # fmt: skip

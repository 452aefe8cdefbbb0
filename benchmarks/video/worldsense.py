"""Films that have to be seen and heard: the sound track goes with the frames.

Turn it off with `--video lmms-32` to learn what the sound adds; that is another policy, and never mixed with this one.
The prompt is that of the authors, in VLMEvalKit. Their rule takes the first capital A to D after a few lead-ins and
asks a judge about other replies, which stay unresolved here; the default is our own reading.
"""

from mmeval import Benchmark, Row, Sample, data
from mmeval.metrics import accuracy
from mmeval.scorers import choice
from mmeval.scorers.readers.films import first_of_four
from mmeval.types import Text

WATCH = (
    "Carefully watch this video and pay attention to every detail. Based on your observations, select the best option "
    "that accurately addresses the question."
)
OPENING = (
    "These are the frames of a video and the corresponding audio. Select the best answer to the following "
    "multiple-choice question based on the video. Respond with only the letter (A, B, C, or D) of the correct option."
)


def to_sample(row: Row) -> Sample:
    options = list(row["candidates"])
    text = "\n".join((f"\n{OPENING}", f"Question: {row['question']}", *options, "Answer: "))
    return Sample(
        id=str(row["index"]),
        prompt=(Text(WATCH), data.film(row, row["video_path"]), Text(text)),
        target=row["answer"],
        choices=tuple(option.partition(". ")[2] for option in options),
        cluster=row["video_path"],
        tags=data.tags(row, "task_type", "task_domain"),
    )


benchmark = Benchmark(
    name="worldsense", version="2", title="WorldSense", about=__doc__, video="lmms-32,sound=on",
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
    to_sample=to_sample, score=choice(official=first_of_four), profile="mmeval",
    metric=accuracy(by=["task_type", "task_domain"]), cluster="film", license=None, url="https://jaaackhongggg.github.io/WorldSense",
    paper="https://arxiv.org/abs/2502.04326", rows=None, chance=0.25, tags=("video", "audio", "multiple-choice"),
)  # fmt: skip

"""Fine motion in short clips: six kinds of questions. Only the questions with public answers are asked.

The headline is the mean over questions. The clips lie loose beside the questions; one that is missing makes its own
questions invalid input. The authors' rule takes the first character after an opening bracket, or of the reply; the
default is our own reading.
"""

import re

from mmeval import Benchmark, Row, Sample, data
from mmeval.metrics import accuracy
from mmeval.scorers import choice
from mmeval.scorers.readers.films import inside_brackets
from mmeval.types import Text

OPTION = re.compile(r"^\s*[A-F][.):] ?(.*)$", re.MULTILINE)
CLOSING = "Answer with only the option letter (A, B, C, D, E, or F)."


def to_sample(row: Row) -> Sample | None:
    asked = row["qa"]
    if asked["answer"] in (None, "NA"):
        return None
    return Sample(
        id=str(asked["uid"]),
        prompt=(data.film(row, row["video_path"]), Text(f"{asked['question']}\n{CLOSING}")),
        target=asked["answer"],
        choices=tuple(text.strip() for text in OPTION.findall(asked["question"])),
        cluster=row["video_path"],
        tags=data.tags(row, "question_type", "video_type"),
    )


benchmark = Benchmark(
    name="motionbench", version="1", title="MotionBench", about=__doc__, video="frames=16",
    data=data.each(
        data.unpacked(
            data.hub(
                "zai-org/MotionBench", split="train", revision=None,  # pinned by the first load
                data_files="MotionBench/video_info.meta.jsonl",
                columns={"video_path": str, "question_type": str, "qa": list},
            ),
            "MotionBench/*.mp4",
        ),
        "qa",
    ),
    to_sample=to_sample, score=choice(letters="ABCDEF", official=inside_brackets), profile="mmeval",
    metric=accuracy(by=["question_type"]), cluster="film", license=None, url="https://motion-bench.github.io", paper="https://arxiv.org/abs/2501.02955",
    rows=None, chance=None, tags=("video", "multiple-choice"),
)  # fmt: skip

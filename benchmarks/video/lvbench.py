"""Films of half an hour to two hours, six abilities. The questions hold their four options.

The authors leave the number of frames to the model: state it with every number. Their rule takes the first character
after an opening bracket, or of the reply; the default is our own reading.
"""

import re

from mmeval import Benchmark, Row, Sample, data
from mmeval.metrics import accuracy
from mmeval.scorers import choice
from mmeval.scorers.readers.films import inside_brackets
from mmeval.types import Text

OPTION = re.compile(r"^\(([A-D])\) ?(.*)$", re.MULTILINE)
CLOSING = "Answer the question with the option letter"


def to_sample(row: Row) -> Sample:
    return Sample(
        id=str(row.get("uid") or row["row"]),
        prompt=(data.film(row, row["video_path"]), Text(f"{row['question']}\n{CLOSING}")),
        target=row["answer"],
        choices=tuple(text for _, text in OPTION.findall(row["question"])),
        cluster=row["video_path"],
        tags={"category": ",".join(row.get("question_type") or ()), **data.tags(row, "type")},
    )


benchmark = Benchmark(
    name="lvbench", version="1", title="LVBench", about=__doc__, video="lmms-32",
    data=data.unpacked(
        data.hub(
            "lmms-lab/LVBench", split="train", revision=None,  # pinned by the first load
            columns={"question": str, "answer": str, "video_path": str},
        ),
        "video_chunks/*.zip",
    ),
    to_sample=to_sample, score=choice(official=inside_brackets), profile="mmeval",
    metric=accuracy(by=["category", "type"]), cluster="film", license="CC-BY-NC-SA-4.0", url="https://huggingface.co/datasets/zai-org/LVBench",
    paper="https://arxiv.org/abs/2406.08035", rows=None, chance=0.25, tags=("video", "long", "multiple-choice"),
)  # fmt: skip

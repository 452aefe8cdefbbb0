"""Twelve tasks over several pictures at once; every question has a counterpart that cannot be answered.

Pictures stand where the question or an option says so. The default is our own reading; no rule is published
that reads more than a bare letter.
"""

import re

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import choice

CLOSING = "Answer with the option's letter from the given choices directly."


def to_sample(row: Row) -> Sample:
    images, options = data.pictures(row, "image_list"), list(row["options"])
    numbers = iter(range(1, len(images) + 1))
    text = "\n".join([row["question"], prompts.lettered(options), CLOSING])
    return Sample(
        id=str(row["idx"]),
        prompt=prompts.interleave(re.sub("<image>", lambda _: f"<image {next(numbers, 0)}>", text), images),
        target=row["answer"],
        choices=tuple(options),
        cluster="-".join(sorted({str(row["idx"]), str(row["counterpart_idx"] or row["idx"])})),
        tags=data.tags(row, "task", "image_relation"),
    )


benchmark = Benchmark(
    name="muirbench", version="1", title="MUIRBench", about=__doc__,
    data=data.hub(
        "MUIRBENCH/MUIRBENCH", split="test", revision=None,  # pinned by the first load
        columns={
            "idx": str | int, "task": str, "image_relation": str, "question": str, "options": list, "answer": str,
            "image_list": list, "counterpart_idx": str | int | None,
        },
    ),
    to_sample=to_sample, score=choice(letters="ABCDE"), profile="mmeval", metric=accuracy(by=["task"]),
    cluster="pair", license="CC-BY-4.0", url="https://muirbench.github.io",
    paper="https://arxiv.org/abs/2406.09411", rows=2_600, chance=None, tags=("multi-image", "multiple-choice"),
)  # fmt: skip

"""Details of one object (single) and of several (cross) in photographs of 8K, each question in four rotations.

The headline is the mean over the four cycles, as published; `every` is the share of questions that are right in all
four, which a preference for a letter cannot reach. The default is our own reading of the letter: lmms-eval asks a model
to read it. Few providers take such pictures as they are: each record has the size as sent.
"""

import hashlib

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics.groups import Share, every, grouped, mean
from mmeval.scorers import choice

CLOSING = "Answer the option letter directly."


def to_sample(row: Row) -> Sample:
    image, options = data.picture(row), data.lettered(row)
    question = hashlib.sha256(row["question"].strip().encode()).hexdigest()[:12]
    return Sample(
        id=str(row["index"]),
        prompt=prompts.multiple_choice(row["question"].strip(), options, CLOSING, images=[image]),
        target=row["answer"],
        choices=tuple(options),
        cluster=image.sha256[:16],
        tags={"group": f"{image.sha256[:16]}-{question}", **data.tags(row, "category", "cycle_category")},
    )


benchmark = Benchmark(
    name="hrbench_8k", version="1", title="HR-Bench 8K", about=__doc__,
    data=data.vlmevalkit(
        "hr_bench_8k", md5="274c9c7f89329b804a4723178a00219c",
        url="https://huggingface.co/datasets/DreamMr/HR-Bench/resolve/main/hr_bench_8k.tsv",
        columns={
            "index": str | int, "question": str, "A": str, "B": str, "answer": str, "category": str,
            "cycle_category": str | int, "image": dict,
        },
    ),
    to_sample=to_sample, score=choice(), profile="mmeval",
    metric=grouped(
        name="accuracy", headline="mean", by=("category", "cycle_category"), unit=("group",),
        parts={"mean": Share(value=mean()), "every": Share(value=every(), by=("group",), size=4)},
        about="Mean over the four rotations of each question.",
    ),
    cluster="image", license="Apache-2.0", url="https://github.com/DreamMr/HR-Bench",
    paper="https://arxiv.org/abs/2408.15556", rows=None, chance=0.25,
    tags=("perception", "high-resolution", "circular", "multiple-choice"),
)  # fmt: skip

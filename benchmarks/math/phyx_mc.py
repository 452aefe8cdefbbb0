"""Physics in six fields, with a picture that holds what the text leaves out: a thousand problems.

The prompt is the data set's own, with its options. The default is our own reading of the letter; the authors ask a
judge where the box does not hold one.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import choice


def to_sample(row: Row) -> Sample:
    image = data.picture(row)
    return Sample(
        id=str(row["index"]),
        prompt=prompts.question_first(row["question"].strip(), images=[image]),
        target=str(row["answer"]).strip(),
        cluster=data.seen([image]),
        tags=data.tags(row, "category"),
    )


benchmark = Benchmark(
    name="phyx_mc", version="1", title="PhyX (mini, options)", about=__doc__,
    data=data.vlmevalkit(
        "PhyX_mini_MC", md5="3587d8804b66a8e7678f3496716fa84f",
        url="https://huggingface.co/datasets/Cloudriver/PhyX/resolve/main/data_tsv_vlmevalkit/PhyX_mini_MC.tsv",
        columns={
            "index": str | int, "question": str, "answer": str | int | float, "category": str, "image": dict,
        },
    ),
    to_sample=to_sample, score=choice(), profile="mmeval", metric=accuracy(), cluster="image", license="MIT",
    url="https://phyx-bench.github.io", paper="https://arxiv.org/abs/2505.15929", rows=None, chance=0.25,
    tags=("physics", "multiple-choice"),
)  # fmt: skip

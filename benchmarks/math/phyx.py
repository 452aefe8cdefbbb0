"""Physics in six fields, with a picture that holds what the text leaves out: a thousand problems.

Open answers: one that is not the reference word for word goes to a judge, as the authors do, who also publish the
strict comparison. Reports differ in what they print, open answers or options (`phyx_mc`).
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import math_judged


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
    name="phyx", version="1", title="PhyX (mini, open)", about=__doc__,
    data=data.vlmevalkit(
        "PhyX_mini_OE", md5="1f646ccb086ef28453f8c260441734f3",
        url="https://huggingface.co/datasets/Cloudriver/PhyX/resolve/main/data_tsv_vlmevalkit/PhyX_mini_OE.tsv",
        columns={
            "index": str | int, "question": str, "answer": str | int | float, "category": str, "image": dict,
        },
    ),
    to_sample=to_sample, score=math_judged(), profile="official", metric=accuracy(), cluster="image", license="MIT",
    url="https://phyx-bench.github.io", paper="https://arxiv.org/abs/2505.15929", rows=None, chance=0.0,
    tags=("physics", "open", "judge"),
)  # fmt: skip

"""Short factual questions about pictures in Chinese and English: correct, incorrect or not attempted.

Needs a judge; the headline is the harmonic mean of the share correct and the share correct of those attempted.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import simpleqa_f1
from mmeval.scorers import attempted


def to_sample(row: Row) -> Sample:
    image = data.picture(row)
    return Sample(
        id=str(row["data_id"]),
        prompt=prompts.question_first(row["question"], images=[image]),
        target=row["answer"],
        cluster=image.sha256[:16],
        tags=data.tags(row, "language", "vqa_category"),
    )


benchmark = Benchmark(
    name="simplevqa", version="1", title="SimpleVQA", about=__doc__,
    data=data.hub(
        "m-a-p/SimpleVQA", split="test", revision=None,  # pinned by the first load
        columns={
            "data_id": int | str, "image": str, "language": str, "question": str, "answer": str,
            "vqa_category": str | None,
        },
    ),
    to_sample=to_sample, score=attempted(), profile="official", metric=simpleqa_f1(), cluster="image",
    license=None, url="https://simplevqa.github.io", paper="https://arxiv.org/abs/2502.13059", rows=2_025,
    chance=0.0, tags=("knowledge", "open", "judge"),
)  # fmt: skip

"""Questions about scientific plots; 5 % of tolerance on numbers.

The full test sets have millions of pairs. The fixed subset is the one that VLMEvalKit publishes as a
file; the first load pins its content digest, so that two people who name it mean the same rows.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import relaxed


def to_sample(row: Row) -> Sample:
    image = data.picture(row)
    return Sample(
        id=row["index"],
        prompt=prompts.question_first(row["question"], images=[image]),
        target=row["answer"],
        cluster=image.sha256[:16],
    )


benchmark = Benchmark(
    name="plotqa", version="1", title="PlotQA (subset)", about=__doc__,
    data=data.vlmevalkit("PlotQA", md5=None, columns={"index": str, "question": str, "answer": str, "image": dict}),
    to_sample=to_sample, score=relaxed(), profile="official", metric=accuracy(name="relaxed_accuracy", by=()),
    cluster="image", license=None, url="https://github.com/NiteshMethani/PlotQA",
    paper="https://arxiv.org/abs/1909.00997", rows=None, chance=None, tags=("chart", "open"),
)  # fmt: skip

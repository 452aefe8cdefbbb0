"""Questions about charts, half written by people, half generated; 5 % of tolerance on numbers (test split).

The default is the published relaxed rule of the whole reply; `mmeval` also reads `$5`, `1,000` and a
declared answer. A chart has several questions and no id: its picture's digest is the cluster.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import relaxed

CLOSING = "Answer the question using a single word or phrase."


def to_sample(row: Row) -> Sample:
    image = data.picture(row)
    return Sample(
        id=str(row["row"]),
        prompt=prompts.question_first(row["question"], CLOSING, images=[image]),
        target=row["answer"],
        cluster=image.sha256[:16],
        tags={"split": row["type"]},
    )


benchmark = Benchmark(
    name="chartqa", version="1", title="ChartQA", about=__doc__,
    data=data.hub(
        "lmms-lab/ChartQA", split="test", revision=None,  # pinned by the first load
        columns={"type": str, "question": str, "answer": str, "image": dict},
    ),
    to_sample=to_sample, score=relaxed(), profile="official", metric=accuracy(name="relaxed_accuracy", by=["split"]),
    cluster="image", license="GPL-3.0", url="https://github.com/vis-nlp/ChartQA",
    paper="https://arxiv.org/abs/2203.10244", rows=2_500, chance=None, tags=("chart", "open"),
)  # fmt: skip

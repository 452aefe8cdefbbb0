"""Questions about charts of eighteen types.

Needs a judge, which says true or false and allows 5 % on numbers.
"""

import json

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import chart_judged

TOLERANCE = "A number within 5 % of the reference counts as equal."


def to_sample(row: Row) -> Sample | None:
    if row["category"] != "QA":
        return None
    return Sample(
        id=row["index"],
        prompt=prompts.question_first(row["question"], images=[data.picture(row)]),
        target=row["answer"],
        tags={"category": json.loads(row["metadata"])["chart_type"], "kind": TOLERANCE},
    )


benchmark = Benchmark(
    name="chartx_qa", version="1", title="ChartX (QA)", about=__doc__,
    data=data.vlmevalkit("ChartX", md5=None, columns={
        "index": str, "question": str, "answer": str | None, "category": str, "metadata": str, "image": dict,
    }),
    to_sample=to_sample, score=chart_judged(), profile="official", metric=accuracy(), cluster=None, license=None,
    url="https://github.com/Alpha-Innovator/ChartVLM", paper="https://arxiv.org/abs/2402.12185", rows=None,
    chance=None, tags=("chart", "open", "judge"),
)  # fmt: skip

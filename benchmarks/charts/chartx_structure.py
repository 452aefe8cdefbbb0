"""A chart back into its table: triples of row, column and value, matched with tolerances (SCRM).

The default is the authors' rule: the tolerance depends on the type of the chart.
"""

import json

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.scorers import accuracy, scrm


def to_sample(row: Row) -> Sample | None:
    if row["category"] != "structure":
        return None
    facts = json.loads(row["metadata"])
    return Sample(
        id=row["index"],
        prompt=prompts.question_first(row["question"], images=[data.picture(row)]),
        target={"csv": facts["csv"], "chart_type": facts["chart_type"]},
        tags={"category": facts["chart_type"]},
    )


benchmark = Benchmark(
    name="chartx_structure", version="1", title="ChartX (structure)", about=__doc__,
    data=data.vlmevalkit("ChartX", md5=None, columns={
        "index": str, "question": str, "category": str, "metadata": str, "image": dict,
    }),
    to_sample=to_sample, score=scrm(), profile="official", metric=accuracy(name="average_precision"), cluster=None,
    license=None, url="https://github.com/Alpha-Innovator/ChartVLM", paper="https://arxiv.org/abs/2402.12185",
    rows=None, chance=None, tags=("chart", "structure"),
)  # fmt: skip

"""A chart back into its table: triples of row, column and value, matched with tolerances (SCRM).

The default is the authors' rule at the strict tolerance, which depends on the type of the chart; which types
count as easy is our list. Cells are separated by \\t and rows by \\n, written as two characters each.
"""

import json

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import table_match


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
    to_sample=to_sample, score=table_match(), profile="official",
    metric=accuracy(name="average_precision"), cluster=None,
    license=None, url="https://github.com/Alpha-Innovator/ChartVLM", paper="https://arxiv.org/abs/2402.12185",
    rows=None, chance=None, tags=("chart", "structure"),
)  # fmt: skip

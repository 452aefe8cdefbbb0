"""Charts of arXiv papers: one question a chart that needs several steps.

Needs a judge: each row brings the authors' rubric for its kind of answer.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import chart_judged


def to_sample(row: Row) -> Sample:
    image = data.picture(row)
    return Sample(
        id=row["index"],
        prompt=prompts.question_first(row["question"], images=[image]),
        target=row["answer"],
        cluster=image.sha256[:16],
        tags={"category": row["inst_category"], "kind": row["grading_query"].replace("{PREDICTION}", "(see below)")},
    )


benchmark = Benchmark(
    name="charxiv_reasoning", version="1", title="CharXiv (reasoning)", about=__doc__,
    data=data.vlmevalkit("CharXiv_reasoning_val", md5=None, columns={
        "index": str, "question": str, "answer": str, "grading_query": str, "inst_category": str, "image": dict,
    }),
    to_sample=to_sample, score=chart_judged(), profile="official", metric=accuracy(), cluster="image",
    license="CC-BY-SA-4.0", url="https://charxiv.github.io", paper="https://arxiv.org/abs/2406.18521",
    rows=1_000, chance=None, tags=("chart", "reasoning", "open", "judge"),
)  # fmt: skip

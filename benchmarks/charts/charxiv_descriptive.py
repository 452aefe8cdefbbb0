"""Charts of arXiv papers: titles, ticks, counts, trends; four questions a chart, one of them unanswerable.

Needs a judge: each row brings the authors' rubric for its kind of question. One answer is graded at a
time; the authors grade five in one request.
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
        tags={"category": kind(int(row["qid"])), "kind": row["grading_query"].replace("{PREDICTION}", "(see below)")},
    )


def kind(template: int) -> str:
    """The paper's five groups of the nineteen templates."""
    groups = {
        "information extraction": range(1, 8), "enumeration": (8, 9, 13, 14, 15), "counting": (10, 12, 19),
        "pattern recognition": (11, 16, 18), "compositionality": (17,),
    }  # fmt: skip
    return next(name for name, templates in groups.items() if template in templates)


benchmark = Benchmark(
    name="charxiv_descriptive", version="1", title="CharXiv (descriptive)", about=__doc__,
    data=data.vlmevalkit("CharXiv_descriptive_val", md5=None, columns={
        "index": str, "question": str, "answer": str, "grading_query": str, "qid": str, "image": dict,
    }),
    to_sample=to_sample, score=chart_judged(), profile="official", metric=accuracy(), cluster="image",
    license="CC-BY-SA-4.0", url="https://charxiv.github.io", paper="https://arxiv.org/abs/2406.18521",
    rows=4_000, chance=None, tags=("chart", "open", "judge"),
)  # fmt: skip

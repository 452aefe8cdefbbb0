"""Is there a ...? Yes-no questions about objects that are, or are only likely to be, in a photograph.

The headline is F1 over all 9,000 questions. The default is our own reading: under the authors' rule every
reply that is not a no, an empty one too, is a yes. A photograph is a cluster: it is asked about many times.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import binary
from mmeval.scorers import yes_no
from mmeval.scorers.rules.yesno import read_else_yes


def to_sample(row: Row) -> Sample:
    return Sample(
        id=f"{row['category']}-{row['question_id']}",
        prompt=prompts.question_first(row["question"], images=[data.picture(row)]),
        target=row["answer"],
        cluster=row["image_source"],
        tags={"gold": row["answer"], **data.tags(row, "category")},
    )


benchmark = Benchmark(
    name="pope", version="1", title="POPE", about=__doc__,
    data=data.hub(
        "lmms-lab/POPE", split="test", revision=None,  # pinned by the first load
        columns={
            "question_id": str, "question": str, "answer": str, "image_source": str, "category": str, "image": dict,
        },
    ),
    to_sample=to_sample, score=yes_no(official=read_else_yes), profile="mmeval", metric=binary(),
    cluster="image", license="MIT", url="https://github.com/AoiDragon/POPE",
    paper="https://arxiv.org/abs/2305.10355", rows=9_000, chance=0.5, tags=("hallucination", "yes-no"),
)  # fmt: skip

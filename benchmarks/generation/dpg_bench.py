"""Long, dense prompts: how many of the facts that they state does the picture show?

The authors' rule asks mPLUG-large one question for each fact, and counts a question whose premise fails as wrong. This
is the same rule with a judge of your choice, which the run names. The published score is over four pictures for each
prompt: add `--epochs 4`.
"""

from mmeval import Benchmark, Row, Sample, Text, data
from mmeval.metrics import accuracy
from mmeval.scorers import questions_about


def to_sample(row: Row) -> Sample:
    places = {int(number): place for place, number in enumerate(row["proposition_id"])}
    questions = [
        {"ask": ask, "answer": "yes", "needs": [places[n] for n in map(int, needs.split(",")) if n in places]}
        for ask, needs in zip(row["question_natural_language"], row["dependency"], strict=True)
    ]
    return Sample(
        id=row["item_id"], prompt=(Text(row["text"][0]),), target={"questions": questions}, cluster=row["item_id"]
    )


benchmark = Benchmark(
    name="dpg_bench", version="1", title="DPG-Bench", about=__doc__, want="image", temperature=None,
    data=data.gathered(
        data.supplied(
            "dpg_bench", file="dpg_bench.csv",
            how="copy dpg_bench/dpg_bench.csv of https://github.com/TencentQQGYLab/ELLA there",
            columns={
                "item_id": str, "text": str, "proposition_id": str, "dependency": str, "question_natural_language": str,
            },
        ),
        "item_id",
    ),
    to_sample=to_sample, score=questions_about(), profile="share", metric=accuracy(),
    cluster="prompt", license="Apache-2.0", url="https://github.com/TencentQQGYLab/ELLA",
    paper="https://arxiv.org/abs/2403.05135", rows=1_065, chance=None, labels="user-supplied",
    judge_slice="judge_scenes", tags=("makes image", "judge"),
)  # fmt: skip

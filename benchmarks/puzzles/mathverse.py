"""The same 788 mathematics problems in five versions that move the facts from the text into the picture.

The authors use two judge steps, extract and compare. The default is our own reading, which needs no judge;
a problem is the cluster of its five versions.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import choice, math_answer, routed
from mmeval.scorers.routed import by_kind


def to_sample(row: Row) -> Sample:
    return Sample(
        id=str(row["sample_index"]),
        prompt=prompts.question_first(row["query_wo"], images=[data.picture(row)]),
        target=row["answer"],
        cluster=str(row["problem_index"]),
        tags={"version": row["problem_version"], "category": row["metadata"]["subject"], "kind": row["question_type"]},
    )


benchmark = Benchmark(
    name="mathverse", version="1", title="MathVerse (testmini)", about=__doc__,
    data=data.hub(
        "AI4Math/MathVerse", config="testmini", split="testmini", revision=None,  # pinned by the first load
        columns={
            "sample_index": int | str, "problem_index": int | str, "problem_version": str, "question": str,
            "image": dict, "answer": str, "question_type": str, "metadata": dict, "query_wo": str,
        },
    ),
    to_sample=to_sample, score=routed({"multi-choice": choice(), "free-form": math_answer()}, by=by_kind),
    profile="mmeval", metric=accuracy(by=["version", "category"]),
    cluster="problem", license="MIT", url="https://mathverse-cuhk.github.io", paper="https://arxiv.org/abs/2403.14624",
    rows=3_940, chance=None, tags=("math", "multiple-choice", "open"),
)  # fmt: skip

"""WISE with about 200 prompts renewed: does the picture show what its prompt means, yes or no?

The authors' rule asks Qwen3.5-35B-A3B. This is the same yes or no, with the rubric in our own words, because no licence
is stated for theirs, and with a judge of your choice. State the judge with the number. Their overall score weighs the
six categories by their number of prompts, which is the mean over all prompts.
"""

from mmeval import Benchmark, Row, Sample, Text, data
from mmeval.metrics import accuracy
from mmeval.scorers import wise


def to_sample(row: Row) -> Sample:
    return Sample(
        id=str(row["prompt_id"]),
        prompt=(Text(row["Prompt"]),),
        target=row["Explanation"],
        tags={"category": row["Category"]},
    )


benchmark = Benchmark(
    name="wise_verified", version="1", title="WISE, verified", about=__doc__, want="image", temperature=None,
    data=data.supplied(
        "wise_verified", file="merge.json",
        how="copy data_verified/merge.json of https://github.com/PKU-YuanGroup/WISE there",
        columns={"prompt_id": int, "Prompt": str, "Explanation": str, "Category": str},
    ),
    to_sample=to_sample, score=wise(), profile="verified", metric=accuracy(),
    cluster=None, license=None, url="https://github.com/PKU-YuanGroup/WISE",
    paper="https://arxiv.org/abs/2503.07265", rows=1_000, chance=None, labels="user-supplied",
    tags=("makes image", "judge"), judge_slice={"wiscore": "judge_hints_wiscore", "verified": "judge_hints_verified"},
)  # fmt: skip

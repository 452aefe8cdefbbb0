"""Prompts that hint at something: does the picture show what world knowledge says that they mean?

The authors' rule asks GPT-4o (2024-05-13) for three marks. This is their formula, WiScore, with the rubric in our own
words, because no licence is stated for theirs, and with a judge of your choice. State the judge with the number. The
authors weigh the six categories by their number of prompts, which is the mean over all prompts. Since 2026 they use
`wise_verified` instead.
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
    name="wise", version="1", title="WISE", about=__doc__, want="image", temperature=None,
    data=data.chained("part", {
        part: data.supplied(
            "wise", file=f"{part}.json",
            how=f"copy WISE_legacy/data/{part}.json of https://github.com/PKU-YuanGroup/WISE there",
            columns={"prompt_id": int, "Prompt": str, "Explanation": str, "Category": str},
        )
        for part in ("cultural_common_sense", "spatio-temporal_reasoning", "natural_science")
    }),
    to_sample=to_sample, score=wise(), profile="wiscore", metric=accuracy(),
    cluster=None, license=None, url="https://github.com/PKU-YuanGroup/WISE",
    paper="https://arxiv.org/abs/2503.07265", rows=1_000, chance=None, labels="user-supplied",
    tags=("makes image", "judge"), judge_slice={"wiscore": "judge_hints_wiscore", "verified": "judge_hints_verified"},
)  # fmt: skip

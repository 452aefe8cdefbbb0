"""Rebus puzzles in thirteen categories: what word or phrase do the pictures spell?

The transcripts were graded by hand. The default is our own reading of the triple braces against both
accepted answers, without case, punctuation and articles.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import phrase

PROMPT = (
    "This is a rebus puzzle of the category {category}. Work out which word or phrase the picture spells. "
    "Think step by step and give the final answer in three pairs of curly braces, like {{{{{{this}}}}}}."
)


def to_sample(row: Row) -> Sample:
    accepted = [row["correct answer"], data.present(row["also-correct answer"])]
    return Sample(
        id=row["filename"],
        prompt=prompts.question_first(PROMPT.format(category=row["category"]), images=[data.beside(row, "filename")]),
        target=[text for text in accepted if text],
        cluster=row["filename"],
        tags=data.tags(row, "category", "difficulty"),
    )


benchmark = Benchmark(
    name="rebus", version="1", title="REBUS", about=__doc__,
    data=data.supplied(
        "rebus", file="data.csv", how="copy data.csv and the pictures of https://github.com/cvndsh/rebus there",
        columns={
            "filename": str, "correct answer": str, "also-correct answer": str | None, "category": str,
            "difficulty": str,
        },
    ),
    to_sample=to_sample, score=phrase(), profile="mmeval", metric=accuracy(by=["difficulty", "category"]),
    cluster=None, license=None, url="https://cavendishlabs.org/rebus", paper="https://arxiv.org/abs/2401.05604",
    rows=333, chance=0.0, labels="user-supplied", tags=("puzzle", "open"),
)  # fmt: skip

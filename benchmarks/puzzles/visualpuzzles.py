"""Reasoning that needs little knowledge: algorithmic, analogical, deductive, inductive, spatial puzzles.

Options are texts or stand in the picture. The default is our own reading: the authors' cascade ends in a
random letter.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import choice
from mmeval.scorers.readers.patterns import answer_line, cascade

CLOSING = "Think step by step. The last line of the reply must be of the form: Answer: $LETTER"
DRAWN = "Options: Choose from (A) (B) (C) (D) in the image."


def to_sample(row: Row) -> Sample:
    options = row["options"] or []
    question = f"Question: {row['question']}\n{'Options:' if options else DRAWN}"
    image = data.picture(row)
    return Sample(
        id=str(row["row"]),
        prompt=prompts.multiple_choice(question, options, CLOSING, images=[image], style="({letter}) {text}"),
        target=row["answer"],
        choices=tuple(options),
        cluster=image.sha256[:16],
        tags=data.tags(row, "category", "difficulty"),
    )


benchmark = Benchmark(
    name="visualpuzzles", version="1", title="VisualPuzzles", about=__doc__,
    data=data.hub(
        "neulab/VisualPuzzles", split="train", revision=None,  # pinned by the first load
        columns={
            "question": str, "options": list | None, "answer": str, "category": str, "difficulty": str, "image": dict,
        },
    ),
    to_sample=to_sample, score=choice(vlmevalkit=answer_line, lmms=cascade), profile="mmeval",
    metric=accuracy(by=["category", "difficulty"]), cluster="image", license="MIT",
    url="https://neulab.github.io/VisualPuzzles", paper="https://arxiv.org/abs/2504.10342", rows=1_168, chance=0.25,
    tags=("puzzle", "multiple-choice"),
)  # fmt: skip

"""Abstract patterns of colours, numbers, shapes and sizes: what belongs at the question mark?

The default is our own reading: the authors' rule turns any capital A to D into an answer and a letter
without an option into the first option. Items are drawn from twenty templates, which are the clusters.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import choice
from mmeval.scorers.readers.patterns import answer_line, last_capital

CLOSING = "Think step by step. The last line of the reply must be of the form: Answer: $LETTER"


def to_sample(row: Row) -> Sample:
    options = [str(option) for option in data.spelled(row["options"], "options")]
    question = f"Question: {row['question']}\nOptions:"
    return Sample(
        id=row["index"],
        prompt=prompts.multiple_choice(
            question, options, CLOSING, images=[data.picture(row)], style="({letter}) {text}"
        ),
        target=row["answer"],
        choices=tuple(options),
        cluster=row["category"],
        tags=data.tags(row, "category"),
    )


benchmark = Benchmark(
    name="puzzlevqa", version="1", title="PuzzleVQA", about=__doc__,
    data=data.vlmevalkit("PuzzleVQA", md5=None, columns={
        "index": str, "question": str, "options": str, "answer": str, "category": str, "image": dict,
    }),
    to_sample=to_sample, score=choice(official=last_capital, vlmevalkit=answer_line), profile="mmeval",
    metric=accuracy(), cluster="template", license="MIT", url="https://puzzlevqa.github.io",
    paper="https://arxiv.org/abs/2403.13315", rows=2_000, chance=None, tags=("puzzle", "multiple-choice"),
)  # fmt: skip

"""Charts, maps and web pages that are dense with text, with four options.

The default is our own reading of the letter: the authors rank the options by likelihood (`--score-choices`), and
lmms-eval takes the first character of the reply.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import choice
from mmeval.scorers.readers.patterns import first_character

CLOSING = "Answer with the option's letter from the given choices directly."


def to_sample(row: Row) -> Sample:
    image, options = data.picture(row), [str(row[f"choice_{letter}"]) for letter in "ABCD"]
    return Sample(
        id=str(row["question_id"]),
        prompt=prompts.multiple_choice(row["question"].strip(), options, CLOSING, images=[image]),
        target=row["answer"],
        choices=tuple(options),
        cluster=data.seen([image]),
        tags=data.tags(row, "question_image_type"),
    )


benchmark = Benchmark(
    name="seedbench_2_plus", version="1", title="SEED-Bench-2-Plus", about=__doc__,
    data=data.hub(
        "doolayer/SEED-Bench-2-Plus", split="test", revision=None,  # pinned by the first load
        columns={
            "question_id": str | int, "question": str, "choice_A": str | int, "choice_B": str | int,
            "choice_C": str | int, "choice_D": str | int, "answer": str, "question_image_type": str, "image": dict,
        },
    ),
    to_sample=to_sample, score=choice(lmms=first_character), profile="mmeval",
    metric=accuracy(by=["question_image_type"]), cluster="image", license=None,
    url="https://github.com/AILab-CVC/SEED-Bench", paper="https://arxiv.org/abs/2404.16790", rows=2_277, chance=0.25,
    tags=("document", "chart", "multiple-choice"),
)  # fmt: skip

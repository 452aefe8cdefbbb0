"""Two to five pictures at once: compare, count over all of them, refer to one by its place; letters and short answers.

The default is our own reading; the authors read the letter after `answer`, and want short answers word for word.
"""

import re

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import choice, exact_text, routed

LETTER = "Answer with the option's letter from the given choices directly."
SHORT = "Answer the question using a single word or phrase."


def to_sample(row: Row) -> Sample:
    images = list(data.pictures(row, "images").values())
    given = list(row["options"] or []) if row["question_type"] == "multi-choice" else []
    text = "\n".join([row["question"].strip(), *given, LETTER if given else SHORT])
    return Sample(
        id=str(row["id"]),
        prompt=prompts.in_order(text, images),
        target=row["answer"].strip().strip("()"),
        choices=tuple(re.sub(r"^\(?[A-Z][).:]\s?", "", option.strip()) for option in given),
        cluster=data.seen(images),
        tags=data.tags(row, "question_type", "category"),
    )


benchmark = Benchmark(
    name="mantis_eval", version="1", title="Mantis-Eval", about=__doc__,
    data=data.hub(
        "TIGER-Lab/Mantis-Eval", split="test", revision=None,  # pinned by the first load
        columns={
            "id": str, "question_type": str, "question": str, "images": list, "options": list | None, "answer": str,
        },
    ),
    to_sample=to_sample, score=routed({"closed": choice(), "open": exact_text()}), profile="mmeval",
    metric=accuracy(by=["question_type", "category"]), cluster="images", license=None,
    url="https://tiger-ai-lab.github.io/Mantis", paper="https://arxiv.org/abs/2405.01483", rows=217, chance=None,
    tags=("multi-image", "multiple-choice", "open"),
)  # fmt: skip

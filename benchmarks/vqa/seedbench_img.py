"""Spatial and scene understanding, four options (the questions about pictures; those about videos are left out).

The default is our own reading: the authors rank options by likelihood, which no text interface can do.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import choice
from mmeval.scorers.readers.patterns import first_character

CLOSING = "Answer with the option's letter from the given choices directly."


def to_sample(row: Row) -> Sample | None:
    if row["data_type"] != "image":
        return None
    options = [row[f"choice_{letter}"] for letter in "abcd"]
    images = list(data.pictures(row, "image").values())
    return Sample(
        id=str(row["question_id"]),
        prompt=prompts.multiple_choice(row["question"], options, CLOSING, images=images),
        target=row["answer"],
        choices=tuple(options),
        cluster="+".join(image.sha256[:16] for image in images),
        tags={"category": str(row["question_type_id"])},
    )


benchmark = Benchmark(
    name="seedbench_img", version="1", title="SEED-Bench (images)", about=__doc__,
    data=data.hub(
        "lmms-lab/SEED-Bench", split="test", revision=None,  # pinned by the first load
        columns={
            "question_id": str, "question": str, "choice_a": str, "choice_b": str, "choice_c": str, "choice_d": str,
            "answer": str, "data_type": str, "image": list, "question_type_id": int | str,
        },
    ),
    to_sample=to_sample, score=choice(lmms=first_character), profile="mmeval", metric=accuracy(), cluster="image",
    license="CC-BY-NC-4.0", url="https://github.com/AILab-CVC/SEED-Bench", paper="https://arxiv.org/abs/2307.16125",
    rows=14_233, chance=0.25, tags=("general", "multiple-choice"),
)  # fmt: skip

"""Open questions about COCO photographs, ten answers each (validation split).

The default rule is our own reading: the authors' code compares raw texts where all ten answers are
equal, so that `Yes` scores 0 against ten `yes`. `official` does exactly that.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import vqa_accuracy

CLOSING = "Answer the question using a single word or phrase."


def to_sample(row: Row) -> Sample:
    return Sample(
        id=str(row["question_id"]),
        prompt=prompts.question_first(row["question"], CLOSING, images=[data.picture(row)]),
        target=[answer["answer"] for answer in row["answers"]],
        cluster=str(row["image_id"]),
        tags=data.tags(row, "answer_type"),
    )


benchmark = Benchmark(
    name="vqav2", version="1", title="VQAv2", about=__doc__,
    data=data.hub(
        "lmms-lab/VQAv2", split="validation", revision=None,  # pinned by the first load: no commit is published
        columns={
            "question_id": int, "image_id": int, "question": str, "answers": list, "answer_type": str, "image": dict,
        },
    ),
    to_sample=to_sample, score=vqa_accuracy(words_first=False), profile="mmeval",
    metric=accuracy(name="vqa_accuracy", by=["answer_type"]), cluster="image", license="CC-BY-4.0",
    url="https://visualqa.org", paper="https://arxiv.org/abs/1612.00837", rows=214_354, chance=None,
    tags=("vqa", "open"),
)  # fmt: skip

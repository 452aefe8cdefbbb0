"""Questions about photographs that need outside knowledge (val2014), ten answers each (five people, doubled).

The default rule is our own reading: the authors' code compares raw texts where all ten answers are equal.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import vqa_accuracy

CLOSING = (
    "When the provided information is insufficient, respond with 'Unanswerable'.\n"
    "Answer the question using a single word or phrase."
)


def to_sample(row: Row) -> Sample:
    image = data.picture(row)
    return Sample(
        id=str(row["question_id"]),
        prompt=prompts.question_first(row["question"], CLOSING, images=[image]),
        target=list(row["answers"]),
        cluster=image.sha256[:16],
        tags=data.tags(row, "question_type"),
    )


benchmark = Benchmark(
    name="okvqa", version="1", title="OK-VQA", about=__doc__,
    data=data.hub(
        "lmms-lab/OK-VQA", split="val2014", revision=None,  # pinned by the first load
        columns={"question_id": int | str, "question": str, "answers": list, "question_type": str, "image": dict},
    ),
    to_sample=to_sample, score=vqa_accuracy(), profile="mmeval",
    metric=accuracy(name="vqa_accuracy", by=["question_type"]), cluster="image", license="CC-BY-4.0",
    url="https://okvqa.allenai.org", paper="https://arxiv.org/abs/1906.00067", rows=5_046, chance=None,
    tags=("vqa", "knowledge", "open"),
)  # fmt: skip

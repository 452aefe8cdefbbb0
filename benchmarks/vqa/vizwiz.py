"""Questions that blind people asked about their own photographs (validation split); some cannot be answered.

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
        tags=data.tags(row, "category"),
    )


benchmark = Benchmark(
    name="vizwiz", version="1", title="VizWiz-VQA", about=__doc__,
    data=data.hub(
        "lmms-lab/VizWiz-VQA", split="val", revision=None,  # pinned by the first load
        columns={"question_id": str, "question": str, "answers": list, "category": str, "image": dict},
    ),
    to_sample=to_sample, score=vqa_accuracy(), profile="mmeval", metric=accuracy(name="vqa_accuracy"),
    cluster="image", license="CC-BY-4.0", url="https://vizwiz.org", paper="https://arxiv.org/abs/1802.08218",
    rows=4_319, chance=None, tags=("vqa", "open", "unanswerable"),
)  # fmt: skip

"""Questions about text in photographs, ten answers each (validation split); no OCR tokens in the prompt.

The default rule is our own reading: the authors' code compares raw texts where all ten answers are equal.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import vqa_accuracy

CLOSING = "Answer the question using a single word or phrase."


def to_sample(row: Row) -> Sample:
    return Sample(
        id=str(row["question_id"]),
        prompt=prompts.question_first(row["question"], CLOSING, images=[data.picture(row)]),
        target=list(row["answers"]),
        cluster=row["image_id"],
    )


benchmark = Benchmark(
    name="textvqa", version="1", title="TextVQA", about=__doc__,
    data=data.hub(
        "lmms-lab/textvqa", split="validation", revision=None,  # pinned by the first load
        columns={"question_id": int, "image_id": str, "question": str, "answers": list, "image": dict},
    ),
    to_sample=to_sample, score=vqa_accuracy(), profile="mmeval", metric=accuracy(name="vqa_accuracy"),
    cluster="image", license="CC-BY-4.0", url="https://textvqa.org", paper="https://arxiv.org/abs/1904.08920",
    rows=5_000, chance=None, tags=("vqa", "ocr", "open"),
)  # fmt: skip

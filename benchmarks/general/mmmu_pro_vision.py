"""MMMU-Pro as screenshots: question and options stand in the picture, the text only says how to answer.

The default is our own reading: the authors' rule draws a random letter from what it cannot parse.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import choice
from mmeval.scorers.readers.brackets import after_answer

PROMPT = "Answer with the option's letter from the given choices directly."


def to_sample(row: Row) -> Sample:
    image = data.picture(row)
    return Sample(
        id=row["id"],
        prompt=prompts.question_first(PROMPT, images=[image]),
        target=row["answer"],
        choices=tuple(str(option) for option in data.spelled(row["options"], "options")),
        cluster=image.sha256[:16],
        tags=data.tags(row, "subject"),
    )


benchmark = Benchmark(
    name="mmmu_pro_vision", version="1", title="MMMU-Pro (vision)", about=__doc__,
    data=data.hub(
        "MMMU/MMMU_Pro", config="vision", split="test", revision=None,  # pinned by the first load
        columns={"id": str, "options": str, "answer": str, "subject": str, "image": dict},
    ),
    to_sample=to_sample, score=choice(letters="ABCDEFGHIJ", official=after_answer), profile="mmeval",
    metric=accuracy(by=["subject"]), cluster="image", license="Apache-2.0",
    url="https://mmmu-benchmark.github.io", paper="https://arxiv.org/abs/2409.02813", rows=1_730, chance=None,
    tags=("knowledge", "ocr", "multiple-choice"),
)  # fmt: skip

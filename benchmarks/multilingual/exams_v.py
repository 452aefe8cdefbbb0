"""School examinations in eleven languages, with question and options in the picture (test split).

The picture holds everything: models that cannot read it are left with guesses among three to five letters. The
default is our own reading of the letter. The data are given on request.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import choice

ASK = "The picture shows an examination question with its options. Answer it with the letter of the right option only."


def to_sample(row: Row) -> Sample:
    image = data.picture(row)
    return Sample(
        id=str(row["row"]),
        prompt=prompts.question_first(ASK, images=[image]),
        target=row["answer_key"].strip(),
        cluster=data.seen([image]),
        tags=data.tags(row, "language", "subject", "type"),
    )


benchmark = Benchmark(
    name="exams_v", version="1", title="EXAMS-V", about=__doc__,
    data=data.hub(
        "MBZUAI/EXAMS-V", split="test", revision=None,  # pinned by the first load
        columns={"image": dict, "answer_key": str, "language": str, "subject": str},
    ),
    to_sample=to_sample, score=choice(letters="ABCDE"), profile="mmeval",
    metric=accuracy(by=["language", "subject", "type"]), cluster="image", license=None,
    url="https://huggingface.co/datasets/MBZUAI/EXAMS-V", paper="https://arxiv.org/abs/2403.10378", rows=None,
    chance=None, tags=("multilingual", "exam", "multiple-choice"),
)  # fmt: skip

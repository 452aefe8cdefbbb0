"""The questions of Humanity's Last Exam that have a picture: the edge of what experts of many fields know.

Needs a judge, which compares the final answer with the reference. The authors also ask for the model's confidence
and print how well it is calibrated; here the reply's confidence is kept in the text, and not scored. The data are
given on request. Please do not publish the questions.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import correctness

FORM = (
    "Your response should be in the following format:\nExplanation: {{your explanation}}\n{}: {{your final answer}}\n"
    "Confidence: {{your confidence score between 0% and 100% for your answer}}"
)
ANSWER = {"exactMatch": "Exact Answer", "multipleChoice": "Answer"}


def to_sample(row: Row) -> Sample | None:
    if not data.present(row["image"]):
        return None
    image = data.picture({"image": row["image"].rpartition(",")[2]})  # a data: URL
    closing = FORM.format(ANSWER[row["answer_type"]])
    return Sample(
        id=row["id"],
        prompt=prompts.question_first(row["question"].strip(), closing, images=[image]),
        target=row["answer"],
        cluster=row["id"],
        tags=data.tags(row, "category", "answer_type"),
    )


benchmark = Benchmark(
    name="hle", version="1", title="HLE (pictures)", about=__doc__,
    data=data.hub(
        "cais/hle", split="test", revision=None,  # pinned by the first load
        columns={"id": str, "question": str, "image": str | None, "answer": str, "answer_type": str, "category": str},
    ),
    to_sample=to_sample, score=correctness(), profile="official", metric=accuracy(by=["category", "answer_type"]),
    cluster=None, license=None, url="https://lastexam.ai", paper="https://arxiv.org/abs/2501.14249", rows=None,
    chance=None, tags=("knowledge", "exam", "open", "judge"),
)  # fmt: skip

"""Ten variants of each of 501 problems from school mathematics: is a problem solved in all of them?

The headline is the worst-case accuracy, the share of problems that are right in all ten variants, which most reports
print; `accuracy/single` is the mean over variants that others print, and `accuracy/robustness` the ratio of the two.
The default is our own reading; the official rule needs the JSON that the prompt asks for (a model rewrites what has
none), and takes any part of a text answer as right.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics.groups import Share, every, grouped, mean
from mmeval.scorers import short_answer

ASK = (
    "Answer with a JSON object that has two keys: 'solution' with the steps that lead to the answer, and "
    "'short answer' with the answer alone. {}"
)
FORMS = {
    "multiple choice": "Give the letter of the right option as the short answer.",
    "float": "Give the short answer as a number with three decimals.",
}


def to_sample(row: Row) -> Sample:
    kind = row["answer_type"]
    closing = ASK.format(FORMS.get(kind, "Write numbers with three decimals."))
    return Sample(
        id=str(row["index"]),
        prompt=prompts.question_first(row["question"], closing, images=[data.picture(row)]),
        target=str(row["answer"]),
        cluster=f"seed {row['qid']}",
        tags={"seed": str(row["qid"]), "kind": kind, **data.tags(row, "subject", "knowledge_level", "varid")},
    )


benchmark = Benchmark(
    name="dynamath", version="1", title="DynaMath", about=__doc__,
    data=data.vlmevalkit("DynaMath", md5="b8425ad9a7114571fc9366e013699494", columns={
        "index": str | int, "question": str, "answer": str, "answer_type": str, "varid": str | int, "qid": str | int,
        "subject": str, "knowledge_level": str, "image": dict,
    }),
    to_sample=to_sample, score=short_answer(), profile="mmeval",
    metric=grouped(
        name="accuracy", headline="worst", by=("subject", "knowledge_level"),
        parts={
            "worst": Share(value=every(), by=("seed",), size=10),
            "robustness": Share(value=every(), out_of=mean(), by=("seed",), size=10),
            "single": Share(value=mean()),
        },
        about="Share of problems that are right in all ten variants.",
    ),
    cluster="template", license=None, url="https://dynamath.github.io", paper="https://arxiv.org/abs/2411.00836",
    rows=5_010, chance=None, tags=("mathematics", "robustness", "groups"),
)  # fmt: skip

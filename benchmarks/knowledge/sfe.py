"""Scientific instruments at work: spectra, maps, sequences, orbits; signals, properties and comparisons (English).

Needs a judge, which gives partial credit from 0 to 1; the authors' judge gives 0 to 9 and a reply without a grade
gets 0.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import graded

ASK = "You are an expert in {} and need to solve the following question. The question is {}"
KINDS = {
    "mcq": "a multiple-choice question. Answer with the option letter from the given choices.",
    "exact_match": "an exact match question. Answer the question using a single word or phrase.",
    "open_ended": "an open-ended question. Answer the question using a phrase.",
}


def to_sample(row: Row) -> Sample:
    images = list(data.pictures(row, "image").values()) if isinstance(row["image"], list) else [data.picture(row)]
    options = data.lettered(row) if row["question_type"] == "mcq" else []
    asked = f"{ASK.format(row['category'], KINDS[row['question_type']])} {row['question'].strip()}"
    text = f"{asked}\nChoices are:\n{prompts.lettered(options)}" if options else asked
    return Sample(
        id=str(row["index"]),
        prompt=prompts.in_order(text, images),
        target=str(row["answer"]),
        cluster=data.seen(images),
        tags=data.tags(row, "category", "question_type"),
    )


benchmark = Benchmark(
    name="sfe", version="1", title="SFE", about=__doc__,
    data=data.vlmevalkit("SFE", md5="d4601425e7c9a62446b63a1faee17da5", columns={
        "index": str | int, "question": str, "question_type": str, "category": str, "answer": str | int | float,
        "image": dict | list,
    }),
    to_sample=to_sample, score=graded(), profile="official",
    metric=accuracy(name="score", by=["category", "question_type"]), cluster="images", license=None,
    url="https://prismax.opencompass.org.cn", paper="https://arxiv.org/abs/2506.10521", rows=None, chance=None,
    tags=("knowledge", "science", "multi-image", "open", "judge"),
)  # fmt: skip

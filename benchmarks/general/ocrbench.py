"""Reading text in pictures: words, scenes, documents, key facts, formulas.

The default is the authors' rule: right when any gold occurs in the reply (formulas without blanks, case
kept). It rewards long replies, and everybody's numbers are made with it.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import contains


def to_sample(row: Row) -> Sample:
    return Sample(
        id=str(row["row"]),
        prompt=prompts.question_first(row["question"], images=[data.picture(row)]),
        target=list(row["answer"]),
        cluster=str(row["row"]),
        tags={"category": row["question_type"], "dataset": row["dataset"]},
    )


benchmark = Benchmark(
    name="ocrbench", version="1", title="OCRBench", about=__doc__,
    data=data.hub(
        "echo840/OCRBench", split="test", revision=None,  # pinned by the first load
        columns={"question": str, "answer": list, "dataset": str, "question_type": str, "image": dict},
    ),
    to_sample=to_sample, score=contains(keep_case_tag="dataset", keep_case=["HME100k"]), profile="official",
    metric=accuracy(), cluster=None, license="MIT", url="https://github.com/Yuliang-Liu/MultimodalOCR",
    paper="https://arxiv.org/abs/2305.07895", rows=1_000, chance=0.0, tags=("ocr", "open"),
)  # fmt: skip

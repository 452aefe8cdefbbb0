"""College-level questions of thirty subjects, pictures in the middle of texts and options (validation, 900).

Pictures stand where their tokens stand. The default is our own reading: the authors' rule draws a random
letter from what it cannot parse, about a quarter of a point each. 847 questions have options, 53 are open.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import choice, open_answer, routed
from mmeval.scorers.readers.brackets import bracketed, bracketed_loose

COLUMNS = {
    "id": str, "question": str, "options": str, "answer": str, "question_type": str, "subfield": str,
    "image_1": dict, **{f"image_{n}": dict | None for n in range(2, 8)},
}  # fmt: skip
CLOSED = "Answer with the option's letter from the given choices directly."
OPEN = "Answer the question using a single word or phrase."


def to_sample(row: Row) -> Sample:
    options = [str(option) for option in data.spelled(row["options"], "options")]
    lines = prompts.lettered(options, "({letter}) {text}")
    text = f"{row['question']}\n\n{lines}\n\n{CLOSED}" if options else f"{row['question']}\n\n{OPEN}"
    images = data.pictures(row, [f"image_{n}" for n in range(1, 8)])
    return Sample(
        id=row["id"],
        prompt=prompts.interleave(text, images),
        target=row["answer"],
        choices=tuple(options),
        cluster="+".join(image.sha256[:16] for image in images.values()),
        tags={"subject": row["id"].split("_", 1)[1].rsplit("_", 1)[0], "kind": row["question_type"]},
    )


benchmark = Benchmark(
    name="mmmu_val", version="1", title="MMMU (validation)", about=__doc__,
    data=data.hub("lmms-lab/MMMU", split="validation", revision=None, columns=COLUMNS),  # pinned by the first load
    to_sample=to_sample,
    score=routed({"closed": choice(official=bracketed, lmms=bracketed_loose), "open": open_answer()}),
    profile="mmeval", metric=accuracy(by=["subject", "kind"]), cluster="image", license="Apache-2.0",
    url="https://mmmu-benchmark.github.io", paper="https://arxiv.org/abs/2311.16502", rows=900, chance=None,
    tags=("knowledge", "multi-image", "multiple-choice", "open"),
)  # fmt: skip

"""Space over several pictures: positions of cameras, objects and regions, attributes, motion, and chains of steps.

The question holds its options. The default is our own reading of the letter; the published rule looks in backticks,
then in braces, then for the first letter alone. `mmsi_circular` asks each question in every rotation of its options:
reports print either number, and they differ by a factor of two.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import choice
from mmeval.scorers.readers.published import ticked

CLOSING = "Answer with the option's letter from the given choices directly. Enclose the option's letter within ``."


def to_sample(row: Row) -> Sample:
    images = list(data.pictures(row, "images").values())
    return Sample(
        id=str(row["id"]),
        prompt=prompts.question_first(row["question"].strip(), CLOSING, images=images),
        target=row["answer"],
        cluster="+".join(sorted(image.sha256[:12] for image in images)),
        tags=data.tags(row, "question_type"),
    )


benchmark = Benchmark(
    name="mmsi", version="1", title="MMSI-Bench", about=__doc__,
    data=data.hub(
        "RunsenXu/MMSI-Bench", split="test", revision=None,  # pinned by the first load
        columns={"id": str | int, "images": list, "question_type": str, "question": str, "answer": str},
    ),
    to_sample=to_sample, score=choice(letters="ABCD", official=ticked), profile="mmeval",
    metric=accuracy(by=["question_type"]), cluster="images", license="CC-BY-NC-4.0",
    url="https://runsenxu.com/projects/MMSI_Bench", paper="https://arxiv.org/abs/2505.23764", rows=None, chance=0.25,
    tags=("spatial", "multi-image", "multiple-choice"),
)  # fmt: skip

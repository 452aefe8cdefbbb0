"""Compositional questions about photographs, made from scene graphs (balanced testdev).

The pictures are a second table, joined on their id. The field scores exact match without case and
punctuation (`lmms-0.7.3`); there is no other published rule, so the default is our own reading.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import exact_text

CLOSING = "Answer the question using a single word or phrase."
ID = "lmms-lab/GQA"


def to_sample(row: Row) -> Sample:
    return Sample(
        id=row["id"],
        prompt=prompts.question_first(row["question"], CLOSING, images=[data.picture(row)]),
        target=row["answer"],
        cluster=row["imageId"],
    )


benchmark = Benchmark(
    name="gqa", version="1", title="GQA", about=__doc__,
    data=data.joined(  # both pinned by the first load
        data.hub(
            ID, config="testdev_balanced_instructions", split="testdev", revision=None,
            columns={"id": str, "imageId": str, "question": str, "answer": str},
        ),
        data.hub(
            ID, config="testdev_balanced_images", split="testdev", revision=None, columns={"id": str, "image": dict}
        ),
        key="imageId", id="id",
    ),
    to_sample=to_sample, score=exact_text(), profile="mmeval", metric=accuracy(), cluster="image",
    license="CC-BY-4.0", url="https://cs.stanford.edu/people/dorarad/gqa",
    paper="https://arxiv.org/abs/1902.09506", rows=12_578, chance=None, tags=("vqa", "compositional", "open"),
)  # fmt: skip

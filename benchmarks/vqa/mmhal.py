"""Does a model make things up? 96 questions of eight kinds about photographs, some of which assume what is not there.

Needs a judge that rates from 0 to 6: how informative the reply is, and below 3 that it makes something up. The
headline is the mean rating. The judge sees a list of what is in the photograph, and not the photograph, as the
authors' does.
"""

from pathlib import PurePosixPath

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import truthful


def to_sample(row: Row) -> Sample:
    return Sample(
        id=str(row["row"]),
        prompt=prompts.question_first(
            row["question"].strip(), images=[data.still(row, f"images/{PurePosixPath(row['image_src']).name}")]
        ),
        target=row["gt_answer"],
        cluster=str(row["image_id"]),
        tags={"kind": ", ".join(map(str, row["image_content"])), **data.tags(row, "question_type")},
    )


benchmark = Benchmark(
    name="mmhal", version="1", title="MMHal-Bench", about=__doc__,
    data=data.supplied(
        "mmhal", file="response_template.json",
        how="unpack the test data of https://huggingface.co/datasets/Shengcao1006/MMHal-Bench there, with images/",
        columns={
            "question_type": str, "image_id": str, "image_src": str, "image_content": list, "question": str,
            "gt_answer": str,
        },
    ),
    to_sample=to_sample, score=truthful(), profile="official", cluster="image",
    metric=accuracy(name="rating", by=["question_type"], scale=6.0), license=None,
    url="https://huggingface.co/datasets/Shengcao1006/MMHal-Bench", paper="https://arxiv.org/abs/2309.14525", rows=96,
    chance=None, labels="user-supplied", tags=("hallucination", "open", "judge"),
)  # fmt: skip

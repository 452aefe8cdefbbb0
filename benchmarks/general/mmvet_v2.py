"""Open questions that mix seven abilities, some over a sequence of pictures, which stand where the question says so.

Needs a judge that gives 0.0 to 1.0; there is no rule without one, and its version moves the score by points.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import graded

PICTURES = tuple(f"image_{n}" for n in range(18))


def to_sample(row: Row) -> Sample:
    images = {n: data.picture(row, name) for n, name in enumerate(PICTURES) if row.get(name) is not None}
    return Sample(
        id=str(row["id"]),
        prompt=prompts.interleave(row["question"].replace("<IMG>", "").strip(), images),
        target=row["answer"],
        cluster=data.seen(images.values()),
        tags=data.tags(row, "capability"),
    )


benchmark = Benchmark(
    name="mmvet_v2", version="1", title="MM-Vet v2", about=__doc__,
    data=data.hub(
        "whyu/mm-vet-v2", split="test", revision=None,  # pinned by the first load
        columns={"id": str, "question": str, "answer": str, "capability": str, "image_0": dict | None},
    ),
    to_sample=to_sample, score=graded(), profile="official", metric=accuracy(name="score", by=["capability"]),
    cluster="images", license="Apache-2.0", url="https://github.com/yuweihao/MM-Vet",
    paper="https://arxiv.org/abs/2408.00765", rows=None, chance=None, tags=("general", "multi-image", "open", "judge"),
)  # fmt: skip

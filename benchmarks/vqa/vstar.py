"""Small details in large photographs: attributes of one object, positions of two.

The question holds its options. The default is our own reading; the published letter rule takes the
first letter of any word.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import choice
from mmeval.scorers.readers.patterns import capitals


def to_sample(row: Row) -> Sample:
    image = data.picture(row)
    return Sample(
        id=str(row["question_id"]),
        prompt=prompts.question_first(row["text"], images=[image]),
        target=row["label"],
        cluster=image.sha256[:16],
        tags=data.tags(row, "category"),
    )


benchmark = Benchmark(
    name="vstar", version="1", title="V*Bench", about=__doc__,
    data=data.hub(
        "lmms-lab/vstar-bench", split="test", revision=None,  # pinned by the first load
        columns={"question_id": int | str, "text": str, "label": str, "category": str, "image": dict},
    ),
    to_sample=to_sample, score=choice(lmms=capitals), profile="mmeval", metric=accuracy(), cluster="image",
    license=None, url="https://vstar-seal.github.io", paper="https://arxiv.org/abs/2312.14135", rows=191, chance=None,
    tags=("perception", "high-resolution", "multiple-choice"),
)  # fmt: skip

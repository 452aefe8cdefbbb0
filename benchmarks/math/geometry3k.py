"""Problems of school geometry with a figure, with four options.

The default is our own reading of the letter; lmms-eval takes the last letter of the first form that occurs, or an
option's text. The figure holds what the problem leaves out.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import choice

CLOSING = "Answer with the option's letter from the given choices directly."


def to_sample(row: Row) -> Sample:
    images, options = list(data.pictures(row, "images").values()), [str(one) for one in row["choices"]]
    text = "\n".join((row["problem"].strip(), prompts.lettered(options), CLOSING))
    return Sample(
        id=str(row["row"]),
        prompt=prompts.in_order(text, images),
        target=row["ground_truth"].strip(),
        choices=tuple(options),
        cluster=data.seen(images),
    )


benchmark = Benchmark(
    name="geometry3k", version="1", title="Geometry3K", about=__doc__,
    data=data.hub(
        "Yang130/geometry3k_4choices_mixed", split="test", revision=None,  # pinned by the first load
        columns={"images": list, "problem": str, "choices": list, "ground_truth": str},
    ),
    to_sample=to_sample, score=choice(), profile="mmeval", metric=accuracy(by=()), cluster="image", license="MIT",
    url="https://lupantech.github.io/inter-gps", paper="https://arxiv.org/abs/2105.04165", rows=None, chance=0.25,
    tags=("mathematics", "multiple-choice"),
)  # fmt: skip

"""Classic vision asked in words: count and relation in 2D, depth order and distance in 3D.

The headline is the authors' mean: half of the mean over the two sources in 2D (ADE20K, COCO), half of the source in 3D
(Omni3D); `accuracy/all` is the mean over questions that lmms-eval prints. The default is our own reading of the letter:
lmms-eval takes the first letter of the reply.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics.groups import Share, grouped, mean
from mmeval.scorers import choice
from mmeval.scorers.readers.patterns import first_letter

CLOSING = "Answer with the option's letter from the given choices directly."
WEIGHTS = {"ADE20K": 0.25, "COCO": 0.25, "Omni3D": 0.5}


def to_sample(row: Row) -> Sample:
    image, options = data.picture(row), list(row["choices"])
    return Sample(
        id=str(row["idx"]),
        prompt=prompts.multiple_choice(row["question"].strip(), options, CLOSING, images=[image]),
        target=row["answer"].strip("()"),
        choices=tuple(options),
        cluster=data.seen([image]),
        tags={"picture": data.seen([image]), **data.tags(row, "type", "task", "source")},
    )


def of(source: str) -> Share:
    return Share(value=mean(), where=lambda tags: tags.get("source") == source)


benchmark = Benchmark(
    name="cvbench", version="1", title="CV-Bench", about=__doc__,
    data=data.hub(
        "nyu-visionx/CV-Bench", split="test", config="default", revision=None,  # pinned by the first load
        columns={
            "idx": str | int, "type": str, "task": str, "image": dict, "question": str, "choices": list, "answer": str,
            "source": str,
        },
    ),
    to_sample=to_sample, score=choice(letters="ABCDEF", lmms=first_letter), profile="mmeval",
    metric=grouped(
        name="accuracy", headline=WEIGHTS, unit=("picture",), version=2,
        about="Mean of 2D and 3D; 2D is the mean of its two sources.",
        parts={**{source: of(source) for source in WEIGHTS}, "all": Share(value=mean())},
    ),
    cluster="image", license="Apache-2.0", url="https://cambrian-mllm.github.io", paper="https://arxiv.org/abs/2406.16860",
    rows=2_638, chance=None, tags=("spatial", "counting", "multiple-choice"),
)  # fmt: skip

"""Space in ten respects: motion, traffic, maps, patterns, and what others see from where they stand.

The default is our own reading of the letter: lmms-eval takes the first character of the reply. The authors have three
prompts with different results; this is the one that asks for the letter directly.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import choice
from mmeval.scorers.readers.patterns import first_character

CLOSING = "Answer with the option's letter from the given choices directly."


def to_sample(row: Row) -> Sample:
    image, options = data.picture(row), list(row["options"])
    return Sample(
        id=str(row["row"]),
        prompt=prompts.multiple_choice(row["question"].strip(), options, CLOSING, images=[image]),
        target=prompts.letter(int(row["answer"])),
        choices=tuple(options),
        cluster=data.seen([image]),
        tags=data.tags(row, "task_type", "sub_task_type"),
    )


benchmark = Benchmark(
    name="omnispatial", version="1", title="OmniSpatial", about=__doc__,
    data=data.hub(
        "nv-njb/OmniSpatial-Test", split="test", revision=None,  # pinned by the first load
        columns={
            "image": dict, "question": str, "options": list, "answer": int | str, "task_type": str,
            "sub_task_type": str,
        },
    ),
    to_sample=to_sample, score=choice(lmms=first_character), profile="mmeval",
    metric=accuracy(by=["task_type", "sub_task_type"]), cluster="image", license=None,
    url="https://github.com/qizekun/OmniSpatial", paper="https://arxiv.org/abs/2506.03135", rows=None, chance=None,
    tags=("spatial", "multiple-choice"),
)  # fmt: skip

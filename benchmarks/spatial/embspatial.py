"""Where is it, seen from here? Six relations between things in indoor scenes, with four options.

The default is our own reading of the letter: lmms-eval takes the first letter of the reply, so that "The answer is B"
is a T. A scene's picture has several questions.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import choice
from mmeval.scorers.readers.patterns import first_letter

CLOSING = "Answer with the option's letter from the given choices directly."


def to_sample(row: Row) -> Sample:
    image, options = data.picture(row), list(row["answer_options"])
    return Sample(
        id=str(row["question_id"]),
        prompt=prompts.multiple_choice(row["question"].strip(), options, CLOSING, images=[image]),
        target=prompts.letter(int(row["answer"])),
        choices=tuple(options),
        cluster=data.seen([image]),
        tags=data.tags(row, "relation", "data_source"),
    )


benchmark = Benchmark(
    name="embspatial", version="1", title="EmbSpatial-Bench", about=__doc__,
    data=data.hub(
        "FlagEval/EmbSpatial-Bench", split="test", revision=None,  # pinned by the first load
        columns={
            "question_id": str | int, "question": str, "answer_options": list, "answer": int, "relation": str,
            "data_source": str, "image": dict,
        },
    ),
    to_sample=to_sample, score=choice(lmms=first_letter), profile="mmeval",
    metric=accuracy(by=["relation", "data_source"]), cluster="image", license=None,
    url="https://github.com/mengfeidu/EmbSpatial-Bench", paper="https://arxiv.org/abs/2406.05756", rows=3_640,
    chance=0.25, tags=("spatial", "embodied", "multiple-choice"),
)  # fmt: skip

"""Composite problems with their one-step parts: is a problem solved because its parts are?

Of the composite problems, some are solved with all their parts (mastery), some not although the parts are (inadequate
generalisation), some without them (rote memorisation), the rest neither (insufficient knowledge). The headline is the
strict score, mastery plus half of inadequate generalisation; in the loose one, one right part is enough for mastery.
The default is our own reading of the letter; the authors take the first letter after the last `Answer`.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics.groups import Share, every, grouped, mean, some
from mmeval.scorers import choice
from mmeval.scorers.readers.published import after_last_answer

CLOSING = "Answer with the option's letter from the given choices directly."
STEPS, WHOLE, BY = every(part="step"), every(part="whole"), ("composite",)
HALF = 0.5 * (STEPS & ~WHOLE)


def to_sample(row: Row) -> Sample:
    image, (steps, part) = data.picture(row, "image_path"), row["key"].split("_")
    return Sample(
        id=f"{row['ID']}-{row['key']}",
        prompt=prompts.question_first(f"{row['question']}\n{row['option']}", CLOSING, images=[image]),
        target=row["answer"],
        cluster=f"{steps}-{row['ID']}",
        tags={
            "composite": f"{steps}-{row['ID']}", "part": "whole" if part == "multi" else "step",
            "group_size": str(int(steps[0]) + 1), "level": steps[0] if part == "multi" else "1",
        },
    )  # fmt: skip


def at(level: str) -> Share:
    return Share(value=mean(), where=lambda tags: tags["level"] == level)


benchmark = Benchmark(
    name="wemath", version="1", title="We-Math (testmini)", about=__doc__,
    data=data.hub(
        "We-Math/We-Math", split="testmini", revision=None,  # pinned by the first load
        columns={"ID": str | int, "key": str, "question": str, "option": str, "answer": str, "image_path": dict},
    ),
    to_sample=to_sample, score=choice(letters="ABCDEFGH", official=after_last_answer), profile="mmeval",
    metric=grouped(
        name="score", headline="strict", by=(), about="Mastered composite problems, and half of those not generalised.",
        parts={
            "strict": Share(value=(STEPS & WHOLE) + HALF, by=BY),
            "loose": Share(value=(some(part="step") & WHOLE) + HALF, by=BY),
            "complete mastery": Share(value=STEPS & WHOLE, by=BY),
            "inadequate generalisation": Share(value=STEPS & ~WHOLE, by=BY),
            "insufficient knowledge": Share(value=~STEPS & ~WHOLE, by=BY),
            "rote memorisation": Share(value=~STEPS & WHOLE, out_of=WHOLE, by=BY),
            "single": Share(value=mean()), **{f"{level} steps": at(level) for level in "123"},
        },
    ),
    cluster="problem", license="CC-BY-NC-4.0", url="https://we-math.github.io", paper="https://arxiv.org/abs/2407.01284",
    rows=None, chance=None, tags=("mathematics", "groups", "multiple-choice"),
)  # fmt: skip

"""What small children see: find the odd one, follow a line, count, fold, complete a pattern; 388 tasks.

Letters are read by our own rule. Other answers go to a judge unless they are the reference word for word; the
authors ask a judge about all of them.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import choice, math_judged, routed

CLOSING = "Think about the question and give your final answer in \\boxed{Answer} format."


def to_sample(row: Row) -> Sample:
    image, options = data.picture(row), list(row["options"] or []) if row["ansType"] == "choice" else []
    shown = f"\nChoices:\n{prompts.lettered(options, '({letter}) {text}')}" if options else ""
    return Sample(
        id=str(row["taskId"]),
        prompt=prompts.question_first(row["question"].strip() + shown, CLOSING, images=[image]),
        target=prompts.letter(int(row["choiceAns"])) if options else str(row["blankAns"]),
        choices=tuple(options),
        cluster=data.seen([image]),
        tags=data.tags(row, "type", "subtype"),
    )


benchmark = Benchmark(
    name="babyvision", version="1", title="BabyVision", about=__doc__,
    data=data.hub(
        "UnipatAI/BabyVision", split="train", revision=None,  # pinned by the first load
        columns={
            "taskId": str | int, "image": dict, "question": str, "ansType": str, "options": list | None,
            "choiceAns": str | int | float | None, "blankAns": str | int | None, "type": str, "subtype": str,
        },
    ),
    to_sample=to_sample, score=routed({"closed": choice(), "open": math_judged()}), profile="mmeval",
    metric=accuracy(by=["type", "subtype"]), cluster="image", license=None, url="https://unipat.ai/blog/BabyVision",
    paper=None, rows=388, chance=None, tags=("perception", "multiple-choice", "open", "judge"),
)  # fmt: skip

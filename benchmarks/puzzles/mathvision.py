"""Problems of mathematics competitions with a picture, five options or a value (test split).

The default is our own reading of the value or letter: the published rule evaluates what the model wrote.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import math_answer

BOXED = "Solve the problem step by step and put the final answer in one \\boxed{}."


def to_sample(row: Row) -> Sample:
    options = list(row["options"])
    closing = "Put the letter of the right option in the box." if options else ""
    text = "\n".join(part for part in (BOXED, row["question"], prompts.lettered(options), closing) if part)
    image = data.picture(row, "decoded_image")
    return Sample(
        id=str(row["id"]),
        prompt=prompts.interleave(text, {1: image}),
        target=str(row["answer"]),
        choices=tuple(options),
        cluster=image.sha256[:16],
        tags={"category": row["subject"], "level": str(row["level"])},
    )


benchmark = Benchmark(
    name="mathvision", version="1", title="MathVision", about=__doc__,
    data=data.hub(
        "MathLLMs/MathVision", split="test", revision=None,  # pinned by the first load
        columns={
            "id": str, "question": str, "options": list, "decoded_image": dict, "answer": str, "level": int,
            "subject": str,
        },
    ),
    to_sample=to_sample, score=math_answer(), profile="mmeval", metric=accuracy(by=["category", "level"]),
    cluster="image", license="MIT", url="https://mathllm.github.io/mathvision",
    paper="https://arxiv.org/abs/2402.14804", rows=3_040, chance=None, tags=("math", "multiple-choice", "open"),
)  # fmt: skip

"""How many ... are there? Photographs of two to ten things.

The default is our own reading of the number, words included. `vlmevalkit-2026-08` looks for the gold anywhere in the
reply, so that 19 is a 9. The caption, which states the number, is never in the prompt. About 490 rows.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import count

CLOSING = "Answer with a number only, for example 3."


def to_sample(row: Row) -> Sample:
    image = data.picture(row)
    return Sample(
        id=str(row["row"]),
        prompt=prompts.question_first(row["question"], CLOSING, images=[image]),
        target=str(row["number"]),
        cluster=image.sha256[:16],
        tags={"number": str(row["number"])},
    )


benchmark = Benchmark(
    name="countbenchqa", version="1", title="CountBenchQA", about=__doc__,
    data=data.hub(
        "vikhyatk/CountBenchQA", split="test", revision=None,  # pinned by the first load
        columns={"question": str, "number": int, "image": dict},
    ),
    to_sample=to_sample, score=count(), profile="mmeval", metric=accuracy(by=["number"]), cluster="image",
    license=None, url="https://huggingface.co/datasets/vikhyatk/CountBenchQA",
    paper="https://arxiv.org/abs/2302.12066", rows=None, chance=None, tags=("counting", "open"),
)  # fmt: skip

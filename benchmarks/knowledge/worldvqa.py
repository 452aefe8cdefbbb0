"""What is this, exactly? Species, places, works and brands to be named from a picture, in English and Chinese.

Needs a judge, which says correct, incorrect or not attempted; a coarser name than the reference is not correct. The
headline is the harmonic mean of the share correct and the share correct of those attempted.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import simpleqa_f1
from mmeval.scorers import attempted


def to_sample(row: Row) -> Sample:
    image = data.picture(row)
    return Sample(
        id=str(row["index"]),
        prompt=prompts.question_first(row["question"].strip(), images=[image]),
        target=str(row["answer"]),
        cluster=data.seen([image]),
        tags=data.tags(row, "category", "language", "difficulty"),
    )


benchmark = Benchmark(
    name="worldvqa", version="1", title="WorldVQA", about=__doc__,
    data=data.hub(
        "moonshotai/WorldVQA", split="train", revision=None,  # pinned by the first load
        columns={
            "index": str | int, "image": str | dict, "question": str, "answer": str | int, "category": str,
            "language": str, "difficulty": str,
        },
    ),
    to_sample=to_sample, score=attempted(), profile="official", metric=simpleqa_f1(), cluster="image", license=None,
    url="https://github.com/MoonshotAI/WorldVQA", paper=None, rows=None, chance=0.0,
    tags=("knowledge", "open", "judge"),
)  # fmt: skip

"""How many? Photographs of everyday things, dense and cluttered, with counts from 0 to 400.

The headline asks for the very number; `--profile relaxed` accepts 5 % more or less, the authors' second metric. The
default is our own reading of the number; the authors let a model rewrite the reply. A photograph has several questions.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import Scorer, count, numeric

CLOSING = "Answer with a number only, for example 3."


def to_sample(row: Row) -> Sample:
    image = data.picture(row)
    return Sample(
        id=str(row["row"]),
        prompt=prompts.question_first(row["questions"], CLOSING, images=[image]),
        target=str(row["answers"]).strip(),
        cluster=image.sha256[:16],
    )


benchmark = Benchmark(
    name="countqa", version="1", title="CountQA", about=__doc__,
    data=data.each(
        data.hub(
            "Jayant-Sravan/CountQA", split="test", revision=None,  # pinned by the first load
            columns={"image": dict, "questions": list, "answers": list},
        ),
        "questions", "answers",
    ),
    to_sample=to_sample, profile="mmeval", metric=accuracy(by=()), cluster="image",
    score=Scorer(name="countqa", version=1, rules={
        "mmeval": count().rule("mmeval"), "relaxed": numeric(0.05).rule("mmeval"),
    }),
    license=None, url="https://arxiv.org/abs/2508.06585", paper="https://arxiv.org/abs/2508.06585", rows=1_528,
    chance=None, tags=("counting", "open"),
)  # fmt: skip

"""How many? Photographs from the web with two to ten things of a kind, counted by people (test, 540).

The default is our own reading of the number, words included. lmms-eval takes the first digits of the reply.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import count

CLOSING = "Answer with a number only, for example 3."


def to_sample(row: Row) -> Sample:
    image = data.picture(row)
    return Sample(
        id=str(row["row"]),
        prompt=prompts.question_first(row["question"].replace("<image>", "").strip(), CLOSING, images=[image]),
        target=str(row["answer"]).strip(),
        cluster=image.sha256[:16],
        tags={"number": str(row["answer"]).strip()},
    )


benchmark = Benchmark(
    name="pixmocount", version="1", title="PixMo-Count", about=__doc__,
    data=data.hub(
        "kcz358/pixmo-count", split="test", revision=None,  # pinned by the first load
        columns={"image": dict, "question": str, "answer": str},
    ),
    to_sample=to_sample, score=count(lmms_first=True), profile="mmeval", metric=accuracy(by=["number"]),
    cluster="image", license="ODC-BY-1.0", url="https://huggingface.co/datasets/allenai/pixmo-count",
    paper="https://arxiv.org/abs/2409.17146", rows=None, chance=None, tags=("counting", "open"),
)  # fmt: skip

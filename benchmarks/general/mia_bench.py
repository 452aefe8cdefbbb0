"""Instructions of several parts about a picture: describe, count, rhyme, and mind the length, all at once.

Needs a judge, which sees the picture and gives points for each part; the headline is the mean share of points. A
verdict that cannot be read is an error here; VLMEvalKit leaves such replies out of the mean without a word.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import instructed


def to_sample(row: Row) -> Sample:
    image, worth = data.picture(row), [f"{float(x):g}" for x in row["component_weight"]]
    parts = [f"{n}. {part} ({x} points)" for n, (part, x) in enumerate(zip(row["components"], worth, strict=True), 1)]
    return Sample(
        id=str(row["row"]),
        prompt=prompts.question_first(row["instruction"].strip(), images=[image]),
        target="\n".join(parts),
        cluster=data.seen([image]),
        tags={"worth": ",".join(worth), "parts": str(len(parts))},
    )


benchmark = Benchmark(
    name="mia_bench", version="1", title="MIA-Bench", about=__doc__,
    data=data.hub(
        "lmms-lab-encoder/MIA-Bench", split="test", revision=None,  # pinned by the first load
        columns={"image": dict, "instruction": str, "components": list, "component_weight": list},
    ),
    to_sample=to_sample, score=instructed(), profile="official", metric=accuracy(name="score", by=["parts"]),
    cluster="image", license=None, url="https://github.com/apple/ml-mia-bench", paper="https://arxiv.org/abs/2407.01509",
    rows=400, chance=None, tags=("instructions", "open", "judge"),
)  # fmt: skip

"""Drawn figures that people read at a glance: crossings, circles that touch, a circled letter, nested squares, grids.

The headline is the mean over the eight tasks, as in the paper (blank grids and grids of words are one task);
`accuracy/micro` is over all pictures. The prompts ask for braces, and the default is our own reading of them:
VLMEvalKit accepts the target anywhere in the reply for circles and pentagons, so that 15 is a 5.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import drawn_answer

KINDS = {"touching circles": "yes_no", "circled letter": "letter", "counting grid": "grid"}
WITHIN = ("touching circles", "olympic counting")


def to_sample(row: Row) -> Sample:
    image, task = data.picture(row), row["task"].lower()
    task = "counting grid" if task.startswith("counting grid") else task
    return Sample(
        id=str(row["row"]),
        prompt=prompts.question_first(row["prompt"], images=[image]),
        target=row["groundtruth"],
        cluster=image.sha256[:16],
        tags={
            "category": task,
            "kind": KINDS.get(task, "number"),
            **({"within": "yes"} if task.startswith(WITHIN) else {}),
        },
    )


benchmark = Benchmark(
    name="vlmsareblind", version="1", title="VLMs Are Blind", about=__doc__,
    data=data.hub(
        "XAI/vlmsareblind", split="valid", revision=None,  # pinned by the first load
        columns={"task": str, "image": dict, "prompt": str, "groundtruth": str},
    ),
    to_sample=to_sample, score=drawn_answer(), profile="mmeval", metric=accuracy(macro="category"), cluster="image",
    license="MIT", url="https://vlmsareblind.github.io", paper="https://arxiv.org/abs/2407.06581", rows=None,
    chance=None, tags=("perception", "drawn", "open"),
)  # fmt: skip

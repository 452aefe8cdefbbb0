"""Short prompts about objects, their number, colour and position: does the picture show what was asked?

The authors' rule reads the boxes of an object detector (Mask2Former), and CLIP tells colours. It is `--profile
detector` with the judge `detector/facebook/mask2former-swin-small-coco-instance`. The default, `all`, is not theirs: a
vision model answers one question for each fact, and every fact has to hold. It is the default because any judge can
answer it. State profile and judge with the number. The published score is the mean of the six kinds over four pictures
for each prompt: add `--epochs 4`.
"""

from typing import Any

from mmeval import Benchmark, Row, Sample, Text, data
from mmeval.metrics import accuracy
from mmeval.scorers import geneval

BESIDE = {"left of": "to the left of", "right of": "to the right of", "above": "above", "below": "below"}


def facts(row: Row) -> list[dict[str, Any]]:
    asked: list[dict[str, Any]] = []
    counting = bool(row.get("exclude"))
    for thing in row["include"]:
        name, there = thing["class"], len(asked)
        if counting:
            asked.append({"ask": f"How many {name}s are in the picture?", "answer": str(thing["count"])})
            continue
        asked.append({"ask": f"Is there a {name} in the picture?", "answer": "yes"})
        if thing.get("color"):
            asked.append({"ask": f"Is the {name} {thing['color']}?", "answer": "yes", "needs": [there]})
        if thing.get("position"):
            where, other = thing["position"][0], row["include"][thing["position"][1]]["class"]
            asked.append({"ask": f"Is the {name} {BESIDE[where]} the {other}?", "answer": "yes", "needs": [there]})
    return asked


def to_sample(row: Row) -> Sample:
    return Sample(
        id=str(row["row"]),
        prompt=(Text(row["prompt"]),),
        target={
            "questions": facts(row),
            "objects": {"include": row["include"], "exclude": row.get("exclude") or []},
        },
        cluster=row["prompt"],
        tags={"category": row["tag"]},
    )


benchmark = Benchmark(
    name="geneval", version="1", title="GenEval", about=__doc__, want="image", temperature=None,
    data=data.supplied(
        "geneval", file="evaluation_metadata.jsonl",
        how="copy prompts/evaluation_metadata.jsonl of https://github.com/djghosh13/geneval there",
        columns={"tag": str, "include": list, "prompt": str},
    ),
    to_sample=to_sample, score=geneval(), profile="all", metric=accuracy(macro="category"),
    cluster="prompt", license="MIT", url="https://github.com/djghosh13/geneval",
    paper="https://arxiv.org/abs/2310.11513", rows=553, chance=0.0, labels="user-supplied",
    judge_slice={"*": "judge_objects", "detector": "judge_photos_detector"}, tags=("makes image", "judge"),
)  # fmt: skip

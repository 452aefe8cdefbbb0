"""Attributes, places, numbers, actions and all of them together: does the picture bind them to the right things?

The eight categories of T2I-CompBench++. The authors let BLIP-VQA score the noun phrases, UniDet find objects for places
and numbers, and CLIPScore judge actions; a parser (spaCy) finds the phrases. Here a vision model answers a question for
each fact, and the profile `all`, the default, needs every one. Two phrases joined by "and" are two questions; any other
prompt about attributes, and each prompt about actions or of the kind complex, is one question.

`--profile product` is BLIP-VQA's formula with another judge: the chances of yes, multiplied. `--profile share` is the
authors' formula for numbers: half for each thing that is there, half for the right number. `--profile cosine` with
`similarity/openai/clip-vit-base-patch32` and cosine=true is their rule for actions. State the judge with the number.
The authors make ten pictures for each prompt (`--epochs 10`) and report each category alone.
"""

import re
from typing import Any

from mmeval import Benchmark, Row, Sample, Text, data
from mmeval.metrics import accuracy
from mmeval.scorers import bindings

PLACE = re.compile(r"an? (.+?) (on side of|next to|near|on the \w+ of|on top of|in front of|behind|hidden by) an? (.+)")
SAID = {"on side of": "at the side of", "on the top of": "above", "on top of": "above", "on the bottom of": "below"}
NUMBER = re.compile(r"(?:^|, |and )(an?|one|two|three|four|five|six|seven|eight) ([a-z]+)")


def there(thing: str) -> dict[str, Any]:
    return {"ask": f"Is this in the picture: {thing}?", "answer": "yes"}


def facts(category: str, text: str) -> list[dict[str, Any]]:
    if category == "numeracy":
        asked: list[dict[str, Any]] = []
        for number, thing in NUMBER.findall(text.lower()):
            many = {"ask": f"How many of these are in the picture: {thing}?", "needs": [len(asked)]}
            asked += [there(thing), many | {"answer": "one" if number in ("a", "an") else number}]
        return asked
    if category in ("spatial", "3d_spatial") and (place := PLACE.fullmatch(text)):
        one, where, other = place.groups()
        asked = [{"ask": f"Is the {one} {SAID.get(where, where)} the {other}?", "answer": "yes", "needs": [0, 1]}]
        return [there(f"a {one}"), there(f"a {other}"), *asked]
    pair = text.split(" and ") if category in ("color", "shape", "texture") and text[0].islower() else []
    return [there(thing) for thing in (pair if len(pair) == 2 and not re.search(",| with ", text) else [text])]


def to_sample(row: Row) -> Sample:
    return Sample(
        id=str(row["row"]), prompt=(Text(row["text"]),), cluster=row["text"],
        target={"questions": facts(row["category"], row["text"].rstrip("."))}, tags={"category": row["category"]},
    )  # fmt: skip


benchmark = Benchmark(
    name="t2i_compbench", version="1", title="T2I-CompBench++", about=__doc__, want="image", temperature=None,
    data=data.chained("category", {
        category: data.supplied(
            "t2i_compbench", file=f"{category}_val.txt", columns={"text": str},
            how=f"copy examples/dataset/{category}_val.txt of https://github.com/Karine-Huang/T2I-CompBench there",
        )
        for category in ("color", "shape", "texture", "spatial", "3d_spatial", "numeracy", "non_spatial", "complex")
    }),
    to_sample=to_sample, score=bindings(), profile="all", metric=accuracy(macro="category"), cluster="prompt",
    license="MIT", url="https://github.com/Karine-Huang/T2I-CompBench", paper="https://arxiv.org/abs/2307.06350",
    rows=2_400, chance=0.0, labels="user-supplied", tags=("makes image", "judge"),
    judge_slice={"*": "judge_objects", "product": "judge_objects_product", "cosine": "judge_objects_clip_score"},
)  # fmt: skip

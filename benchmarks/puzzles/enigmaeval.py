"""Puzzles of puzzle hunts. The data is not public: bring your own file.

One JSON object a line: id, question (with `[image_1]` where a picture stands), images (paths beside the
file), answer, split. Scored as the authors do, by the exact text of the final answer.
"""

import re

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import exact_text

CLOSING = "Think step by step. The last line of the reply must be of the form: Answer: $ANSWER"


def to_sample(row: Row) -> Sample:
    images = {n: data.beside({**row, "image": path}) for n, path in enumerate(row["images"], 1)}
    text = re.sub(r"\[image_(\d+)\]", r"<image \1>", row["question"])
    return Sample(
        id=str(row["id"]),
        prompt=prompts.interleave(f"{text}\n{CLOSING}", images),
        target=row["answer"],
        cluster=str(row["id"]),
        tags=data.tags(row, "split"),
    )


benchmark = Benchmark(
    name="enigmaeval", version="1", title="EnigmaEval", about=__doc__,
    data=data.supplied(
        "enigmaeval", file="questions.jsonl", how="ask its authors for access and write it in the documented form",
        columns={"id": str | int, "question": str, "images": list, "answer": str},
    ),
    to_sample=to_sample, score=exact_text(), profile="mmeval", metric=accuracy(by=["split"]), cluster=None,
    license=None, url="https://scale.com/leaderboard/enigma_eval", paper="https://arxiv.org/abs/2502.08859", rows=None,
    chance=0.0, labels="user-supplied", tags=("puzzle", "multi-image", "open"),
)  # fmt: skip

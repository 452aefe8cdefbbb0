"""Instructions about a picture with up to a dozen constraints on the reply, and short questions about what it shows.

An instruction scores the share of its constraints that the reply meets; a question is right if the reply has all its
answers. The headline is the mean over both, 300 and 100, as published. What can be counted is counted; the rest needs a
judge, which sees the picture. The authors judge some constraints beside a second reply, to the instruction without
them; here the reply is judged alone, so the numbers are not those of a report.
"""

import json

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import constrained
from mmeval.scorers.judges.constraints import answer_target, constraint_target


def to_sample(row: Row) -> Sample | None:
    if row["infer_type"] != "main":
        return None  # the same instruction without one of its constraints
    image, level = data.picture(row), row["tag"].removesuffix("-Level")
    target = (
        answer_target(json.loads(row["answer"])) if level == "P" else constraint_target(json.loads(row["constraints"]))
    )
    return Sample(
        id=str(row["id"]),
        prompt=prompts.question_first(row["question"].strip(), images=[image]),
        target=target,
        cluster=data.seen([image]),
        tags={"level": level},
    )


benchmark = Benchmark(
    name="mm_ifeval", version="1", title="MM-IFEval", about=__doc__,
    data=data.vlmevalkit("MM-IFEval", md5="973bb839961a449565073a5ee70ae7a6", columns={
        "id": str | int, "question": str, "answer": str | None, "constraints": str | None, "tag": str,
        "infer_type": str, "image": dict,
    }),
    to_sample=to_sample, score=constrained(), profile="mmeval", metric=accuracy(name="score", by=["level"]),
    cluster="image", license=None, url="https://github.com/SYuan03/MM-IFEngine", paper="https://arxiv.org/abs/2504.07957",
    rows=None, chance=None, tags=("instructions", "open", "judge"),
)  # fmt: skip

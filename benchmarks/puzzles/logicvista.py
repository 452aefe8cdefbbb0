"""Inductive, deductive, numerical, spatial and mechanical reasoning; the options stand in the picture.

An item can have several right letters; all of them must be named. The authors let a judge extract the
letters (`official`); the default, our own reading, needs none. One row is empty and is dropped; another
labels its options with digits and is scored by them.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import letter_set

CLOSING = "Choose the right options; the last line of the reply must be of the form: Answer: $LETTERS"


def to_sample(row: Row) -> Sample | None:
    if data.present(row["question"]) is None or data.present(row["answer"]) is None:
        return None
    return Sample(
        id=row["index"],
        prompt=prompts.question_first(row["question"], CLOSING, images=[data.picture(row)]),
        target=row["answer"],
        cluster=row["index"],
        tags={"category": row["skill"]},
    )


benchmark = Benchmark(
    name="logicvista", version="1", title="LogicVista", about=__doc__,
    data=data.vlmevalkit("LogicVista", md5=None, columns={
        "index": str, "question": str | None, "answer": str | None, "skill": str, "image": dict | list,
    }),
    to_sample=to_sample, score=letter_set(), profile="mmeval", metric=accuracy(), cluster=None,
    license="Apache-2.0", url="https://github.com/Yijia-Xiao/LogicVista", paper="https://arxiv.org/abs/2407.04973",
    rows=None,  # 447 of 448 are usable; whether the file holds the empty one was not verified
    chance=None, tags=("reasoning", "multiple-choice"),
)  # fmt: skip

"""High resolution in earnest: monitoring, driving, remote sensing, tables and text in 13,366 pictures.

Five options; the last says that the picture does not show it. The headline is the mean over questions; reports also
print the means of perception and of reasoning, which are sub-scores here. The default is our own reading of the
letter: the authors take the first capital from A to E, and an empty reply as an A.
"""

from mmeval import Benchmark, data
from mmeval.metrics import accuracy
from mmeval.scorers import choice
from mmeval.scorers.readers.published import first_capital_to_e

benchmark = Benchmark(
    name="mme_realworld", version="1", title="MME-RealWorld", about=__doc__,
    data=data.hub(
        "yifanzhang114/MME-RealWorld-Lmms-eval", split="train", revision=None,  # pinned by the first load
        columns={
            "index": str | int, "bytes": str, "question": str, "multi-choice options": list, "answer": str,
            "category": str, "l2-category": str,
        },
    ),
    to_sample=data.mme_realworld, score=choice(letters="ABCDE", official=first_capital_to_e), profile="mmeval",
    metric=accuracy(by=["ability", "task", "category"]), cluster="image", license=None,
    url="https://mme-realworld.github.io", paper="https://arxiv.org/abs/2408.13257", rows=None, chance=0.2,
    tags=("general", "high-resolution", "multiple-choice"),
)  # fmt: skip

"""Small things in crowded scenes, and what must be concluded from them, with four options.

The default is our own reading of the letter: the authors take the first capital from A to E. They also compare the
boxes that a model writes while it thinks with those of the things in question; that second number is not computed
here.
"""

from mmeval import Benchmark, data
from mmeval.metrics import accuracy
from mmeval.scorers import choice
from mmeval.scorers.readers.published import first_capital_to_e

benchmark = Benchmark(
    name="treebench", version="1", title="TreeBench", about=__doc__,
    data=data.vlmevalkit(
        "TreeBench", md5=None,  # the first load pins the content
        url="https://huggingface.co/datasets/HaochenWang/TreeBench/resolve/main/TreeBench.tsv",
        columns={
            "index": str | int, "question": str, "A": str, "B": str, "answer": str, "category": str, "image": dict,
        },
    ),
    to_sample=data.vlmevalkit_sample, score=choice(official=first_capital_to_e), profile="mmeval", metric=accuracy(),
    cluster="image", license=None, url="https://github.com/Haochen-Wang409/TreeVGR",
    paper="https://arxiv.org/abs/2507.07999", rows=None, chance=None,
    tags=("perception", "high-resolution", "multiple-choice"),
)  # fmt: skip

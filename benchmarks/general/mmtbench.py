"""162 tasks of 32 kinds, from finding and counting to driving and medicine, with up to nine options (validation split).

The headline is the mean over tasks, as in the paper; `accuracy/micro` is the mean over questions, which VLMEvalKit and
most reports print. The default is our own reading of the letter. Questions about several pictures have them in one.
"""

from mmeval import Benchmark, data
from mmeval.metrics import accuracy
from mmeval.scorers import choice

benchmark = Benchmark(
    name="mmtbench", version="1", title="MMT-Bench (val)", about=__doc__,
    data=data.vlmevalkit(
        "MMT-Bench_VAL", md5="8dd4b730f53dbf9c3aed90ca31c928e0",
        url="https://opencompass.openxlab.space/utils/benchmarks/MMT-Bench/MMT-Bench_VAL.tsv",
        columns={
            "index": str | int, "question": str, "A": str, "B": str, "answer": str, "category": str, "l2-category": str,
            "image": dict,
        },
    ),
    to_sample=data.vlmevalkit_sample, score=choice(), profile="mmeval",
    metric=accuracy(by=["l2-category"], macro="category"), cluster="image", license=None,
    url="https://mmt-bench.github.io", paper="https://arxiv.org/abs/2404.16006", rows=None, chance=None,
    tags=("general", "multiple-choice"),
)  # fmt: skip

"""MMSI-Bench with every rotation of the options: a question counts if it is right in all of them.

`accuracy/single` is the mean over rotations, close to the plain number of `mmsi`. The default is our own reading of
the letter.
"""

from mmeval import Benchmark, data
from mmeval.metrics import circular
from mmeval.scorers import choice

benchmark = Benchmark(
    name="mmsi_circular", version="1", title="MMSI-Bench (circular)", about=__doc__,
    data=data.vlmevalkit("MMSIBench_circular", md5="7be2b9e8a280863272e89fab5ba40807", columns={
        "index": str | int, "question": str, "A": str, "B": str, "answer": str, "category": str, "image": dict | list,
    }),
    to_sample=data.vlmevalkit_sample, score=choice(), profile="mmeval", metric=circular(), cluster="images",
    license="CC-BY-NC-4.0", url="https://runsenxu.com/projects/MMSI_Bench", paper="https://arxiv.org/abs/2505.23764",
    rows=None, chance=None, tags=("spatial", "multi-image", "circular", "multiple-choice"),
)  # fmt: skip

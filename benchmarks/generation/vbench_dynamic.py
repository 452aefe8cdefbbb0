"""Films of things that move: do they?

The rule of VBench's dimension dynamic degree: of about eight frames per second, a quarter or more must lie far from the
one before: the longest 5 % of the vectors of the optical flow have a mean above 6 pixels, at a shorter side of 256. The
authors take RAFT: `--judge flow/raft_large`. `--judge flow/tvl1` needs no weights, and gives other numbers. Frames pass
through JPEG of quality 92. The authors make five films for each prompt (`--epochs 5`).
"""

from mmeval import Benchmark, Row, Sample, Text, data
from mmeval.generation import moving
from mmeval.metrics import accuracy


def to_sample(row: Row) -> Sample | None:
    if "dynamic_degree" not in row["dimension"]:
        return None
    return Sample(id=str(row["row"]), prompt=(Text(row["prompt_en"]),), target=None, cluster=row["prompt_en"])


benchmark = Benchmark(
    name="vbench_dynamic", version="1", title="VBench, dynamic degree", about=__doc__, want="video",
    temperature=None,
    data=data.supplied(
        "vbench", file="VBench_full_info.json",
        how="copy vbench/VBench_full_info.json of https://github.com/Vchitect/VBench there",
        columns={"prompt_en": str, "dimension": list},
    ),
    to_sample=to_sample, score=moving(), profile="mmeval",
    metric=accuracy(name="motion", by=()),
    cluster="prompt", license="Apache-2.0", url="https://github.com/Vchitect/VBench",
    paper="https://arxiv.org/abs/2311.17982", rows=72, chance=None, labels="user-supplied",
    judge_slice="judge_motion", tags=("makes video", "judge"),
)  # fmt: skip

"""Films of things that stand still: do they flicker?

The rule of VBench's dimension temporal flickering: 1 minus the mean difference of two frames in a row, from the pixels
of all frames, without a judge. The authors make 25 films for each prompt (`--epochs 25`) and drop those in which RAFT
finds motion; here all films count, so a camera that moves costs. Their leaderboard stretches 0.6293 to 1 over the
whole scale; here the value itself stands.
"""

from mmeval import Benchmark, Row, Sample, Text, data
from mmeval.generation import flickering
from mmeval.metrics import accuracy


def to_sample(row: Row) -> Sample | None:
    if "temporal_flickering" not in row["dimension"]:
        return None
    return Sample(id=str(row["row"]), prompt=(Text(row["prompt_en"]),), target=None, cluster=row["prompt_en"])


benchmark = Benchmark(
    name="vbench_flickering", version="1", title="VBench, temporal flickering", about=__doc__, want="video",
    temperature=None,
    data=data.supplied(
        "vbench", file="VBench_full_info.json",
        how="copy vbench/VBench_full_info.json of https://github.com/Vchitect/VBench there",
        columns={"prompt_en": str, "dimension": list},
    ),
    to_sample=to_sample, score=flickering(), profile="mmeval", metric=accuracy(name="steadiness", by=()),
    cluster="prompt", license="Apache-2.0", url="https://github.com/Vchitect/VBench",
    paper="https://arxiv.org/abs/2311.17982", rows=75, chance=None, labels="user-supplied", tags=("makes video",),
)  # fmt: skip

"""Films of places: does the background stay the same?

The rule of VBench's dimension background consistency: as in `vbench_subject`, with the features of CLIP:
`--judge likeness/openai/clip-vit-base-patch32`. Frames pass through JPEG of quality 92. The authors make five films for
each prompt (`--epochs 5`); their leaderboard stretches 0.2615 to 1 over the whole scale.
"""

from mmeval import Benchmark, Row, Sample, Text, data
from mmeval.metrics import accuracy
from mmeval.scorers import frames_alike


def to_sample(row: Row) -> Sample | None:
    if "background_consistency" not in row["dimension"]:
        return None
    return Sample(id=str(row["row"]), prompt=(Text(row["prompt_en"]),), target=None, cluster=row["prompt_en"])


benchmark = Benchmark(
    name="vbench_background", version="1", title="VBench, background consistency", about=__doc__, want="video",
    temperature=None,
    data=data.supplied(
        "vbench", file="VBench_full_info.json",
        how="copy vbench/VBench_full_info.json of https://github.com/Vchitect/VBench there",
        columns={"prompt_en": str, "dimension": list},
    ),
    to_sample=to_sample, score=frames_alike(), profile="mmeval", metric=accuracy(name="consistency", by=()),
    cluster="prompt", license="Apache-2.0", url="https://github.com/Vchitect/VBench",
    paper="https://arxiv.org/abs/2311.17982", rows=86, chance=None, labels="user-supplied",
    judge_slice="judge_backgrounds", tags=("makes video", "judge"),
)  # fmt: skip

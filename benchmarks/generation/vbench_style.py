"""Films in a style: does each frame have it?

The rule of VBench's dimension appearance style: the mean cosine of each frame with the name of the style, by CLIP:
`--judge similarity/openai/clip-vit-base-patch32 --judge-options cosine=true`. Cosines of CLIP are small: the authors'
leaderboard stretches 0.0009 to 0.2855 over the whole scale, here the value itself stands. Frames pass through JPEG of
quality 92. The authors make five films for each prompt (`--epochs 5`).
"""

from mmeval import Benchmark, Row, Sample, Text, data
from mmeval.metrics import accuracy
from mmeval.scorers import frames_like


def to_sample(row: Row) -> Sample | None:
    if "appearance_style" not in row["dimension"]:
        return None
    style = row["auxiliary_info"]["appearance_style"]["appearance_style"]
    return Sample(
        id=str(row["row"]), prompt=(Text(row["prompt_en"]),), target=style, cluster=row["prompt_en"],
        tags={"category": style},
    )  # fmt: skip


benchmark = Benchmark(
    name="vbench_style", version="1", title="VBench, appearance style", about=__doc__, want="video",
    temperature=None,
    data=data.supplied(
        "vbench", file="VBench_full_info.json",
        how="copy vbench/VBench_full_info.json of https://github.com/Vchitect/VBench there",
        columns={"prompt_en": str, "dimension": list},
    ),
    to_sample=to_sample, score=frames_like(), profile="mmeval", metric=accuracy(name="likeness"),
    cluster="prompt", license="Apache-2.0", url="https://github.com/Vchitect/VBench",
    paper="https://arxiv.org/abs/2311.17982", rows=90, chance=None, labels="user-supplied",
    judge_slice="judge_styles", tags=("makes video", "judge"),
)  # fmt: skip

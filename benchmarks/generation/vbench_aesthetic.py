"""Films of many kinds: how good does each frame look?

The rule of VBench's dimension aesthetic quality: the mean over all frames of the score of LAION's linear head on the
image features of CLIP, divided by 10: `--judge aesthetic/openai/clip-vit-large-patch14`, with
`--judge-options head=sa_0_4_vit_l_14_linear.pth`, a file of https://github.com/LAION-AI/aesthetic-predictor. Frames
pass through JPEG of quality 92, and the checkpoint's own preparation. The authors make five films for each prompt
(`--epochs 5`).
"""

from mmeval import Benchmark, Row, Sample, Text, data
from mmeval.metrics import accuracy
from mmeval.scorers import frames_rated


def to_sample(row: Row) -> Sample | None:
    if "aesthetic_quality" not in row["dimension"]:
        return None
    return Sample(id=str(row["row"]), prompt=(Text(row["prompt_en"]),), target=None, cluster=row["prompt_en"])


benchmark = Benchmark(
    name="vbench_aesthetic", version="1", title="VBench, aesthetic quality", about=__doc__, want="video",
    temperature=None,
    data=data.supplied(
        "vbench", file="VBench_full_info.json",
        how="copy vbench/VBench_full_info.json of https://github.com/Vchitect/VBench there",
        columns={"prompt_en": str, "dimension": list},
    ),
    to_sample=to_sample, score=frames_rated("aesthetic", 10), profile="mmeval",
    metric=accuracy(name="aesthetics", by=()),
    cluster="prompt", license="Apache-2.0", url="https://github.com/Vchitect/VBench",
    paper="https://arxiv.org/abs/2311.17982", rows=93, chance=None, labels="user-supplied",
    judge_slice="judge_looks", tags=("makes video", "judge"),
)  # fmt: skip

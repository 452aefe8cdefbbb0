"""Films of many kinds: is each frame sharp, and without noise?

The rule of VBench's dimension imaging quality: the mean over all frames of the score of MUSIQ, trained on SPAQ, divided
by 100: `--judge quality/musiq-spaq --judge-options weights=musiq_spaq_ckpt-358bb6af.pth`. It needs the package pyiqa,
whose licence forbids commercial use. Frames pass through JPEG of quality 92. The authors make five films for each
prompt (`--epochs 5`).
"""

from mmeval import Benchmark, Row, Sample, Text, data
from mmeval.metrics import accuracy
from mmeval.scorers import frames_rated


def to_sample(row: Row) -> Sample | None:
    if "imaging_quality" not in row["dimension"]:
        return None
    return Sample(id=str(row["row"]), prompt=(Text(row["prompt_en"]),), target=None, cluster=row["prompt_en"])


benchmark = Benchmark(
    name="vbench_imaging", version="1", title="VBench, imaging quality", about=__doc__, want="video",
    temperature=None,
    data=data.supplied(
        "vbench", file="VBench_full_info.json",
        how="copy vbench/VBench_full_info.json of https://github.com/Vchitect/VBench there",
        columns={"prompt_en": str, "dimension": list},
    ),
    to_sample=to_sample, score=frames_rated("quality", 100), profile="mmeval",
    metric=accuracy(name="quality", by=()),
    cluster="prompt", license="Apache-2.0", url="https://github.com/Vchitect/VBench",
    paper="https://arxiv.org/abs/2311.17982", rows=93, chance=None, labels="user-supplied",
    judge_slice="judge_quality", tags=("makes video", "judge"),
)  # fmt: skip

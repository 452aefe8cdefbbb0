"""Films of one animal, person or thing that moves: does it stay the same?

The rule of VBench's dimension subject consistency: the mean cosine of the features of each frame with those of the
frame before and of the first one. The authors take DINO: `--judge likeness/facebook/dino-vitb16`. Theirs scales the
shorter side of a frame to 224 pixels; here the checkpoint's own preparation decides, and frames pass through JPEG of
quality 92. A film that stands still scores 1, so read it beside `vbench_dynamic`. The authors make five films for each
prompt (`--epochs 5`); their leaderboard stretches 0.1462 to 1 over the whole scale.
"""

from mmeval import Benchmark, Row, Sample, Text, data
from mmeval.metrics import accuracy
from mmeval.scorers import frames_alike


def to_sample(row: Row) -> Sample | None:
    if "subject_consistency" not in row["dimension"]:
        return None
    return Sample(id=str(row["row"]), prompt=(Text(row["prompt_en"]),), target=None, cluster=row["prompt_en"])


benchmark = Benchmark(
    name="vbench_subject", version="1", title="VBench, subject consistency", about=__doc__, want="video",
    temperature=None,
    data=data.supplied(
        "vbench", file="VBench_full_info.json",
        how="copy vbench/VBench_full_info.json of https://github.com/Vchitect/VBench there",
        columns={"prompt_en": str, "dimension": list},
    ),
    to_sample=to_sample, score=frames_alike(), profile="mmeval", metric=accuracy(name="consistency", by=()),
    cluster="prompt", license="Apache-2.0", url="https://github.com/Vchitect/VBench",
    paper="https://arxiv.org/abs/2311.17982", rows=72, chance=None, labels="user-supplied",
    judge_slice="judge_subjects", tags=("makes video", "judge"),
)  # fmt: skip

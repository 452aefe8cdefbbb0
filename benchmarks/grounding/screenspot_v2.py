"""ScreenSpot with corrected labels: one click on the element of a screenshot that an instruction means.

The point must lie in the element's box, edges included, in the coordinates that the model declares; see `screenspot`.
Boxes are expected as fractions: lmms-eval guesses among three readings of the same column, mmeval refuses any other.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import point
from mmeval.scorers.rules.places import box_target

ASK = "Find the element of this screenshot that the instruction means, and answer with one point to click, as [x, y]."


def to_sample(row: Row) -> Sample:
    image = data.picture(row)
    return Sample(
        id=str(row["row"]),
        prompt=prompts.question_first(ASK, f"Instruction: {row['instruction']}", images=[image]),
        target=box_target(row["bbox"], data.size(image), fractions=True),
        cluster=image.sha256[:16],
        tags=data.tags(row, "data_type"),
    )


benchmark = Benchmark(
    name="screenspot_v2", version="1", title="ScreenSpot-v2", about=__doc__,
    data=data.hub(
        "HongxinLi/ScreenSpot_v2", split="test", revision=None,  # pinned by the first load
        columns={"bbox": list, "instruction": str, "data_type": str, "image": dict},
    ),
    to_sample=to_sample, score=point(), profile="official", metric=accuracy(by=["data_type"]),
    cluster="image", license=None, url="https://huggingface.co/datasets/HongxinLi/ScreenSpot_v2",
    paper="https://arxiv.org/abs/2410.23218", rows=None, chance=None, tags=("grounding", "gui", "point"),
)  # fmt: skip

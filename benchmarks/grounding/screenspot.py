"""One click on the element of a screenshot (mobile, desktop, web) that an instruction means.

The point must lie in the element's box, edges included. The prompt names no unit: every model answers in the
coordinates that it declares. A box instead of a point counts by its middle; several points are no answer. Boxes are
stored as fractions. `screenspot_v2` has corrected labels.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import point
from mmeval.scorers.rules.places import box_target

ASK = "Find the element of this screenshot that the instruction means, and answer with one point to click, as [x, y]."


def to_sample(row: Row) -> Sample:
    image = data.picture(row)
    return Sample(
        id=f"{row['row']}-{row['file_name']}",
        prompt=prompts.question_first(ASK, f"Instruction: {row['instruction']}", images=[image]),
        target=box_target(row["bbox"], data.size(image), fractions=True),
        cluster=image.sha256[:16],
        tags=data.tags(row, "data_type", "data_source"),
    )


benchmark = Benchmark(
    name="screenspot", version="1", title="ScreenSpot", about=__doc__,
    data=data.hub(
        "rootsautomation/ScreenSpot", split="test", revision=None,  # pinned by the first load
        columns={
            "file_name": str, "bbox": list, "instruction": str, "data_type": str, "data_source": str, "image": dict,
        },
    ),
    to_sample=to_sample, score=point(), profile="official", metric=accuracy(by=["data_type", "data_source"]),
    cluster="image", license="Apache-2.0", url="https://github.com/njucckevin/SeeClick",
    paper="https://arxiv.org/abs/2401.10935", rows=1_272, chance=None, tags=("grounding", "gui", "point"),
)  # fmt: skip

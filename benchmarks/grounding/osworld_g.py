"""One click on a desktop: in a box, in a polygon, or none, where the element does not exist (refusal).

The headline is over all rows, refusals included; `accuracy/exists=yes` is the number without them, which some reports
print. A refusal is right if the reply says that there is no such element, or has a point with two negative coordinates.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.errors import DataError
from mmeval.metrics import accuracy
from mmeval.scorers import point
from mmeval.scorers.rules.places import box_target

ASK = "Find the element of this screenshot that the instruction means, and answer with one point to click, as [x, y]."
NONE = "If there is no such element, say so."


def target(row: Row) -> dict[str, object]:
    kind, numbers, (width, height) = row["box_type"], row["box_coordinates"], row["image_size"]
    if kind == "refusal":
        return {"absent": True, "width": width, "height": height}
    if kind == "bbox" or (kind == "polygon" and len(numbers) == 4):  # a polygon of two corners is a box
        return box_target(numbers, (width, height), far_corner=kind == "polygon")
    if kind != "polygon" or len(numbers) < 6 or len(numbers) % 2:
        raise DataError(f"row {row['row']}: {len(numbers)} numbers are no {kind}")
    corners = [[x / width, y / height] for x, y in zip(numbers[::2], numbers[1::2], strict=True)]
    return {"polygon": corners, "width": width, "height": height}


def to_sample(row: Row) -> Sample:
    image = data.picture(row)
    return Sample(
        id=str(row["row"]),
        prompt=prompts.question_first(f"{ASK} {NONE}", f"Instruction: {row['instruction']}", images=[image]),
        target=target(row),
        cluster=image.sha256[:16],
        tags={"box_type": row["box_type"], "exists": "no" if row["box_type"] == "refusal" else "yes"},
    )


benchmark = Benchmark(
    name="osworld_g", version="1", title="OSWorld-G", about=__doc__,
    data=data.hub(
        "MMInstruction/OSWorld-G", split="test", revision=None,  # pinned by the first load
        columns={
            "instruction": str, "image_size": list, "box_type": str, "box_coordinates": list | None, "image": dict,
        },
    ),
    to_sample=to_sample, score=point(), profile="official", metric=accuracy(by=["box_type", "exists"]),
    cluster="image", license=None, url="https://osworld-grounding.github.io", paper="https://arxiv.org/abs/2505.13227",
    rows=None, chance=None, tags=("grounding", "gui", "refusal", "point"),
)  # fmt: skip

"""One click in screenshots of professional desktop programs, up to 6016x3384 pixels, with small targets.

The point must lie in the element's box, edges included (the authors' rule), in the coordinates that the model declares.
The headline is over all elements, with text and icon, groups and programs below it; VLMEvalKit weights these means
by the square of the group's size. Many providers scale such screenshots down: each record has the size as sent.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import point
from mmeval.scorers.rules.places import box_target

ASK = "Find the element of this screenshot that the instruction means, and answer with one point to click, as [x, y]."


def to_sample(row: Row) -> Sample:
    image = data.picture(row)
    return Sample(
        id=str(row["id"]),
        prompt=prompts.question_first(ASK, f"Instruction: {row['instruction']}", images=[image]),
        target=box_target(row["bbox"], tuple(row["img_size"])),
        cluster=image.sha256[:16],
        tags=data.tags(row, "ui_type", "group", "application", "platform"),
    )


benchmark = Benchmark(
    name="screenspot_pro", version="1", title="ScreenSpot-Pro", about=__doc__,
    data=data.hub(
        "lmms-lab/ScreenSpot-Pro", split="train", revision=None,  # pinned by the first load
        columns={
            "id": str, "bbox": list, "img_size": list, "instruction": str, "ui_type": str, "group": str,
            "application": str, "platform": str, "image": dict,
        },
    ),
    to_sample=to_sample, score=point(), profile="official", metric=accuracy(by=["ui_type", "group", "application"]),
    cluster="image", license=None, url="https://github.com/likaixin2000/ScreenSpot-Pro-GUI-Grounding",
    paper="https://arxiv.org/abs/2504.07981", rows=1_581, chance=None,
    tags=("grounding", "gui", "high-resolution", "point"),
)  # fmt: skip

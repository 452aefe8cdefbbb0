"""Boxes for expressions without words of place, so that appearance has to tell the object (COCO photographs).

One box per referring expression, right if its intersection over union with the target is at least 0.5; `--profile
iou` gives the mean IoU. The headline is the mean of testA (people) and testB (things). The validation split is left
out, as in `refcoco`. Several boxes are no answer: taking the best of them, as lmms-eval does in two readings of the
numbers, would let a model guess.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import box
from mmeval.scorers.rules.places import box_target

ASK = 'Locate the object that matches the description "{}" in the image. Report its bounding box in JSON format.'
COLUMNS = {"answer": list, "bbox": list, "image": dict}


def to_sample(row: Row) -> Sample:
    image = data.picture(row)
    return Sample(
        id=f"{row['split']}-{row['row']}",
        prompt=prompts.question_first(ASK.format(row["answer"]), images=[image]),
        target=box_target(row["bbox"], data.size(image), far_corner=False),
        cluster=image.sha256[:16],
        tags={"category": row["split"]},
    )


benchmark = Benchmark(
    name="refcoco_plus", version="1", title="RefCOCO+", about=__doc__,
    data=data.each(data.chained("split", {  # pinned by the first load
        split: data.hub("lmms-lab-encoder/RefCOCOplus", split=split, revision=None, columns=COLUMNS)
        for split in ("testA", "testB")
    }), "answer"),
    to_sample=to_sample, score=box(), profile="official", metric=accuracy(name="acc_50", macro="category"),
    cluster="image", license=None, url="https://github.com/lichengunc/refer", paper="https://arxiv.org/abs/1608.00272",
    rows=None, chance=None, tags=("grounding", "box"),
)  # fmt: skip

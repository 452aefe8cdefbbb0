"""A caption and a hard negative that differs by what was added, replaced or swapped: the true one has to fit better.

The headline is the mean over the seven kinds of negatives. The authors compare similarities; a tie is wrong here, where
their code takes the first of the two, which is the true caption.
"""

from mmeval import Benchmark, Row, Sample, data
from mmeval.metrics import accuracy
from mmeval.scorers import best_choice

KINDS = ("add_att", "add_obj", "replace_att", "replace_obj", "replace_rel", "swap_att", "swap_obj")
COLUMNS = {"image": dict, "tested_labels": list}


def to_sample(row: Row) -> Sample:
    key, image = f"{row['category']}-{row['row']}", data.picture(row)
    choices, target = data.placed(key, *row["tested_labels"])
    tags = data.tags(row, "category")
    return Sample(id=key, prompt=(image,), target=target, choices=choices, cluster=image.sha256[:16], tags=tags)


benchmark = Benchmark(
    name="sugarcrepe", version="1", title="SugarCrepe", about=__doc__,
    data=data.chained("category", {  # pinned by the first load
        kind: data.hub(f"HuggingFaceM4/SugarCrepe_{kind}", split="test", revision=None, columns=COLUMNS)
        for kind in KINDS
    }),
    to_sample=to_sample, want="choice", score=best_choice(), profile="official",
    metric=accuracy(macro="category"), cluster="image", license="MIT", url="https://github.com/RAIVNLab/sugar-crepe",
    paper="https://arxiv.org/abs/2306.14610", rows=7511, chance=0.5, tags=("composition", "matching"),
)  # fmt: skip

"""A caption of Flickr30k, and four others with its words in another order: the true caption has to fit best.

The authors report the mean over captions. A tie is wrong.
"""

from mmeval import Benchmark, Row, Sample, data
from mmeval.metrics import accuracy
from mmeval.scorers import best_choice

OTHERS = tuple(f"hard_text_{i}" for i in range(1, 5))


def to_sample(row: Row) -> Sample:
    image = data.picture(row, "images")
    choices, target = data.placed(str(row["row"]), row["correct_caption"], *(row[other] for other in OTHERS))
    return Sample(id=str(row["row"]), prompt=(image,), target=target, choices=choices, cluster=image.sha256[:16])


benchmark = Benchmark(
    name="aro_flickr_order", version="1", title="ARO Flickr Order", about=__doc__,
    data=data.hub(
        "mteb/ARO-Flickr-Order", split="test", revision=None,  # pinned by the first load
        columns={"images": dict, "correct_caption": str, **dict.fromkeys(OTHERS, str)},
    ),
    to_sample=to_sample, want="choice", score=best_choice(), profile="official", metric=accuracy(), cluster="image",
    license="MIT", url="https://github.com/mertyg/vision-language-models-are-bows",
    paper="https://arxiv.org/abs/2210.01936", rows=5000, chance=0.2, tags=("composition", "matching"),
)  # fmt: skip

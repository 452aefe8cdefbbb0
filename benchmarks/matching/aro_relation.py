"""A relation between two things, as in the picture and turned round: the true caption has to fit better.

The authors report the mean over relations; this copy of the data does not name them, so the headline is the mean over
questions. A tie is wrong.
"""

from mmeval import Benchmark, Row, Sample, data
from mmeval.metrics import accuracy
from mmeval.scorers import best_choice


def to_sample(row: Row) -> Sample:
    image = data.picture(row)
    choices, target = data.placed(str(row["row"]), row["true_caption"], row["false_caption"])
    return Sample(id=str(row["row"]), prompt=(image,), target=target, choices=choices, cluster=image.sha256[:16])


benchmark = Benchmark(
    name="aro_relation", version="1", title="ARO Visual Genome Relation", about=__doc__,
    data=data.hub(
        "mteb/ARO-Visual-Relation", split="test", revision=None,  # pinned by the first load
        columns={"image": dict, "true_caption": str, "false_caption": str},
    ),
    to_sample=to_sample, want="choice", score=best_choice(), profile="official", metric=accuracy(), cluster="image",
    license="MIT", url="https://github.com/mertyg/vision-language-models-are-bows",
    paper="https://arxiv.org/abs/2210.01936", rows=23937, chance=0.5, tags=("composition", "matching"),
)  # fmt: skip

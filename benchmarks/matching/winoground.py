"""Two pictures and two captions with the same words in another order: which caption belongs to which picture?

The group score (the headline) asks for both: each picture is more similar to its own caption than to the other (text
score), and each caption to its own picture (image score). Ties are wrong. Only models of similarity can be asked. The
data are gated: accept their terms on the hub first.
"""

from mmeval import Benchmark, Row, Sample, data
from mmeval.metrics import matching
from mmeval.scorers import matched

CAPTIONS = ("caption_0", "caption_1")


def to_sample(row: Row) -> Sample:
    return Sample(
        id=str(row["id"]),
        prompt=(data.picture(row, "image_0"), data.picture(row, "image_1")),
        target=None,
        choices=tuple(row[caption] for caption in CAPTIONS),
        tags=data.tags(row, "collapsed_tag", "num_main_preds"),
    )


benchmark = Benchmark(
    name="winoground", version="1", title="Winoground", about=__doc__,
    data=data.hub(
        "facebook/winoground", split="test", revision=None,  # pinned by the first load
        columns={"id": int, "image_0": dict, "image_1": dict, "caption_0": str, "caption_1": str, "collapsed_tag": str},
    ),
    to_sample=to_sample, want="choice", score=matched(), profile="official", metric=matching(by=["collapsed_tag"]),
    cluster=None, license="own (research, no redistribution)",
    url="https://huggingface.co/datasets/facebook/winoground", paper="https://arxiv.org/abs/2204.03162",
    rows=400, chance=1 / 6, tags=("composition", "matching", "multi-image"),
)  # fmt: skip

"""A photo and the names of the thousand classes of ImageNet: which one shows it, without having been trained to?

The classes have the names of the data set, all synonyms together, in one template of CLIP (Radford et al., 2021): "a
photo of a {label}." Published numbers of CLIP average the embeddings of 80 templates and use other names; they are
higher by some points. A tie is wrong. The data are gated: accept their terms on the hub first.
"""

import functools

from mmeval import Benchmark, Row, Sample, data
from mmeval.metrics import in_top_five
from mmeval.scorers import ranked

CRANES = {134: "crane bird", 517: "construction crane"}
"""The bird and the machine have the same name in the data; these are the names that CLIP uses."""


@functools.lru_cache(maxsize=1)
def captions(classes: tuple[str, ...]) -> tuple[str, ...]:
    names = [CRANES[i] if i in CRANES and name == "crane" else name for i, name in enumerate(classes)]
    return tuple(f"a photo of a {name}." for name in names)


def to_sample(row: Row) -> Sample:
    choices = captions(row["classes"])
    return Sample(id=str(row["row"]), prompt=(data.picture(row),), target=choices[row["label"]], choices=choices)


benchmark = Benchmark(
    name="imagenet", version="1", title="ImageNet zero-shot", about=__doc__,
    data=data.hub(
        "ILSVRC/imagenet-1k", split="validation", revision=None,  # pinned by the first load
        columns={"image": dict, "label": int}, labels="label",
    ),
    to_sample=to_sample, want="choice", score=ranked(), profile="official", metric=in_top_five(), cluster=None,
    license="own (research, no redistribution)", url="https://image-net.org/challenges/LSVRC/2012/",
    paper="https://arxiv.org/abs/1409.0575", rows=50000, chance=0.001, tags=("classification", "matching"),
)  # fmt: skip

"""Covered words under a picture of an encyclopedia: restore them from what is left and from the picture (English,
easy).

The score of a picture is the share of its covered texts that are restored word for word. The default is our own
reading without case and marks; the authors count marks, after a parser of English has split the words. They also
publish the similarity of the words.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import covered

ASK = "What is the covered texts in the image? Please restore the covered texts without outputting the explanations."


def to_sample(row: Row) -> Sample:
    image = data.picture(row, "stacked_image")
    return Sample(
        id=str(row["question_id"]),
        prompt=prompts.question_first(ASK, images=[image]),
        target=list(row["crossed_text"]),
        cluster=data.seen([image]),
    )


benchmark = Benchmark(
    name="vcr_wiki", version="1", title="VCR (English, easy)", about=__doc__,
    data=data.hub(
        "vcr-org/VCR-wiki-en-easy-test", split="test", revision=None,  # pinned by the first load
        columns={"question_id": str | int, "stacked_image": dict, "crossed_text": list},
    ),
    to_sample=to_sample, score=covered(), profile="mmeval", metric=accuracy(by=()), cluster="image", license=None,
    url="https://github.com/tianyu-z/VCR", paper="https://arxiv.org/abs/2406.06462", rows=None, chance=0.0,
    tags=("ocr", "open"),
)  # fmt: skip

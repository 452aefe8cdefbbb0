"""Photographs from cars and of everyday scenes; the question holds its options and says how to answer.

There is no published scorer; the default is our own reading: a letter where the gold is one, else the text.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import choice, exact_text, routed
from mmeval.scorers.readers.brackets import ranked
from mmeval.scorers.routed import letter_or_text


def to_sample(row: Row) -> Sample:
    image = data.picture(row)
    return Sample(
        id=str(row["row"]),
        prompt=prompts.question_first(row["question"], images=[image]),
        target=row["answer"],
        cluster=image.sha256[:16],
    )


benchmark = Benchmark(
    name="realworldqa", version="1", title="RealWorldQA", about=__doc__,
    data=data.hub(
        "lmms-lab/RealWorldQA", split="test", revision=None,  # pinned by the first load
        columns={"question": str, "answer": str, "image_path": str, "image": dict},
    ),
    to_sample=to_sample,
    score=routed({"letter": choice(lmms=ranked), "text": exact_text(lmms_stops=True)}, by=letter_or_text),
    profile="mmeval", metric=accuracy(), cluster="image", license="CC-BY-ND-4.0", url="https://huggingface.co/datasets/xai-org/RealworldQA",
    paper=None, rows=765, chance=None, tags=("general", "multiple-choice", "open"),
)  # fmt: skip

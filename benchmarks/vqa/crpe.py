"""Who does what to whom? Relations between things in photographs, each question in four rotations of its options.

A question counts if all four rotations are right, as its authors count (CircularEval); `accuracy/single` is the mean
over rotations, which lmms-eval prints. The default is our own reading of the letter. The hosted copy has the relations
(subject, predicate, object) and not the questions about existence.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import circular
from mmeval.scorers import choice

CLOSING = "Please answer directly with only the letter of the correct option and nothing else."


def to_sample(row: Row) -> Sample:
    image, text = data.picture(row), row["text"].replace(CLOSING, "").strip()
    stem = text.partition("\nA.")[0].strip()
    return Sample(
        id=str(row["row"]),
        prompt=prompts.question_first(text, CLOSING, images=[image]),
        target=row["correct_option"],
        cluster=image.sha256[:16],
        tags={"group": f"{image.sha256[:16]} {stem}", "group_size": "4", **data.tags(row, "category")},
    )


benchmark = Benchmark(
    name="crpe", version="1", title="CRPE (relations)", about=__doc__,
    data=data.hub(
        "nv-njb/CRPE", split="test", revision=None,  # pinned by the first load
        columns={"image": dict, "text": str, "correct_option": str},
    ),
    to_sample=to_sample, score=choice(), profile="mmeval", metric=circular(), cluster="image", license=None,
    url="https://huggingface.co/datasets/OpenGVLab/CRPE", paper="https://arxiv.org/abs/2402.19474", rows=None,
    chance=None, tags=("hallucination", "relations", "circular", "multiple-choice"),
)  # fmt: skip

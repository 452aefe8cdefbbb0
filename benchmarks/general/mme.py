"""Fourteen subtasks of perception and cognition, two yes-no questions a picture; 2,800 points at most.

A subtask scores the percentage of right questions plus that of pictures with both right. The default is
our own reading: the field's rules differ in what they take for a yes.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import mme_score
from mmeval.scorers import yes_no
from mmeval.scorers.rules.yesno import read_prefix

TOTALS = {
    "perception": (
        "existence", "count", "position", "color", "posters", "celebrity", "scene", "landmark", "artwork", "OCR",
    ),
    "cognition": ("commonsense_reasoning", "numerical_calculation", "text_translation", "code_reasoning"),
}  # fmt: skip


def to_sample(row: Row) -> Sample:
    image = f"{row['category']}/{row['question_id']}"
    return Sample(
        id=f"{image}/{row['row']}",
        prompt=prompts.question_first(row["question"], images=[data.picture(row)]),
        target=row["answer"].lower(),
        cluster=image,
        tags={"pair": image, **data.tags(row, "category")},
    )


benchmark = Benchmark(
    name="mme", version="1", title="MME", about=__doc__,
    data=data.hub(
        "lmms-lab/MME", split="test", revision=None,  # pinned by the first load
        columns={"question_id": str, "question": str, "answer": str, "category": str, "image": dict},
    ),
    to_sample=to_sample, score=yes_no(lmms=read_prefix), profile="mmeval", metric=mme_score(totals=TOTALS),
    cluster="image", license=None, url="https://github.com/BradyFU/Awesome-Multimodal-Large-Language-Models",
    paper="https://arxiv.org/abs/2306.13394", rows=2_374, chance=None, tags=("general", "yes-no"),
)  # fmt: skip

"""Yes-no questions about illusions, edited figures, charts and maps (the 951 with a picture).

The headline is the board's: the mean of the shares of right questions, of figures with all questions
right and of question groups right on all figures. The default is our own reading: the authors ask GPT-4.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import hallusion_accuracy
from mmeval.scorers import explained_yes_no

KEYS = ("category", "subcategory", "set_id", "figure_id", "question_id")


def to_sample(row: Row) -> Sample:
    image = data.picture(row)
    place = "_".join(row[key] for key in KEYS)
    return Sample(
        id=f"{place}_{row['visual_input']}",
        prompt=prompts.question_first(row["question"], images=[image]),
        target="yes" if row["gt_answer"] == "1" else "no",
        cluster=image.sha256[:16],
        tags={"kind": row["gt_answer_details"], **data.tags(row, *KEYS, "visual_input")},
    )


benchmark = Benchmark(
    name="hallusionbench", version="1", title="HallusionBench", about=__doc__,
    data=data.hub(
        "lmms-lab/HallusionBench", split="image", revision=None,  # pinned by the first load
        columns={
            "category": str, "subcategory": str, "visual_input": str, "set_id": str, "figure_id": str,
            "question_id": str, "question": str, "gt_answer": str, "gt_answer_details": str, "image": dict,
        },
    ),
    to_sample=to_sample, score=explained_yes_no(), profile="mmeval", metric=hallusion_accuracy(), cluster="image",
    license="BSD-3-Clause", url="https://github.com/tianyi-lab/HallusionBench",
    paper="https://arxiv.org/abs/2310.14566", rows=951, chance=None, tags=("hallucination", "yes-no"),
)  # fmt: skip

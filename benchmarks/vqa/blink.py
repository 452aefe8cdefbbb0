"""Fourteen classic vision tasks that people solve in a blink, one to four pictures each (validation split).

The headline is the mean over the fourteen tasks, as in the paper; `accuracy/micro` is the mean over
questions, which is what the OpenVLM board shows.
"""

from mmeval import Benchmark, Row, Sample, data
from mmeval.metrics import accuracy
from mmeval.prompts import question_first
from mmeval.scorers import choice
from mmeval.scorers.readers.patterns import first_letter, stated_letter

TASKS = (
    "Art_Style", "Counting", "Forensic_Detection", "Functional_Correspondence", "IQ_Test", "Jigsaw",
    "Multi-view_Reasoning", "Object_Localization", "Relative_Depth", "Relative_Reflectance",
    "Semantic_Correspondence", "Spatial_Relation", "Visual_Correspondence", "Visual_Similarity",
)  # fmt: skip
COLUMNS = {
    "idx": str, "prompt": str, "choices": list, "answer": str, "image_1": dict, "image_2": dict | None,
    "image_3": dict | None, "image_4": dict | None,
}  # fmt: skip


def to_sample(row: Row) -> Sample:
    images = list(data.pictures(row, [f"image_{n}" for n in range(1, 5)]).values())
    return Sample(
        id=row["idx"],
        prompt=question_first(row["prompt"], "Answer with the option's letter only.", images=images),
        target=row["answer"].strip("()"),
        choices=tuple(row["choices"]),
        cluster="+".join(image.sha256[:16] for image in images),
        tags={"task": row["task"]},
    )


benchmark = Benchmark(
    name="blink", version="1", title="BLINK", about=__doc__,
    data=data.chained("task", {  # each pinned by the first load
        task: data.hub("BLINK-Benchmark/BLINK", config=task, split="val", revision=None, columns=COLUMNS)
        for task in TASKS
    }),
    to_sample=to_sample, score=choice(lmms=stated_letter, more={"lmms-0.7.2": first_letter}),
    profile="mmeval", metric=accuracy(by=(), macro="task"), cluster="image",
    license="Apache-2.0", url="https://zeyofu.github.io/blink", paper="https://arxiv.org/abs/2404.12390",
    rows=1_901, chance=None, tags=("perception", "multi-image", "multiple-choice"),
)  # fmt: skip

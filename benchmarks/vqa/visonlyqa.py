"""Triangles, lengths, angles, molecules and curves in scientific figures: perception without knowledge or reasoning.

The prompt is the data set's own that forbids reasoning. The headline is the mean over tasks, as in the paper. The
default is our own reading of true and false and of the letters a to e. Questions with several right options are left
out, and so are the drawn figures, which are another data set.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import choice

TASKS = (
    "geometry__triangle", "geometry__quadrilateral", "geometry__length", "geometry__angle", "geometry__area",
    "geometry__diameter_radius", "chemistry__shape_single", "charts__extraction", "charts__intersection",
)  # fmt: skip
COLUMNS = {"id": str, "decoded_image": dict, "prompt_no_reasoning": str, "answer": str, "response_options": list}


def to_sample(row: Row) -> Sample:
    image, options = data.picture(row, "decoded_image"), list(row["response_options"])
    named = "True" in options  # else the options are drawn or written in the question
    return Sample(
        id=f"{row['task']}-{row['id']}",
        prompt=prompts.question_first(row["prompt_no_reasoning"], images=[image]),
        target=prompts.letter(options.index(row["answer"])),
        choices=tuple(options) if named else ("",) * len(options),
        cluster=data.seen([image]),
        tags={"task": row["task"]},
    )


benchmark = Benchmark(
    name="visonlyqa", version="1", title="VisOnlyQA (real)", about=__doc__,
    data=data.chained("task", {  # each pinned by the first load
        task: data.hub("ryokamoi/VisOnlyQA_Eval_Real", split=task, revision=None, columns=COLUMNS) for task in TASKS
    }),
    to_sample=to_sample, score=choice(), profile="mmeval", metric=accuracy(by=(), macro="task"), cluster="image",
    license=None, url="https://visonlyqa.github.io", paper="https://arxiv.org/abs/2412.00947", rows=None, chance=None,
    tags=("perception", "multiple-choice"),
)  # fmt: skip

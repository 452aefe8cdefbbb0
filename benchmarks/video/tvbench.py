"""Ten tasks that no single frame and no text solve: order, direction, counts and places in time.

Some questions are about a part of a film; the part is shown, not the whole. The headline is the mean over tasks.
Prompt, 16 frames and rule are those of MVBench, as the authors have it: the rule compares the first token of the reply
with "(a)" by parts. The default is our own reading. The clips of one task (action antonym) have to be fetched from
their owners: without them those questions are invalid input.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import token_choice
from mmeval.types import Text

TASKS = (
    "action_antonym", "action_count", "action_localization", "action_sequence", "egocentric_sequence",
    "moving_direction", "object_count", "object_shuffle", "scene_transition", "unexpected_action",
)  # fmt: skip


def to_sample(row: Row) -> Sample:
    options = [str(option) for option in row["candidates"]]
    lines = prompts.lettered(options, "({letter}) {text}")
    text = f"Question: {row['question']}\nOptions:\n{lines}\nOnly give the best option."
    start, end = (None if row.get(name) is None else float(row[name]) for name in ("start", "end"))
    clip = data.film(row, f"{row['task']}/{row['video']}", start=start, end=end)
    return Sample(
        id=f"{row['task']}-{row['row']}",
        prompt=(clip, Text(text)),
        target=row["answer"],
        choices=tuple(options),
        cluster=f"{row['task']}/{row['video']}",
        tags={"task": row["task"]},
    )


benchmark = Benchmark(
    name="tvbench", version="2", title="TVBench", about=__doc__, video="frames=16", system=prompts.MVBENCH,
    data=data.chained("task", {
        task: data.unpacked(
            data.hub(
                "FunAILab/TVBench", config=task, split="train", revision=None,  # pinned by the first load
                columns={"video": str, "question": str, "candidates": list, "answer": str},
            ),
            "*.zip",
        )
        for task in TASKS
    }),
    to_sample=to_sample, score=token_choice(), profile="mmeval", metric=accuracy(macro="task", by=()), cluster="film",
    license="CC-BY-4.0", url="https://huggingface.co/datasets/FunAILab/TVBench", paper="https://arxiv.org/abs/2410.07752",
    rows=None, chance=None, tags=("video", "multiple-choice"),
)  # fmt: skip

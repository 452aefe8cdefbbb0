"""Rooms seen on a walk: which way, how far, how large, how many, in which order.

The headline is the mean over eight tasks, as published; the three levels of relative direction are one task. Numbers
are scored by the share of ten tolerances, 5% to 50%, that they keep. Prompt and frames are the authors'. Their rule
reads the first token and nothing else, so that "(B)" is wrong; the default is our own reading.
"""

from mmeval import Benchmark, Row, Sample, data
from mmeval.metrics.groups import Share, grouped, mean, tagged
from mmeval.scorers import choice, relative_accuracy, routed
from mmeval.scorers.readers.films import whole_token
from mmeval.types import Text

CLOSED = "Answer with the option's letter from the given choices directly."
OPEN = "Please answer the question using a single word or phrase."
LEVELS = tuple(f"object_rel_direction_{level}" for level in ("easy", "medium", "hard"))
TASKS = (
    "object_counting", "object_abs_distance", "object_size_estimation", "room_size_estimation", "object_rel_distance",
    "route_planning", "obj_appearance_order",
)  # fmt: skip


def to_sample(row: Row) -> Sample:
    options = [str(option) for option in row["options"] or ()]
    asked = ["These are frames of a video.", row["question"], *(["Options:", *options] if options else [])]
    scene = f"{row['dataset']}/{row['scene_name']}"
    return Sample(
        id=str(row["id"]),
        prompt=(data.film(row, f"{scene}.mp4"), Text("\n".join((*asked, CLOSED if options else OPEN)))),
        target=row["ground_truth"],
        choices=tuple(option.partition(". ")[2] for option in options),
        cluster=scene,
        tags=data.tags(row, "question_type", "dataset"),
    )


benchmark = Benchmark(
    name="vsibench", version="1", title="VSI-Bench", about=__doc__, video="lmms-32",
    data=data.unpacked(
        data.hub(
            "nyu-visionx/VSI-Bench", config="full", split="test", revision=None,  # pinned by the first load
            columns={"scene_name": str, "question_type": str, "options": list | None, "ground_truth": str},
        ),
        "*.zip",
    ),
    to_sample=to_sample, score=routed({"closed": choice(official=whole_token), "open": relative_accuracy()}),
    profile="mmeval",
    metric=grouped(
        name="score", headline={**dict.fromkeys(TASKS, 1 / 8), **dict.fromkeys(LEVELS, 1 / 24)}, version=2,
        parts={task: Share(value=mean(), where=tagged("question_type", task)) for task in (*TASKS, *LEVELS)},
        about="Mean over eight tasks; the levels of relative direction are one task.",
    ),
    cluster="scene", license=None, url="https://github.com/vision-x-nyu/thinking-in-space",
    paper="https://arxiv.org/abs/2412.14171", rows=None, chance=None,
    tags=("video", "spatial", "multiple-choice", "open"),
)  # fmt: skip

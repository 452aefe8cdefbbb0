"""Speed, direction, order, change and action in short clips, and the same clips reversed or sped up.

Three kinds of questions: four options, yes or no, and which caption fits. The headline is the mean over kinds; the
fourth kind, free captions, needs a judge and is left out. The authors ask a judge when their rules find no answer.
Those replies stay unresolved under `official`; the default is our own reading.
"""

import re

from mmeval import Benchmark, Row, Sample, data
from mmeval.metrics import accuracy
from mmeval.scorers import caption_choice, choice, routed, yes_no
from mmeval.scorers.readers.films import leading_letter, leading_yes_no
from mmeval.scorers.routed import by_kind
from mmeval.types import Text

BEST = "Please directly give the best option:"
CLOSINGS = {"multi-choice": BEST, "yes_no": "Please answer yes or no:", "caption_matching": BEST}
NAMED = re.compile(r"^(?:[A-D]\.|(?:Sentence|Option|Caption) \w:) (.*)$", re.MULTILINE)


def to_sample(row: Row) -> Sample:
    kind, options = row["kind"], NAMED.findall(row["question"])
    closed = kind != "yes_no" and options
    answer = row["answer"].partition(": " if kind == "caption_matching" else ". ")[2] if closed else row["answer"]
    return Sample(
        id=f"{kind}-{row['row']}",
        prompt=(data.film(row, f"videos/{row['video_id']}.mp4"), Text(f"{row['question']}\n{CLOSINGS[kind]}")),
        target=answer,
        choices=tuple(options) if closed else (),
        cluster=row["video_id"],
        tags={"kind": kind, **data.tags(row, "dim")},
    )


benchmark = Benchmark(
    name="tempcompass", version="1", title="TempCompass", about=__doc__, video="frames=16",
    data=data.chained("kind", {
        kind: data.unpacked(
            data.hub(
                "lmms-lab/TempCompass", config=kind, split="test", revision=None,  # pinned by the first load
                columns={"video_id": str, "question": str, "answer": str, "dim": str},
            ),
            "tempcompass_videos.zip",
        )
        for kind in CLOSINGS
    }),
    to_sample=to_sample, profile="mmeval",
    score=routed(
        {
            "multi-choice": choice(official=leading_letter), "yes_no": yes_no(official=leading_yes_no),
            "caption_matching": caption_choice(),
        },
        by=by_kind,
    ),
    metric=accuracy(macro="kind", by=["dim"]), cluster="film", license="CC-BY-NC-4.0",
    url="https://github.com/llyx97/TempCompass", paper="https://arxiv.org/abs/2403.00476", rows=None, chance=None,
    tags=("video", "multiple-choice", "yes-no"),
)  # fmt: skip

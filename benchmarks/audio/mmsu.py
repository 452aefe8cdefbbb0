"""What is said and how: 47 tasks about spoken language, perception and reasoning.

The authors publish no code that reads a reply; the default is our own reading.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import choice
from mmeval.types import Text


def to_sample(row: Row) -> Sample:
    clip = data.recording(row)
    options = [row[f"choice_{letter}"] for letter in "abcd"]
    text = (
        f"Listen to the audio and answer the following question.\n\nQuestion: {row['question']}\n\n"
        f"{prompts.lettered(options)}\n\nAnswer with the letter (A, B, C, or D) only."
    )
    return Sample(
        id=str(row.get("id") or row["row"]),
        prompt=(clip, Text(text)),
        target=row["answer"] if row["answer"] in ("A", "B", "C", "D") else "ABCD"[options.index(row["answer"])],
        choices=tuple(options),
        cluster=clip.sha256[:16],
        tags=data.tags(row, "category", "sub_category", "task_name"),
    )


benchmark = Benchmark(
    name="mmsu", version="1", title="MMSU", about=__doc__, audio="wav",
    data=data.hub(
        "ngqtrung/mmsu", split="test", revision=None,  # pinned by the first load
        columns={"audio": dict, "question": str, **{f"choice_{letter}": str for letter in "abcd"}, "answer": str},
    ),
    to_sample=to_sample, score=choice(), profile="mmeval",
    metric=accuracy(by=["category", "sub_category", "task_name"]), cluster="sound", license=None, url=None, paper="https://arxiv.org/abs/2506.04779",
    rows=None, chance=0.25, tags=("audio", "speech", "multiple-choice"),
)  # fmt: skip

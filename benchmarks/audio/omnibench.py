"""A picture and a sound that answer a question only together.

The authors look for `(X)`, `X ` and `X.` anywhere, then for the text of an option; the default is our own reading.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import choice
from mmeval.scorers.readers.brackets import bracketed_whole
from mmeval.types import Text

CLOSING = "Answer with the option's letter from the given choices directly."


def to_sample(row: Row) -> Sample:
    clip, image, options = data.recording(row), data.picture(row), list(row["options"])
    text = f"Question:\n{row['question']}\n\nOptions:\n{prompts.lettered(options)}\n\n{CLOSING}"
    return Sample(
        id=str(row["row"]),
        prompt=(clip, image, Text(text)),
        target=row["answer"],
        choices=tuple(options),
        cluster=f"{clip.sha256[:16]}+{image.sha256[:16]}",
        tags=data.tags(row, "task type", "audio type"),
    )


benchmark = Benchmark(
    name="omnibench", version="1", title="OmniBench", about=__doc__, audio="wav",
    data=data.hub(
        "lmms-lab-audio/Omni_Bench_fix", split="train", revision=None,  # pinned by the first load
        columns={"audio": dict, "image": dict, "question": str, "options": list, "answer": str, "task type": str},
    ),
    to_sample=to_sample, score=choice(official=bracketed_whole), profile="mmeval",
    metric=accuracy(by=["task type", "audio type"]), cluster="picture and sound", license=None, url="https://huggingface.co/datasets/m-a-p/OmniBench",
    paper="https://arxiv.org/abs/2409.15272", rows=1_142, chance=0.25, tags=("audio", "image", "multiple-choice"),
)  # fmt: skip

"""Questions about sounds, music, speech and mixtures of them that need several steps.

The authors compare words, as for MMAU: all words of the right option have to occur, and none that only wrong options
have. lmms-eval draws a random letter when it reads none. The default is our own reading.
"""

from mmeval import Benchmark, Row, Sample, data
from mmeval.metrics import accuracy
from mmeval.scorers import word_choice
from mmeval.types import Text

OPENING = (
    "Listen to the audio and answer the following multiple-choice question. Respond with only the letter "
    "(A, B, C, or D) of the correct option."
)


def to_sample(row: Row) -> Sample:
    clip, options = data.recording(row), list(row["choices"])
    return Sample(
        id=str(row.get("id") or row["row"]),
        prompt=(clip, Text("\n".join((OPENING, row["question"], *options, "The best answer is:")))),
        target=str(row["answer"]).strip().upper(),
        choices=tuple(option.partition(". ")[2] for option in options),
        cluster=clip.sha256[:16],
        tags=data.tags(row, "modality", "category"),
    )


benchmark = Benchmark(
    name="mmar", version="1", title="MMAR", about=__doc__, audio="wav",
    data=data.hub(
        "ngqtrung/mmar", split="test", revision=None,  # pinned by the first load
        columns={"audio": dict, "question": str, "choices": list, "answer": str, "modality": str, "category": str},
    ),
    to_sample=to_sample, score=word_choice(), profile="mmeval", metric=accuracy(by=["modality", "category"]),
    cluster="sound", license=None, url="https://github.com/ddlBoJack/MMAR", paper="https://arxiv.org/abs/2505.13032",
    rows=1_000, chance=None, tags=("audio", "multiple-choice"),
)  # fmt: skip

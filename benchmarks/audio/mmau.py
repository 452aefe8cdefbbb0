"""Speech, music and sounds: 27 skills, the 1,000 public questions (test-mini).

The authors compare words: all words of the right option have to occur, and none that only wrong options have. lmms-eval
draws a random letter when it reads none. The default is our own reading.
"""

import json

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import word_choice

CLOSING = "Answer with the option's letter from the given choices directly."


def to_sample(row: Row) -> Sample:
    options = [str(option) for option in json.loads(row["choices"])]
    clip = data.recording(row)
    return Sample(
        id=str(row.get("id") or row["row"]),
        prompt=prompts.multiple_choice(row["question"], options, CLOSING, images=[clip]),
        target=row["answer"],
        choices=tuple(options),
        cluster=clip.sha256[:16],
        tags=data.tags(row, "task", "difficulty"),
    )


benchmark = Benchmark(
    name="mmau", version="1", title="MMAU, test-mini", about=__doc__, audio="wav",
    data=data.hub(
        "lmms-lab-audio/mmau", split="test_mini", revision=None,  # pinned by the first load
        columns={"audio": dict, "question": str, "choices": str, "answer": str, "task": str},
    ),
    to_sample=to_sample, score=word_choice(), profile="mmeval", metric=accuracy(by=["task", "difficulty"]),
    cluster="sound", license="Apache-2.0", url="https://github.com/Sakshi113/MMAU",
    paper="https://arxiv.org/abs/2410.19168", rows=1_000, chance=0.25, tags=("audio", "multiple-choice"),
)  # fmt: skip

"""Three minutes of daily life as its actor sees it, and five summaries: the 500 questions with public answers.

The answers of the other 4,531 are not public. The authors take a number for each question, and publish nothing that
reads it from a reply. lmms-eval draws a random letter when it reads none; the default is our own reading.
"""

from string import ascii_uppercase

from mmeval import Benchmark, Row, Sample, data
from mmeval.metrics import accuracy
from mmeval.scorers import choice
from mmeval.types import Text

CLOSING = "Answer with the option's letter from the given choices directly."


def to_sample(row: Row) -> Sample:
    text = "\n".join((row["question"], *row["option"], CLOSING))
    return Sample(
        id=row["video_idx"],
        prompt=(data.film(row, f"videos/{row['video_idx']}.mp4"), Text(text)),
        target=ascii_uppercase[int(row["answer"])],
        choices=tuple(option.partition(". ")[2] for option in row["option"]),
        cluster=row["video_idx"],
    )


benchmark = Benchmark(
    name="egoschema", version="1", title="EgoSchema, subset", about=__doc__, video="lmms-32",
    data=data.unpacked(
        data.hub(
            "lmms-lab/egoschema", config="Subset", split="test", revision=None,  # pinned by the first load
            columns={"video_idx": str, "question": str, "option": list, "answer": str | int},
        ),
        "videos_chunked_*.zip",
    ),
    to_sample=to_sample, score=choice(letters="ABCDE"), profile="mmeval", metric=accuracy(by=()), cluster="film",
    license=None, url="https://egoschema.github.io", paper="https://arxiv.org/abs/2308.09126", rows=500, chance=0.2,
    tags=("video", "multiple-choice"),
)  # fmt: skip

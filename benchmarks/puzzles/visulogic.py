"""Visual logic that words describe badly: quantity, space, position, attributes, style; options in the picture.

The default is our own reading: the authors ask a judge where their patterns fail, and miss `Answer: (B)`.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import choice
from mmeval.scorers.readers.patterns import boxed_or_phrase, tagged

CLOSING = "Solve the problem step by step; the last line of the reply must be of the form: Answer: \\boxed{$LETTER}"


def to_sample(row: Row) -> Sample:
    return Sample(
        id=str(row["id"]),
        prompt=prompts.question_first(row["question"], CLOSING, images=[data.picture(row)]),
        target=row["label"],
        cluster=str(row["id"]),
        tags={"category": row["tag"]},
    )


benchmark = Benchmark(
    name="visulogic", version="1", title="VisuLogic", about=__doc__,
    data=data.zipped(
        data.hub(
            "VisuLogic/VisuLogic", split="train", revision=None, data_files="data.jsonl",  # pinned by the first load
            columns={"image_path": str, "question": str, "label": str, "id": str | int, "tag": str},
        ),
        archive="images.zip", column="image_path",
    ),
    to_sample=to_sample, score=choice(vlmevalkit=boxed_or_phrase, lmms=tagged), profile="mmeval", metric=accuracy(),
    cluster=None, license=None, url="https://visulogic-benchmark.github.io/VisuLogic",
    paper="https://arxiv.org/abs/2504.15279", rows=1_000, chance=0.25, tags=("reasoning", "multiple-choice"),
)  # fmt: skip

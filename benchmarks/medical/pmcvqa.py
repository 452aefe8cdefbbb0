"""Figures of biomedical papers: scans, microscopy, charts and drawings, with four options (the checked test set).

The default is our own reading of the letter; the authors compare the reply with the options and take the most
similar. The pictures are in one archive of 18 GB.
"""

import re

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import choice

CLOSING = "Answer with the option's letter from the given choices directly."
LETTERS = "ABCD"


def to_sample(row: Row) -> Sample:
    image = data.picture(row)
    options = [re.sub(rf"^{x}\s?:", "", row[f"Choice {x}"].strip()).strip() for x in LETTERS]
    return Sample(
        id=str(row["row"]),
        prompt=prompts.multiple_choice(row["Question"].strip(), options, CLOSING, images=[image]),
        target=row["Answer_label"].strip(),
        choices=tuple(options),
        cluster=row["Figure_path"],
    )


benchmark = Benchmark(
    name="pmcvqa", version="1", title="PMC-VQA (test clean)", about=__doc__,
    data=data.zipped(
        data.hub(
            "RadGenome/PMC-VQA", split="test", revision=None, data_files="test_clean.csv",  # pinned by the first load
            columns={"Figure_path": str, "Question": str, **{f"Choice {x}": str for x in LETTERS}, "Answer_label": str},
        ),
        archive="images.zip", column="Figure_path", folder="images/",
    ),
    to_sample=to_sample, score=choice(), profile="mmeval", metric=accuracy(by=()), cluster="image", license=None,
    url="https://xiaoman-zhang.github.io/PMC-VQA", paper="https://arxiv.org/abs/2305.10415", rows=2_000, chance=0.25,
    tags=("medical", "multiple-choice"),
)  # fmt: skip

"""Examinations written in eighteen languages, half of them with a picture, with four options.

The headline is the mean over questions; `picture` says which have one. The default is our own reading of the letter;
the authors read the JSON that they ask for, and lmms-eval squashes every picture into a square of 512 pixels first.
"""

from mmeval import Benchmark, Row, Sample, Text, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import choice
from mmeval.types import Part

CLOSING = "Answer with the option's letter from the given choices directly."
SUFFIXES = (".png", ".jpg", ".jpeg")


def to_sample(row: Row) -> Sample:
    options, name = data.spelled(row["options"], "options"), data.present(row["image"])
    shown = [data.still(row, f"final_data/{name}")] if name and name.lower() != "none" else []
    lines: list[Part] = []
    for n, option in enumerate(options):
        drawn = option.lower().endswith(SUFFIXES)
        lines += [Text(f"{prompts.letter(n)}. {'' if drawn else option}".rstrip())]
        lines += [data.still(row, f"final_data/{option}")] if drawn else []
    return Sample(
        id=str(row["row"]), prompt=(*shown, Text(row["question"].strip()), *lines, Text(CLOSING)),
        target=prompts.letter(int(row["answer"])),
        choices=tuple("" if option.lower().endswith(SUFFIXES) else option for option in options),
        cluster=data.seen(shown) or None,
        tags={"picture": "yes" if shown else "no", **data.tags(row, "language", "category_en")},
    )  # fmt: skip


benchmark = Benchmark(
    name="kaleidoscope", version="1", title="Kaleidoscope", about=__doc__,
    data=data.unpacked(
        data.hub(
            "CohereLabs/kaleidoscope", split="train", revision=None,  # pinned by the first load
            columns={"question": str, "options": list | str, "answer": int | str, "image": str | None, "language": str},
        ),
        "data.zip",
    ),
    to_sample=to_sample, score=choice(), profile="mmeval", metric=accuracy(by=["language", "picture", "category_en"]),
    cluster="image", license=None, url="https://github.com/israfelsr/kaleidoscope",
    paper="https://arxiv.org/abs/2504.07072", rows=20_911, chance=0.25,
    tags=("multilingual", "exam", "multiple-choice"),
)  # fmt: skip

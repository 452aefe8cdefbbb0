"""One to many pictures in seven relations to each other, and 52 tasks from ordering to tracking, with two to seven
options.

Some answers are letters that are not among the options; such questions are left out, for no reply could be right.
The headline is the mean over questions. The default is our own reading of the letter. The pictures are in seven
archives of 25 GB.
"""

import re

from mmeval import Benchmark, Row, Sample, Text, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import choice

CLOSING = "Answer with the option's letter from the given choices directly."
OPTION = re.compile(r"^([A-Z]):\s?(.*)$", re.MULTILINE)


def to_sample(row: Row) -> Sample | None:
    options, answer = [text.strip() for _, text in OPTION.findall(row["options"])], row["output"].strip()
    if answer not in [prompts.letter(n) for n in range(len(options))]:
        return None
    places = [path.removeprefix("./") for path in row["input_image_path"]]  # relation/task/picture
    images = [data.still(row, path.partition("/")[2]) for path in places]
    context = [data.present(row["context"]) or ""]
    text = "\n".join(part for part in (*context, row["question"], prompts.lettered(options), CLOSING) if part)
    return Sample(
        id=str(row["row"]), prompt=(*images, Text(text)), target=answer, choices=tuple(options),
        cluster=data.seen(images), tags={"relation": places[0].partition("/")[0], **data.tags(row, "task")},
    )  # fmt: skip


benchmark = Benchmark(
    name="mmiu", version="1", title="MMIU", about=__doc__,
    data=data.unpacked(
        data.hub(
            "FanqingM/MMIU-Benchmark", split="test", revision=None,  # pinned by the first load
            columns={
                "task": str, "input_image_path": list, "question": str, "context": str | None, "options": str,
                "output": str,
            },
        ),
        "*-*.zip",
    ),
    to_sample=to_sample, score=choice(letters="ABCDEFG"), profile="mmeval", metric=accuracy(by=["relation", "task"]),
    cluster="images", license="CC-BY-4.0", url="https://mmiu-bench.github.io", paper="https://arxiv.org/abs/2408.02718",
    rows=None, chance=None, tags=("multi-image", "multiple-choice"),
)  # fmt: skip

"""One scene from several cameras: counting, attributes, relations, camera poses, with three options.

Most questions have a twin that asks the same from the other side; `accuracy/pair` is the share of these pairs with
both right, which guessing seldom reaches. The default is our own reading of the letter. Most scenes are of Ego-
Exo4D, whose owners give them on request; a sample without its pictures fails alone.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics.groups import Share, every, grouped, mean
from mmeval.scorers import choice

CLOSING = "Answer with the option's letter from the given choices directly."


def to_sample(row: Row) -> Sample:
    images = [data.still(row, path) for path in row["image_path"]]
    options, twin = data.lettered(row), data.present(row["pair_idx"])
    pair = "-".join(sorted((str(row["index"]), twin))) if twin else ""
    return Sample(
        id=str(row["index"]),
        prompt=prompts.multiple_choice(row["question"].strip(), options, CLOSING, images=images),
        target=row["answer"],
        choices=tuple(options),
        cluster=str(row["folder"]),
        tags={"scene": str(row["folder"]), **({"pair": pair} if pair else {}), **data.tags(row, "category")},
    )


benchmark = Benchmark(
    name="allangles", version="1", title="All-Angles Bench", about=__doc__,
    data=data.supplied(
        "allangles", file="data.json",
        how="copy data.json and the pictures of https://huggingface.co/datasets/ch-chenyu/All-Angles-Bench there",
        columns={
            "index": str | int, "folder": str | int, "category": str, "pair_idx": str | int | None, "image_path": list,
            "question": str, "A": str, "B": str, "C": str, "answer": str,
        },
    ),
    to_sample=to_sample, score=choice(letters="ABC"), profile="mmeval",
    metric=grouped(
        name="accuracy", headline="single", unit=("scene",), about="Mean over questions.",
        parts={
            "single": Share(value=mean()),
            "pair": Share(value=every(), by=("pair",), size=2, where=lambda tags: "pair" in tags),
        },
    ),
    cluster="scene", license="MIT", url="https://danielchyeh.github.io/All-Angles-Bench",
    paper="https://arxiv.org/abs/2504.15280", rows=2_132, chance=None, labels="user-supplied",
    tags=("spatial", "multi-image", "pairs", "multiple-choice"),
)  # fmt: skip

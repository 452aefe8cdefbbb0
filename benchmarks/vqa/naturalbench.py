"""Two pictures and two questions with opposite answers: 1,900 groups of four that no blind guess gets right.

The headline is G-Acc, the share of groups with all four answers right; `question` and `image` are the shares of
questions right on both pictures and of pictures with both questions right. The default is our own reading; the
authors take the first of the two words in the reply, so that "A red car, so B" is an A.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics.groups import Share, every, grouped, mean
from mmeval.scorers import choice, routed, yes_no
from mmeval.scorers.readers.published import first_a_or_b, first_yes_or_no
from mmeval.scorers.routed import by_kind

CLOSINGS = {
    "yes_no": "Please answer Yes or No.",
    "multiple_choice": "Please output the letter corresponding to the correct option.",
}


def to_sample(row: Row) -> Sample:
    group, place = divmod(row["row"], 4)  # question 0 on picture 0, on picture 1, then question 1
    return Sample(
        id=str(row["row"]),
        prompt=prompts.question_first(f"{row['question']} {CLOSINGS[row['type']]}", images=[data.picture(row)]),
        target=row["answer"],
        cluster=str(group),
        tags={
            "group": str(group), "question": str(place // 2), "image": str(place % 2), "kind": row["type"],
            "category": row["type"],
        },
    )  # fmt: skip


benchmark = Benchmark(
    name="naturalbench", version="1", title="NaturalBench", about=__doc__,
    data=data.vlmevalkit(
        "NaturalBenchDataset", md5="e5f724932972eaeb8a9099e6979606ec",
        url="https://huggingface.co/datasets/BaiqiL/NaturalBench/resolve/main/NaturalBenchDataset.tsv",
        columns={"index": str | int, "question": str, "answer": str, "type": str, "image": dict},
    ),
    to_sample=to_sample, profile="mmeval",
    score=routed({
        "yes_no": yes_no(official=first_yes_or_no), "multiple_choice": choice(letters="AB", official=first_a_or_b),
    }, by=by_kind),
    metric=grouped(
        name="group_accuracy", headline="group", about="Share of groups with all four answers right (G-Acc).",
        parts={
            "group": Share(value=every(), by=("group",), size=4),
            "question": Share(value=every(), by=("group", "question"), size=2),
            "image": Share(value=every(), by=("group", "image"), size=2),
            "single": Share(value=mean()),
        },
    ),
    cluster="group", license="Apache-2.0", url="https://linzhiqiu.github.io/papers/naturalbench",
    paper="https://arxiv.org/abs/2410.14669", rows=7_600, chance=0.0625, tags=("general", "groups", "pairs"),
)  # fmt: skip

"""Familiar things with a change, such as a dog with five legs or a flag with a star too many: what is seen or known?

The headline is the accuracy; `accuracy/bias` is the share of replies that give what habit suggests. The prompts ask for
braces, and the default is our own reading of them: lmms-eval joins all digits of a reply into one number.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy, with_answers
from mmeval.scorers import drawn_answer


def to_sample(row: Row) -> Sample:
    image, target = data.picture(row), str(row["ground_truth"]).strip()
    return Sample(
        id=str(row["row"]),
        prompt=prompts.question_first(row["prompt"], images=[image]),
        target=target,
        cluster=image.sha256[:16],
        tags={
            "category": row["topic"], "kind": "yes_no" if target.lower() in ("yes", "no") else "number",
            "expected": str(row["expected_bias"]).strip(),
        },
    )  # fmt: skip


benchmark = Benchmark(
    name="vlmsarebiased", version="1", title="VLMs Are Biased", about=__doc__,
    data=data.hub(
        "anvo25/vlms-are-biased", split="main", revision=None,  # pinned by the first load
        columns={
            "image": dict, "prompt": str, "ground_truth": str | int, "expected_bias": str | int, "topic": str,
        },
    ),
    to_sample=to_sample, score=drawn_answer(), profile="mmeval", metric=with_answers(accuracy(), "expected", "bias"),
    cluster="image", license=None, url="https://vlmsarebiased.github.io", paper="https://arxiv.org/abs/2505.23941",
    rows=None, chance=None, tags=("perception", "counterfactual", "open"),
)  # fmt: skip

"""Which of two answers about a picture is better? The model is the judge, and people have decided before.

The headline is the mean over three groups: general questions, hallucination and reasoning. The better answer is
placed by a digest of the id, so that a preference for the first gains nothing. The model says a letter, which is our
own reading; the authors ask for a text with a verdict and let another model read it.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import choice

GROUPS = {
    "mathverse": "reasoning",
    "mmmu": "reasoning",
    "hallucination": "hallucination",
    "rlhf": "hallucination",
    "rlaif": "hallucination",
}
CLOSING = (
    "Which answer is better? Weigh how accurate it is for the picture, how complete, how clear and how relevant. "
    "Reply with the letter of the better answer only."
)


def to_sample(row: Row) -> Sample:
    image, answers, best = data.picture(row), list(row["response"]), list(row["human_ranking"]).index(0)
    (first, second), target = data.placed(row["id"], answers[best], answers[1 - best])
    text = f"Question: {row['query'].strip()}\n\nAnswer A: {first}\n\nAnswer B: {second}\n"
    return Sample(
        id=row["id"],
        prompt=prompts.question_first(text, CLOSING, images=[image]),
        target=target,
        cluster=data.seen([image]),
        tags={"group": GROUPS.get(row["id"].split("-")[0].split("_")[0].lower(), "general")},
    )


benchmark = Benchmark(
    name="vl_rewardbench", version="1", title="VL-RewardBench", about=__doc__,
    data=data.hub(
        "MMInstruction/VL-RewardBench", split="test", revision=None,  # pinned by the first load
        columns={"id": str, "query": str, "response": list, "image": dict, "human_ranking": list},
    ),
    to_sample=to_sample, score=choice(letters="AB"), profile="mmeval", metric=accuracy(by=(), macro="group"),
    cluster="image", license=None, url="https://vl-rewardbench.github.io", paper="https://arxiv.org/abs/2411.17451",
    rows=None, chance=0.5, tags=("general", "judging", "multiple-choice"),
)  # fmt: skip

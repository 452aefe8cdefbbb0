"""Charts whose questions need the eye and not only the text (test split).

Needs a judge: it compares question, gold and the text of the answer tag.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import tagged_judged

CLOSING = "Think step by step inside <think></think>, then give the final answer alone inside <answer></answer>."


def to_sample(row: Row) -> Sample:
    image = data.picture(row)
    return Sample(
        id=row["index"],
        prompt=prompts.question_first(row["question"], CLOSING, images=[image]),
        target=row["answer"],
        cluster=image.sha256[:16],
        tags={"category": row["category"]},
    )


benchmark = Benchmark(
    name="chartmuseum", version="1", title="ChartMuseum", about=__doc__,
    data=data.vlmevalkit(
        "ChartMuseum_test", md5=None,
        # The address that VLMEvalKit lists is the web page of the file; this one is the file.
        url="https://huggingface.co/datasets/lytang/ChartMuseum/resolve/main/ChartMuseum_test.tsv",
        columns={"index": str, "question": str, "answer": str, "category": str, "image": dict},
    ),
    to_sample=to_sample, score=tagged_judged(), profile="official", metric=accuracy(), cluster="image",
    license=None, url="https://chartmuseum-leaderboard.github.io", paper="https://arxiv.org/abs/2505.13444",
    rows=1_000, chance=None, tags=("chart", "reasoning", "open", "judge"),
)  # fmt: skip

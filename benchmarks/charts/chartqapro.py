"""Charts of many kinds with lists, conversations, fact checks, hypotheses and unanswerable questions.

The default is the authors' rule as it runs: they compute a flag that should make fact checks and
letters exact and never use it (`tru` earns .75 for `true`).
"""

from mmeval import Benchmark, Row, Sample, Text, data
from mmeval.metrics import accuracy
from mmeval.scorers import relaxed_lists

HOW = {
    "Factoid": "Answer with a single word, number or phrase; lists as ['Answer1', 'Answer2'].",
    "Multi Choice": "Answer with the letter of the right option only: a, b, c or d.",
    "Fact Checking": "Answer with true or false.",
    "Hypothetical": "Answer with a single word, number or phrase; lists as ['Answer1', 'Answer2'].",
    "Conversational": "Answer the last question with a single word, number or phrase.",
}
UNKNOWN = "If the chart does not hold the answer, say unanswerable. Give the final answer only."


def to_sample(row: Row) -> Sample:
    image, kind = data.picture(row), row["Question Type"]
    *asked, last = row["Question"]
    talk = [line for q, a in zip(asked, row["Answer"], strict=False) for line in (f"Question: {q}", f"Answer: {a}")]
    context = [row["Paragraph"]] if data.present(row["Paragraph"]) else []
    text = "\n".join([*context, f"{HOW[kind]} {UNKNOWN}", *talk, f"Question: {last}"])
    return Sample(
        id=str(row["row"]), prompt=(image, Text(text)),
        target={"answers": list(row["Answer"]), "kind": kind, "years": list(row["Year"])},
        cluster=image.sha256[:16], tags={"category": kind},
    )  # fmt: skip


benchmark = Benchmark(
    name="chartqapro", version="1", title="ChartQAPro", about=__doc__,
    data=data.hub(
        "ahmed-masry/ChartQAPro", split="test", revision=None,  # pinned by the first load
        columns={
            "Question": list, "Answer": list, "Question Type": str, "image": bytes, "Year": list,
            "Paragraph": str | None,
        },
    ),
    to_sample=to_sample, score=relaxed_lists(), profile="official", metric=accuracy(), cluster="image",
    license="GPL-3.0", url="https://huggingface.co/datasets/ahmed-masry/ChartQAPro",
    paper="https://arxiv.org/abs/2504.05506", rows=1_948, chance=None, tags=("chart", "open"),
)  # fmt: skip

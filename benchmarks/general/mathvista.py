"""Mathematics in figures, charts, tables and photographs; options, integers, floats and lists (testmini).

The prompt is the data set's own `query`, whose hint says how to answer. The authors let a judge extract
the answer and take the nearest option for anything else (`official`); the default is our own reading.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import extracted_answer


def to_sample(row: Row) -> Sample:
    image, facts = data.picture(row, "decoded_image"), row["metadata"]
    return Sample(
        id=row["pid"],
        prompt=prompts.question_first(row["query"], images=[image]),
        target=row["answer"],
        choices=tuple(row["choices"] or ()),
        cluster=image.sha256[:16],
        tags={
            "task": facts["task"],
            "skill": ",".join(facts["skills"]),
            **data.tags(row, "answer_type", "precision"),
        },
    )


benchmark = Benchmark(
    name="mathvista", version="1", title="MathVista (testmini)", about=__doc__,
    data=data.hub(
        "AI4Math/MathVista", split="testmini", revision=None,  # pinned by the first load
        columns={
            "pid": str, "decoded_image": dict, "choices": list | None, "precision": float | None, "answer": str,
            "question_type": str, "answer_type": str, "metadata": dict, "query": str,
        },
    ),
    to_sample=to_sample, score=extracted_answer(), profile="mmeval", metric=accuracy(by=["task", "skill"]),
    cluster="image", license="CC-BY-SA-4.0", url="https://mathvista.github.io", paper="https://arxiv.org/abs/2310.02255",
    rows=1_000, chance=None, tags=("math", "multiple-choice", "open"),
)  # fmt: skip

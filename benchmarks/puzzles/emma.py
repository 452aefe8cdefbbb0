"""Mathematics, physics, chemistry and coding that must be solved in the picture; up to five pictures.

The default is our own reading: the published ones ask a judge, or accept bare letters only.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import math_answer

COLUMNS = {
    "pid": str, "question": str, "options": list | None, "answer": str, "context": str | None, "type": str,
    "subject": str, "category": str | None, "image_1": dict,
    **{f"image_{n}": dict | None for n in range(2, 6)},
}  # fmt: skip
CLOSED = "Put the letter of the right option in one \\boxed{}."
OPEN = "Put the final answer in one \\boxed{}."


def to_sample(row: Row) -> Sample:
    options = list(row["options"] or [])
    lines = prompts.lettered(options, "{letter}: {text}")
    parts = [data.present(row["context"]), row["question"], lines, CLOSED if options else OPEN]
    images = data.pictures(row, [f"image_{n}" for n in range(1, 6)])
    return Sample(
        id=row["pid"],
        prompt=prompts.interleave("\n".join(part for part in parts if part), images),
        target=row["answer"],
        choices=tuple(options),
        cluster="+".join(image.sha256[:16] for image in images.values()),
        tags=data.tags(row, "subject", "category", "type"),
    )


benchmark = Benchmark(
    name="emma", version="1", title="EMMA", about=__doc__,
    data=data.chained("config", {  # each pinned by the first load
        config: data.hub("luckychao/EMMA", config=config, split="test", revision=None, columns=COLUMNS)
        for config in ("Math", "Physics", "Chemistry", "Coding")
    }),
    to_sample=to_sample, score=math_answer(), profile="mmeval", metric=accuracy(by=["subject", "category"]),
    cluster="image", license=None, url="https://emma-benchmark.github.io", paper="https://arxiv.org/abs/2501.05444",
    rows=2_788, chance=None, tags=("math", "science", "multi-image", "multiple-choice", "open"),
)  # fmt: skip

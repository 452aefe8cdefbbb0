"""MMMU without the questions that language alone answers, with up to ten options (standard, 10 options).

The default is our own reading: the authors' rule draws a random letter from what it cannot parse. The
usual headline is the mean of this set and `mmmu_pro_vision`.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import choice
from mmeval.scorers.readers.brackets import after_answer, bracketed_loose

CLOSING = "Answer with the option's letter from the given choices directly."
COLUMNS = {
    "id": str, "question": str, "options": str, "answer": str, "subject": str, "topic_difficulty": str,
    "image_1": dict, **{f"image_{n}": dict | None for n in range(2, 8)},
}  # fmt: skip


def to_sample(row: Row) -> Sample:
    options = [str(option) for option in data.spelled(row["options"], "options")]
    images = data.pictures(row, [f"image_{n}" for n in range(1, 8)])
    text = "\n".join([row["question"], prompts.lettered(options), CLOSING])
    return Sample(
        id=row["id"],
        prompt=prompts.interleave(text, images),
        target=row["answer"],
        choices=tuple(options),
        cluster="+".join(image.sha256[:16] for image in images.values()),
        tags=data.tags(row, "subject", "topic_difficulty"),
    )


benchmark = Benchmark(
    name="mmmu_pro_standard", version="1", title="MMMU-Pro (standard)", about=__doc__,
    data=data.hub(  # pinned by the first load
        "MMMU/MMMU_Pro", config="standard (10 options)", split="test", revision=None, columns=COLUMNS
    ),
    to_sample=to_sample, score=choice(letters="ABCDEFGHIJ", official=after_answer, lmms=bracketed_loose),
    profile="mmeval",
    metric=accuracy(by=["subject"]), cluster="image", license="Apache-2.0",
    url="https://mmmu-benchmark.github.io", paper="https://arxiv.org/abs/2409.02813", rows=1_730, chance=None,
    tags=("knowledge", "multi-image", "multiple-choice"),
)  # fmt: skip

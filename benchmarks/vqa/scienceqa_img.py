"""School science with a picture, two to five options (test split, questions with an image).

The default is our own reading: the rule in use accepts a bare letter or `B.` and nothing else.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import choice
from mmeval.scorers.readers.patterns import letter_or_numbered

CLOSING = "Answer with the option's letter from the given choices directly."


def to_sample(row: Row) -> Sample:
    image, hint = data.picture(row), data.present(row["hint"])
    question = f"Context: {hint}\n{row['question']}" if hint else row["question"]
    return Sample(
        id=str(row["row"]),
        prompt=prompts.multiple_choice(question, row["choices"], CLOSING, images=[image]),
        target=prompts.letter(row["answer"]),
        choices=tuple(row["choices"]),
        cluster=image.sha256[:16],
        tags=data.tags(row, "subject", "topic", "grade"),
    )


benchmark = Benchmark(
    name="scienceqa_img", version="1", title="ScienceQA (images)", about=__doc__,
    data=data.hub(
        "lmms-lab/ScienceQA", config="ScienceQA-IMG", split="test", revision=None,  # pinned by the first load
        columns={"question": str, "choices": list, "answer": int, "hint": str, "subject": str, "image": dict},
    ),
    to_sample=to_sample, score=choice(letters="ABCDE", lmms=letter_or_numbered),
    profile="mmeval", metric=accuracy(by=["subject"]),
    cluster="image", license="CC-BY-NC-SA-4.0", url="https://scienceqa.github.io",
    paper="https://arxiv.org/abs/2209.09513", rows=2_017, chance=None, tags=("science", "multiple-choice"),
)  # fmt: skip

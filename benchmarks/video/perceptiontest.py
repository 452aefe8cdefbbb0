"""Short staged films that test memory, abstraction, physics and semantics: the validation questions, three options.

The authors take a number for each question, and publish nothing that reads it from a reply. lmms-eval takes the first
A, B or C that is a word, also the article; the default is our own reading.
"""

from string import ascii_uppercase

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import choice

CLOSING = "Answer with the option's letter from the given choices directly."


def to_sample(row: Row) -> Sample:
    options, name = list(row["options"]), row["video_name"]
    return Sample(
        id=f"{name}-{row['question_id']}",
        prompt=prompts.multiple_choice(
            row["question"], options, CLOSING, images=[data.film(row, f"videos/{name}.mp4")]
        ),
        target=ascii_uppercase[int(row["answer_id"])],
        choices=tuple(options),
        cluster=name,
        tags=data.tags(row, "area", "reasoning"),
    )


benchmark = Benchmark(
    name="perceptiontest", version="1", title="Perception Test", about=__doc__, video="lmms-32",
    data=data.unpacked(
        data.hub(
            "lmms-lab/PerceptionTest_Val", config="mc_question_val", split="validation",
            revision=None,  # pinned by the first load
            columns={
                "video_name": str, "question": str, "question_id": str | int, "options": list, "answer_id": str | int,
                "area": str, "reasoning": str,
            },
        ),
        "*.zip",
    ),
    to_sample=to_sample, score=choice(letters="ABC"), profile="mmeval", metric=accuracy(by=["area", "reasoning"]),
    cluster="film", license="CC-BY-4.0", url="https://github.com/google-deepmind/perception_test",
    paper="https://arxiv.org/abs/2305.13786", rows=None, chance=0.3333, tags=("video", "multiple-choice"),
)  # fmt: skip

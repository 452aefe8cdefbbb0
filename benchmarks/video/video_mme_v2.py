"""Groups of four questions about one film, eight options each; a group is worth more than the sum of its answers.

The headline is the authors' score: the square of the share of right answers for questions that belong together, the
steps reached for questions that build on each other. `accuracy` is over single questions. The prompt and the 64 frames
are the authors', without subtitles. Their rule takes the first capital A to H after some lead-ins, so that "Based on
the film, A" is B; the default is our own reading.
"""

from mmeval import Benchmark, Row, Sample, data
from mmeval.metrics.steps import in_steps
from mmeval.scorers import choice
from mmeval.scorers.readers.films import first_of_eight
from mmeval.types import Text

FRAMES = "These are the frames of a video."
CLOSING = (
    "Select the best answer to the following multiple-choice question based on the video. "
    "Respond with only the letter (A, B, C, D, E, F, G, or H) of the correct option."
)


def to_sample(row: Row) -> Sample:
    place = int(str(row["question_id"]).rpartition("-")[2])
    structure = "".join(str(row["group_structure"]).split()) if row["group_type"] == "logic" else "relevance"
    text = f"{FRAMES}\nQuestion: {row['question']}\n{row['options']}\n{CLOSING}"
    return Sample(
        id=str(row["question_id"]),
        prompt=(data.film(row, f"{row['video_id']}.mp4"), Text(text)),
        target=row["answer"],
        choices=tuple(line.partition(". ")[2] for line in row["options"].strip().split("\n")),
        cluster=str(row["video_id"]),
        tags={
            "group": str(row["video_id"]), "place": str(place), "worth": structure,
            "swapped_23": str({2: 3, 3: 2}.get(place, place)), "swapped_12": str({1: 2, 2: 1}.get(place, place)),
            **data.tags(row, "group_type", "level"),
        },
    )  # fmt: skip


benchmark = Benchmark(
    name="video_mme_v2", version="1", title="Video-MME-v2", about=__doc__, video="vlmevalkit-64frame",
    data=data.unpacked(
        data.hub(
            "MME-Benchmarks/Video-MME-v2", split="test", revision=None,  # pinned by the first load
            columns={
                "video_id": str, "question_id": str, "question": str, "options": str, "answer": str,
                "group_type": str, "group_structure": str,
            },
        ),
        "*.zip",
    ),
    to_sample=to_sample, score=choice(letters="ABCDEFGH", official=first_of_eight), profile="mmeval",
    metric=in_steps(),
    cluster="film", license="academic research only", url="https://github.com/MME-Benchmarks/Video-MME-v2",
    paper=None, rows=3_200, chance=None, tags=("video", "multiple-choice", "grouped"),
)  # fmt: skip

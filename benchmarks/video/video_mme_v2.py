"""Groups of four questions about one film, eight options each; a group is worth more than the sum of its answers.

The headline is the authors' score: the square of the share of right answers for questions that belong together, the
steps reached for questions that build on each other. `accuracy` is over single questions. The prompt and the 64 frames
are the authors', without subtitles. Their rule takes the first capital A to H after some lead-ins, so that "Based on
the film, A" is B; the default is our own reading.
"""

from mmeval import Benchmark, data
from mmeval.metrics.steps import in_steps
from mmeval.scorers import choice
from mmeval.scorers.readers.films import first_of_eight

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
    to_sample=data.video_mme_v2, score=choice(letters="ABCDEFGH", official=first_of_eight), profile="mmeval",
    metric=in_steps(),
    cluster="film", license="academic research only", url="https://github.com/MME-Benchmarks/Video-MME-v2",
    paper=None, rows=3_200, chance=None, tags=("video", "multiple-choice", "grouped"),
)  # fmt: skip

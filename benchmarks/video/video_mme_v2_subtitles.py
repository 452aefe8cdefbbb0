"""Video-MME-v2 with subtitles: all words of the film stand before the question. All else as in `video_mme_v2`."""

from mmeval import Benchmark, Row, Sample, data
from mmeval.metrics.steps import in_steps
from mmeval.scorers import choice
from mmeval.scorers.readers.films import first_of_eight


def to_sample(row: Row) -> Sample:
    return data.video_mme_v2(row, subtitles=True)


benchmark = Benchmark(
    name="video_mme_v2_subtitles", version="1", title="Video-MME-v2, subtitles", about=__doc__,
    video="vlmevalkit-64frame",
    data=data.unpacked(
        data.hub(
            "MME-Benchmarks/Video-MME-v2", split="test", revision=None,  # pinned by the first load
            columns={
                "video_id": str, "question_id": str, "question": str, "options": str, "answer": str,
                "group_type": str, "group_structure": str,
            },
        ),
        "*.zip", "subtitle/*.jsonl",
    ),
    to_sample=to_sample, score=choice(letters="ABCDEFGH", official=first_of_eight), profile="mmeval",
    metric=in_steps(),
    cluster="film", license="academic research only", url="https://github.com/MME-Benchmarks/Video-MME-v2",
    paper=None, rows=3_200, chance=None, tags=("video", "multiple-choice", "grouped"),
)  # fmt: skip

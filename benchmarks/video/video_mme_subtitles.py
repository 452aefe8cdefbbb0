"""Video-MME with subtitles: the lines on screen at the frames stand after them. All else as in `video_mme`."""

from mmeval import Benchmark, data
from mmeval.metrics import accuracy
from mmeval.scorers import choice
from mmeval.scorers.readers.films import first_capital

benchmark = Benchmark(
    name="video_mme_subtitles", version="1", title="Video-MME, subtitles", about=__doc__,
    video="lmms-32,subtitles=frames",
    data=data.unpacked(
        data.hub(
            "lmms-lab/Video-MME", split="test", revision=None,  # pinned by the first load
            columns={
                "videoID": str, "question_id": str, "duration": str, "domain": str, "sub_category": str,
                "task_type": str, "question": str, "options": list, "answer": str,
            },
        ),
        "videos_chunked_*.zip", "subtitle.zip",
    ),
    to_sample=data.video_mme, score=choice(official=first_capital), profile="mmeval",
    metric=accuracy(by=["duration", "domain", "sub_category", "task_type"]), cluster="film",
    license="academic research only", url="https://video-mme.github.io", paper="https://arxiv.org/abs/2405.21075",
    rows=2_700, chance=0.25, tags=("video", "multiple-choice"),
)  # fmt: skip

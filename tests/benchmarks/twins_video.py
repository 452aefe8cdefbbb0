"""Twins of the sets of films; films, sounds and rows are our own."""

from __future__ import annotations

import io
import zipfile
from functools import cache

from PIL import Image

from mmeval import animate
from tests.benchmarks.twin import L, S, Twin


@cache
def film(shade: int) -> bytes:
    """A second of film that gets brighter."""
    return animate.film(Image.new("RGB", (64, 48), (shade + 8 * i,) * 3) for i in range(12))


def archive(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, content in files.items():
            made.writestr(name, content)
    return out.getvalue()


SPOKEN = b"1\n00:00:00,000 --> 00:00:00,400\nIt begins.\n\n2\n00:00:00,600 --> 00:00:01,000\nIt ends.\n"
VIDEO_MME = Twin(
    columns={
        "video_id": S, "duration": S, "domain": S, "sub_category": S, "url": S, "videoID": S, "question_id": S,
        "task_type": S, "question": S, "options": L(S), "answer": S,
    },
    rows=[
        {"video_id": "001", "duration": "short", "domain": "Knowledge", "sub_category": "Biology", "url": "",
         "videoID": f"film{n}", "question_id": f"001-{n}", "task_type": "Action Recognition", "answer": "B",
         "question": "What happens?", "options": ["A. It gets dark.", "B. It gets bright.", "C. Nothing.", "D. Rain."]}
        for n in (1, 2)
    ],
    files={
        "videos_chunked_01.zip": archive({"data/film1.mp4": film(10)}),
        "videos_chunked_02.zip": archive({"data/film2.mp4": film(60)}),
        "subtitle.zip": archive({"subtitle/film1.srt": SPOKEN}),
    },
    prompt=["data/film1.mp4", "Select the best answer to the following multiple-choice question based on the video. Respond with only the "
            "letter (A, B, C, or D) of the correct option.\nWhat happens?\nA. It gets dark.\nB. It gets bright.\nC. Nothing.\nD. Rain.\n"
            "The best answer is:"],
    replies=["The best answer is B.", "A"], value=0.5,
)  # fmt: skip
TWINS = {"video_mme": VIDEO_MME, "video_mme_subtitles": VIDEO_MME}

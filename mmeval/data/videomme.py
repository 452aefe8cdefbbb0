"""The rows of Video-MME and Video-MME-v2, each of which is asked with and without subtitles."""

from __future__ import annotations

import json
from pathlib import Path

from mmeval.data.archives import find
from mmeval.data.rows import film, tags
from mmeval.errors import DataError
from mmeval.types import Row, Sample, Text

__all__ = ["video_mme", "video_mme_v2"]

FOUR = (
    "Select the best answer to the following multiple-choice question based on the video. "
    "Respond with only the letter (A, B, C, or D) of the correct option."
)
EIGHT = (
    "Select the best answer to the following multiple-choice question based on the video. "
    "Respond with only the letter (A, B, C, D, E, F, G, or H) of the correct option."
)
FRAMES = "These are the frames of a video."
LONGEST = 20_000_000
"""Bytes of a file of subtitles."""


def video_mme(row: Row) -> Sample:
    """A row of Video-MME with the prompt of its authors; its subtitles are shown where the policy says so."""
    text = "\n".join((FOUR, row["question"], *row["options"], "The best answer is:"))
    clip = film(row, f"data/{row['videoID']}.mp4", subtitles=f"subtitle/{row['videoID']}.srt")
    return Sample(
        id=str(row["question_id"]),
        prompt=(clip, Text(text)),
        target=row["answer"],
        choices=tuple(option.partition(". ")[2] for option in row["options"]),
        cluster=row["videoID"],
        tags=tags(row, "duration", "domain", "sub_category", "task_type"),
    )


def video_mme_v2(row: Row, *, subtitles: bool = False) -> Sample:
    """A row of Video-MME-v2 with the prompt of its authors; with all words of its film before the question."""
    place = int(str(row["question_id"]).rpartition("-")[2])
    structure = "".join(str(row["group_structure"]).split()) if row["group_type"] == "logic" else "relevance"
    opening = f"{FRAMES} This video's subtitles are listed below:\n{_words(row)}\n" if subtitles else FRAMES
    text = f"{opening}\nQuestion: {row['question']}\n{row['options']}\n{EIGHT}"
    return Sample(
        id=str(row["question_id"]),
        prompt=(film(row, f"{row['video_id']}.mp4"), Text(text)),
        target=row["answer"],
        choices=tuple(line.partition(". ")[2] for line in row["options"].strip().split("\n")),
        cluster=str(row["video_id"]),
        tags={
            "group": str(row["video_id"]), "place": str(place), "worth": structure,
            "swapped_23": str({2: 3, 3: 2}.get(place, place)), "swapped_12": str({1: 2, 2: 1}.get(place, place)),
            **tags(row, "group_type", "level"),
        },
    )  # fmt: skip


def _words(row: Row) -> str:
    """All that is said in a film: the texts of its subtitles, one word a line in JSON. A silent film has no file."""
    file = find(Path(row["folder"]), f"subtitle/{row['video_id']}.jsonl")
    if not file.is_file():
        return ""
    if file.stat().st_size > LONGEST:
        raise DataError(f"{file}: more than {LONGEST // 1_000_000} MB of subtitles")
    try:
        lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
        return " ".join(str(line["text"]) for line in lines)
    except (ValueError, LookupError, TypeError) as error:
        raise DataError(f"{file}: not subtitles as Video-MME-v2 has them: {error}") from None

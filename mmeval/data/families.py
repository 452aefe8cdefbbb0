"""Samples of benchmarks that come in several editions, which differ in their rows and the language of their prompt."""

from __future__ import annotations

import re

from mmeval.data import rows
from mmeval.types import Row, Sample, Text

__all__ = ["mme_realworld"]

_BRACKETED = re.compile(r"^\s{0,4}[(（]\s?[A-Z]\s?[)）]\s{0,4}")
_REALWORLD = (
    "The choices are listed below:",
    "Select the best answer to the above multiple-choice question based on the image. Respond with only the letter "
    "(A, B, C, D, or E) of the correct option.\nThe best answer is:",
)
_REALWORLD_CN = (
    "选项如下所示:",
    "根据图像选择上述多项选择题的最佳答案。只需回答正确选项的字母（A, B, C, D 或 E）。\n最佳答案为：",
)


def mme_realworld(row: Row, *, chinese: bool = False) -> Sample:
    """A row of MME-RealWorld with the prompt of its authors. The last option says that the picture does not show it."""
    image, options = rows.picture(row, "bytes"), list(row["multi-choice options"])
    before, closing = _REALWORLD_CN if chinese else _REALWORLD
    text = "\n".join((f"{row['question']} {before}", *options, closing))
    return Sample(
        id=str(row["index"]),
        prompt=(image, Text(text)),
        target=row["answer"],
        choices=tuple(_BRACKETED.sub("", option) for option in options),
        cluster=rows.seen([image]),
        tags={
            "ability": "perception" if "perception" in row["category"].lower() else "reasoning",
            "task": row["l2-category"],
            "category": row["category"].rpartition("/")[2],
        },
    )

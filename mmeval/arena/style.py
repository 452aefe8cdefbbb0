"""What a reply looks like, apart from what it says: the counts that style control takes out of ratings."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["COUNTS", "contrasts", "count_style"]

COUNTS = ("length", "lists", "bold", "headers")
_WORD = re.compile(r"[\u3040-\u9fff\uac00-\ud7af]|[^\W_]+")
_ITEM = re.compile(r"^[ \t]{0,12}(?:[-*+]|\d{1,3}[.)])[ \t]", re.MULTILINE)
_BOLD = re.compile(r"\*\*[^*\n]{1,200}\*\*|__[^_\n]{1,200}__")
_HEADER = re.compile(r"^#{1,6}[ \t]", re.MULTILINE)


def count_style(text: str) -> dict[str, int]:
    """Words (a Chinese, Japanese or Korean character counts as one), list items, bold spans and headers of Markdown."""
    found = (_WORD, _ITEM, _BOLD, _HEADER)
    return {name: sum(1 for _ in form.finditer(text)) for name, form in zip(COUNTS, found, strict=True)}


def contrasts(first: Sequence[Mapping[str, float]], second: Sequence[Mapping[str, float]]) -> NDArray[np.float64]:
    """Differences in style, (a - b) / (a + b + 1) for each count, scaled to variance 1; shape (votes, counts).

    Li, Angelopoulos and Chiang (2024), "Does style matter?". Counts that never differ are columns of zeros.
    """
    a = np.array([[row.get(name, 0.0) for name in COUNTS] for row in first], dtype=np.float64).reshape(-1, len(COUNTS))
    b = np.array([[row.get(name, 0.0) for name in COUNTS] for row in second], dtype=np.float64).reshape(-1, len(COUNTS))
    raw = (a - b) / (np.abs(a) + np.abs(b) + 1)
    spread = raw.std(axis=0)
    scaled: NDArray[np.float64] = raw / np.where(spread > 0, spread, 1)
    return scaled

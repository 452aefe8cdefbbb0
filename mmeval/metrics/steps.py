"""The score of Video-MME-v2: groups of four questions, worth more the more of them is right."""

from __future__ import annotations

from mmeval.metrics.base import Metric
from mmeval.metrics.groups import Share, best, by_tag, counted, grouped, mean, prefix

__all__ = ["in_steps"]

SQUARES, TWELFTHS, TENTHS = (0, 1 / 16, 4 / 16, 9 / 16, 1), (0, 1 / 12, 4 / 12, 7 / 12, 1), (0, 0.1, 0.2, 0.5, 1)
WORTH = {  # in brackets are questions that may be reached in either order
    "relevance": counted(SQUARES),
    "[1,2,3,4]": prefix(SQUARES),
    "[1,[2,3],4]": best(prefix(TWELFTHS), prefix(TWELFTHS, order="swapped_23")),
    "[[1,2],3,4]": best(prefix(TENTHS), prefix(TENTHS, order="swapped_12")),
}
"""By the tag `worth`; in brackets are questions that may be reached in either order."""


def in_steps() -> Metric:
    """Mean over groups, as the authors publish it; `score/accuracy` is over single questions."""
    return grouped(
        name="score", headline="groups", by=("group_type",),
        parts={"groups": Share(value=by_tag("worth", WORTH), by=("group",), size=4), "accuracy": Share(value=mean())},
        about="Mean over groups of four questions, each worth more the more of it is right.",
    )  # fmt: skip

"""The item analysis of a benchmark in words."""

from __future__ import annotations

from collections.abc import Iterator

from mmeval.board.quality import FOR_KEYS, Quality

__all__ = ["TABLE", "facts", "suspect_rows"]

TABLE = ("sample", "discrimination", "strong models", "weak models")


def facts(found: Quality) -> Iterator[str]:
    """One sentence or two for each number."""
    if found.left_out:
        yield f"{found.left_out} samples are left out because some model has no score on them."
    known = found.reliability
    if known is None:
        yield "Reliability: not shown, because all models have the same score."
    else:
        yield (
            f"Reliability: {known.value:.2f} [{known.low:.2f}, {known.high:.2f}]. This share of the variance between "
            "the scores of models is not due to the choice of samples (Cronbach's alpha, images as units)."
        )
    yield (
        f"Signal and noise: models differ by {100 * found.spread:.1f} points (standard deviation), and the choice of "
        f"samples moves one model by {100 * found.noise:.1f}."
    )
    if found.discrimination is not None:
        yield (
            f"Discrimination: the median sample correlates with all others by {found.discrimination:.2f}; "
            f"{found.low:.0%} of the samples on which models differ are below 0.10."
        )
    yield f"Saturation: all models are right on {found.all_right:.1%} of the samples, wrong on {found.all_wrong:.1%}."
    yield _keys(found)


def _keys(found: Quality) -> str:
    if found.suspects is None:
        return f"Suspect keys: not shown, because that takes {FOR_KEYS} models."
    return (
        f"Suspect keys: on {found.suspected} samples strong models fail and weak ones succeed. If all keys were right, "
        f"chance would give at most about {found.expected:.1f}."
    )


def suspect_rows(found: Quality) -> list[tuple[str, ...]]:
    """Rows for TABLE."""
    return [
        (one.id, f"{one.discrimination:.2f}", f"{one.strong:.0%}", f"{one.weak:.0%}") for one in found.suspects or ()
    ]

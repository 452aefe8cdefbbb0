"""Delete-a-group jackknife, which allows paired tests of numbers that are not means of sample scores.

The pseudo-values are due to Tukey (1958, Annals of Mathematical Statistics 29, 614). Leaving out groups of clusters
instead of single ones is Kott's "delete-a-group jackknife" (2001, Journal of Official Statistics 17, 521-526).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

__all__ = ["GROUPS", "deal", "pseudo_values"]

GROUPS = 40
"""Number of groups. The metric is computed once per group; errors have one degree of freedom less."""


def deal(clusters: Sequence[str], groups: int = GROUPS) -> list[int]:
    """The group of each sample: clusters are ordered by a hash of their names and assigned in turn.

    The groups do not depend on the order of the names. With fewer clusters than groups, each cluster is a group.
    """
    order = sorted(set(clusters), key=lambda name: hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest())
    group = {name: place % groups for place, name in enumerate(order)}
    return [group[name] for name in clusters]


def pseudo_values(whole: float, without: Sequence[float]) -> list[float]:
    """`G * whole - (G - 1) * without[g]` for each of G groups, shifted so that their mean is `whole`.

    For a mean over groups of equal size, these are the group means, and the shift is 0. Otherwise the shift undoes the
    jackknife's bias correction, because tests have to be about the number that is shown.

    Raises:
        ValueError: there are fewer than two groups.
    """
    count = len(without)
    if count < 2:
        raise ValueError("a jackknife needs at least two groups")
    middle = sum(without) / count
    return [whole + (count - 1) * (middle - value) for value in without]

"""Delete-a-group jackknife: what a number that is no mean would be as a mean, so that pairs can be tested.

Pseudo-values are Tukey's (1958, Annals of Mathematical Statistics 29, 614); leaving out groups of clusters instead of
single ones is Kott's "delete-a-group jackknife" (2001, Journal of Official Statistics 17, 521-526).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

__all__ = ["GROUPS", "deal", "pseudo_values"]

GROUPS = 40
"""A metric is computed once more for each of them; errors have one degree of freedom less."""


def deal(clusters: Sequence[str], groups: int = GROUPS) -> list[int]:
    """The group of each sample: clusters are shuffled by a hash of their names and dealt out in turn.

    The same names give the same groups, whatever their order; with fewer clusters than groups each is one of its own.
    """
    order = sorted(set(clusters), key=lambda name: hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest())
    group = {name: place % groups for place, name in enumerate(order)}
    return [group[name] for name in clusters]


def pseudo_values(whole: float, without: Sequence[float]) -> list[float]:
    """`G * whole - (G - 1) * without[g]` for each of G groups, moved together so that their mean is `whole`.

    Of a mean over groups of equal size they are the means of the groups. The move is 0 there; elsewhere it undoes the
    jackknife's correction of bias, because what is tested has to be the number that is shown.

    Raises ValueError for fewer than two groups.
    """
    count = len(without)
    if count < 2:
        raise ValueError("a jackknife needs at least two groups")
    middle = sum(without) / count
    return [whole + (count - 1) * (middle - value) for value in without]

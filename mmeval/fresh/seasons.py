"""Seasons: the seed and the versions of the generators with which a fresh benchmark is drawn.

`benchmarks/fresh/seasons.toml` has one line for each public season. The season `private` takes its seed from
`$MMEVAL_FRESH_SEED`; its runs record a commitment to the seed, and the seed is shown to fit when it is revealed.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmeval.catalog import bundled
from mmeval.data.remote import data_root
from mmeval.documents import read_toml
from mmeval.errors import DataError, UsageError, nearest

__all__ = ["ENV", "PRIVATE", "Season", "all_public", "commitment", "current", "named", "table"]

ENV = "MMEVAL_FRESH_SEED"
PRIVATE = "private"
SHORTEST = 16
"""Characters that a private seed must have: a shorter one could be found from its commitment by trying."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Season:
    """What decides the items of a season."""

    name: str
    seed: str
    per_step: int
    """Items of each generator at each step."""
    generators: Mapping[str, int] | None
    """Version of each generator by name; None for a private season, which takes today's."""
    release: str = ""
    """The release of mmeval that first drew a public season."""

    @property
    def public(self) -> bool:
        """Whether the seed may be written down."""
        return self.name != PRIVATE

    def describe(self) -> dict[str, Any]:
        """What a run records: the seed, or the commitment to it."""
        seed = {"seed": self.seed} if self.public else {"commitment": commitment(self.seed)}
        return {"season": self.name, "per_step": self.per_step, **seed}

    def file(self) -> Path:
        """Where the items of the season are read from, once its generators have changed."""
        return data_root() / "fresh" / f"{self.name}.zip"


def commitment(seed: str) -> str:
    """sha256 of a private seed, hexadecimal: it can be published without giving the seed away."""
    return hashlib.sha256(f"mmeval fresh\0{seed}".encode()).hexdigest()


def table() -> Path:
    """The file of the public seasons."""
    return bundled() / "benchmarks" / "fresh" / "seasons.toml"


def current() -> str:
    """The newest public season."""
    return max(all_public())


def all_public() -> Mapping[str, Season]:
    """The public seasons by name, the oldest first."""
    return _read(table())


def named(name: str) -> Season:
    """One season.

    Raises:
        UsageError: there is no such season, or the seed of the private one is missing or too short.
        DataError: the file is malformed.
    """
    seasons = all_public()
    if name == PRIVATE:
        return _private(seasons)
    if name not in seasons:
        raise UsageError(f"no season {name!r}{nearest(name, [*seasons, PRIVATE])}; there are {', '.join(seasons)}")
    return seasons[name]


def _private(seasons: Mapping[str, Season]) -> Season:
    seed = os.environ.get(ENV, "")
    if len(seed) < SHORTEST:
        what = "is not set" if not seed else f"has fewer than {SHORTEST} characters"
        raise UsageError(f"the private season takes its seed from ${ENV}, which {what}; `mmeval fresh seed` makes one")
    latest = seasons[max(seasons)]
    return Season(name=PRIVATE, seed=seed, per_step=latest.per_step, generators=None)


def _read(file: Path) -> dict[str, Season]:
    try:
        return {
            name: Season(
                name=name,
                seed=str(one["seed"]),
                per_step=int(one["per_step"]),
                generators=one["generators"],
                release=str(one["release"]),
            )
            for name, one in sorted(read_toml(file, DataError).items())
        }
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"{file}: a season needs seed, per_step, release and generators; {error}") from None

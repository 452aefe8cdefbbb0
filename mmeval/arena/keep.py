"""The votes and ratings in a results folder, from which the site makes its arena page."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from mmeval.arena.vote import Vote, dump_vote
from mmeval.arena.votes import Votes, merge_votes
from mmeval.documents import read_json
from mmeval.errors import StoreError
from mmeval.store import write_atomic

__all__ = ["all_votes", "keep_arena", "kept_ratings", "votes_file"]

ARENA = "_arena"


def votes_file(results: Path) -> Path:
    """Where the votes of a results folder lie: published as they are, and never fewer than before."""
    return results / ARENA / "votes.jsonl"


def ratings_file(results: Path) -> Path:
    """Where the ratings that were fitted last lie."""
    return results / ARENA / "ratings.json"


def all_votes(results: Path, files: Iterable[Path]) -> Votes:
    """The votes of these files and those that the results hold already: no model that took part is ever dropped."""
    known = votes_file(results)
    return merge_votes([*([known] if known.is_file() else []), *files])


def keep_arena(results: Path, votes: Sequence[Vote], ratings: dict[str, Any]) -> None:
    """Store votes and ratings."""
    write_atomic(votes_file(results), "".join(f"{dump_vote(vote)}\n" for vote in votes))
    write_atomic(ratings_file(results), json.dumps(ratings, indent=1, ensure_ascii=False) + "\n")


def kept_ratings(results: Path) -> dict[str, Any] | None:
    """What `keep_arena` stored, None if there is nothing; raises StoreError for a file that is not one of ours."""
    file = ratings_file(results)
    if not file.is_file():
        return None
    found = read_json(file, StoreError)
    if not isinstance(found, dict) or found.get("schema_version") != 1:
        raise StoreError(f"{file}: not ratings of this version of mmeval; run `mmeval arena fit` again")
    return found

"""The votes and ratings in a results folder, from which the site makes its arena page."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from mmeval.arena.vote import Vote, dump_vote
from mmeval.arena.votes import Votes, merge_votes
from mmeval.documents import read_json
from mmeval.errors import StoreError
from mmeval.store import write_atomic

__all__ = ["JUDGED", "VOTES", "add_votes", "fitted", "keep_ratings", "kept_ratings", "stored"]

ARENA = "_arena"
VOTES, JUDGED = "votes.jsonl", "judged.jsonl"
"""The votes of people, and those of judges. They are published as they are, and never become fewer."""


def stored(results: Path, name: str) -> Path:
    """A file of the arena in a results folder."""
    return results / ARENA / name


def add_votes(results: Path, name: str, files: Iterable[Path] = (), votes: Sequence[Vote] = ()) -> Votes:
    """Add votes to those that the results hold already, and store them all: no model that took part is dropped."""
    file = stored(results, name)
    merged = merge_votes([*([file] if file.is_file() else []), *files], more=votes)
    if merged.votes:
        write_atomic(file, "".join(f"{dump_vote(vote)}\n" for vote in merged.votes))
    return merged


def fitted(human: Votes, judged: Votes) -> dict[str, Any]:
    """What `ratings.json` holds: the tables of people's votes, and a track for each judge."""
    from mmeval.arena.fit import tables_of  # heavy, and the site only reads what was stored
    from mmeval.arena.tracks import judge_tracks

    return {
        "schema_version": 1,
        "left_out": dict(human.left_out),
        "tables": [asdict(table) for table in tables_of(human.votes)] if human.votes else [],
        "judges": [asdict(track) for track in judge_tracks(judged.votes, human.votes)],
    }


def keep_ratings(results: Path, ratings: dict[str, Any]) -> None:
    """Store what `fitted` returned."""
    write_atomic(stored(results, "ratings.json"), json.dumps(ratings, indent=1, ensure_ascii=False) + "\n")


def kept_ratings(results: Path) -> dict[str, Any] | None:
    """What `keep_ratings` stored, None if there is nothing; raises StoreError for a file that is not one of ours."""
    file = stored(results, "ratings.json")
    if not file.is_file():
        return None
    found = read_json(file, StoreError)
    if not isinstance(found, dict) or found.get("schema_version") != 1:
        raise StoreError(f"{file}: not ratings of this version of mmeval; run `mmeval arena fit` again")
    return found

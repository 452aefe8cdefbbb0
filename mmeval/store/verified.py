"""`verified.json`: what `mmeval verify` found about a run, bound to the files that it saw."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from mmeval.store.atomic import write_atomic
from mmeval.store.layout import Files
from mmeval.store.runs import Run

__all__ = [
    "Mark",
    "Verdict",
    "Verification",
    "bound_files",
    "file_sha256",
    "mark",
    "read_verification",
    "write_verification",
]

Verdict = Literal["verified", "differs", "incomplete"]
Mark = Literal["", "verified", "scores only", "third-party"]
MOST_BYTES = 1_000_000
"""Longest record that is read."""


class Verification(BaseModel):
    """`verified.json`."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    schema_version: Literal[1] = 1
    verdict: Verdict
    files: dict[str, str]
    """sha256 by file name, of the files that were checked. With any other content, the record says nothing."""
    checks: dict[str, tuple[str, str]]
    """Result and reason by name of the check."""
    asked: int = 0
    """Number of samples that were asked again."""
    mmeval: str
    at: float
    """Unix time."""


def file_sha256(file: Path) -> str | None:
    """sha256 of a regular file, hexadecimal; None if there is none. A link is not followed."""
    if file.is_symlink() or not file.is_file():
        return None
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def bound_files(files: Files) -> dict[str, str]:
    """The digests of the files that a verification is about: run.json, scores.csv and the journal, where they exist."""
    found = {file.name: file_sha256(file) for file in (files.info, files.scores, files.journal)}
    return {name: digest for name, digest in found.items() if digest is not None}


def write_verification(files: Files, found: Verification) -> None:
    """Replace verified.json; raises OSError."""
    write_atomic(files.verified, found.model_dump_json(indent=1) + "\n")


def read_verification(run: Run) -> Verification | None:
    """The verification of a run; None without one, or if a file has changed since.

    The journal is not committed, so it may be absent.
    """
    file = run.files.verified
    try:
        seen = os.lstat(file)
        if not stat.S_ISREG(seen.st_mode) or seen.st_size > MOST_BYTES:
            return None
        found = Verification.model_validate_json(file.read_bytes())
        here = bound_files(run.files)
    except (OSError, ValidationError):
        return None
    missing = {run.files.info.name, run.files.scores.name} - found.files.keys()
    same = all(found.files.get(name) == digest for name, digest in here.items())
    return found if same and not missing else None


def mark(run: Run) -> Mark:
    """How far the numbers of a run can be trusted: imported, verified, without its replies, or none of these."""
    if run.info.origin == "third-party":
        return "third-party"
    found = read_verification(run)
    if found is not None and found.verdict == "verified":
        return "verified"
    return "" if run.files.journal.is_file() else "scores only"

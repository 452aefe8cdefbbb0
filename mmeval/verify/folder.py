"""Checks that need only the run folder: its files, their digests, and that they agree with each other."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from mmeval.store import Files, Run, benchmark_folder, file_sha256, slug
from mmeval.verify.checks import Different, Unchecked

__all__ = ["check_counts", "check_files", "foreign"]


def foreign(folder: Path) -> str | None:
    """A file of a run folder that leads out of it, or None. Nothing in the folder is read before this."""
    files = Files(folder)
    if any(one.is_symlink() for one in (folder, *list(folder.absolute().parents)[:2])):
        return "the folder is reached through a link"
    for file in (files.info, files.scores, files.journal, files.verified, files.labelled, files.signature, files.media):
        if file.is_symlink():
            return f"{file.name} is a link"
        if file.exists() and not (file.is_dir() if file == files.media else file.is_file()):
            return f"{file.name} is not a {'folder' if file == files.media else 'file'}"
    media = files.media.iterdir() if files.media.is_dir() else ()
    return next((f"media/{one.name} is not a file" for one in media if one.is_symlink() or not one.is_file()), None)


def check_files(run: Run) -> str:
    """The digests of run.json, and the names that follow from its settings."""
    run.check()
    names = run.path.resolve().parts[-3:]
    spec = run.info.spec
    if names[2:] != (run.spec_digest[:12],):
        raise Different("the folder is not named after its settings: run.json was edited, or the folder was renamed")
    if names[1] != benchmark_folder(spec) or names[0] != slug(spec.model):
        raise Different(
            f"the folder lies in {names[0]}/{names[1]}, but the run is of {spec.model} and {spec.benchmark}"
        )
    media = list(run.files.media.iterdir()) if run.files.media.is_dir() else []
    for file in media:
        if not file.name.startswith(".") and file_sha256(file) != file.stem:
            raise Different(f"media/{file.name} is not what its name says")
    if run.info.scores_digest is None:
        raise Unchecked("run.json has no digest of scores.csv; it was imported, or made by an early version")
    return "scores.csv has its digest, the folder its name" + (f", {len(media)} media files theirs" if media else "")


def check_counts(run: Run) -> str:
    """Statuses, number of rows and sample ids of scores.csv against run.json."""
    info, rows, counts = run.info, 0, Counter[str]()
    ids: set[str] = set()
    for row in run.scores():
        rows += 1
        counts[row.status] += 1
        ids.add(row.id)
        if not 1 <= row.epoch <= info.spec.epochs:
            raise Different(f"sample {row.id!r} has the epoch {row.epoch}, of {info.spec.epochs}")
    stored: dict[str, int] = {status: n for status, n in info.counts.items() if n}
    if stored != dict(counts):
        raise Different(f"run.json counts {_shown(stored)}; scores.csv has {_shown(counts)}")
    if info.status == "complete" and rows != info.planned:
        raise Different(f"the run is complete with {info.planned} samples planned, but scores.csv has {rows}")
    if info.samples_digest is not None and info.origin == "mmeval" and _digest(ids) != info.samples_digest:
        raise Different("the sample ids of scores.csv are not those of run.json's samples_digest")
    return f"{rows} rows: {_shown(counts)}; status {info.status}"


def _digest(ids: set[str]) -> str:
    digest = hashlib.sha256()
    for name in sorted(ids):
        digest.update(f"{name}\0".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _shown(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{n} {status}" for status, n in sorted(counts.items())) or "nothing"

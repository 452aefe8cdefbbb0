"""Reading, writing and listing runs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from mmeval.documents import MALFORMED, special, why
from mmeval.errors import StoreError, in_plain_words
from mmeval.formatting import plural
from mmeval.store import schema1
from mmeval.store.atomic import copy_atomic, write_atomic
from mmeval.store.info import SCHEMA, Measures, RunInfo
from mmeval.store.layout import Files, run_folders, samples_path, unpublished
from mmeval.store.lines import (
    WAY_OUT,
    ScoreRow,
    check_scores,
    read_records,
    read_scores,
)
from mmeval.store.told import Told, median_latency, read_told
from mmeval.types import Record


class DamagedError(StoreError):
    """A run.json is not what mmeval wrote. The command that made the run writes it again from the journal."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run folder whose run.json was read and validated."""

    path: Path
    info: RunInfo
    legacy_digest: str | None = None
    """Digest of the spec as stored, if it was stored in an older schema."""
    digest: str = ""
    """sha256 of run.json, hexadecimal."""

    def __repr__(self) -> str:
        return f"<Run {str(self.path)!r}: {self.info.status}>"

    @property
    def spec_digest(self) -> str:
        """Digest of the spec as stored, which names the folder."""
        return self.legacy_digest or self.info.spec.digest

    @property
    def files(self) -> Files:
        """The files of the folder."""
        return Files(self.path)

    def scores(self) -> Iterator[ScoreRow]:
        """The validated rows of scores.csv in file order.

        Raises:
            StoreError: the file is missing, damaged, or not the one that the run wrote; the last is found after the
                last row, so use no row before the iterator has ended.
        """
        return read_scores(self.files.scores, digest=self.info.scores_digest)

    def check(self) -> None:
        """Raise StoreError if scores.csv is not the file that the run wrote."""
        check_scores(self.files.scores, self.info.scores_digest)

    def records(self) -> Iterator[Record]:
        """The records of the journal in order of arrival, none without a journal.

        Raises:
            StoreError: a line is damaged, or the journal is empty although the run has records.
        """
        self.check_journal()
        return read_records(self.files.journal)

    def told(self) -> Iterator[Told]:
        """What pages show of the records; raises as `records` does."""
        self.check_journal()
        return read_told(self.files.journal)

    def check_journal(self) -> None:
        """Raise StoreError if the journal is an empty file although the run has records."""
        file, had = self.files.journal, sum(self.info.counts.values())
        if had and file.is_file() and not file.stat().st_size:
            raise StoreError(
                f"{file}: empty, but the run has {plural(had, 'record')}; restore it from a copy, or delete the folder "
                "and run the command that made the run again"
            )

    def latency(self) -> float | None:
        """Median seconds of the replies that did not come from the cache; None without a journal."""
        return median_latency(self.files.journal)

    def samples(self) -> Path | None:
        """The file with the stored samples, published or not; None if it is not on this machine."""
        root = self.path.resolve().parents[2]
        for place in (root, root.parent):  # an accepted baseline lies one folder deeper than a run
            shared = samples_path(place, self.info)
            for file in (shared, unpublished(shared)):
                if file.is_file():
                    return file
        return None


@dataclass(frozen=True, slots=True)
class Problem:
    """A folder that looks like a run but cannot be used, and the reason."""

    path: Path
    reason: str


def asking_order(seed: int, key: str, cluster: str | None) -> tuple[bytes, str]:
    """Sort key for a random order of samples that depends on the seed alone; clusters stay together."""
    return hashlib.sha256(f"{seed}:{cluster or key}".encode("utf-8", "surrogatepass")).digest(), key


def write_info(folder: Path, info: RunInfo) -> None:
    """Replace run.json."""
    text = json.dumps(info.model_dump(mode="json"), indent=1, sort_keys=True)
    write_atomic(Files(folder).info, text + "\n")


def is_run(folder: Path) -> bool:
    """Whether the folder holds a run.json, readable or not."""
    return Files(folder).info.exists()


def read_run(folder: Path) -> Run:
    """Read run.json; raises StoreError that names the folder and the reason, DamagedError if the text is damaged."""
    file = Files(folder).info
    try:
        if other := special(file):
            raise StoreError(f"{file} is {other}, not a file")
        content = file.read_bytes()
        raw = json.loads(content.decode("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise StoreError(f"{folder}: no run.json") from None
    except OSError as error:
        raise StoreError(f"{file}: {error.strerror or error}") from None
    except MALFORMED as error:
        raise DamagedError(f"{file}: not JSON: {why(error)}; {WAY_OUT.format(folder)}") from None
    version = raw.get("schema_version") if isinstance(raw, dict) else None
    if version not in (1, SCHEMA):
        newer = isinstance(version, int) and version > SCHEMA
        fault = f"{file}: schema version {version!r}; this mmeval reads 1 to {SCHEMA}"
        raise StoreError(f"{fault}; update mmeval") if newer else DamagedError(f"{fault}; {WAY_OUT.format(folder)}")
    try:
        info = RunInfo.model_validate(schema1.upgrade(raw) if version == 1 else raw)
        legacy = schema1.spec_digest(raw) if version == 1 else None
        return Run(folder, info, legacy, hashlib.sha256(content).hexdigest())
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise DamagedError(f"{file}: {where}: {in_plain_words(first['msg'])}; {WAY_OUT.format(folder)}") from None


def list_runs(root: Path) -> tuple[list[Run], list[Problem]]:
    """All runs below a results folder, sorted by path, and the run folders that cannot be read."""
    runs: list[Run] = []
    problems: list[Problem] = []
    for folder in run_folders(root):
        try:
            runs.append(read_run(folder))
        except StoreError as error:
            problems.append(Problem(folder, str(error)))
    return runs, problems


def copy_run(run: Run, target: Path, measures: Measures) -> None:
    """Copy what is committed of a run to the folder `target`: run.json, scores.csv, its records, its speed and price.

    Raises:
        StoreError: scores.csv is not the file that the run wrote.
    """
    run.check()
    files = Files(target)
    copy_atomic(run.files.info, files.info)
    copy_atomic(run.files.scores, files.scores)
    for name in (files.verified.name, files.signature.name, files.labelled.name):
        if (run.path / name).is_file():
            copy_atomic(run.path / name, target / name)
    write_atomic(files.measures, measures.model_dump_json(indent=1) + "\n")


def read_measures(run: Run) -> Measures | None:
    """What `copy_run` stored; None for a run that is not a copy. Raises StoreError for a damaged file."""
    file = run.files.measures
    if not file.exists():
        return None
    try:
        return Measures.model_validate_json(file.read_text(encoding="utf-8"))
    except (ValidationError, UnicodeDecodeError) as error:
        raise StoreError(f"{file}: {str(error).splitlines()[0]}") from None

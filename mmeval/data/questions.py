"""A file of questions as a benchmark: `mmeval run questions.jsonl`, without code."""

from __future__ import annotations

import datetime
import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from mmeval import prompts
from mmeval.data import cells, clips, files
from mmeval.data.repeats import Repeats
from mmeval.definitions import Benchmark, Source
from mmeval.errors import DataError, UsageError
from mmeval.metrics import accuracy
from mmeval.scorers import question
from mmeval.types import JSON, Image, Row, Sample

FORMATS: Mapping[str, Callable[[Path], files.File]] = {
    ".jsonl": files.jsonl, ".ndjson": files.jsonl, ".csv": files.csv, ".tsv": files.tsv, ".parquet": files.parquet,
}  # fmt: skip
ROLES: Mapping[str, tuple[str, ...]] = {
    "question": ("question", "prompt", "query", "text"),
    "answer": ("answer", "answers", "label", "gold", "target"),
    "image": ("image", "images", "image_path", "image_paths", "img", "picture", "file_name"),
    "options": ("options", "choices"),
    "id": ("id", "index", "question_id", "qid"),
    "category": ("category", "subject", "type", "topic"),
    "hint": ("hint",),
    "released": ("released",),
    **clips.ROLES,
}
"""Recognised column names by role, in order of preference; `columns=` maps other names."""
KINDS = {"closed": "multiple choice", "number": "number", "text": "text"}
"""How questions are scored, in words."""
FRAMES = "frames=32"
"""How films are shown unless `--video` says otherwise."""
CHECKED = 64
"""Number of rows that are checked before the run begins."""
CLOSING = "Answer the question using a single word or phrase."


def are_questions(name: str) -> bool:
    """Whether a name on the command line is that of a file of questions, by its suffix."""
    return Path(name).suffix.lower() in FORMATS


def from_file(path: str | Path, *, columns: Mapping[str, str] | None = None, name: str | None = None) -> Benchmark:
    """A benchmark from a file with questions, answers, and optionally images and options.

    Rows with options (a list, or columns A, B, C, ...) are multiple choice. Other rows are scored as numbers when every
    target is a number, otherwise as text. Images are paths inside the file's folder, or bytes in the file.

    Args:
        path: .jsonl, .ndjson, .csv, .tsv (including VLMEvalKit's) or .parquet.
        columns: role (a key of ROLES) to column name.
        name: name of the benchmark; by default the stem of the file.

    Raises:
        UsageError: the format or a role is unknown.
        DataError: the file cannot be read, lacks a column, or has a bad row among the first ones.
    """
    source = Questions(Path(path), tuple(sorted((columns or {}).items())))
    # Check the first rows now, so that a mistake shows before the first request. Checking all rows of a large file
    # would delay that request.
    count = sum(1 for _ in islice(source.rows(), CHECKED + 1))
    made = questions(
        source,
        name=name or source.path.stem,
        digest=source.digest(),
        rows=count if count <= CHECKED else None,
        roles=source.roles(),
    )
    return replace(made, about=f"Questions of {source.path.name}.")


def questions(source: Source, *, name: str, digest: str, rows: int | None, roles: Collection[str] = ()) -> Benchmark:
    """The benchmark of a source whose rows are those of `checked`.

    Args:
        source: has the rows.
        name: title of the benchmark; its name is this without what a folder name cannot hold.
        digest: of the content, hexadecimal; the version is its beginning.
        rows: how many there are; None = unknown.
        roles: of its columns; `video` and `audio` say that it has films and sounds.
    """
    stem = re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-") or "questions"
    return Benchmark(
        name=stem, version=digest[:8], title=name, about=f"Questions of {name}.", data=source, to_sample=to_sample,
        profile="mmeval", score=question(), metric=accuracy(), cluster="image", license=None, url=None, paper=None,
        chance=None, rows=rows, labels="user-supplied", video=FRAMES if "video" in roles else None,
        audio="wav" if "audio" in roles else None,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Questions:
    """The rows of the file, with columns named by role. Each row is checked."""

    path: Path
    columns: tuple[tuple[str, str], ...] = ()

    @property
    def file(self) -> files.File:
        """The file with its format; raises UsageError for an unknown suffix."""
        try:
            return FORMATS[self.path.suffix.lower()](self.path)
        except KeyError:
            known = ", ".join(FORMATS)
            raise UsageError(
                f"{self.path}: cannot read {self.path.suffix or 'a file without suffix'}; {known}"
            ) from None

    def digest(self) -> str:
        """sha256 of the file's bytes, hexadecimal. Read again only when the file changes."""
        state = self.path.stat()
        return _digest(self.path, state.st_size, state.st_mtime_ns)

    def describe(self) -> Mapping[str, JSON]:
        """Kind, file name, digest and mapped columns."""
        return {"kind": "file", "path": self.path.name, "sha256": self.digest(), "columns": dict(self.columns)}

    def roles(self) -> dict[str, str]:
        """Role to column; raises DataError when question, answer or a mapped column is missing."""
        state = self.path.stat() if self.path.is_file() else None
        return dict(_roles(self, state and (state.st_size, state.st_mtime_ns)))

    def rows(self, *, offline: bool = False) -> Iterator[Row]:
        """Stream checked rows: id, question, answer, options, images, category, hint, released, where."""
        del offline
        return valid(self.checked())

    def checked(self) -> Iterator[Row | DataError]:
        """Every row, or what is wrong with it; raises DataError where the file cannot be read on."""
        numbered = ((f"{self.path}:{line}", row) for line, row in files.numbered(self.file))
        return checked(numbered, self.roles(), self.path.parent)


def checked(
    rows: Iterable[tuple[str, Mapping[str, Any]]], roles: Mapping[str, str], folder: Path
) -> Iterator[Row | DataError]:
    """Rows with the columns named by role (id, question, answer, options, images, category, hint), or what is wrong.

    Args:
        rows: where a row stands, for messages, and the row.
        roles: role to column, of `roles_of`.
        folder: images are files inside it.
    """
    seen = Repeats()
    for where, row in rows:
        try:
            found = _read(row, {**_sometimes(row), **roles}, where, folder)
        except DataError as error:
            yield error
            continue
        count = seen.add(found["id"])
        if count > 1 and "id" in roles:
            yield DataError(f"{where}: the id {found['id']!r} occurs twice")
        else:
            yield found if count == 1 else {**found, "id": f"{found['id']}-{count}"}


def valid(rows: Iterable[Row | DataError]) -> Iterator[Row]:
    """The rows up to the first that is wrong; raises its error."""
    for row in rows:
        if isinstance(row, DataError):
            raise row
        yield row


@cache
def _digest(path: Path, size: int, changed_ns: int) -> str:
    del size, changed_ns  # part of the cache key only
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@cache
def _roles(source: Questions, state: tuple[int, int] | None) -> dict[str, str]:
    del state  # part of the cache key only
    have = files.columns(source.file)
    if not have:
        raise DataError(f"{source.path}: no rows")
    return roles_of(str(source.path), have, dict(source.columns), way_out="--columns {}=NAME")


def roles_of(where: str, have: Sequence[str], mapped: Mapping[str, str], *, way_out: str) -> dict[str, str]:
    """Role to column; raises DataError when question, answer or a mapped column is missing.

    Args:
        where: the file, for messages.
        have: the columns.
        mapped: role to column, as the user says; the other columns are recognised by name.
        way_out: how a user maps a column; the placeholder is the role.
    """
    for role, column in mapped.items():
        if role not in ROLES:
            raise UsageError(f"no role {role!r} for a column; the roles are {', '.join(ROLES)}")
        if column not in have:
            raise DataError(f"{where}: no column {column!r} for {role}; it has {', '.join(have)}")
    by_fold = {column.strip().lower(): column for column in reversed(have)}
    found = {role: next((by_fold[n] for n in names if n in by_fold), "") for role, names in ROLES.items()}
    roles = {role: column for role, column in {**found, **mapped}.items() if column}
    for role in ("question", "answer"):
        if role not in roles:
            written = way_out.format(role)
            raise DataError(f"{where}: no {role} column; it has {', '.join(have)}; map one with {written}")
    return roles


SOMETIMES = ("image", "options", "category", "hint", "start", "end", "subtitles")
"""Roles of columns that JSON lines may leave out in some rows, so that the first row need not have them."""


def _sometimes(row: Mapping[str, Any]) -> dict[str, str]:
    known = {role: next((name for name in ROLES[role] if name in row), "") for role in SOMETIMES}
    return {role: column for role, column in known.items() if column}


def _read(row: Mapping[str, Any], roles: Mapping[str, str], where: str, folder: Path) -> dict[str, Any]:
    value = {role: row.get(column) for role, column in roles.items()}
    question = value["question"]
    if not isinstance(question, str) or not question.strip():
        raise DataError(f"{where}: {roles['question']!r} is {cells.kind(question)}, expected a text")
    options = cells.options(row, value.get("options"), where)
    images = [cells.image(item, folder, where) for item in cells.items(value.get("image"))]
    found = {
        "question": question,
        "answer": cells.target(value["answer"], options, roles["answer"], where),
        "options": options,
        "images": images,
        "clips": clips.clips(value, folder, where),
        "hint": cells.text(value.get("hint")),
        "category": cells.text(value.get("category")),
        "released": _day(value.get("released"), roles.get("released", ""), where),
    }
    late = next((role for role in ("video", "audio") if role not in roles and not cells.absent(row.get(role))), None)
    if late:
        raise DataError(f"{where}: the first row has no {late!r}; write it there too, empty if it has none")
    given = cells.text(value.get("id"))
    if given is None and "id" in roles:
        raise DataError(f"{where}: {roles['id']!r} is empty")
    return {**found, "id": given or _content_id(found)}


def _day(cell: Any, column: str, where: str) -> str | None:
    """An ISO date, None for an empty cell; raises DataError for anything else."""
    text = cells.text(cell)
    try:
        return text and datetime.date.fromisoformat(text.strip()[:10]).isoformat()
    except ValueError:
        raise DataError(f"{where}: {column!r} is {text!r}, expected a date such as 2025-03-31") from None


def _content_id(found: Mapping[str, Any]) -> str:
    shown = [*found["images"], *found["clips"]]
    bounds = [(clip.start, clip.end) for clip in found["clips"]]
    text = repr([found["question"], found["options"], [one.sha256 for one in shown], *([bounds] if bounds else [])])
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def to_sample(row: Row) -> Sample:
    """Media first, images at their tokens if any; one option per line; open questions end with an instruction."""
    images: list[Image] = row["images"]
    if row["options"]:
        text = prompts.vlmevalkit_text(row["question"], row["options"], hint=row["hint"])
    else:
        text = "\n".join(part for part in (row["hint"], row["question"], CLOSING) if part)
    digests = "+".join(one.sha256[:16] for one in (*images, *row["clips"]))
    return Sample(
        id=row["id"],
        prompt=(*row["clips"], *prompts.interleave(text, dict(enumerate(images, 1)))),
        target=row["answer"],
        choices=tuple(row["options"]),
        cluster=digests or row["id"],
        tags={name: row[name] for name in ("category", "released") if row[name]},
    )

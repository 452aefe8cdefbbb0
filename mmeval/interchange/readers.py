"""Selects the importer of a file by its name and content, or by an explicit form."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from mmeval.documents import MALFORMED, special
from mmeval.errors import DataError, MMEvalError, UsageError
from mmeval.interchange import board, evalscope, inspectlog, lmms, vlmevalkit
from mmeval.interchange.imported import Imported

LONGEST_LINE = 1 << 26
"""Bytes of the first line of a file that are read to find out what the file is."""
_SUFFIXES = frozenset({".eval", ".json", ".jsonl", ".xlsx", ".tsv", ".csv"})
Reader = Callable[[Path, str | None, str | None], Iterator[Imported]]

READERS: Mapping[str, Reader] = {
    "evalscope": lambda file, model, benchmark: evalscope.read(file, model=model, benchmark=benchmark),
    "inspect": lambda file, model, benchmark: inspectlog.read(file, model=model, benchmark=benchmark),
    "lmms-results": lambda file, model, benchmark: _only(lmms.read_results(file, model=model), benchmark),
    "lmms-samples": lambda file, model, benchmark: lmms.read_samples(file, model=model, benchmark=benchmark),
    "openvlm": lambda file, model, benchmark: board.read(file, model=model, benchmark=benchmark),
    "vlmevalkit": lambda file, model, benchmark: vlmevalkit.read(file, model=model, benchmark=benchmark),
}


def _only(found: Iterator[Imported], benchmark: str | None) -> Iterator[Imported]:
    return (one for one in found if benchmark in (None, one.benchmark))


def read(
    file: Path, *, form: str | None = None, model: str | None = None, benchmark: str | None = None
) -> Iterator[Imported]:
    """The runs in a file.

    Args:
        file: the output of another tool.
        form: a key of READERS; detected from the file by default.
        model: the model's name, instead of the one in the file.
        benchmark: the other tool's name of the benchmark; selects one if the file has several.

    Raises:
        UsageError: the form is unknown or cannot be detected.
        DataError: the file does not have that form.
    """
    if not file.exists():
        raise UsageError(f"{file}: no such file")
    if kind := special(file):
        raise UsageError(f"{file} is {kind}, not a file")
    name = form or form_of(file)
    if name not in READERS:
        raise UsageError(f"there is no form {name!r}; use one of {', '.join(READERS)}")
    return _bounded(READERS[name](file, model, benchmark), f"{file}: not a readable {name} file")


def _bounded(found: Iterator[Imported], says: str) -> Iterator[Imported]:
    try:
        for one in found:
            f"{one.model}{one.benchmark}".encode()  # a lone surrogate could not be the name of a folder
            yield one
    except MMEvalError:
        raise
    except Exception as error:  # the boundary of another tool's file, in which anything may be anywhere
        raise DataError(f"{says}: {type(error).__name__}: {error}") from error


def scan(folder: Path, **how: str | None) -> tuple[list[Imported], list[str]]:
    """The runs in all files below a folder, and why files were skipped, one line each.

    Links are not followed. Of several files with the same model and benchmark, those without scores are skipped if
    another has some: tools keep raw replies beside the scored ones.

    Args:
        folder: what another tool wrote.
        **how: as for `read`.
    """
    found: list[Imported] = []
    skipped: list[str] = []
    for file in _files(folder):
        if file.suffix.lower() not in _SUFFIXES and not how.get("form"):
            skipped.append(f"{file}: not a file of results")
            continue
        try:
            found += read(file, **how)
        except MMEvalError as error:
            skipped.append(str(error) if str(file) in str(error) else f"{file}: {error}")
    known = {_subject(one) for one in found if _measured(one)}
    empty = [one for one in found if not _measured(one) and _subject(one) in known]
    skipped += [f"{one.source}: another file has the scores of {one.model} on {one.benchmark}" for one in empty]
    return [one for one in found if one not in empty], skipped


def _files(folder: Path) -> Iterator[Path]:
    """The regular files below a folder, sorted, without hidden ones and links."""
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for file in (Path(place, name) for name in sorted(names) if not name.startswith(".")):
            if not file.is_symlink() and file.is_file():
                yield file


def _subject(found: Imported) -> tuple[str, str, str]:
    return found.tool, found.model, found.benchmark


def _measured(found: Imported) -> bool:
    return bool(found.metrics) or any(record.score for record in found.records)


def form_of(file: Path) -> str:
    """The form of a file, by its suffix and its content."""
    suffix = file.suffix.lower()
    if suffix == ".eval":
        return "inspect"
    if suffix == ".jsonl":
        return "evalscope" if evalscope.is_review(_first_row(file)) else "lmms-samples"
    if suffix in (".xlsx", ".tsv", ".csv"):
        return "vlmevalkit"
    if suffix == ".json":
        return _json_form(file)
    raise UsageError(f"{file}: unknown form; pass --form with one of {', '.join(READERS)}")


def _first_row(file: Path) -> Any:
    """The first line; None if it is not JSON, which its reader reports."""
    try:
        with file.open("rb") as lines:
            return json.loads(lines.readline(LONGEST_LINE))
    except (OSError, *MALFORMED):
        return None


def _json_form(file: Path) -> str:
    try:
        whole = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, *MALFORMED):
        return "vlmevalkit"  # its reader reports what is wrong
    if inspectlog.is_log(whole):
        return "inspect"
    if evalscope.is_report(whole):
        return "evalscope"
    if not isinstance(whole, dict) or not isinstance(whole.get("results"), dict):
        return "vlmevalkit"
    values = whole["results"].values()
    return "openvlm" if any(isinstance(v, dict) and "META" in v for v in values) else "lmms-results"

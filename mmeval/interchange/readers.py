"""Selects the importer of a file by its name and content, or by an explicit form."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from mmeval.documents import special
from mmeval.errors import DataError, MMEvalError, UsageError
from mmeval.interchange import board, inspectlog, lmms, vlmevalkit
from mmeval.interchange.imported import Imported

Reader = Callable[[Path, str | None, str | None], Iterator[Imported]]

READERS: Mapping[str, Reader] = {
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
        yield from found
    except MMEvalError:
        raise
    except Exception as error:  # the boundary of another tool's file, in which anything may be anywhere
        raise DataError(f"{says}: {type(error).__name__}: {error}") from error


def form_of(file: Path) -> str:
    """The form of a file, by its suffix and its top-level JSON keys."""
    suffix = file.suffix.lower()
    if suffix == ".eval":
        return "inspect"
    if suffix == ".jsonl":
        return "lmms-samples"
    if suffix in (".xlsx", ".tsv", ".csv"):
        return "vlmevalkit"
    if suffix == ".json":
        return _json_form(file)
    raise UsageError(f"{file}: unknown form; pass --form with one of {', '.join(READERS)}")


def _json_form(file: Path) -> str:
    try:
        whole = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return "vlmevalkit"  # its reader reports what is wrong
    if not isinstance(whole, dict) or not isinstance(whole.get("results"), dict):
        return "vlmevalkit"
    values = whole["results"].values()
    return "openvlm" if any(isinstance(v, dict) and "META" in v for v in values) else "lmms-results"

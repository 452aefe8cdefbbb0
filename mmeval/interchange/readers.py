"""Which importer reads a file: told by its name and what stands in it, or said."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from mmeval.errors import UsageError
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
    """The runs of a file.

    Args:
        file: what another tool wrote.
        form: a key of READERS; told by the file without it.
        model: the model's name, where the file does not say it or says it badly.
        benchmark: the other tool's name of the benchmark: chooses one where a file has several.

    Raises:
        UsageError: the form is unknown or cannot be told.
        DataError: the file is not of its form.
    """
    name = form or form_of(file)
    if name not in READERS:
        raise UsageError(f"no form {name!r}; one of {', '.join(READERS)}")
    return READERS[name](file, model, benchmark)


def form_of(file: Path) -> str:
    """The form of a file, by its suffix and the top-level keys of JSON."""
    if not file.is_file():
        raise UsageError(f"{file}: no such file")
    suffix = file.suffix.lower()
    if suffix == ".eval":
        return "inspect"
    if suffix == ".jsonl":
        return "lmms-samples"
    if suffix in (".xlsx", ".tsv", ".csv"):
        return "vlmevalkit"
    if suffix == ".json":
        return _json_form(file)
    raise UsageError(f"{file}: cannot tell what wrote it; say --form, one of {', '.join(READERS)}")


def _json_form(file: Path) -> str:
    try:
        whole = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return "vlmevalkit"  # whose reader then names what is wrong
    if not isinstance(whole, dict) or not isinstance(whole.get("results"), dict):
        return "vlmevalkit"
    values = whole["results"].values()
    return "openvlm" if any(isinstance(v, dict) and "META" in v for v in values) else "lmms-results"

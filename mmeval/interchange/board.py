"""Import OpenVLM.json, the numbers of a whole board: one run per model and benchmark."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mmeval.documents import read_json
from mmeval.errors import DataError
from mmeval.interchange import openvlm
from mmeval.interchange.imported import Imported, number


def read(file: Path, *, model: str | None = None, benchmark: str | None = None) -> Iterator[Imported]:
    """Every cell as a run without samples, with the sub-scores that the file states."""
    whole = read_json(file, DataError)
    results = whole.get("results") if isinstance(whole, dict) else None
    if not isinstance(results, dict):
        raise DataError(f"{file}: there is no `results`")
    time = openvlm.timestamp(str(whole.get("time", "")))
    for name, scores in results.items():
        if isinstance(scores, dict) and model in (None, name):
            yield from _cells(file, name, scores, benchmark, time)


def _cells(file: Path, model: str, scores: Mapping[str, Any], benchmark: str | None, time: str) -> Iterator[Imported]:
    found = scores.get("META")
    meta: dict[str, Any] = found if isinstance(found, dict) else {}
    for name, parts in scores.items():
        value = openvlm.cell(scores, name) if name != "META" else None
        if value is None or benchmark not in (None, name) or not isinstance(parts, dict):
            continue
        stated = {key: plain for key, part in parts.items() if (plain := number(part)) is not None}
        share = openvlm.contribution(name, value) / 100
        metrics = {"board": share, **{f"board/{key}": part for key, part in stated.items()}}
        facts = {"time": time, "meta": {key: meta[key] for key in sorted(meta) if isinstance(meta[key], str)}}
        yield Imported(tool="openvlm", model=model, benchmark=name, source=file, metrics=metrics, facts=facts)

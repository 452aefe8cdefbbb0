"""Export the headline of a run as `.eval_results/*.yaml` for its model's repository on the Hugging Face hub."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from mmeval import __version__, store
from mmeval.errors import UsageError
from mmeval.formatting import interval


def entry(run: store.Run, *, scale: float = 100.0, user: str | None = None, url: str | None = None) -> dict[str, Any]:
    """An entry as the hub reads it: data set, task, revision, value, date, source.

    Args:
        run: a finished run on a data set of the hub.
        scale: factor for the headline, as on the board.
        user: who evaluated.
        url: a page that shows the run.

    Raises:
        UsageError: the data is not from the hub, or the run has no headline.
    """
    spec, info = run.info.spec, run.info
    data = _hub_data(spec.data)
    if data is None:
        raise UsageError(f"{spec.benchmark}: its data is not from the hub, so the hub has no place for the result")
    number = info.metrics.get(info.primary_metric)
    if number is None:
        raise UsageError(f"{run.path}: the run has no headline")
    stamp = info.provenance.get("end") or info.provenance.get("start")
    when = datetime.datetime.fromtimestamp(float(stamp), datetime.UTC) if isinstance(stamp, int | float) else None
    source = {"name": f"mmeval {__version__}", **({"user": user} if user else {}), **({"url": url} if url else {})}
    revision = {"revision": str(data["revision"])} if data.get("revision") else {}
    return {
        "dataset": {"id": str(data["id"]), "task_id": spec.benchmark, **revision},
        "value": round(number.value * scale, 4),
        **({"date": when.date().isoformat()} if when else {}),
        "source": source,
        "evaluation_framework": "mmeval",
        "notes": f"{info.primary_metric} x {scale:g}, {number.level:.0%} interval {interval(number, scale=scale)}, "
        f"n {number.n}, profile {spec.profile}, run {run.spec_digest[:12]}",
    }


def _hub_data(data: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The description of the hub data set; if there are several configurations, of the first."""
    if data.get("kind") == "hub":
        return data
    parts = data.get("parts")
    found = [part for part in parts.values() if isinstance(part, dict)] if isinstance(parts, dict) else []
    return found[0] if found and all(part.get("kind") == "hub" for part in found) else None


def dump(entries: list[dict[str, Any]]) -> str:
    """The entries as YAML, in the order given."""
    import yaml

    return yaml.safe_dump(entries, sort_keys=False, allow_unicode=True)

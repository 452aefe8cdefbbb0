"""What the pages share: a cell's numbers on the board's scale, and the front page of a run."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import Any

from mmeval.board import Cell, Column, ModelCard, run_time
from mmeval.board.vectors import OUTCOMES
from mmeval.formatting import judged_by
from mmeval.sitegen.env import Language
from mmeval.sitegen.links import badge_path, benchmark_url, model_url, run_dir, run_url
from mmeval.sitegen.pages.question import shards
from mmeval.sitegen.text import short
from mmeval.store import Run, benchmark_folder, slug


def shown(cell: Cell, column: Column) -> dict[str, Any]:
    """A cell's numbers on the board's scale."""
    scale, head, info = column.card.scale, cell.headline, cell.run.info
    return {
        "value": head.value * scale,
        "half": (head.high - head.low) / 2 * scale,
        "low": head.low * scale,
        "high": head.high * scale,
        "n": head.n,
        "planned": info.planned,
        "failed": cell.failed,
        "truncated": cell.truncated,
        "unparsed": info.unparsed,
        "cost": cell.cost_1000,
        "run_url": run_url(cell),
    }


def text_of(value: Any) -> str:
    """A JSON value in one line; empty for None."""
    return (
        ""
        if value is None
        else value
        if isinstance(value, str)
        else json.dumps(value, ensure_ascii=False, sort_keys=True)
    )


def run_facts(cell: Cell, column: Column, card: ModelCard) -> dict[str, Any]:
    """What all pages of one run share."""
    return {
        "model": {"title": card.label, "url": model_url(card.name), "file": slug(card.name)},
        "benchmark": {
            "title": column.card.title,
            "url": benchmark_url(column.card.name),
            "name": column.card.name,
        },
        "run_url": run_url(cell),
        "run_dir": run_dir(cell),
    }


def run_page(cell: Cell, column: Column, card: ModelCard, lang: Language) -> dict[str, Any]:
    """The front page of one run."""
    outcomes = cell.vector.outcomes
    pages = shards(len(cell.vector.ids))
    links = [
        {"url": f"{run_dir(cell)}/{i}.html", "first": a, "last": b, "counts": count(outcomes[a - 1 : b])}
        for i, (a, b) in enumerate(pages, 1)
    ]
    return {
        **run_facts(cell, column, card),
        **shown(cell, column),
        "metric": cell.run.info.primary_metric,
        "badge": badge_path(column.card.name, card.name),
        "shards": links,
        "totals": count(outcomes),
        "slices": slices(cell, column),
        "command": command(cell.run),
        "provenance": provenance(cell.run, lang),
        "example": short(text_of(cell.run.info.provenance.get("example")), 4000),
    }


def count(outcomes: str) -> list[tuple[str, int]]:
    """How often each outcome comes, in the order of OUTCOMES, without zeros."""
    return [(code, outcomes.count(code)) for code in OUTCOMES if code in outcomes]


def slices(cell: Cell, column: Column) -> list[dict[str, Any]]:
    """Sub-scores: what stands in run.json as `metric/slice`."""
    scale, head = column.card.scale, cell.run.info.primary_metric
    return [
        {
            "name": short(name[len(head) + 1 :].replace("=", ": ", 1), 80),
            "value": one.value * scale,
            "half": (one.high - one.low) / 2 * scale,
            "n": one.n,
        }
        for name, one in sorted(cell.run.info.metrics.items())
        if name.startswith(f"{head}/")
    ]


def command(run: Run) -> str:
    """The command line that made a run, as it was recorded; the program's own path is left out."""
    argv = run.info.provenance.get("argv")
    if not isinstance(argv, list) or not argv:
        return ""
    first = str(argv[0]).rpartition("/")[2]
    words = ["mmeval" if first in ("mmeval", "__main__.py") else first, *map(str, argv[1:])]
    return short(shlex.join(words), 4000)


def provenance(run: Run, lang: Language) -> list[tuple[str, Any]]:
    """Versions and settings of a run."""
    made: Mapping[str, Any] = run.info.provenance
    spec, t = run.info.spec, lang.text
    git = made.get("git")
    sha = f"{git.get('sha', '')[:12]}{' + changes' if git.get('dirty') else ''}" if isinstance(git, dict) else ""
    packages = made.get("packages")
    listed = ", ".join(f"{k} {v}" for k, v in sorted(packages.items())) if isinstance(packages, dict) else ""
    returned, agreement = made.get("models_returned"), made.get("agreement")
    return [
        (t("fact.version"), benchmark_folder(spec)),
        (t("fact.profile"), spec.profile),
        (t("fact.judge"), judged_by(spec.judge, agreement) if isinstance(agreement, dict) else spec.judge),
        (t("fact.options"), short(text_of(spec.options), 1000)),
        (t("fact.endpoint"), spec.endpoint),
        (t("fact.returned"), ", ".join(map(str, returned)) if isinstance(returned, dict) else ""),
        (t("fact.mmeval"), f"{text_of(made.get('mmeval'))} {sha}".strip()),
        (t("fact.python"), text_of(made.get("python"))),
        (t("fact.os"), text_of(made.get("os"))),
        (t("fact.packages"), listed),
        (t("fact.finished"), run_time(run)),
        (t("fact.digest"), spec.digest),
    ]

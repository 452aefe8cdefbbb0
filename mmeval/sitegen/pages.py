"""What each page says: plain dictionaries for the templates, made from the board alone."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import Any

from mmeval.board import Board, Cell, Column, ModelCard, run_time
from mmeval.board.cards import PARTS
from mmeval.sitegen.charts import interval
from mmeval.sitegen.env import Language
from mmeval.sitegen.links import benchmark_url, model_url, run_dir, run_url
from mmeval.store import Run, benchmark_folder, slug


def shown(cell: Cell, column: Column) -> dict[str, Any]:
    """A cell's numbers on the board's scale."""
    scale, head, info = column.card.scale, cell.headline, cell.run.info
    half = (head.high - head.low) / 2
    return {
        "value": head.value * scale,
        "half": half * scale,
        "low": head.low * scale,
        "high": head.high * scale,
        "n": head.n,
        "planned": info.planned,
        "failed": cell.failed,
        "truncated": cell.truncated,
        "unparsed": info.unparsed,
        "cost": cell.cost_1000,
        "run_url": run_url(cell),
        "plot": plot(cell, column),
    }


def plot(cell: Cell, column: Column) -> Any:
    """The cell's whisker on the benchmark's own range."""
    card, head = column.card, cell.headline
    return interval(head.value, head.low, head.high, start=card.low, end=card.high, chance=card.chance)


def benchmark_page(column: Column, board: Board, lang: Language) -> dict[str, Any]:
    """One benchmark: its card and everyone's score."""
    rows = []
    for name, cell in column.cells.items():
        card = board.models[name]
        rows.append({"title": card.label, "url": model_url(name), "reference": card.reference, **shown(cell, column)})
    better = -1 if column.card.higher_is_better in (True, None) else 1
    rows.sort(key=lambda row: (better * row["value"], row["title"]))
    return {
        "card": {"title": column.card.title, "about": column.card.about or "", "known": column.card.known},
        "metric": next(iter(column.cells.values())).run.info.headline,
        "rows": rows,
        "card_facts": benchmark_facts(column, lang),
    }


def benchmark_facts(column: Column, lang: Language) -> list[tuple[str, Any]]:
    """The card as pairs of name and value; unknown ones are left out by the template."""
    card, spec, t = column.card, column.spec, lang.text
    source = {**card.source, **spec.data}
    return [
        (t("fact.version"), spec.version),
        (t("fact.source"), text_of(source.get("id"))),
        (t("fact.revision"), text_of(source.get("revision"))),
        (t("fact.split"), text_of(source.get("split"))),
        (t("fact.rows"), card.rows),
        (t("fact.license"), card.license),
        (t("fact.url"), card.url),
        (t("fact.paper"), card.paper),
        (t("fact.metric"), card.metric_about),
        (t("fact.chance"), None if card.chance is None else f"{card.chance * card.scale:.1f}"),
        (t("fact.scorer"), card.scorer),
        (t("fact.profile"), spec.profile),
        (t("fact.judge"), spec.judge),
        (t("fact.cluster"), card.cluster),
        (t("fact.system"), card.system),
        (t("fact.max_tokens"), card.max_tokens),
        (t("fact.policy"), ", ".join(f"{k}: {v}" for k, v in card.policy.items())),
    ]


def text_of(value: Any) -> str:
    """A JSON value in one line; empty for None."""
    return (
        ""
        if value is None
        else value
        if isinstance(value, str)
        else json.dumps(value, ensure_ascii=False, sort_keys=True)
    )


def model_page(card: ModelCard, board: Board, lang: Language) -> dict[str, Any]:
    """One model: its card and all of its scores."""
    rows = [
        {
            "title": column.card.title,
            "slug": slug(column.card.name),
            "benchmark_url": benchmark_url(column.card.name),
            **shown(cell, column),
        }
        for column, cell in board.of(card.name)
    ]
    info = {"title": card.label, "name": card.name, "url": card.url}
    return {"card": info, "card_facts": model_facts(card, lang), "rows": rows}


def model_facts(card: ModelCard, lang: Language) -> list[tuple[str, Any]]:
    """The card as pairs of name and value."""
    t = lang.text
    access = None if card.open is None else t("open") if card.open else t("closed")
    facts = [
        (t("fact.organization"), card.organization),
        (t("fact.released"), card.released),
        (t("fact.access"), access),
        (t("fact.parameters"), None if card.parameters is None else f"{card.parameters:g} B"),
        (t("fact.modalities"), ", ".join(card.modalities)),
    ]
    return facts + [(t(f"part.{part}"), card.parts.get(part)) for part in PARTS]


def run_facts(cell: Cell, column: Column, card: ModelCard) -> dict[str, Any]:
    """What all pages of one run share."""
    return {
        "model": {"title": card.label, "url": model_url(card.name)},
        "benchmark": {"title": column.card.title, "url": benchmark_url(column.card.name)},
        "run_url": run_url(cell),
        "run_dir": run_dir(cell),
    }


def run_page(cell: Cell, column: Column, card: ModelCard, lang: Language) -> dict[str, Any]:
    """The front page of one run."""
    from mmeval.sitegen.samples import shards

    pages = shards(len(cell.vector.ids))
    links = [{"url": f"{run_dir(cell)}/{i}.html", "first": a, "last": b} for i, (a, b) in enumerate(pages, 1)]
    return {
        **run_facts(cell, column, card),
        **shown(cell, column),
        "metric": cell.run.info.headline,
        "shards": links,
        "command": command(cell.run),
        "provenance": provenance(cell.run, lang),
    }


def command(run: Run) -> str:
    """The command line that made a run, as it was recorded."""
    argv = run.info.provenance.get("argv")
    return shlex.join(map(str, argv)) if isinstance(argv, list) else ""


def provenance(run: Run, lang: Language) -> list[tuple[str, Any]]:
    """Versions and settings of a run."""
    made: Mapping[str, Any] = run.info.provenance
    spec, t = run.info.spec, lang.text
    git = made.get("git")
    sha = f"{git.get('sha', '')[:12]}{' + changes' if git.get('dirty') else ''}" if isinstance(git, dict) else ""
    packages = made.get("packages")
    listed = ", ".join(f"{k} {v}" for k, v in sorted(packages.items())) if isinstance(packages, dict) else ""
    return [
        (t("fact.version"), f"{benchmark_folder(spec)}"),
        (t("fact.profile"), spec.profile),
        (t("fact.judge"), spec.judge),
        (t("fact.options"), text_of(spec.options)),
        (t("fact.endpoint"), spec.endpoint),
        (t("fact.mmeval"), f"{text_of(made.get('mmeval'))} {sha}".strip()),
        (t("fact.python"), text_of(made.get("python"))),
        (t("fact.os"), text_of(made.get("os"))),
        (t("fact.packages"), listed),
        (t("fact.finished"), run_time(run)),
        (t("fact.digest"), spec.digest),
    ]

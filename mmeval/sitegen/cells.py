"""What several pages print about one cell of the board: its numbers, sub-scores, rank, command and provenance."""

from __future__ import annotations

import datetime
import functools
import json
import shlex
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

from mmeval.board import Aside, Cell, Column, run_time
from mmeval.board.ranks import RankInterval
from mmeval.formatting import judged_by
from mmeval.judging.measured import said_of
from mmeval.sitegen.env import Language
from mmeval.sitegen.links import run_url
from mmeval.sitegen.text import short
from mmeval.store import Number, Run, agreement_of, benchmark_folder, read_verification


def shown(cell: Cell, column: Column) -> dict[str, Any]:
    """A cell's numbers on the board's scale. `value` counts what is missing as wrong, `right` as right."""
    scale, head = column.card.scale, cell.headline
    return {
        "value": head.value * scale,
        "half": (head.high - head.low) / 2 * scale,
        "low": head.low * scale,
        "high": head.high * scale,
        "measured": cell.measured.value * scale,
        "right": cell.right.value * scale,
        "missing": cell.vector.missing,
        "n": cell.n,
        "planned": cell.planned,
        "runs": len(cell.runs),
        "marks": marks(cell),
        "few": head.few_clusters,
        "failed": cell.failed,
        "truncated": cell.truncated,
        "unparsed": cell.unparsed,
        "cost": cell.cost_1000,
        "run_url": run_url(cell),
    }


def seldom(rows: Sequence[Mapping[str, Any]], keys: Sequence[str]) -> list[str]:
    """Those of the keys under which any row has a number: a table has no column without one."""
    return [key for key in keys if any(row[key] for row in rows)]


def trust(cell: Cell) -> list[dict[str, str]]:
    """How far a run can be trusted, as key, value and tone; nothing if it was measured here and not verified."""
    tone = {"verified": "good", "third-party": "warn"}.get(cell.mark, "")
    return [{"key": f"mark.{cell.mark.replace(' ', '-')}", "value": "", "tone": tone}] if cell.mark else []


def marks(cell: Cell) -> list[dict[str, str]]:
    """What else a reader has to know about a row: why it has no rank, unusual settings."""
    why = [{"key": f"unranked.{cell.unranked}", "value": "", "tone": "bad"}] if cell.unranked else []
    return [
        *why,
        *({"key": f"setting.{key}", "value": value, "tone": "warn"} for key, value in cell.settings),
    ]


def aside(one: Aside, column: Column, title: str, kind: str) -> dict[str, Any]:
    """A run that has no row of its own, with the setting or key in which it differs."""
    about = {"title": title, "reason": f"{kind}.{one.reason}", "differs": short(one.value, 120)}
    return {**about, **shown(one.cell, column)}


def slices(cell: Cell, column: Column) -> list[dict[str, Any]]:
    """Sub-scores on the board's scale: the metrics that run.json names `metric/slice`, as means over the runs.

    What is missing counts as wrong, as in the headline, where the metric can be computed.
    """
    scale, head = column.card.scale, cell.run.info.primary_metric
    found: dict[str, list[Number]] = {}
    for one in cell.runs:
        for name, number in (one.vector.counted_metrics or one.run.info.metrics).items():
            found.setdefault(name, []).append(number)
    return [
        {
            "name": short(name[len(head) + 1 :].replace("=", ": ", 1), 80),
            "value": fmean(one.value for one in numbers) * scale,
            "half": fmean(one.high - one.low for one in numbers) / 2 * scale,
            "n": numbers[0].n,
        }
        for name, numbers in sorted(found.items())
        if name.startswith(f"{head}/")
    ]


def metric_title(name: str) -> str:
    """A metric's name as a reader expects it: `word_error_rate` as "Word error rate"."""
    return short(name[:1].upper() + name[1:].replace("_", " "), 60)


def rank_text(interval: RankInterval | None) -> str:
    """`3`, or `2–5` where the tests do not decide."""
    if interval is None:
        return ""
    return f"{interval.best}" if interval.best == interval.worst else f"{interval.best}–{interval.worst}"


def text_of(value: Any) -> str:
    """A JSON value in one line; empty for None."""
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def command(run: Run) -> str:
    """The command line of a run as it was recorded, without the program's folder."""
    argv = run.info.provenance.get("argv")
    if not isinstance(argv, list) or not argv:
        return ""
    first = str(argv[0]).rpartition("/")[2]
    words = ["mmeval" if first in ("mmeval", "__main__.py") else first, *map(str, argv[1:])]
    return short(shlex.join(words), 4000)


def provenance(cell: Cell) -> list[tuple[str, Any]]:
    """Versions and settings of the run of a cell, each with the message that names it; see `in_words`."""
    run = cell.run
    made: Mapping[str, Any] = run.info.provenance
    spec = run.info.spec
    git = made.get("git")
    sha = f"{git.get('sha', '')[:12]}{' + changes' if git.get('dirty') else ''}" if isinstance(git, dict) else ""
    packages = made.get("packages")
    listed = ", ".join(f"{k} {v}" for k, v in sorted(packages.items())) if isinstance(packages, dict) else ""
    returned = made.get("models_returned")
    return [
        ("fact.version", benchmark_folder(spec)),
        ("fact.profile", spec.profile),
        ("fact.recipe", short(spec.recipe or "", 120)),
        ("fact.mark", functools.partial(trusted, cell)),
        ("fact.judge", judge_of(run)),
        ("fact.options", short(text_of(spec.options), 1000)),
        ("fact.endpoint", spec.endpoint),
        ("fact.returned", ", ".join(map(str, returned)) if isinstance(returned, dict) else ""),
        ("fact.mmeval", f"{text_of(made.get('mmeval'))} {sha}".strip()),
        ("fact.python", text_of(made.get("python"))),
        ("fact.os", text_of(made.get("os"))),
        ("fact.packages", listed),
        ("fact.finished", run_time(run)),
        ("fact.digest", run.spec_digest),
    ]


def in_words(facts: Sequence[tuple[str, Any]], lang: Language) -> list[tuple[str, Any]]:
    """Facts in one language; a value that depends on it is a function of it."""
    return [(lang.text(key), value(lang) if callable(value) else value) for key, value in facts]


def judge_of(run: Run) -> str | None:
    """The judge of a run, with its agreement with people where that is known."""
    judge = run.info.spec.judge
    found, drawn = (agreement_of(run), said_of(run)) if judge else (None, "")
    return judged_by(judge, found, drawn) if found or drawn else judge


def trusted(cell: Cell, lang: Language) -> str:
    """The mark of the run of a cell, and when and how it was verified."""
    name = cell.trust
    found = read_verification(cell.run) if name == "verified" else None
    text = lang.text(f"mark.{(name or 'none').replace(' ', '-')}")
    if found is None:
        return text
    day = datetime.datetime.fromtimestamp(found.at, datetime.UTC).date()
    return f"{text} ({day}, mmeval {short(found.mmeval, 20)}; {lang.text('mark.asked', n=found.asked)})"

"""One run as a page that reads the run folder anew each time: no scripts, every text escaped."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from mmeval import formatting as numbers
from mmeval.errors import StoreError
from mmeval.report.html import STYLE, escape
from mmeval.report.samples import (
    Group,
    Line,
    grouped,
    is_error,
    is_unparsed,
    is_wrong,
    labelled,
    last,
    picture,
    questions,
)
from mmeval.stats.intervals import MeanFold
from mmeval.store import Number, Run, StoredPart, read_run, thumbnail_path
from mmeval.types import Estimate, Record

__all__ = ["CSS", "FILTERS", "Page", "page"]

FILTERS: Mapping[str, Callable[[Record, float], bool]] = {
    "all": lambda record, wrong: True, "wrong": is_wrong, "errors": lambda record, wrong: is_error(record),
    "unparsed": lambda record, wrong: is_unparsed(record),
}  # fmt: skip
PER_PAGE = 25
LONGEST = 20_000
"""Characters of one text that are shown."""
CSS = (
    STYLE
    + """
main { display: block; } nav a { margin-right: 1rem; } nav a[aria-current] { font-weight: bold; text-decoration: none; }
article { border-top: 1px solid var(--line); padding: .6rem 0; } article h3 { font-size: 1rem; margin: .2rem 0; }
dl { display: grid; grid-template-columns: 6rem 1fr; gap: .2rem 1rem; margin: 0; } dt { color: var(--mute); }
dd { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
dd img { display: block; max-width: 20rem; max-height: 20rem; }
"""
)


@dataclass(slots=True)
class Page:
    """A page, and the files that it shows."""

    html: str
    pictures: dict[str, Path] = field(default_factory=dict)
    """By sha256."""


@dataclass(slots=True)
class _Read:
    """What the journal of a run says at this moment."""

    counts: Counter[str]
    groups: Sequence[Group]
    score: Number | Estimate | None
    matching: Mapping[str, int]
    """Records by filter."""
    shown: Sequence[Record]
    newest: float
    problem: str = ""


def page(folder: Path, *, show: str = "all", number: int = 1) -> Page:
    """The page of a run.

    Args:
        folder: of the run.
        show: one of FILTERS.
        number: of the page of samples, from 1.

    Raises:
        StoreError: there is no run.json that can be read.
    """
    began = time.monotonic()
    run = read_run(folder)
    found = _read(run, FILTERS[show], number)
    made = Page("")
    parts = [*_head(run, found), *_nav(found, show), *_samples(run, found, made), *_pager(found, show, number)]
    # A large journal takes a while to read; the page must not keep the machine busy.
    refresh = max(2, round(10 * (time.monotonic() - began)))
    again = f'<meta http-equiv="refresh" content="{refresh}">' if run.info.status == "running" else ""
    title = escape(f"{run.info.spec.model} on {run.info.spec.benchmark}")
    made.html = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">{again}'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{title}</title><link rel="stylesheet" href="style.css"></head><body><main>'
        + "\n".join(parts)
        + "</main></body></html>\n"
    )
    return made


def _read(run: Run, test: Callable[[Record, float], bool], number: int) -> _Read:
    counts: Counter[str] = Counter()
    matching: Counter[str] = Counter()
    fold, shown, newest, problem = MeanFold(), [], 0.0, ""
    start = (number - 1) * PER_PAGE
    failed: list[Record] = []
    at = 0
    try:
        for record in last(run.records()):
            counts[record.status] += 1
            newest = max(newest, record.at)
            matching.update(name for name, one in FILTERS.items() if one(record, run.info.wrong))
            if record.score is not None:
                fold.add(record.score.value)
            if is_error(record):
                failed.append(record)
            if test(record, run.info.wrong):
                if start <= at < start + PER_PAGE:
                    shown.append(record)
                at += 1
    except StoreError as error:
        problem = str(error)
    so_far = fold.estimate() if len(fold) else None
    score = run.info.metrics.get(run.info.primary_metric) if run.info.status != "running" else so_far
    return _Read(counts, grouped(failed), score, matching, shown, newest, problem)


def _head(run: Run, found: _Read) -> list[str]:
    info = run.info
    counts = found.counts or Counter(info.counts)
    score = numbers.score(found.score, scale=info.scale)
    planned = f"/{info.planned}" if info.planned else ""
    lead = [info.status, f"{sum(counts.values())}{planned} samples", f"score {score}"]
    lead += [f"{count} {status}" for status, count in sorted(counts.items()) if status != "ok"]
    if info.status == "running" and found.newest:
        lead.append(f"last reply {numbers.duration(max(0.0, time.time() - found.newest))} ago")
    elif info.ended:
        lead.append(f"{datetime.fromtimestamp(info.ended).astimezone():%Y-%m-%d %H:%M}")
    parts = [
        f"<h1>{escape(info.spec.model)} on {escape(info.spec.benchmark)}</h1>",
        f"<p>{escape(' · '.join(lead))}</p>",
        f"<p><code>{escape(str(run.path))}</code></p>",
        *(f"<p>{escape(text)}</p>" for text in (info.reason, found.problem) if text),
    ]
    if found.groups:
        items = (f"<li>{group.n} of {info.planned}: {escape(group.message)}</li>" for group in found.groups)
        parts.append(f"<h2>Failures</h2><ul>{''.join(items)}</ul>")
    return [*parts, *_metrics(run)]


def _metrics(run: Run) -> list[str]:
    if not run.info.metrics:
        return []
    order = sorted(run.info.metrics.items(), key=lambda item: (item[0] != run.info.primary_metric, item[0]))
    rows = "".join(
        f'<tr><td>{escape(name)}</td><td class="n">{numbers.points(one.value, scale=run.info.scale)}</td>'
        f'<td class="n">{numbers.interval(one, scale=run.info.scale)}</td><td class="n">{one.n}</td></tr>'
        for name, one in order
    )
    head = "".join(f'<th scope="col">{name}</th>' for name in ("metric", "value", "95 % interval", "n"))
    return [f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>']


def _nav(found: _Read, show: str) -> list[str]:
    links = []
    for name in FILTERS:
        current = ' aria-current="page"' if name == show else ""
        links.append(f'<a href="?show={name}"{current}>{name} ({found.matching.get(name, 0)})</a>')
    return [f'<h2>Samples</h2><nav aria-label="Samples">{" ".join(links)}</nav>']


def _samples(run: Run, found: _Read, made: Page) -> list[str]:
    stored = questions(run, {record.id for record in found.shown})
    parts = []
    for record in found.shown:
        epoch = f" · epoch {record.epoch}" if run.info.spec.epochs > 1 else ""
        lines = "".join(_line(run, line, made) for line in labelled(run, record, stored.get(record.id)))
        head = f"<h3>{escape(record.id)} · {record.status}{epoch}</h3>"
        parts.append(f"<article>{head}<dl>{lines}</dl></article>")
    return parts


def _line(run: Run, line: Line, made: Page) -> str:
    text = line.text if len(line.text) <= LONGEST else f"{line.text[:LONGEST]} … ({len(line.text):,} characters)"
    image = _picture(run, line.part, made) if line.part is not None and line.part.kind == "image" else ""
    return f'<dt>{escape(line.label)}</dt><dd dir="auto">{image}{escape(text)}</dd>'


def _picture(run: Run, part: StoredPart, made: Page) -> str:
    if not part.sha256 or not re.fullmatch(r"[0-9a-f]{64}", part.sha256):
        return ""
    small = thumbnail_path(run.path.resolve().parents[2], run.info, part.sha256)
    file = small if small.is_file() else picture(run, part)
    if file is None:
        return ""
    made.pictures[part.sha256] = file
    return f'<img alt="" src="picture/{part.sha256}">'


def _pager(found: _Read, show: str, number: int) -> list[str]:
    pages = -(-found.matching.get(show, 0) // PER_PAGE)
    links = []
    if number > 1:
        links.append(f'<a href="?show={show}&amp;page={number - 1}">previous</a>')
    if number < pages:
        links.append(f'<a href="?show={show}&amp;page={number + 1}">next</a>')
    return [f'<nav aria-label="Pages">{" ".join(links)} page {number} of {pages}</nav>'] if pages > 1 else []

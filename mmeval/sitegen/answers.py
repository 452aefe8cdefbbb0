"""The sample pages of one run: prompt, reply, extracted answer, and score with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup

from mmeval.board.vectors import outcome
from mmeval.errors import StoreError
from mmeval.sitegen.env import Renderer, environment
from mmeval.sitegen.fragments import in_language, mark
from mmeval.sitegen.samples import sample_html
from mmeval.sitegen.sources import data_url
from mmeval.sitegen.text import clip, short, within
from mmeval.sitegen.writer import put
from mmeval.store import Run, ScoreRow, samples_path
from mmeval.types import Record, Reply, Usage

PER_PAGE = 50
PAGE_BYTES = 360_000
"""UTF-8 bytes of all texts on one page. The page then stays below 400 KB packed, even if its text cannot be packed."""
LONG = ("reply", "reasoning", "answer", "note", "failure")
"""Texts of an answer that may have to be shortened."""
TONES = {"r": "good", "p": "warn", "w": "bad", "u": "warn", "t": "warn", "x": "warn", "f": "bad"}


def page_ranges(total: int) -> list[tuple[int, int]]:
    """First and last sample number (from 1) on each page."""
    return [(start + 1, min(start + PER_PAGE, total)) for start in range(0, total, PER_PAGE)]


def page_of(number: int) -> int:
    """The page that holds a sample number."""
    return (number - 1) // PER_PAGE + 1


def write_samples(run: Run, root: Path, out: Path, renderer: Renderer, facts: Mapping[str, Any]) -> str:
    """Write the sample pages of a run in every language; returns why its journal cannot be read, or nothing."""
    records, problem = read_journal(run)
    found = sample_views(run, root, records, renderer.folders)
    pages: list[dict[str, Any]] = [
        {"url": f"{facts['run_dir']}/{i}.html", "first": a, "last": b}
        for i, (a, b) in enumerate(page_ranges(len(found)), 1)
    ]
    for page, link in enumerate(pages, 1):
        part = found[link["first"] - 1 : link["last"]]
        trim(part)
        body = environment(renderer.folders).get_template("answers.html").render(t=mark, samples=part)
        near = {"previous": pages[page - 2] if page > 1 else None, "next": pages[page] if page < len(pages) else None}
        shown = {"first": link["first"], "last": link["last"], "total": len(found), "page": page, "near": near, **facts}
        for place in renderer.places(link["url"]):
            text = renderer.page("samples.html", place, body=in_language(body, place), **shown)
            put(out / place.file, text.encode("utf-8", "replace"))
    return problem


def read_journal(run: Run) -> tuple[dict[tuple[str, int], Record], str]:
    """The records by id and epoch, and an empty text; of a damaged journal nothing, and the reason.

    A damaged journal costs only the replies: scores.csv holds what counts.
    """
    try:
        return {(record.id, record.epoch): record for record in run.records()}, ""
    except (StoreError, UnicodeDecodeError) as error:
        return {}, f"its replies are not shown: {error}"


def sample_views(
    run: Run, root: Path, records: Mapping[tuple[str, int], Record], folders: tuple[Path, ...]
) -> list[dict[str, Any]]:
    """What the template shows of each sample, in the order of ids."""
    rows: dict[str, list[ScoreRow]] = {}
    for row in run.scores():
        rows.setdefault(row.id, []).append(row)
    file, home = samples_path(root, run.info), data_url(run.info.spec.data)
    return [
        {
            "number": number,
            "sample": sample_html(folders, file, key, number, home),
            "answers": [answer(row, records.get((key, row.epoch))) for row in rows[key]],
        }
        for number, key in enumerate(sorted(rows), 1)
    ]


def answer(row: ScoreRow, record: Record | None) -> dict[str, Any]:
    """The result for one sample and epoch; without a record only what scores.csv holds."""
    code = outcome(row)
    shown: dict[str, Any] = {
        "epoch": row.epoch,
        "outcome": code,
        "tone": TONES[code],
        "score": None if row.score is None else f"{row.score:.2f}",
        "answer": None if row.answer is None else short(row.answer, 200),
        "rule": short(row.rule, 80),
        "status": row.status,
        "reply": None,
        "cut": 0,
        "reasoning": None,
        "failure": None,
        "note": "",
        "meta": None,
        "cached": False,
    }
    if record is None:
        return shown
    if record.score is not None:
        shown["note"] = short(record.score.note, 300)
    if record.failure is not None:
        failure = record.failure
        shown["failure"] = short(f"{failure.kind}: {failure.message}", 300) + f" ({failure.attempts}×)"
    if record.reply is not None:
        reply = record.reply
        shown["reply"], shown["cut"] = clip(reply.text)
        shown["reasoning"] = clip(reply.reasoning)[0] if reply.reasoning else None
        shown["meta"], shown["cached"] = meta(record, reply), reply.cached
    return shown


def meta(record: Record, reply: Reply) -> Markup:
    """Tokens, seconds and dollars of one request, as far as they are known."""
    parts = [
        tokens(reply.usage),
        f"{reply.latency_s:.2f} s" if reply.latency_s else None,
        f"${record.cost:.5f}" if record.cost is not None else None,
    ]
    return Markup(" · ").join(part for part in parts if part)


def tokens(used: Usage) -> Markup | None:
    """Tokens in and out as one message: marks are the slowest part of a page."""
    if used.output is None:
        return None
    return mark("tokens", n=used.output) if used.input is None else mark("tokens.both", a=used.input, n=used.output)


def trim(page: list[dict[str, Any]]) -> None:
    """Shorten the longest texts of the answers on a page until it fits PAGE_BYTES together with its prompts."""
    room = PAGE_BYTES - sum(len(s["sample"].encode("utf-8", "replace")) for s in page)
    holders = [(a, name) for s in page for a in s["answers"] for name in LONG if a[name]]
    sizes = [len(holder[name].encode("utf-8", "replace")) for holder, name in holders]
    limit = max(sizes, default=0)
    while limit > 16 and sum(min(size, limit) for size in sizes) > room:
        limit = limit * 3 // 4
    for (holder, name), size in zip(holders, sizes, strict=True):
        if size > limit:
            holder[name], left = within(holder[name], limit)
            holder["cut"] += left

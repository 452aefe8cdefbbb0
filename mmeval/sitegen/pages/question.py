"""The sample pages of one run: each sample with what was asked, what came back, what was read and why it scored so."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

from mmeval.board import Column
from mmeval.board.checks import local
from mmeval.board.vectors import outcome
from mmeval.errors import StoreError
from mmeval.media import THUMBNAIL_BYTES
from mmeval.sitegen.env import Language, Place, environment, render
from mmeval.sitegen.sources import data_url, row_url
from mmeval.sitegen.text import CLIP, clean, clip, short, within
from mmeval.sitegen.writer import put
from mmeval.store import Run, ScoreRow, StoredPart, StoredSample, read_samples, samples_path
from mmeval.types import JSON, Record, Reply, Usage

ROOT = Markup("\x01/\x02")
"""The way to the site's root, which depends on the language's folder."""
PER_PAGE = 50
PAGE_BYTES = 360_000
"""UTF-8 bytes of all texts on one page: with it a page stays below 400 KB packed even where nothing can be packed."""
PROMPT_BYTES = 4000
LONG = ("reply", "reasoning", "answer", "note", "failure")
"""Texts of an answer that may have to be shortened."""
TONES = {"r": "good", "p": "warn", "w": "bad", "u": "warn", "t": "warn", "x": "warn", "f": "bad"}


@dataclass(frozen=True, slots=True)
class Asked:
    """The samples of a benchmark: what may be shown of them."""

    samples: Mapping[str, StoredSample]
    public: bool
    """Whether the licence lets the site show prompts and media."""


@functools.lru_cache(maxsize=2)
def asked(file: Path) -> Asked:
    """Read the samples file of a benchmark once for all of its runs."""
    if file.is_file():
        return Asked({sample.id: sample for sample in read_samples(file)}, True)
    private = local(file)
    if private.is_file():
        return Asked({sample.id: sample for sample in read_samples(private)}, False)
    return Asked({}, False)


@functools.lru_cache(maxsize=1024)
def stamp(file: Path) -> tuple[int, ...]:
    """Tells whether the samples of a benchmark are the same as in the last build."""
    found = next((one for one in (file, local(file)) if one.is_file()), None)
    return (found.stat().st_size, found.stat().st_mtime_ns) if found else ()


def tags_of(column: Column, root: Path) -> dict[str, dict[str, str]]:
    """Tags by sample id; they are facts about a sample and may be shown where its text may not."""
    info = next(iter(column.cells.values())).run.info
    return {key: dict(sample.tags) for key, sample in asked(samples_path(root, info)).samples.items()}


def shards(total: int) -> list[tuple[int, int]]:
    """First and last number (from 1) on each page."""
    return [(start + 1, min(start + PER_PAGE, total)) for start in range(0, total, PER_PAGE)]


def page_of(number: int) -> int:
    """The page that holds a sample number."""
    return (number - 1) // PER_PAGE + 1


def views(run: Run, root: Path) -> list[dict[str, Any]]:
    """What the template shows of each sample, in the order of ids."""
    rows: dict[str, list[ScoreRow]] = {}
    for row in run.scores():
        rows.setdefault(row.id, []).append(row)
    records = {(record.id, record.epoch): record for record in journal(run)}
    file, home = samples_path(root, run.info), data_url(run.info.spec.data)
    found = []
    for number, key in enumerate(sorted(rows), 1):
        answers = [answer(row, records.get((key, row.epoch))) for row in rows[key]]
        found.append({"number": number, "question": asked_html(file, key, number, home), "answers": answers})
    return found


def journal(run: Run) -> list[Record]:
    """The records of a run; none where the journal is damaged (`damage` says so), since scores.csv has what counts."""
    try:
        return list(run.records())
    except (StoreError, UnicodeDecodeError):
        return []


def damage(run: Run) -> str:
    """Why the journal of a run cannot be read; empty where it can."""
    try:
        for _ in run.records():
            pass
    except (StoreError, UnicodeDecodeError) as error:
        return f"its replies are not shown: {error}"
    return ""


def forget() -> None:
    """Drop what was remembered of sample files: they may have changed since the last build."""
    for remembered in (asked, asked_html, thumb_exists, stamp):
        remembered.cache_clear()


@functools.lru_cache(maxsize=4096)
def asked_html(file: Path, key: str, number: int, home: str) -> Markup:
    """What was asked, made once for all models: nearly all of them have the same samples in the same order."""
    shown = question(asked(file), key, file.parent / "thumbs")
    return Markup(fragment("question.html", number=number, id=short(key, 160), root=ROOT, home=home, **shown))  # noqa: S704 - it is our template's


def question(known: Asked, key: str, thumbs: Path) -> dict[str, Any]:
    """Prompt, key and media of one sample; None where the licence keeps them back."""
    sample = known.samples.get(key)
    if sample is None:
        return {"prompt": None, "cut": 0, "target": "", "media": [], "tags": {}, "public": False}
    media = [medium(part, thumbs, public=known.public) for part in sample.prompt if part.kind != "text"]
    tags = {short(name, 40): short(value, 80) for name, value in sample.tags.items()}
    if not known.public:
        return {"prompt": None, "cut": 0, "target": "", "media": media, "tags": tags, "public": False}
    whole = "\n".join(part.text or "" for part in sample.prompt if part.kind == "text")
    text, _ = within(clean(whole[:CLIP]), PROMPT_BYTES)
    return {
        "prompt": text,
        "cut": max(0, len(whole) - len(text)),
        "target": short(plain(sample.target), 600),
        "media": media,
        "tags": tags,
        "public": True,
    }


def plain(value: JSON) -> str:
    """A target as people read it."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return " | ".join(plain(item) for item in value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def medium(part: StoredPart, thumbs: Path, *, public: bool) -> dict[str, Any]:
    """A thumbnail's file and size, or where the original lies."""
    has = public and part.kind == "image" and part.sha256 and thumb_exists(thumbs / f"{part.sha256}.webp")
    width, height = fit(part.width, part.height)
    source = short(part.source or (part.sha256 or "")[:16], 160)
    return {
        "thumb": f"t/{part.sha256}.webp" if has else None,
        "width": width,
        "height": height,
        "mime": short(part.mime or "", 40),
        "source": source,
        "url": row_url(source),
    }


@functools.lru_cache(maxsize=65536)
def thumb_exists(file: Path) -> bool:
    """Whether there is a thumbnail that is small enough to be shown; asked once for all runs."""
    return file.is_file() and file.stat().st_size <= THUMBNAIL_BYTES


def fit(width: int | None, height: int | None, box: int = 320) -> tuple[int, int]:
    """Size in which an image is shown, so that the page does not jump when it arrives."""
    if not width or not height:
        return box, box * 5 // 8
    scale = min(1.0, box / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def answer(row: ScoreRow, record: Record | None) -> dict[str, Any]:
    """What came back for one sample and epoch; without a journal only what scores.csv keeps."""
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
    """Tokens in and out; one message, since marks are most of what a page costs."""
    if used.output is None:
        return None
    return mark("tokens", n=used.output) if used.input is None else mark("tokens.both", a=used.input, n=used.output)


def trim(page: list[dict[str, Any]]) -> None:
    """Shorten the longest of what came back on a page until it fits PAGE_BYTES together with what was asked."""
    room = PAGE_BYTES - sum(len(s["question"].encode("utf-8", "replace")) for s in page)
    holders = [(a, name) for s in page for a in s["answers"] for name in LONG if a[name]]
    sizes = [len(holder[name].encode("utf-8", "replace")) for holder, name in holders]
    limit = max(sizes, default=0)
    while limit > 16 and sum(min(size, limit) for size in sizes) > room:
        limit = limit * 3 // 4
    for (holder, name), size in zip(holders, sizes, strict=True):
        if size > limit:
            holder[name], left = within(holder[name], limit)
            holder["cut"] += left


@functools.lru_cache(maxsize=8192)
def mark(key: str, **values: int) -> Markup:
    """A place for a message: nothing else on a page can hold these control characters, since all text is cleaned."""
    inside = "\x03".join([key, *(f"{name}={value}" for name, value in values.items())])
    return Markup(f"\x01{inside}\x02")  # noqa: S704 - our own keys and numbers


_MARK = re.compile("\x01([^\x02]*)\x02")


def fragment(template: str, **values: Any) -> str:
    """A part of a page with marks in place of words."""
    return environment().get_template(template).render(t=mark, **values)


def in_language(body: str, place: Place) -> Markup:
    """Put words and the way to the site's root in place of the marks."""
    known: dict[str, str] = {ROOT[1:-1]: place.asset("")}

    def word(match: re.Match[str]) -> str:
        key = match[1]
        if key not in known:
            name, *pairs = key.split("\x03")
            known[key] = str(escape(place.language.text(name, **dict(pair.split("=") for pair in pairs))))
        return known[key]

    return Markup(_MARK.sub(word, body))  # noqa: S704 - made by our templates, which escape


def write_run(found: list[dict[str, Any]], out: Path, facts: Mapping[str, Any], langs: Sequence[Language]) -> list[str]:
    """Write the sample pages of one run in every language; returns the files."""
    links: list[dict[str, Any]] = [
        {"url": f"{facts['run_dir']}/{i}.html", "first": a, "last": b} for i, (a, b) in enumerate(shards(len(found)), 1)
    ]
    files = []
    for page, link in enumerate(links, 1):
        part = found[link["first"] - 1 : link["last"]]
        trim(part)
        body = fragment("answers.html", samples=part)
        near = {"previous": links[page - 2] if page > 1 else None, "next": links[page] if page < len(links) else None}
        shown = {"first": link["first"], "last": link["last"], "total": len(found), "page": page, "near": near, **facts}
        for language in langs:
            place = Place(link["url"], language, tuple(langs))
            text = render("samples.html", place, body=in_language(body, place), **shown)
            put(out / place.file, text.encode("utf-8", "replace"))
            files.append(place.file)
    return files

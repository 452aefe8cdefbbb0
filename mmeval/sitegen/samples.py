"""The pages of one run: each sample with what was asked, what came back, what was read and why it scored so."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmeval.board import Column
from mmeval.board.checks import local
from mmeval.board.vectors import outcome
from mmeval.sitegen.env import Language, Place, render
from mmeval.sitegen.text import clip
from mmeval.sitegen.writer import put
from mmeval.store import Run, ScoreRow, StoredPart, StoredSample, read_samples, samples_path, thumbnail_path
from mmeval.types import JSON, Record

PER_PAGE = 50
PAGE_BYTES = 360_000
"""UTF-8 bytes of all texts on one page: with it a page stays below 400 KB packed even where nothing can be packed."""
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


def views(run: Run, root: Path) -> Iterator[dict[str, Any]]:
    """What the template shows of each sample, in the order of ids."""
    rows: dict[str, list[ScoreRow]] = {}
    for row in run.scores():
        rows.setdefault(row.id, []).append(row)
    records = {(record.id, record.epoch): record for record in run.records()}
    known = asked(samples_path(root, run.info))
    for number, key in enumerate(sorted(rows), 1):
        answers = [answer(row, records.get((key, row.epoch))) for row in rows[key]]
        yield {"number": number, "id": key, "answers": answers, **question(known, key, run, root)}


def question(known: Asked, key: str, run: Run, root: Path) -> dict[str, Any]:
    """Prompt, key and media of one sample; None where the licence keeps them back."""
    sample = known.samples.get(key)
    if sample is None:
        return {"prompt": None, "cut": 0, "target": "", "media": [], "tags": {}}
    media = [medium(part, run, root, public=known.public) for part in sample.prompt if part.kind != "text"]
    if not known.public:
        return {"prompt": None, "cut": 0, "target": "", "media": media, "tags": dict(sample.tags)}
    text, cut = clip("\n".join(part.text or "" for part in sample.prompt if part.kind == "text"))
    return {
        "prompt": text,
        "cut": cut,
        "target": clip(plain(sample.target), 1000)[0],
        "media": media,
        "tags": dict(sample.tags),
    }


def plain(value: JSON) -> str:
    """A target as people read it."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return " | ".join(plain(item) for item in value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def medium(part: StoredPart, run: Run, root: Path, *, public: bool) -> dict[str, Any]:
    """A thumbnail's file and size, or where the original lies."""
    has = public and part.kind == "image" and part.sha256 and thumb_exists(thumbnail_path(root, run.info, part.sha256))
    width, height = fit(part.width, part.height)
    source = part.source or (part.sha256 or "")[:16]
    return {
        "thumb": f"t/{part.sha256}.webp" if has else None,
        "width": width,
        "height": height,
        "mime": part.mime,
        "source": source,
    }


@functools.lru_cache(maxsize=65536)
def thumb_exists(file: Path) -> bool:
    """Whether there is a thumbnail; asked once for all runs."""
    return file.is_file()


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
        "score": row.score,
        "answer": row.answer,
        "rule": row.rule,
        "status": row.status,
        "reply": None,
        "cut": 0,
        "reasoning": None,
        "failure": None,
        "note": "",
        "tokens": None,
        "latency": None,
        "cost": None,
        "cached": False,
    }
    if record is None:
        return shown
    if record.score is not None:
        shown["note"] = clip(record.score.note, 500)[0]
    if record.failure is not None:
        failure = record.failure
        shown["failure"] = clip(f"{failure.kind}: {failure.message} ({failure.attempts}×)", 500)[0]
    if record.reply is not None:
        reply = record.reply
        shown["reply"], shown["cut"] = clip(reply.text)
        shown["reasoning"] = clip(reply.reasoning)[0] if reply.reasoning else None
        shown["tokens"], shown["latency"] = reply.usage.output, reply.latency_s or None
        shown["cost"], shown["cached"] = record.cost, reply.cached
    return shown


def trim(page: list[dict[str, Any]]) -> None:
    """Shorten the longest texts of a page until it fits PAGE_BYTES."""
    holders = [(s, "prompt") for s in page if s["prompt"]]
    holders += [(a, name) for s in page for a in s["answers"] for name in ("reply", "reasoning") if a[name]]
    sizes = [len(holder[name].encode("utf-8", "replace")) for holder, name in holders]
    limit = max(sizes, default=0)
    while sum(min(size, limit) for size in sizes) > PAGE_BYTES:
        limit = limit * 3 // 4
    for (holder, name), size in zip(holders, sizes, strict=True):
        if size > limit:
            text = holder[name]
            holder[name] = text[: max(1, len(text) * limit // size)]
            holder["cut"] += len(text) - len(holder[name])


def write_run(run: Run, root: Path, out: Path, facts: Mapping[str, Any], langs: Sequence[Language]) -> list[str]:
    """Write the sample pages of one run in every language; returns the files."""
    found = list(views(run, root))
    pages = shards(len(found))
    links: list[dict[str, Any]] = [
        {"url": f"{facts['run_dir']}/{i}.html", "first": a, "last": b} for i, (a, b) in enumerate(pages, 1)
    ]
    files = []
    for index, link in enumerate(links):
        part = found[link["first"] - 1 : link["last"]]
        trim(part)
        near = {
            "previous": links[index - 1] if index else None,
            "next": links[index + 1] if index + 1 < len(links) else None,
        }
        for language in langs:
            place = Place(link["url"], language, tuple(langs))
            text = render(
                "samples.html",
                place,
                samples=part,
                first=link["first"],
                last=link["last"],
                total=len(found),
                page=index + 1,
                near=near,
                **facts,
            )
            put(out / place.file, text.encode("utf-8", "replace"))
            files.append(place.file)
    return files

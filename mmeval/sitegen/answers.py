"""The answers of one run: data files for the page of the run, and on a small board plain pages to read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from mmeval.board.vectors import outcome
from mmeval.errors import StoreError
from mmeval.media import WAVE
from mmeval.sampling import MOST
from mmeval.sitegen.data import data_text
from mmeval.sitegen.env import Renderer, environment
from mmeval.sitegen.fragments import ROOT, in_language, mark
from mmeval.sitegen.questions import PER_SHARD
from mmeval.sitegen.samples import WHOLE, fit, sample_html, thumb_exists
from mmeval.sitegen.sources import data_url
from mmeval.sitegen.text import clip, short, within
from mmeval.sitegen.writer import put
from mmeval.store import Run, ScoreRow, Told, samples_path, strip_name, strip_places
from mmeval.store.told import Made
from mmeval.types import Seen

PAGE_BYTES = 360_000
"""UTF-8 bytes of all texts on one page. The page then stays below 400 KB packed, even if its text cannot be packed."""
LONG = ("reply", "reasoning", "answer", "note", "failure")
"""Texts of an answer that may have to be shortened."""
ROW = (
    "outcome", "score", "answer", "rule", "reply", "cut", "reasoning", "failure", "note", "input", "output", "seconds",
    "cost", "cached", "epoch", "seen", "made",
)  # fmt: skip
"""The fields of an answer in data files, in this order; empty ones at the end are left out."""
MADE = 4
"""Images, sounds and films of one reply that a page shows."""
SEEN = 4
"""Films and sounds of one question about which a page says what was shown."""
TONES = {"r": "good", "p": "warn", "w": "bad", "u": "warn", "t": "warn", "x": "warn", "f": "bad"}


def page_ranges(total: int) -> list[tuple[int, int]]:
    """First and last sample number (from 1) in each file."""
    return [(start + 1, min(start + PER_SHARD, total)) for start in range(0, total, PER_SHARD)]


def write_answers(run: Run, root: Path, out: Path, renderer: Renderer, facts: Mapping[str, Any], *, plain: bool) -> str:
    """Write the answers of a run; returns why its journal cannot be read, or nothing.

    Args:
        run: the run.
        root: of the results.
        out: of the site.
        renderer: for the plain pages.
        facts: what all pages of the run share; `data` is the name of the folder of its data files.
        plain: whether pages are written that can be read without JavaScript.
    """
    records, problem = read_journal(run)
    file = samples_path(root, run.info)
    thumbs = file.parent / ("thumbs" if file.is_file() else "")  # none where the questions may not be published
    rows: dict[str, list[ScoreRow]] = {}
    for row in run.scores():
        rows.setdefault(row.id, []).append(row)
    keys, wrong = sorted(rows), facts["wrong"]
    for k, (first, last) in enumerate(page_ranges(len(keys)), 1):
        part = keys[first - 1 : last]
        given = [[answer(row, records.get((key, row.epoch)), thumbs, wrong) for row in rows[key]] for key in part]
        trim(given, PAGE_BYTES)
        name = f"{facts['data']}/{k}"
        put(out / f"data/{name}.js", data_text(name, [[packed(one) for one in each] for each in given]).encode())
        if plain:
            write_page(run, root, out, renderer, facts, k, part, given)
    return problem


def write_page(
    run: Run,
    root: Path,
    out: Path,
    renderer: Renderer,
    facts: Mapping[str, Any],
    page: int,
    keys: Sequence[str],
    given: list[list[dict[str, Any]]],
) -> None:
    """One plain page of fifty samples in every language."""
    file, home = samples_path(root, run.info), data_url(run.info.spec.data)
    first, total = (page - 1) * PER_SHARD + 1, facts["total"]
    asked = [sample_html(renderer.folders, file, key, n, home) for n, key in enumerate(keys, first)]
    trim(given, PAGE_BYTES - sum(len(one.encode("utf-8", "replace")) for one in asked))
    shown = [
        {"number": first + i, "sample": asked[i], "answers": [worded(one) for one in given[i]]}
        for i in range(len(keys))
    ]
    body = environment(renderer.folders).get_template("answers.html").render(t=mark, root=ROOT, samples=shown)
    pages = [
        {"url": f"{facts['run_dir']}/{k}.html", "first": a, "last": b} for k, (a, b) in enumerate(page_ranges(total), 1)
    ]
    near = {"previous": pages[page - 2] if page > 1 else None, "next": pages[page] if page < len(pages) else None}
    values = {**facts, "first": first, "last": first + len(keys) - 1, "near": near}
    for place in renderer.places(f"{facts['run_dir']}/{page}.html"):
        text = renderer.page("samples.html", place, body=in_language(body, place), **values)
        put(out / place.file, text.encode("utf-8", "replace"))


def packed(one: Mapping[str, Any]) -> list[Any]:
    """An answer as a list of the fields of ROW."""
    made = [one[name] for name in ROW]
    while made and made[-1] in (None, "", 0, False):
        made.pop()
    return made


def read_journal(run: Run) -> tuple[dict[tuple[str, int], Told], str]:
    """What the records say by id and epoch, and an empty text; of a damaged journal nothing, and the reason.

    A damaged journal costs only the replies: scores.csv holds what counts.
    """
    try:
        return {(told.id, told.epoch): told for told in run.told()}, ""
    except (StoreError, UnicodeDecodeError) as error:
        return {}, f"its replies are not shown: {error}"


def answer(row: ScoreRow, told: Told | None, thumbs: Path, wrong: float) -> dict[str, Any]:
    """The result for one sample and epoch; without a record only what scores.csv holds."""
    text, cut = (None, 0) if told is None or told.text is None else clip(told.text)
    return {
        "epoch": row.epoch,
        "outcome": outcome(row, wrong),
        "score": None if row.score is None else round(row.score, 4),
        "answer": None if row.answer is None else short(row.answer, 200),
        "rule": short(row.rule, 80),
        "reply": text,
        "cut": cut,
        "reasoning": clip(told.reasoning)[0] if told and told.reasoning else None,
        "failure": short(told.failure, 300) if told and told.failure else None,
        "note": short(told.note, 300) if told else "",
        "input": told.input if told else None,
        "output": told.output if told else None,
        "seconds": round(told.seconds, 2) or None if told else None,
        "cost": told.cost if told else None,
        "cached": told is not None and told.cached,
        "seen": [seen(one, thumbs) for one in told.seen[:SEEN]] or None if told else None,
        "made": [made(one, thumbs) for one in told.made[:MADE]] or None if told else None,
    }


def made(one: Made, thumbs: Path) -> dict[str, Any]:
    """An image, sound or film of a reply: its small picture and its whole file, where they are there, and its seed."""
    width, height = WAVE if one.kind == "audio" else fit(one.width, one.height)
    whole = next((end for end in WHOLE if thumb_exists(thumbs / f"{one.sha256}{end}")), None)
    return {
        "kind": one.kind,
        "thumb": f"t/{one.sha256}.webp" if thumb_exists(thumbs / f"{one.sha256}.webp") else "",
        "file": f"t/{one.sha256}{whole}" if whole else "",
        "width": width,
        "height": height,
        "seed": one.seed,
    }


def seen(one: Seen, thumbs: Path) -> dict[str, Any]:
    """What was shown of a film or sound: the strip of its frames, where there is one, and when they stand in it.

    Without frames (`frames` is None) it was the film itself, or a sound.
    """
    at = one.at[:MOST]
    name = f"{strip_name(one.sha256, one.at)}.webp"
    return {
        "kind": one.kind if one.kind == "audio" else "video",
        "seconds": round(one.seconds, 1),
        "frames": len(one.at) if one.frames is not None else None,
        "file": f"t/{name}" if at and thumb_exists(thumbs / name) else "",
        "at": [round(at[place], 1) for place in strip_places(len(at))],
        "from": round(min(at, default=0.0), 1),
        "to": round(max(at, default=0.0), 1),
    }


def worded(one: Mapping[str, Any]) -> dict[str, Any]:
    """An answer for the plain page: with its tone, and tokens, seconds and dollars in one line."""
    parts = [
        tokens(one["input"], one["output"]),
        f"{one['seconds']:.2f} s" if one["seconds"] else None,
        f"${one['cost']:.5f}" if one["cost"] is not None else None,
    ]
    score = None if one["score"] is None else f"{one['score']:.2f}"
    meta = Markup(" · ").join(part for part in parts if part)
    return {**one, "score": score, "tone": TONES[one["outcome"]], "meta": meta}


def tokens(used: int | None, made: int | None) -> Markup | None:
    """Tokens in and out as one message: marks are the slowest part of a page."""
    if made is None:
        return None
    return mark("tokens", n=made) if used is None else mark("tokens.both", a=used, n=made)


def trim(given: Sequence[Sequence[dict[str, Any]]], room: int) -> None:
    """Shorten the longest texts of the answers until all of them fit `room` bytes."""
    holders = [(one, name) for each in given for one in each for name in LONG if one[name]]
    sizes = [len(holder[name].encode("utf-8", "replace")) for holder, name in holders]
    limit = max(sizes, default=0)
    while limit > 16 and sum(min(size, limit) for size in sizes) > room:
        limit = limit * 3 // 4
    for (holder, name), size in zip(holders, sizes, strict=True):
        if size > limit:
            holder[name], left = within(holder[name], limit)
            holder["cut"] += left

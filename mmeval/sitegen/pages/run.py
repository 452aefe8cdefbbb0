"""The page of a run: its numbers and every sample; on a small board also plain pages of fifty samples."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from mmeval.board import Board, Cell, ModelCard
from mmeval.board.vectors import OUTCOMES
from mmeval.sitegen import samples
from mmeval.sitegen.answers import page_ranges, write_answers
from mmeval.sitegen.asked import Asked
from mmeval.sitegen.cells import command, in_words, marks, metric_title, provenance, shown, slices, text_of, trust
from mmeval.sitegen.env import Renderer
from mmeval.sitegen.links import badge_path, benchmark_url, model_url, questions_url, run_dir, run_url
from mmeval.sitegen.questions import answers_name, run_map, shard_names
from mmeval.sitegen.site import Job, Site
from mmeval.sitegen.sources import data_url
from mmeval.sitegen.text import short
from mmeval.sitegen.words import ASKED_AND_SAID, words
from mmeval.sitegen.writer import digest, put
from mmeval.store import read_run, samples_path, slug

READABLE = 20_000
"""Answers on the whole board up to which every run has plain pages, to be read without JavaScript."""
WORDS = (*ASKED_AND_SAID, "all", "empty.filter", "keys", "sample", "samples.range")
"""Messages that samples.js needs, beside those of outcomes."""


def pages(site: Site) -> Iterator[Job]:
    """One job for each run whose pages are out of date."""
    plain = answers_of(site.board) <= READABLE
    said = [words(lang, WORDS) for lang in site.languages]
    for asked in site.asked:
        prompts = shard_names(asked)[0]
        key = site.key(asked.about, prompts, plain)
        known: dict[str | None, str] = {}
        for cell in asked.column.cells.values():
            for one in cell.runs:
                info = one.run.info
                if info.samples_digest not in known:
                    known[info.samples_digest] = samples.content(samples_path(site.options.results, info))
                if out := stale(one, f"{key} {known[info.samples_digest]}", site, plain=plain):
                    yield job(one, asked, site, prompts, said, out, plain=plain)


def answers_of(board: Board) -> int:
    """Number of samples of all runs together."""
    return sum(len(one.vector.ids) for c in board.columns for cell in c.cells.values() for one in cell.runs)


def stale(cell: Cell, shared: str, site: Site, *, plain: bool) -> tuple[str, list[str]] | None:
    """The key of the pages of one run and their files; None if they are up to date.

    The key is made before anything else of the pages: a board has thousands of runs, and few are new. `shared` is the
    part of it that is the same for all runs on these samples.
    """
    key = digest([shared, cell.identity, site.board.models[cell.spec.model].label])
    count_ = len(page_ranges(len(cell.vector.ids)))
    names = ["index", *(map(str, range(1, count_ + 1)) if plain else ())]
    files = [f"{lang.folder}{run_dir(cell)}/{name}.html" for lang in site.languages for name in names]
    files += [f"data/{answers_name(cell)}/{k}.js" for k in range(1, count_ + 1)]
    return None if site.fresh(files, key) else (key, files)


def job(
    cell: Cell, asked: Asked, site: Site, prompts: str, said: Sequence[str], out: tuple[str, list[str]], *, plain: bool
) -> Job:
    """Makes the pages of one run.

    Args:
        cell: the run.
        asked: its benchmark.
        site: the site.
        prompts: the folder of the files of what was asked.
        said: the messages for the script of the page in each language.
        out: the key of the pages, and their files.
        plain: whether there are pages to be read without JavaScript.
    """
    card, root = site.board.models[cell.spec.model], site.options.results
    base = facts(cell, asked, card)
    front = {**base, **shown(cell, asked.column), **front_page(cell, asked, card, prompts, plain=plain)}
    known = provenance(cell)
    fronts = [
        {**front, "words": one, "provenance": in_words(known, lang)}
        for lang, one in zip(site.languages, said, strict=True)
    ]
    write = functools.partial(
        write_pages, cell.run.path, root, site.options.out, site.renderer, base, fronts, plain=plain
    )
    return Job(files=out[1], key=out[0], folder=cell.run.path, write=write)


def write_pages(
    folder: Path,
    root: Path,
    out: Path,
    renderer: Renderer,
    facts: dict[str, Any],
    fronts: list[dict[str, Any]],
    *,
    plain: bool,
) -> str:
    """Write the page of a run and its answers; returns what is wrong with its journal, or nothing."""
    for place, front in zip(renderer.places(facts["run_url"]), fronts, strict=True):
        put(out / place.file, renderer.page("run.html", place, **front).encode("utf-8", "replace"))
    return write_answers(read_run(folder), root, out, renderer, facts, plain=plain)


def facts(cell: Cell, asked: Asked, card: ModelCard) -> dict[str, Any]:
    """What all pages of one run share."""
    bench = asked.column.card
    return {
        "model": {"title": card.label, "url": model_url(card.name), "file": slug(card.name)},
        "benchmark": {"title": bench.title, "url": benchmark_url(bench.name), "name": bench.name},
        "questions": questions_url(bench.name),
        "home": data_url(asked.column.spec.data),
        "mark": cell.mark,
        "run_url": run_url(cell),
        "run_dir": run_dir(cell),
        "data": answers_name(cell),
        "replies": cell.run.files.journal.exists(),
        "total": len(cell.vector.ids),
        "wrong": cell.vector.wrong,
    }


def front_page(cell: Cell, asked: Asked, card: ModelCard, prompts: str, *, plain: bool) -> dict[str, Any]:
    """The variables of run.html that are the same in all languages, but for `facts` and `shown`."""
    outcomes, column = cell.vector.outcomes, asked.column
    links = [
        {
            "url": f"{run_dir(cell)}/{i}.html" if plain else "",
            "first": a,
            "last": b,
            "counts": count(outcomes[a - 1 : b]),
        }
        for i, (a, b) in enumerate(page_ranges(len(cell.vector.ids)), 1)
    ]
    return {
        "tags": [*trust(cell), *marks(cell)],
        "metric": metric_title(cell.run.info.primary_metric),
        "badge": badge_path(column.card.name, card.name),
        "prompts": prompts,
        "outcomes": outcomes,
        "numbers": run_map(asked.ids, cell.vector.ids),
        "shards": links,
        "totals": count(outcomes),
        "slices": slices(cell, column),
        "command": command(cell.run),
        "example": short(text_of(cell.run.info.provenance.get("example")), 4000),
    }


def count(outcomes: str) -> list[tuple[str, int]]:
    """The number of samples with each outcome, in the order of OUTCOMES, without zeros."""
    return [(code, outcomes.count(code)) for code in OUTCOMES if code in outcomes]

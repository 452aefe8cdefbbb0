"""The whole site from a results folder: which pages there are, and which of them have to be made again."""

from __future__ import annotations

import functools
import hashlib
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmeval.board import Board, Cell, Column, ModelCard, collect
from mmeval.board.collect import all_runs
from mmeval.board.ranks import Ranks, rank_columns
from mmeval.board.stored import Reader, prime
from mmeval.board.views import View, all_views, make_view
from mmeval.catalog import Catalog
from mmeval.errors import UsageError
from mmeval.sitegen import data, extras, openvlm, pool
from mmeval.sitegen.env import Language, Place, languages, render, source_digest, source_folder
from mmeval.sitegen.links import benchmark_url, model_url, run_dir, view_url
from mmeval.sitegen.pages import benchmark as benchmarkpage
from mmeval.sitegen.pages import board as boardpage
from mmeval.sitegen.pages import model as modelpage
from mmeval.sitegen.pages import plots as plotpage
from mmeval.sitegen.pages import question as samples
from mmeval.sitegen.pages import run as pages
from mmeval.sitegen.text import short
from mmeval.sitegen.writer import Writer, digest
from mmeval.store import Problem, samples_path, slug

CHUNKS = 64
"""Parts into which the reading of scores is cut for the processes."""
LISTED = 4000
"""Folders that the problems page names; how many more there are it says."""
Context = Callable[[Language], Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a build is asked for."""

    results: Path
    out: Path
    cache: Path
    catalog: Catalog = Catalog()
    langs: tuple[str, ...] = ("en", "zh")
    title: str = "mmeval"
    base: str = ""
    """Address of the site, for the feed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What a build did."""

    files: int
    written: int
    removed: int
    runs: int
    problems: int


class Build:
    """One build: the board, the languages and the writer together."""

    def __init__(self, options: Options) -> None:
        if not options.results.is_dir():
            raise UsageError(f"no results folder {options.results}; run `mmeval run ...` first or give --results")
        self.options = options
        self.langs = languages(options.langs)
        self.source = digest([source_digest(), options.title, options.langs])
        name = hashlib.sha256(str(options.out.resolve()).encode()).hexdigest()[:16]
        self.writer = Writer(options.out, options.cache / f"{name}.json")
        self.problems: list[Problem] = []
        self.fields: dict[str, modelpage.Field] = {}
        samples.forget()

    def run(self) -> Built:
        """Make everything that is out of date."""
        board = self.board()
        self.problems += board.problems
        ranks = {c.card.name: self.ranks_of(c, board) for c in board.columns}
        self.static()
        self.boards(board, ranks)
        jobs = [job for column in board.columns for job in self.column(column, board, ranks[column.card.name])]
        self.work(jobs)
        for name in board.models:
            if board.of(name):
                self.model(name, board, ranks)
        self.extras(board)
        self.page("compare.html", "compare.html", lambda lang: boardpage.compare_page(board, lang))
        self.page("about.html", "about.html", lambda lang: {})
        self.page("problems.html", "problems.html", self.problems_page)
        removed = self.writer.finish()
        runs = sum(len(column.cells) for column in board.columns)
        made = self.writer
        return Built(files=len(made.new), written=made.written, removed=removed, runs=runs, problems=len(self.problems))

    def board(self) -> Board:
        """Read and check all runs; those that were not kept from the last build by several processes."""
        reader = Reader(self.options.cache)
        found = all_runs(self.options.results)
        missing = reader.missing(found[0], self.options.catalog)
        if len(missing) > pool.FEW:
            parts = [missing[i::CHUNKS] for i in range(CHUNKS)]
            call = functools.partial(prime, catalog=self.options.catalog, cache=self.options.cache)
            with pool.workers(len(missing)) as run_all:
                list(run_all(call, parts))
        return collect(self.options.results, catalog=self.options.catalog, reader=reader, found=found)

    def work(self, jobs: Sequence[tuple[str, pool.Job]]) -> None:
        """Write the pages of the runs that are out of date."""
        with pool.workers(len(jobs)) as run_all:
            for (key, job), made in zip(jobs, run_all(pool.work, [job for _, job in jobs]), strict=True):
                self.writer.claim(dict.fromkeys(made.files, "" if made.problem else key))
                if made.problem:
                    folder = job.folder.relative_to(self.options.results)
                    self.problems.append(Problem(folder, made.problem.replace(f"{self.options.results}/", "")))

    def ranks_of(self, column: Column, board: Board) -> Ranks | None:
        """Ranks on one benchmark among its models, references aside."""
        models = sorted(name for name in column.cells if board.models[name].reference is None)
        return rank_columns([column], models, cache=self.options.cache)

    def static(self) -> None:
        """Style, scripts and icon."""
        for file in sorted((source_folder() / "static").iterdir()):
            self.writer.write(f"static/{file.name}", file.read_bytes())

    def page(self, path: str, template: str, context: Context) -> None:
        """One page in every language, unless it was made from the same values before."""
        for language in self.langs:
            place = Place(path, language, tuple(self.langs))
            values = {"site_title": self.options.title, **context(language)}
            key = digest([self.source, template, json.dumps(values, sort_keys=True, default=str)])
            if not self.writer.fresh(place.file, key):
                self.writer.write(place.file, render(template, place, **values), key)

    def data(self, name: str, value: Any) -> None:
        """One data file for the scripts."""
        self.writer.write(f"data/{name}.js", data.script(name, value))

    def pairs(self, board: Board, ranks: Mapping[str, Ranks | None]) -> dict[str, str]:
        """One file for the pairs of each benchmark; returns the names by benchmark.

        They are named by content, so that the boards of several months share those that are equal.
        """
        names = {}
        for column in board.columns:
            value = data.pairs_data(ranks[column.card.name])
            names[column.card.name] = f"{slug(column.card.name)}-{digest(value)[:12]}"
            self.data(f"pairs/{names[column.card.name]}", value)
        return names

    def boards(self, board: Board, ranks: Mapping[str, Ranks | None]) -> None:
        """The board's views and the whole board as data."""
        suites, pairs = self.options.catalog.suites(), self.pairs(board, ranks)
        plain = all_views(board, suites, cache=self.options.cache)
        views = [openvlm.follow(view, board, suites.get(view.name, {})) for view in plain]
        tops = {name: top_tier(found) for name, found in ranks.items()}
        for view in views:
            self.view(view, views, board, tops)
            self.data(f"views/{slug(view.name)}", data.view_data(view, pairs))
        self.page("plots.html", "plots.html", lambda lang: plotpage.plots_page(views[0], board, lang))
        rows = data.board_rows(board, views[0])
        self.writer.write(
            "data/board.json", json.dumps({"updated": board.updated, "rows": rows}, indent=0, sort_keys=True)
        )
        self.writer.write("data/board.csv", data.as_csv(rows))

    def view(self, view: View, views: Sequence[View], board: Board, tops: Mapping[str, frozenset[str]]) -> None:
        """One view of the board."""

        def context(lang: Language) -> Mapping[str, Any]:
            return {
                "dataset": data.dataset(board, self.options.title) if view.name == "all" else None,
                "snapshots": bool(extras.months(board)),
                **boardpage.board_page(view, board, views, tops, lang),
            }

        self.page(view_url(view.name), "board.html", context)

    def column(self, column: Column, board: Board, ranks: Ranks | None) -> list[tuple[str, pool.Job]]:
        """A benchmark's page and data; returns what is to do for its runs, with the keys."""
        name = column.card.name
        measured = benchmarkpage.measured(column, board, ranks)
        self.page(
            benchmark_url(name),
            "benchmark.html",
            lambda lang: {**measured, "card_facts": benchmarkpage.facts(column, lang)},
        )
        self.fields[name] = modelpage.field_of(column, board)
        self.data(f"s/{slug(name)}", data.samples_data(column, samples.tags_of(column, board.root)))
        self.thumbs(next(iter(column.cells.values())))
        jobs = [self.run_of(cell, column, board.models[model]) for model, cell in column.cells.items()]
        return [job for job in jobs if job is not None]

    def run_of(self, cell: Cell, column: Column, card: ModelCard) -> tuple[str, pool.Job] | None:
        """What is to do for the pages of one run; None where they are up to date."""
        base = {"site_title": self.options.title, **pages.run_facts(cell, column, card)}
        run, journal = cell.run, cell.run.path / "records.jsonl"
        stat = [journal.stat().st_size, journal.stat().st_mtime_ns] if journal.exists() else []
        asked = samples.stamp(samples_path(self.options.results, run.info))
        key = digest([self.source, base, run.info.model_dump(mode="json"), cell.vector.digest, stat, asked])
        count = len(samples.shards(len(cell.vector.ids)))
        names = ["index", *map(str, range(1, count + 1))]
        files = [f"{lang.folder}{run_dir(cell)}/{name}.html" for lang in self.langs for name in names]
        if all(self.writer.fresh(file, key) for file in files):
            return None
        facts = {**base, "totals": pages.count(cell.vector.outcomes), "replies": bool(stat)}
        fronts = tuple({**base, **pages.run_page(cell, column, card, lang)} for lang in self.langs)
        return key, pool.Job(
            folder=run.path,
            root=self.options.results,
            out=self.options.out,
            facts=facts,
            fronts=fronts,
            langs=tuple(self.langs),
        )

    def extras(self, board: Board) -> None:
        """Changelog, feed, badges, snapshots."""
        months = extras.months(board)
        self.page("changelog.html", "changelog.html", lambda lang: extras.changelog_page(board, months, lang))
        self.writer.write("feed.xml", extras.feed(board, self.options.title, self.options.base))
        for file, text in extras.badges(board):
            self.writer.write(file, text)
        for month in months:
            self.snapshot(month, extras.as_of(board, month), board)

    def snapshot(self, month: str, board: Board, now: Board) -> None:
        """The board as it was at the end of a month."""
        ranks = {c.card.name: self.ranks_of(c, board) for c in board.columns}
        tops = {name: top_tier(found) for name, found in ranks.items()}
        view = make_view("all", board.columns, board, cache=self.options.cache)

        def context(lang: Language) -> Mapping[str, Any]:
            made = boardpage.board_page(view, board, [], tops, lang)
            return {
                **made,
                "dataset": None,
                "snapshots": False,
                "view": f"s-{month}",
                "title": lang.text("view.snapshot", month=month),
            }

        self.page(f"s/{month}.html", "board.html", context)
        past = {"cells": data.past_cells(board, now)}
        self.data(f"views/s-{month}", data.view_data(view, self.pairs(board, ranks)) | past)

    def model(self, name: str, board: Board, ranks: Mapping[str, Ranks | None]) -> None:
        """A model's page and data."""
        card = board.models[name]
        measured = modelpage.measured(card, board, ranks, self.fields)
        self.page(model_url(name), "model.html", lambda lang: {**measured, **modelpage.worded(card, board, lang)})
        self.data(f"m/{slug(name)}", data.model_data(name, board))

    def thumbs(self, cell: Cell) -> None:
        """Copy the thumbnails of a benchmark; they are named by content, so each is copied once."""
        file = samples_path(self.options.results, cell.run.info)
        if not file.is_file():
            return
        for thumb in sorted((file.parent / "thumbs").glob("*.webp")):
            target = self.options.out / "t" / thumb.name
            if not samples.thumb_exists(thumb):
                continue
            if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(thumb, target)
            self.writer.new[f"t/{thumb.name}"] = "t"

    def problems_page(self, lang: Language) -> Mapping[str, Any]:
        """Folders that are not on the board."""
        del lang
        listed = [{"path": p.path.as_posix(), "reason": short(p.reason, 500)} for p in self.problems[:LISTED]]
        return {"problems": listed, "more": len(self.problems) - len(listed)}


def top_tier(ranks: Ranks | None) -> frozenset[str]:
    """Models that nobody is better than for sure."""
    return frozenset(name for name, one in ranks.standing.items() if one.best == 1) if ranks else frozenset()


def build(options: Options) -> Built:
    """Build or bring up to date the site of a results folder."""
    return Build(options).run()

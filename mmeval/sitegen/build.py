"""Builds the site of a results folder: reads the board, makes what the page modules yield, removes the rest."""

from __future__ import annotations

import functools
import gc
import hashlib
import json
import operator
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mmeval.board import Board, collect
from mmeval.board.collect import all_runs
from mmeval.board.stored import Reader, prime
from mmeval.errors import UsageError
from mmeval.sitegen import pool, samples
from mmeval.sitegen.discover import Kind, folders, kinds
from mmeval.sitegen.env import Renderer, languages, source_digest, source_folder
from mmeval.sitegen.site import File, Job, Options, Page, Site
from mmeval.sitegen.writer import Writer, digest
from mmeval.store import Problem

__all__ = ["Build", "Built", "Options", "build"]

CHUNKS = 64
"""Parts into which the reading of scores is cut for the worker processes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """The result of a build: numbers of files, runs on the board, and run folders that could not be used."""

    files: int
    written: int
    removed: int
    runs: int
    problems: int


class Build:
    """One build. Everything that pages are made from is read when it is created."""

    def __init__(self, options: Options, workers: pool.Workers | None = None) -> None:
        if not options.results.is_dir():
            raise UsageError(f"no results folder {options.results}; run `mmeval run ...` first or give --results")
        samples.forget()
        self.workers = workers or pool.Workers()
        self.running: list[tuple[Sequence[Job], Iterator[str]]] = []
        self.kinds = kinds(options.catalog)
        name = hashlib.sha256(str(options.out.resolve()).encode()).hexdigest()[:16]
        self.writer = Writer(options.out, options.cache / f"{name}.json")
        board = read_board(options, self.workers)
        sources = folders(options.catalog)
        self.site = Site(
            options=options,
            board=board,
            renderer=Renderer(
                folders=sources,
                languages=languages(options.langs, sources),
                title=options.title,
                nav=tuple(kind.nav for kind in self.kinds if kind.nav),
                base=options.base,
            ),
            writer=self.writer,
            found=list(board.problems),
            finish=self.finish,
            source=digest([source_digest(sources), options.title, options.langs, options.base]),
        )

    def run(self) -> Built:
        """Make everything that is out of date."""
        self.static()
        for kind in self.kinds:
            self.make(kind)
        self.finish()
        return Built(
            removed=self.writer.finish(),
            files=len(self.writer.new),
            written=self.writer.written,
            runs=sum(len(cell.runs) for column in self.site.board.columns for cell in column.cells.values()),
            problems=len(self.site.problems),
        )

    def static(self) -> None:
        """Copy style, scripts and icon."""
        for file in sorted((source_folder() / "static").iterdir()):
            self.writer.write(f"static/{file.name}", file.read_bytes())

    def make(self, kind: Kind) -> None:
        """Make the output of one page module, and start its jobs."""
        jobs = []
        for output in kind.pages(self.site):
            match output:
                case Page():
                    self.page(output)
                case File():
                    self.file(output)
                case Job():
                    jobs.append(output)
        results = self.workers.map(operator.call, [job.write for job in jobs], jobs=len(jobs))
        self.running.append((jobs, results))

    def file(self, file: File) -> None:
        """Copy or write one file; one whose content is a function only if it is out of date."""
        match file.content:
            case Path() as source:
                self.writer.copy(file.path, source)
            case str() | bytes() as content:
                self.writer.write(file.path, content, file.key)
            case make:
                if not self.writer.fresh(file.path, file.key):
                    self.writer.write(file.path, make(), file.key)

    def page(self, page: Page) -> None:
        """Render one page in every language, except where its values are those of the last build."""
        for place in self.site.renderer.places(page.path):
            made_from = page.key and self.site.key(page.template, page.key)
            if made_from and self.writer.fresh(place.file, made_from):
                continue
            values = page.context(place.language)
            raw = json.dumps(values, separators=(",", ":"), default=str).encode()
            key = made_from or self.site.key(page.template, hashlib.sha256(raw).hexdigest())
            if not self.writer.fresh(place.file, key):
                self.writer.write(place.file, self.site.renderer.page(page.template, place, **values), key)

    def finish(self) -> None:
        """Wait for the jobs and note the problems that they report."""
        root, running, self.running = self.site.options.results, self.running, []
        for jobs, results in running:
            for job, problem in zip(jobs, results, strict=True):
                # without a key the job is done again, and so reports its problem again, in the next build
                self.writer.claim(job.files, "" if problem else job.key)
                if problem:
                    self.site.found.append(Problem(job.folder.relative_to(root), problem.replace(f"{root}/", "")))


def read_board(options: Options, workers: pool.Workers) -> Board:
    """Read and check all runs; many that the last build has not cached are read by worker processes."""
    reader = Reader(options.cache)
    found = all_runs(options.results)
    missing = reader.missing(found[0], options.catalog)
    if len(missing) > pool.FEW:
        size = -(-len(missing) // CHUNKS)
        parts = [missing[i : i + size] for i in range(0, len(missing), size)]
        call = functools.partial(prime, catalog=options.catalog, cache=options.cache)
        for seen in workers.map(call, parts, jobs=len(missing), chunk=1):
            reader.digests.found.update(seen)
    board = collect(options.results, catalog=options.catalog, reader=reader, found=found, rank_all=options.rank_all)
    reader.digests.keep()
    return board


def build(options: Options) -> Built:
    """Build the site of a results folder, or bring it up to date."""
    before = pool.collect_rarely()
    try:
        with pool.Workers() as workers:
            return Build(options, workers).run()
    finally:
        gc.set_threshold(*before)

"""The whole site from a results folder: which pages there are, and which of them have to be made again."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmeval.board import Board, Cell, Column, collect
from mmeval.errors import UsageError
from mmeval.sitegen import pages, samples
from mmeval.sitegen.env import Place, languages, render, source_digest, source_folder
from mmeval.sitegen.writer import Writer, digest
from mmeval.store import samples_path


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a build is asked for."""

    results: Path
    out: Path
    cache: Path
    path: Sequence[Path] = ()
    langs: tuple[str, ...] = ("en", "zh")
    title: str = "mmeval"


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

    def run(self) -> Built:
        """Make everything that is out of date."""
        board = collect(self.options.results, path=self.options.path)
        self.static()
        self.page("index.html", "board.html", lambda lang: pages.board_page(board))
        self.page("problems.html", "problems.html", lambda lang: {"problems": board.problems})
        for column in board.columns:
            self.column(column, board)
        for card in board.models.values():
            if board.of(card.name):
                self.page(
                    pages.model_url(card.name), "model.html", lambda lang, c=card: pages.model_page(c, board, lang)
                )
        removed = self.writer.finish()
        runs = sum(len(column.cells) for column in board.columns)
        return Built(
            files=len(self.writer.new),
            written=self.writer.written,
            removed=removed,
            runs=runs,
            problems=len(board.problems),
        )

    def static(self) -> None:
        """Style, scripts and icon."""
        for file in sorted((source_folder() / "static").iterdir()):
            self.writer.write(f"static/{file.name}", file.read_bytes())

    def page(self, path: str, template: str, context: Any) -> None:
        """One page in every language."""
        for language in self.langs:
            place = Place(path, language, tuple(self.langs))
            self.writer.write(place.file, render(template, place, site_title=self.options.title, **context(language)))

    def column(self, column: Column, board: Board) -> None:
        """A benchmark's page and the pages of its runs."""
        self.page(
            pages.benchmark_url(column.card.name),
            "benchmark.html",
            lambda lang: pages.benchmark_page(column, board, lang),
        )
        for name, cell in column.cells.items():
            card = board.models[name]
            self.page(
                f"{pages.run_dir(cell)}/index.html",
                "run.html",
                lambda lang, cell=cell, card=card: pages.run_page(cell, column, card, lang),
            )
            self.run_pages(cell, {"site_title": self.options.title, **pages.run_facts(cell, column, card)})
        self.thumbs(next(iter(column.cells.values())))

    def run_pages(self, cell: Cell, facts: Mapping[str, Any]) -> None:
        """The sample pages of one run."""
        key = digest([self.source, facts, cell.run.info.model_dump(mode="json"), cell.vector.outcomes])
        files = [
            f"{lang.folder}{pages.run_dir(cell)}/{i + 1}.html"
            for lang in self.langs
            for i in range(len(samples.shards(len(cell.vector.ids))))
        ]
        if all(self.writer.fresh(file, key) for file in files):
            return
        made = samples.write_run(cell.run, self.options.results, self.options.out, facts, self.langs)
        self.writer.claim(dict.fromkeys(made, key))

    def thumbs(self, cell: Cell) -> None:
        """Copy the thumbnails of a benchmark; they are named by content, so each is copied once."""
        file = samples_path(self.options.results, cell.run.info)
        if not file.is_file():
            return
        for thumb in sorted((file.parent / "thumbs").glob("*.webp")):
            target = self.options.out / "t" / thumb.name
            if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(thumb, target)
            self.writer.new[f"t/{thumb.name}"] = "t"


def build(options: Options) -> Built:
    """Build or bring up to date the site of a results folder."""
    return Build(options).run()

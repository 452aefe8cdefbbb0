"""The protocol of a page module: it gets a `Site` and yields what is to be written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from mmeval.board import Board, Column
from mmeval.board.leakage import BlindGain, blind_gains
from mmeval.board.ranks import Ranks, rank_columns
from mmeval.board.reported import Beside, beside, reported
from mmeval.board.views import View, all_views
from mmeval.catalog import Catalog
from mmeval.sitegen import openvlm
from mmeval.sitegen.asked import Asked, asked_of
from mmeval.sitegen.env import Language, Renderer
from mmeval.sitegen.writer import Writer, digest
from mmeval.store import Problem

Context: TypeAlias = Callable[[Language], Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The arguments of a build."""

    results: Path
    out: Path
    cache: Path
    catalog: Catalog = Catalog()
    langs: tuple[str, ...] = ("en", "zh")
    title: str = "mmeval"
    base: str = ""
    """Address of the published site, for links that leave it: those of the feed, and between languages."""
    rank_all: bool = False
    """Whether references, mock models and imported numbers are ranked among measured models."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page, rendered in every language."""

    path: str
    """Relative to the root of its language, such as `m/x.html`."""
    template: str
    context: Context = lambda _: {}
    """The template's variables in one language. They must be JSON: the page is rendered again when they change."""
    key: str = ""
    """Digest of everything that the variables are made from, if it is known: they are made only when it has changed."""


@dataclass(frozen=True, slots=True)
class File:
    """One file that all languages share."""

    path: str
    content: str | bytes | Path | Callable[[], str | bytes]
    """A Path is copied unless the file exists, so its name must change with its content. A function is called unless
    the last build made the file from the same `key`."""
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Files that a worker process writes."""

    files: Sequence[str]
    key: str
    """What the files are made from; see `Site.fresh`."""
    folder: Path
    """The run folder, which a problem is about."""
    write: Callable[[], str]
    """Writes the files and returns what is wrong with the run folder, or nothing. It must be picklable."""


Output: TypeAlias = Page | File | Job


class Pages(Protocol):
    """The function `pages` of a page module."""

    def __call__(self, site: Site) -> Iterator[Output]:
        """Yield what is to be written."""
        ...


@dataclass(frozen=True, kw_only=True)
class Site:
    """Everything that pages are made from."""

    options: Options
    board: Board
    renderer: Renderer
    writer: Writer
    found: list[Problem]
    """What `problems` returns; the jobs of worker processes may still add to it."""
    finish: Callable[[], None] = lambda: None
    """Waits for the jobs."""
    source: str
    """Digest of templates, messages and code."""

    @property
    def problems(self) -> list[Problem]:
        """Run folders that could not be used; complete when the pages of the navigation are made."""
        self.finish()
        return self.found

    @property
    def languages(self) -> Sequence[Language]:
        """The languages of the site; the pages of the first one are at its root."""
        return self.renderer.languages

    @cached_property
    def ranks(self) -> Mapping[str, Ranks | None]:
        """The ranks of the models on each benchmark, by its name; see `Board.ranked`."""
        return {column.card.name: self._ranks(column) for column in self.board.columns}

    def _ranks(self, column: Column) -> Ranks | None:
        return rank_columns([column], self.board.ranked([column]), cache=self.options.cache)

    @cached_property
    def asked(self) -> Sequence[Asked]:
        """The questions of each benchmark with the answers of its models, in the order of the columns."""
        return [asked_of(column, self.board, self.options.cache) for column in self.board.columns]

    @cached_property
    def gains(self) -> Mapping[str, Sequence[BlindGain]]:
        """What seeing is worth to the models with a blind run, by benchmark."""
        return {column.card.name: blind_gains(column) for column in self.board.columns}

    @cached_property
    def reported(self) -> Sequence[Beside]:
        """The numbers that reports print for what was measured here."""
        return beside(reported(self.options.catalog), self.board)

    @cached_property
    def leaders(self) -> Mapping[str, frozenset[str]]:
        """The models that are statistically tied for first, by benchmark."""
        return {name: _leaders(ranks) for name, ranks in self.ranks.items()}

    @cached_property
    def views(self) -> Sequence[View]:
        """The whole board, then one view for each suite."""
        suites = self.options.catalog.suites()
        views = all_views(self.board, suites, cache=self.options.cache)
        return [openvlm.follow(view, self.board, suites.get(view.name, {})) for view in views]

    def key(self, *parts: Any) -> str:
        """The key of files that are made from these JSON values and from the site's source."""
        return digest([self.source, *parts])

    def fresh(self, files: Sequence[str], key: str) -> bool:
        """Whether the last build made all of these files from this key; if so, they stay as they are."""
        return all(self.writer.fresh(file, key) for file in files)


def _leaders(ranks: Ranks | None) -> frozenset[str]:
    return frozenset(name for name, one in ranks.intervals.items() if one.best == 1) if ranks else frozenset()

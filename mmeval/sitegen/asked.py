"""The questions of one benchmark with the answers of its models: what pages about questions are made from."""

from __future__ import annotations

import functools
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from mmeval.board import Board, Column
from mmeval.board.findings import Finding, suspicious
from mmeval.board.kept import keep, kept
from mmeval.board.quality import Quality, quality
from mmeval.judging.measured import said_of
from mmeval.sitegen import samples
from mmeval.sitegen.writer import digest
from mmeval.stats.intervals import wilson
from mmeval.store import samples_path

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Asked", "asked_of"]


PAINTERS = 3
"""Models whose pictures may stand for a question."""


BRIEF = 110
"""Characters of a question in lists."""


@functools.cache
def code() -> str:
    """Digest of the modules that make data files: other changes of the site leave the names as they are."""
    folder = Path(__file__).parent
    names = ("answers", "asked", "expected", "marks", "questions", "samples", "sources", "text")
    return digest([(folder / f"{name}.py").read_text(encoding="utf-8") for name in names])


class Listed(NamedTuple):
    """What lists say about the questions of a benchmark."""

    public: bool
    """Whether the licence lets the site show the questions."""
    briefs: list[tuple[str, str, int, int]]
    """`samples.brief` of each question."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The questions of one benchmark with the answers of its models."""

    column: Column
    board: Board
    ids: tuple[str, ...]
    """Of the questions, in the order in which they are numbered from 1."""
    models: tuple[str, ...]
    """Best first, references last."""
    cache: Path | None = None
    """The folder in which `listed` is kept."""

    @property
    def name(self) -> str:
        """The benchmark."""
        return self.column.card.name

    @cached_property
    def rivals(self) -> list[str]:
        """The models without references: those that say how hard a question is."""
        return [name for name in self.models if self.board.models[name].reference is None]

    @cached_property
    def file(self) -> Path:
        """The samples file that the first cell was made from."""
        return samples_path(self.board.root, next(iter(self.column.cells.values())).run.info)

    @cached_property
    def known(self) -> samples.Samples:
        """What is stored about the questions."""
        return samples.load(self.file)

    @cached_property
    def listed(self) -> Listed:
        """What lists say about the questions. It is kept, so that no build reads samples that have not changed."""
        file = self.cache / "listed" / f"{digest([code(), self.about])[:40]}.json" if self.cache else None
        found = kept(file) if file else None
        if found is not None:
            return Listed(found["public"], [(text, thumb, w, h) for text, thumb, w, h in found["briefs"]])
        made = Listed(self.known.public, [samples.brief(self.file, key, BRIEF) for key in self.ids])
        if file:
            keep(file, made._asdict())
        return made

    @cached_property
    def outcomes(self) -> Mapping[str, str]:
        """One character for each question, by model; a question that a model was never asked has failed."""
        return {name: self._aligned(name, "outcomes", "f") for name in self.models}

    @cached_property
    def scores(self) -> NDArray[np.float64]:
        """[rivals, questions], how much is right; NaN where there is no score."""
        import numpy as np

        rows = [self._aligned(name, "right", float("nan")) for name in self.rivals]
        return np.array(rows, dtype=np.float64).reshape(len(rows), len(self.ids))

    @cached_property
    def solved(self) -> list[tuple[float, float, float, int]]:
        """For each question the share that is right over the models with its 95 % interval, and their number.

        The interval takes the models as drawn from models like them. Without a model the share is 0 of 0.
        """
        import numpy as np

        counts = (~np.isnan(self.scores)).sum(axis=0) if len(self.scores) else np.zeros(len(self.ids), dtype=int)
        sums = np.nansum(self.scores, axis=0) if len(self.scores) else np.zeros(len(self.ids))
        return [_share(float(total), int(n)) for total, n in zip(sums, counts, strict=True)]

    @property
    def makes(self) -> bool:
        """Whether models answer with images, sounds or films."""
        return any(tag.startswith("makes ") for tag in self.column.card.tags)

    @cached_property
    def suspicious(self) -> list[Finding]:
        """Questions on which strong models agree against the correct answer; what is made has none."""
        return [] if self.makes else suspicious(self.column, self.rivals)

    @cached_property
    def analysis(self) -> Quality | None:
        """The item analysis over the models; None with too few of them."""
        return quality(self.column, self.rivals)

    @cached_property
    def doubts(self) -> frozenset[int]:
        """Numbers of the questions whose correct answer may be wrong."""
        listed = [one.number for one in (self.analysis.suspects or ())] if self.analysis else []
        return frozenset([*listed, *(one.number for one in self.suspicious)])

    @cached_property
    def easy_first(self) -> list[int]:
        """Places of the questions from easy to hard."""
        return sorted(range(len(self.ids)), key=lambda i: (-self.solved[i][0], i))

    @cached_property
    def made(self) -> Mapping[str, tuple[str, int, int]]:
        """Of questions that ask for a picture: a right one with its size, by the best model that has one."""
        if not any(tag in self.column.card.tags for tag in ("makes image", "makes video")):
            return {}
        found: dict[str, tuple[str, int, int]] = {}
        for name in self.models[:PAINTERS]:
            right = dict(zip(self.ids, self.outcomes[name], strict=True))
            for key, picture in samples.made_pictures(self.column.cells[name].run, self.file.parent / "thumbs"):
                if right.get(key) == "r":
                    found.setdefault(key, picture)
        return found

    @cached_property
    def source(self) -> str:
        """Digest of what the answers come from."""
        cells = self.column.cells
        return digest([self.ids, [[name, cells[name].key, cells[name].vector.digest] for name in self.models]])

    @cached_property
    def content(self) -> str:
        """Digest of everything that the pages of this benchmark are made from, but for ranks.

        That is its card, its runs with their scores and settings, what is known of their judges, the cards of their
        models, samples and thumbnails.
        """
        column = self.column
        rows = [[name, cell.identity] for name, cell in column.cells.items()]
        others = [(one.identity, said_of(one.run)) for one in column.every]
        aside = [[one.reason, one.value] for one in (*column.variants, *column.excluded)]
        models = [self.board.models[name].model_dump_json() for name in sorted({c.spec.model for c in column.every})]
        return digest([self.source, self.about, rows, others, aside, models, column.full])

    @cached_property
    def about(self) -> str:
        """Digest of the benchmark without its runs: its card, and its questions with their pictures."""
        card = [
            str(getattr(self.column.card, one.name)) for one in fields(self.column.card) if one.name != "definition"
        ]
        return digest([card, self.ids, samples.content(self.file), self.pictures, self.column.spec.data])

    @cached_property
    def pictures(self) -> list[str]:
        """Names of the files that show parts of its questions."""
        thumbs = self.file.parent / "thumbs"
        return sorted(os.listdir(thumbs)) if thumbs.is_dir() else []

    def _aligned(self, model: str, field: str, absent: Any) -> Any:
        vector = self.column.cells[model].vector
        found = getattr(vector, field)
        if vector.ids == self.ids:
            return found
        at = dict(zip(vector.ids, found, strict=True))
        return (
            "".join(at.get(k, absent) for k in self.ids)
            if field == "outcomes"
            else [at.get(k, absent) for k in self.ids]
        )

    def answers(self, model: str) -> Sequence[str]:
        """The extracted answers of a model in the order of `ids`, empty where there is none."""
        return self._aligned(model, "answers", "")  # type: ignore[no-any-return]


@lru_cache(maxsize=65536)
def _share(total: float, n: int) -> tuple[float, float, float, int]:
    if not n:
        return 0.0, 0.0, 1.0, 0
    found = wilson(min(total, float(n)), n)
    return found.value, found.low or 0.0, found.high if found.high is not None else 1.0, n


def asked_of(column: Column, board: Board, cache: Path | None = None) -> Asked:
    """The questions that most rows of a column share."""
    better = 1.0 if column.card.higher_is_better is False else -1.0
    order = sorted(
        column.cells,
        key=lambda name: (board.models[name].reference is not None, better * column.cells[name].headline.value, name),
    )
    ids = Counter(cell.vector.ids for cell in column.cells.values()).most_common(1)[0][0]
    return Asked(column=column, board=board, ids=ids, models=tuple(order), cache=cache)

"""Checks that score the replies again and compute the headline again."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from pathlib import Path
from typing import cast

from mmeval import __version__
from mmeval.rescore import Source
from mmeval.runner.finish import summarise
from mmeval.store import (
    Bounds,
    Files,
    Number,
    Run,
    ScoreRow,
    Summary,
    read_records,
    read_scores,
    write_journal,
)
from mmeval.types import Record, Score
from mmeval.verify.checks import Different, Unchecked
from mmeval.verify.definition import Known

__all__ = ["Rescored"]

TOLERANCE = 1e-9


@dataclass(slots=True)
class Rescored:
    """The replies of a run, scored once more."""

    known: Known
    summary: Summary | None = None
    damaged: list[int] = field(default_factory=list)

    @property
    def run(self) -> Run:
        """The run."""
        return self.known.run

    def check_scores(self) -> str:
        """That the journal, scored again, gives scores.csv row by row."""
        if not self.run.files.journal.is_file():
            raise Unchecked("the replies (records.jsonl) are not here: scores only")
        bench, _ = self.known.benchmark, self.known.questions
        with tempfile.TemporaryDirectory(prefix="mmeval-verify-") as folder:
            files = Files(Path(folder))
            write_journal(files.journal, self._records())
            self.summary = summarise(files.folder, bench)
            rows = self._compare(read_scores(files.scores))
        damaged = f"; {len(self.damaged)} damaged lines were left out" if self.damaged else ""
        return f"the replies give the {rows} scores of scores.csv{damaged}"

    def _records(self) -> Iterator[Record]:
        """The records of the journal in their order, each with the score that its reply gets now."""
        assert self.known.job is not None
        assert self.known.samples is not None
        source = Source(self.run, self.known.job, self.known.samples)
        spec = self.run.info.spec
        scoring = source.scoring(spec.profile)
        hidden = self.known.benchmark.labels == "hidden"
        for record in read_records(self.run.files.journal, damaged=self.damaged):
            sample = self.known.sample(record.id)
            cluster = sample.cluster or (sample.id if spec.epochs > 1 else None)
            scored = record if hidden else scoring(record)
            yield replace(scored, cluster=cluster, tags=sample.tags, score=None if hidden else scored.score)

    def _compare(self, found: Iterator[ScoreRow]) -> int:
        rows = 0
        for mine, stored in zip_longest(found, self.run.scores()):
            if mine != stored:
                raise Different(_difference(mine, stored))
            rows += 1
        return rows

    def check_totals(self) -> str:
        """That statuses, unparsed answers, tokens and cost in run.json are the sums of the journal."""
        summary, info = self.summary, self.run.info
        if summary is None:
            raise Unchecked("needs the replies and the definition")
        pairs: dict[str, tuple[object, object]] = {
            "counts": ({k: n for k, n in info.counts.items() if n}, dict(summary.counts)),
            "unparsed": (info.unparsed, summary.unparsed),
            "samples_digest": (info.samples_digest, summary.samples_digest),
            "excluded": (_value(info.excluded), _value(summary.excluded)),
            **{
                name: (getattr(info.totals, name), getattr(summary.totals, name))
                for name in ("input_tokens", "output_tokens", "cost", "judge_tokens", "judge_cost", "cached")
            },
        }
        if info.bounds is not None:  # runs of mmeval 0.1 have none
            pairs["bounds"] = _ends(info.bounds), _ends(summary.bounds)
        for name, (stored, mine) in pairs.items():
            if not _same(stored, mine):
                raise Different(f"{name} is {stored} in run.json, the journal gives {mine}")
        return "counts, tokens and cost are the sums of the journal"

    def check_headline(self) -> str:
        """That scores.csv gives every metric of run.json."""
        bench, info = self.known.benchmark, self.run.info
        if not info.metrics:
            if info.status == "complete" and bench.labels != "hidden":
                raise Different("run.json has no metrics")
            return "the run has no number"
        found = bench.metric.aggregate([self._record(row) for row in self.run.scores() if row.score is not None])
        whole = info.provenance.get("mmeval") == __version__
        for name, number in info.metrics.items():
            if name not in found:
                raise Different(f"{name} is {number.value:.6g} in run.json; scores.csv does not give it")
            mine = Number.of(found[name])
            if not _equal(number, mine, whole=whole):
                raise Different(f"{name} is {_shown(number)} in run.json, scores.csv gives {_shown(mine)}")
        return f"{bench.metric.name} {_shown(info.metrics[bench.metric.name])}"

    def _record(self, row: ScoreRow) -> Record:
        score = Score(value=cast("float", row.score), answer=row.answer, rule=row.rule)
        tags = self.known.sample(row.id).tags
        return Record(id=row.id, epoch=row.epoch, status=row.status, score=score, cluster=row.cluster, tags=tags)

    def check_judge(self) -> str:
        """A judge's verdicts are not stored with their words, so they can only be asked for again."""
        raise Unchecked(f"the scores are the word of {self.run.info.spec.judge}; --ask K asks it again about K replies")

    @property
    def judged(self) -> bool:
        """Whether a judge gave the scores, which then are only compared with what the journal says."""
        job, spec = self.known.job, self.run.info.spec
        return spec.judge is not None or (job is not None and job.benchmark.score.needs_judge(spec.profile))


def _difference(mine: ScoreRow | None, stored: ScoreRow | None) -> str:
    if stored is None or mine is None:
        row, where = (mine, "stored scores") if stored is None else (stored, "journal")
        return f"sample {row.id!r}, epoch {row.epoch}, is not in the {where}" if row else ""
    if (mine.id, mine.epoch) != (stored.id, stored.epoch):
        return f"scores.csv has sample {stored.id!r}, epoch {stored.epoch}, where the journal has {mine.id!r}"
    names = [name for name in ("status", "score", "answer", "rule", "cluster") if _of(mine, name) != _of(stored, name)]
    said = ", ".join(f"{name} {_of(stored, name)!r}, the reply gives {_of(mine, name)!r}" for name in names)
    return f"sample {mine.id!r}: scores.csv has {said}"


def _of(row: ScoreRow, name: str) -> object:
    return getattr(row, name)


def _value(number: Number | None) -> float | None:
    return None if number is None else number.value


def _ends(bounds: Bounds | None) -> tuple[int, float | None, float | None] | None:
    """What a run says of its missing samples, to nine digits."""
    if bounds is None:
        return None
    wrong, right = (None if end is None else round(end.value, 9) for end in (bounds.wrong, bounds.right))
    return bounds.missing, wrong, right


def _same(stored: object, mine: object) -> bool:
    if isinstance(stored, float) and isinstance(mine, int | float):
        return math.isclose(stored, mine, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return stored == mine


def _equal(stored: Number, mine: Number, *, whole: bool) -> bool:
    """Whether two numbers are equal; their intervals count only if the same mmeval computed them by the same method."""
    names = ("value", "low", "high", "level") if whole and stored.method == mine.method else ("value",)
    return stored.n == mine.n and all(_same(getattr(stored, name), getattr(mine, name)) for name in names)


def _shown(number: Number) -> str:
    return f"{number.value:.6g} [{number.low:.6g}, {number.high:.6g}] of {number.n}"

"""The end of a run: the journal becomes scores.csv, the metrics, and the last run.json."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from mmeval.definitions import Benchmark
from mmeval.runner.journal import OPEN
from mmeval.store import Number, ScoreRow, Totals, replacing, write_scores
from mmeval.store.ordered import Ordered
from mmeval.types import Record, Score, Status

__all__ = ["Summary", "counted", "summarise"]


@dataclass(slots=True)
class Summary:
    """What the records of a run come to."""

    counts: Counter[Status] = field(default_factory=Counter)
    unparsed: int = 0
    measured: int = 0
    """Records with a score that a scorer or judge gave."""
    samples_digest: str = ""
    """sha256 of the sorted sample ids."""
    scores_digest: str = ""
    """sha256 of scores.csv."""
    metrics: dict[str, Number] = field(default_factory=dict)
    excluded: Number | None = None
    totals: Totals = field(default_factory=Totals)
    models: Counter[str] = field(default_factory=Counter)
    """Model ids that the provider said have answered."""

    @property
    def failed(self) -> int:
        """Samples without a result that another try may bring."""
        return sum(self.counts[status] for status in OPEN)


def summarise(journals: Iterable[Path], benchmark: Benchmark, folder: Path) -> Summary:
    """Write scores.csv of a run folder and compute everything that run.json says about the records."""
    summary = Summary()
    with Ordered(journals, spill=folder) as records:
        ledger = _Ledger()
        _write_scores(folder / "scores.csv", _rows(records, benchmark, summary, ledger))
        with (folder / "scores.csv").open("rb") as file:
            summary.scores_digest = hashlib.file_digest(file, "sha256").hexdigest()
        summary.samples_digest = ledger.ids.hexdigest()
        summary.totals = ledger.totals()
        summary.models = ledger.models
        if summary.measured:
            summary.metrics = _aggregate(benchmark, records, zeros=True)
            only = _aggregate(benchmark, records, zeros=False)
            summary.excluded = only.get(benchmark.metric.name)
    return summary


def _write_scores(path: Path, rows: Iterator[ScoreRow]) -> None:
    with replacing(path) as file:
        write_scores(file, rows)


def _rows(records: Iterable[Record], benchmark: Benchmark, summary: Summary, ledger: _Ledger) -> Iterator[ScoreRow]:
    for record in records:
        summary.counts[record.status] += 1
        if record.score is not None:
            summary.measured += 1
            summary.unparsed += record.score.answer is None
        ledger.add(record)
        score = counted(record, benchmark.policy, zeros=True)
        yield ScoreRow(
            record.id,
            record.epoch,
            record.status,
            score.value if score else None,
            score.answer if score else None,
            score.rule if score else "",
            record.cluster,
        )


def counted(record: Record, policy: Mapping[Status, str], *, zeros: bool) -> Score | None:
    """The score with which a record enters the headline, or None where it is left out.

    Args:
        record: one record of the journal.
        policy: the benchmark's, by status.
        zeros: whether failures that the policy counts as 0 are in.
    """
    if record.status == "ok":
        return record.score
    rule = policy.get(record.status, "exclude")
    if rule == "score":
        return record.score
    if rule == "zero" and zeros:
        return Score(value=0.0, answer=None, rule=f"status:{record.status}")
    return None


def _aggregate(benchmark: Benchmark, records: Iterable[Record], *, zeros: bool) -> dict[str, Number]:
    def scored() -> Iterator[Record]:
        for record in records:
            score = counted(record, benchmark.policy, zeros=zeros)
            if score is not None:
                yield record if score is record.score else replace(record, score=score)

    if next(scored(), None) is None:
        return {}
    return {name: Number.of(value) for name, value in benchmark.metric.aggregate(scored()).items()}


class _Ledger:
    """Adds up tokens and money; unknown stays unknown."""

    def __init__(self) -> None:
        self.ids = hashlib.sha256()
        self.models: Counter[str] = Counter()
        self._id: str | None = None
        self._input = self._output = self._judge_tokens = 0
        self._tokens_known = self._judged = False
        self._cost: float | None = None
        self._judge_cost: float | None = None
        self._unpriced = self._judge_unpriced = False
        self._cached = 0

    def add(self, record: Record) -> None:
        if record.id != self._id:
            self._id = record.id
            self.ids.update(f"{record.id}\0".encode("utf-8", "surrogatepass"))
        if record.judge_usage is not None:
            self._judge(record)
        if record.reply is None:
            return
        self._cached += record.reply.cached
        if record.reply.model:
            self.models[record.reply.model] += 1
        usage = record.reply.usage
        self._tokens_known = self._tokens_known or usage.input is not None or usage.output is not None
        self._input += usage.input or 0
        self._output += usage.output or 0
        if record.cost is None:
            self._unpriced = True
        else:
            self._cost = (self._cost or 0.0) + record.cost

    def _judge(self, record: Record) -> None:
        usage = record.judge_usage
        self._judged = True
        self._judge_tokens += ((usage.input or 0) + (usage.output or 0)) if usage else 0
        if record.judge_cost is None:
            self._judge_unpriced = True
        else:
            self._judge_cost = (self._judge_cost or 0.0) + record.judge_cost

    def totals(self) -> Totals:
        return Totals(
            input_tokens=self._input if self._tokens_known else None,
            output_tokens=self._output if self._tokens_known else None,
            cost=None if self._unpriced else self._cost,
            judge_tokens=self._judge_tokens if self._judged else None,
            judge_cost=None if self._judge_unpriced else self._judge_cost,
            cached=self._cached,
        )

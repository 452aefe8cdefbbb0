"""The end of a run: its journal becomes scores.csv and the measured part of run.json."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from mmeval.definitions import Benchmark
from mmeval.metrics.missing import bounds
from mmeval.store import Bounds, Files, Number, ScoreRow, Summary, Totals, counted, write_scores
from mmeval.store.ordered import Ordered
from mmeval.types import Record, Score, Usage

__all__ = ["headline_records", "summarise"]


def summarise(folder: Path, benchmark: Benchmark, *, skip_damaged: bool = False) -> Summary:
    """Write scores.csv from the journal of a run folder, and sum up the records for run.json.

    If a sample was asked again, its last record is scored, and every record counts in the totals.

    Args:
        folder: the run folder.
        benchmark: what was asked.
        skip_damaged: count damaged lines instead of raising StoreError.
    """
    summary, scores = Summary(), Files(folder).scores
    damaged: list[int] = []
    with Ordered(Files(folder).journal, spill=folder, damaged=damaged if skip_damaged else None) as records:
        ledger = _Ledger()
        write_scores(scores, _rows(records.attempts(), benchmark, summary, ledger))
        with scores.open("rb") as file:
            summary.scores_digest = hashlib.file_digest(file, "sha256").hexdigest()
        summary.damaged = len(damaged)
        summary.samples_digest = ledger.ids.hexdigest()
        summary.totals = ledger.totals()
        summary.models = ledger.models
        if summary.measured:
            summary.metrics = _aggregate(benchmark, records, zeros=True)
            only = _aggregate(benchmark, records, zeros=False)
            summary.excluded = only.get(benchmark.metric.name)
        summary.bounds = _bounds(benchmark, records, ledger.missing)
    return summary


def _rows(
    attempts: Iterable[list[Record]], benchmark: Benchmark, summary: Summary, ledger: _Ledger
) -> Iterator[ScoreRow]:
    for records in attempts:
        record = records[-1]
        summary.counts[record.status] += 1
        if record.score is not None:
            summary.measured += 1
            summary.unparsed += record.score.answer is None
        ledger.add(records)
        score = _score(benchmark, record)
        ledger.missing += score is None
        yield ScoreRow.of(record, score)


def headline_records(benchmark: Benchmark, records: Iterable[Record], *, zeros: bool) -> Iterator[Record]:
    """The records that enter the headline, each with the score that counts; see `store.counted`."""
    for record in records:
        score = _score(benchmark, record, zeros=zeros)
        if score is not None:
            yield record if score is record.score else replace(record, score=score)


def _score(benchmark: Benchmark, record: Record, *, zeros: bool = True) -> Score | None:
    wrong = float(not benchmark.metric.higher_is_better)
    return counted(record, benchmark.policy, zeros=zeros, wrong=wrong)


def _aggregate(benchmark: Benchmark, records: Iterable[Record], *, zeros: bool) -> dict[str, Number]:
    if next(headline_records(benchmark, records, zeros=zeros), None) is None:
        return {}
    found = benchmark.metric.aggregate(headline_records(benchmark, records, zeros=zeros))
    return {name: Number.of(value) for name, value in found.items()}


def _bounds(benchmark: Benchmark, records: Iterable[Record], missing: int) -> Bounds | None:
    if not missing:
        return None
    ends = bounds(benchmark.metric, _Counted(benchmark, records))
    wrong, right = map(Number.of, ends) if ends else (None, None)
    return Bounds(missing=missing, wrong=wrong, right=right)


class _Counted:
    """All records, each with the score that counts or without one; may be iterated several times."""

    def __init__(self, benchmark: Benchmark, records: Iterable[Record]) -> None:
        self._benchmark, self._records = benchmark, records

    def __iter__(self) -> Iterator[Record]:
        for record in self._records:
            score = _score(self._benchmark, record)
            yield record if score is record.score else replace(record, score=score)


class _Ledger:
    """Adds up requests, tokens and cost; a sum with an unknown part is unknown."""

    def __init__(self) -> None:
        self.ids = hashlib.sha256()
        self.missing = 0
        self.models: Counter[str] = Counter()
        self._id: str | None = None
        self._input = self._output = self._judge_tokens = 0
        self._tokens_known = self._judged = False
        self._cost: float | None = None
        self._judge_cost: float | None = None
        self._unpriced = self._judge_unpriced = False
        self._cached = self._requests = self._retries = 0

    def add(self, records: Sequence[Record]) -> None:
        """Add one sample and epoch, with the records that its last one replaces."""
        record = records[-1]
        if record.id != self._id:
            self._id = record.id
            self.ids.update(f"{record.id}\0".encode("utf-8", "surrogatepass"))
        if record.judge_usage is not None:  # what a judge said before is in the cache and counts again here
            self._judge(record)
        if record.reply is not None:
            self._cached += record.reply.cached
            if record.reply.model:
                self.models[record.reply.model] += 1
        first = True
        for one in records:
            self._requests += one.requests
            self._retries += one.retries
            if one.reply is not None and (first or not one.reply.cached):  # else it is an earlier reply, read again
                self._usage(one, one.reply.usage)
                first = False

    def _usage(self, record: Record, usage: Usage) -> None:
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
            requests=self._requests,
            retries=self._retries,
            cached=self._cached,
        )

"""Score stored replies again, and say which samples two profiles disagree on. No model is asked."""

from __future__ import annotations

import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mmeval import store
from mmeval.catalog import Catalog
from mmeval.data import samples as read_rows
from mmeval.definitions import Benchmark
from mmeval.errors import RunFailedError, StoreError, UsageError
from mmeval.runner.finish import headline_records, summarise
from mmeval.runner.plan import Job
from mmeval.scorers import JudgeRule, Rule
from mmeval.store import Files, Run, RunInfo, Summary
from mmeval.store.ordered import Ordered
from mmeval.types import Estimate, Failure, Prompt, Record, Reply, Sample, Score, Status, Text

__all__ = ["Change", "ProfileDiff", "Source", "open_source", "profile_diff", "rescore"]

Scoring = Callable[[Record], Record]
FINISHES: Mapping[str, Status] = {"length": "truncated", "refused": "refused", "filtered": "filtered"}


@dataclass(frozen=True, slots=True)
class Source:
    """A run with everything that scoring its replies needs."""

    run: Run
    job: Job
    samples: Mapping[str, Sample]

    @property
    def benchmark(self) -> Benchmark:
        """The benchmark as it is now."""
        return self.job.benchmark

    @contextmanager
    def records(self) -> Iterator[Iterable[Record]]:
        """The last record of every sample and epoch, by id; can be walked as often as needed."""
        journal = self.run.files.journal
        with tempfile.TemporaryDirectory() as folder, Ordered(journal, spill=Path(folder)) as records:
            yield records

    def scoring(self, profile: str) -> Scoring:
        """Scores a record under a profile; under the run's own, a judge's score is kept as it is stored.

        Raises:
            UsageError: the profile is unknown, or asks a judge that this run has not asked.
        """
        rule = self.benchmark.score.rule(profile)
        if hasattr(rule, "parse"):
            if profile == self.run.info.spec.profile:
                return lambda record: record
            raise UsageError(
                f"profile {profile!r} of {self.benchmark.name} asks a judge; "
                f"`mmeval run {self.benchmark.name} -m {self.run.info.spec.model} --profile {profile} --judge ...` "
                "takes the stored replies and asks only the judge"
            )
        return lambda record: _scored(record, rule, self._sample(record))

    def _sample(self, record: Record) -> Sample:
        try:
            return self.samples[record.id]
        except KeyError:
            raise StoreError(f"{self.run.path}: sample {record.id!r} is not in the stored samples") from None


def open_source(run: Run, *, job: Job | None = None, catalog: Catalog = Catalog()) -> Source:
    """Find the benchmark, the samples and the journal of a run.

    Args:
        run: a run of this machine, with its `records.jsonl`.
        job: instead of the catalog's benchmark of that name, for questions from a file.
        catalog: where the benchmark is looked up.

    Raises:
        UsageError: the benchmark has changed its version since, or the journal is gone.
        CatalogError: there is no such benchmark any more.
    """
    spec = run.info.spec
    if not run.files.journal.exists():
        raise UsageError(
            f"{run.path}: no {run.files.journal.name}; replies can be scored again only where they are stored"
        )
    found = job or _job(spec.benchmark, catalog)
    if found.benchmark.version != spec.version:
        raise UsageError(
            f"{run.path} is of {spec.benchmark}@{spec.version}, the benchmark is now @{found.benchmark.version}: "
            "run it again"
        )
    return Source(run, found, {sample.id: sample for sample in _samples(run, found.benchmark)})


def _job(name: str, catalog: Catalog) -> Job:
    return Job(benchmark=catalog.benchmark(name), digest=catalog.definition("benchmarks", name).digest)


def _results(run: Run) -> Path:
    """The folder that holds all runs: results/<model>/<benchmark>/<run>."""
    return run.path.resolve().parents[2]


def _samples(run: Run, benchmark: Benchmark) -> Iterator[Sample]:
    """The stored samples without their media, or the data set's where they were not kept."""
    file = run.samples()
    yield from map(_sample, store.read_samples(file)) if file else read_rows(benchmark, offline=False)


def _sample(stored: store.StoredSample) -> Sample:
    prompt: Prompt = tuple(Text(part.text) for part in stored.prompt if part.text is not None)
    return Sample(
        id=stored.id,
        prompt=prompt,
        target=stored.target,
        choices=stored.choices,
        cluster=stored.cluster,
        tags=stored.tags,
    )


def _scored(record: Record, rule: Rule | JudgeRule, sample: Sample) -> Record:
    """The record with a new score; what has no reply, or one that is never scored, stays as it is."""
    reply = record.reply
    if reply is None:
        return record
    status = _status(reply)
    bare = replace(record, status=status, failure=None, score=None, tags=sample.tags, judge_usage=None, judge_cost=None)
    if status not in ("ok", "truncated"):
        return bare
    assert not hasattr(rule, "parse")
    try:
        return replace(bare, score=rule(sample, reply))
    except Exception as error:  # noqa: BLE001 - the boundary of scoring: a scorer's fault is this sample's failure
        failure = Failure(kind="score", message=f"{type(error).__name__}: {error}")
        return replace(bare, status="error", failure=failure)


def _status(reply: Reply) -> Status:
    return FINISHES.get(reply.finish) or ("ok" if reply.text.strip() else "empty")


def rescore(source: Source, profile: str, *, results: Path | None = None) -> Run:
    """Write a run folder with the same replies under another profile.

    The folder is the one that a run under this profile would have had, so that such a run finds it complete.

    Args:
        source: the run.
        profile: of the benchmark's scorer.
        results: where runs live; the folder that holds this one by default.

    Raises:
        UsageError: the profile is unknown or asks a judge.
        RunFailedError: no reply could be scored.
    """
    scoring, old = source.scoring(profile), source.run.info
    own = profile == old.spec.profile
    update = {
        "profile": profile,
        "judge": old.spec.judge if own else None,
        "judge_digest": old.spec.judge_digest if own else None,
        "definition_digest": source.job.digest,
        "scorer_digest": source.benchmark.score.digest(profile),
    }
    spec = old.spec.model_copy(update=update)
    folder = store.run_path(results or _results(source.run), spec)
    if store.is_run(folder):
        return store.read_run(folder)
    with source.records() as records:
        store.write_journal(Files(folder).journal, map(scoring, records))
    summary = summarise(folder, source.benchmark)
    if not summary.measured:
        raise RunFailedError(f"{folder}: no reply could be scored under profile {profile!r}")
    store.write_info(folder, _info(old, spec, summary, source.run.path.name))
    return store.read_run(folder)


def _info(old: RunInfo, spec: store.Spec, summary: Summary, origin: str) -> RunInfo:
    whole = old.status == "failed" and not summary.failed and sum(summary.counts.values()) >= old.planned > 0
    return old.summarised(
        summary,
        status="complete" if whole else old.status,
        reason=None if whole else old.reason,
        totals={"requests": old.totals.requests, "retries": old.totals.retries, "wall_s": old.totals.wall_s},
        spec=spec,
        provenance={"rescored_from": origin, "rescored_at": time.time()},
    )


@dataclass(frozen=True, slots=True)
class Change:
    """One sample that two profiles read or grade differently."""

    id: str
    epoch: int
    reply: str
    gold: str
    scores: tuple[Score | None, Score | None]

    @property
    def graded(self) -> bool:
        """Whether the value changes, not only the reading."""
        before, after = (score.value if score else None for score in self.scores)
        return before != after


@dataclass(frozen=True, slots=True)
class ProfileDiff:
    """What changes when the replies of a run are scored under another profile."""

    run: Path
    profiles: tuple[str, str]
    n: int
    changes: tuple[Change, ...]
    """By sample id; only what differs."""
    rules: tuple[tuple[str, str, int, float], ...]
    """(rule of the first, rule of the second, samples, change of the sum of scores), most samples first."""
    headlines: tuple[Estimate | None, Estimate | None]

    @property
    def graded(self) -> int:
        """Samples whose value changes."""
        return sum(change.graded for change in self.changes)


def profile_diff(source: Source, profiles: tuple[str, str]) -> ProfileDiff:
    """Score every stored reply under two profiles and collect where they differ.

    Raises:
        UsageError: a profile is unknown, or asks a judge that the run has not asked.
    """
    one, two = (source.scoring(profile) for profile in profiles)
    with source.records() as records:
        pairs = [(one(record), two(record)) for record in records]
    changes = tuple(
        _change(before, after, source)
        for before, after in pairs
        if _essence(before.score) != _essence(after.score) or before.status != after.status
    )
    sides = tuple(_headline(source.benchmark, (pair[side] for pair in pairs)) for side in (0, 1))
    return ProfileDiff(
        run=source.run.path,
        profiles=profiles,
        n=len(pairs),
        changes=changes,
        rules=_rules(changes),
        headlines=(sides[0], sides[1]),
    )


def _essence(score: Score | None) -> tuple[Any, ...] | None:
    return None if score is None else (score.value, score.answer)


def _change(before: Record, after: Record, source: Source) -> Change:
    gold = source.samples[before.id].target
    text = before.reply.text if before.reply else ""
    return Change(before.id, before.epoch, text, str(gold), (before.score, after.score))


def _rules(changes: Iterable[Change]) -> tuple[tuple[str, str, int, float], ...]:
    counts: Counter[tuple[str, str]] = Counter()
    deltas: defaultdict[tuple[str, str], float] = defaultdict(float)
    for change in changes:
        before, after = change.scores
        key = (before.rule if before else "", after.rule if after else "")
        counts[key] += 1
        deltas[key] += (after.value if after else 0.0) - (before.value if before else 0.0)
    return tuple((*key, n, deltas[key]) for key, n in counts.most_common())


def _headline(benchmark: Benchmark, records: Iterable[Record]) -> Estimate | None:
    found = benchmark.metric.aggregate(headline_records(benchmark, records, zeros=True))
    return found.get(benchmark.metric.name)

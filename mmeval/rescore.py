"""Score stored replies again under another profile, or compare two profiles. No model is called."""

from __future__ import annotations

import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

from mmeval import store
from mmeval.catalog import Catalog
from mmeval.data import Variant
from mmeval.data import samples as read_rows
from mmeval.definitions import Benchmark
from mmeval.engine.options import Settings
from mmeval.errors import RunFailedError, StoreError, UsageError
from mmeval.runner.finish import headline_records, summarise
from mmeval.runner.plan import Job, rule_of
from mmeval.runner.targets import job_of
from mmeval.scorers import JudgeRule, Rule
from mmeval.store import Files, Run, RunInfo, Summary
from mmeval.store.ordered import Ordered
from mmeval.types import Estimate, Failure, Prompt, Record, Sample, Score, Text, Want

__all__ = ["Change", "ProfileDiff", "Source", "bare", "open_source", "profile_diff", "rescore"]

Scoring = Callable[[Record], Record]


@dataclass(frozen=True, slots=True)
class Source:
    """A run with everything that is needed to score its replies."""

    run: Run
    job: Job
    samples: Mapping[str, Sample]

    @property
    def benchmark(self) -> Benchmark:
        """The current version of the benchmark."""
        return self.job.benchmark

    @contextmanager
    def records(self) -> Iterator[Iterable[Record]]:
        """The last record of every sample and epoch, sorted by id; may be iterated several times."""
        journal = self.run.files.journal
        with tempfile.TemporaryDirectory() as folder, Ordered(journal, spill=Path(folder)) as records:
            yield records

    def scoring(self, profile: str) -> Scoring:
        """A function that scores a record under a profile. Under the run's own profile, a judge's stored score is kept.

        Raises:
            UsageError: the profile is unknown, or needs a judge that this run did not use.
        """
        rule = rule_of(self.benchmark, profile, self.run.info.spec.options)
        if hasattr(rule, "parse"):
            if profile == self.run.info.spec.profile:
                return lambda record: record
            raise UsageError(
                f"profile {profile!r} of {self.benchmark.name} needs a judge; "
                f"`mmeval run {self.benchmark.name} -m {self.run.info.spec.model} --profile {profile} --judge ...` "
                "uses the stored replies and only asks the judge"
            )
        return lambda record: _scored(record, rule, self._sample(record), self.benchmark.want)

    def _sample(self, record: Record) -> Sample:
        try:
            return self.samples[record.id]
        except KeyError:
            raise StoreError(f"{self.run.path}: sample {record.id!r} is not in the stored samples") from None


def open_source(run: Run, *, job: Job | None = None, catalog: Catalog = Catalog(), file: Path | None = None) -> Source:
    """Load a run with its benchmark and its samples.

    Args:
        run: a run with its `records.jsonl`.
        job: replaces the benchmark of the catalog.
        catalog: where the benchmark is found.
        file: where the file of questions is now, if the run is of one.

    Raises:
        UsageError: the benchmark has another version now, the file of questions has moved or changed, or there is no
            journal.
        CatalogError: the benchmark does not exist any more.
    """
    spec = run.info.spec
    if not run.files.journal.exists():
        raise UsageError(
            f"{run.path}: no {run.files.journal.name}; replies can be scored again only where they are stored"
        )
    run.check_journal()
    found = job or job_of(run, Settings(path=catalog.paths), file)
    if found.benchmark.version != spec.version:
        raise UsageError(
            f"{run.path} is of {spec.benchmark}@{spec.version}, but the benchmark is now @{found.benchmark.version}; "
            "run it again"
        )
    return Source(run, found, {sample.id: sample for sample in _samples(run, found.benchmark)})


def _results(run: Run) -> Path:
    """The results folder of a run: results/<model>/<benchmark>/<run>."""
    return run.path.resolve().parents[2]


def _samples(run: Run, benchmark: Benchmark) -> Iterator[Sample]:
    """The stored samples without media, or those of the data set if none are stored."""
    file = run.samples()
    if file is not None:
        yield from map(bare, store.read_samples(file))
    else:
        variant = Variant.of(run.info.spec.variant)
        yield from chain.from_iterable(variant.copies(read_rows(benchmark, offline=False)))


def bare(stored: store.StoredSample) -> Sample:
    """A stored sample with the texts of its prompt alone: all that a scoring rule reads."""
    prompt: Prompt = tuple(Text(part.text) for part in stored.prompt if part.text is not None)
    return Sample(
        id=stored.id,
        prompt=prompt,
        target=stored.target,
        choices=stored.choices,
        cluster=stored.cluster,
        tags=stored.tags,
    )


def _scored(record: Record, rule: Rule | JudgeRule, sample: Sample, want: Want) -> Record:
    """The record with a new score. Records without a reply that can be scored are unchanged."""
    reply = record.reply
    if reply is None:
        return record
    status = store.status_of(reply, want)
    unscored = replace(
        record, status=status, failure=None, score=None, tags=sample.tags, judge_usage=None, judge_cost=None
    )
    if status not in ("ok", "truncated"):
        return unscored
    assert not hasattr(rule, "parse")
    try:
        return replace(unscored, score=rule(sample, reply))
    except Exception as error:  # noqa: BLE001 - an error in a scorer is a failure of this sample
        failure = Failure(kind="score", message=f"{type(error).__name__}: {error}")
        return replace(unscored, status="error", failure=failure)


def rescore(source: Source, profile: str, *, results: Path | None = None) -> Run:
    """Write a run folder with the same replies, scored under another profile.

    It is the folder of a run with this profile, so that starting such a run finds it complete.

    Args:
        source: the run.
        profile: of the benchmark's scorer.
        results: the results folder; by default that of the run.

    Raises:
        UsageError: the profile is unknown or needs a judge.
        RunFailedError: no reply could be scored.
    """
    scoring, old = source.scoring(profile), source.run.info
    own = profile == old.spec.profile
    update = {
        "profile": profile,
        "judge": old.spec.judge if own else None,
        "judge_digest": old.spec.judge_digest if own else None,
        "definition_digest": source.job.digest,
        "scorer": source.benchmark.score.identity(profile),
    }
    spec = old.spec.model_copy(update=update)
    folder = store.adopt(results or _results(source.run), spec)
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
    """A sample for which two profiles give another answer or score."""

    id: str
    epoch: int
    reply: str
    target: str
    scores: tuple[Score | None, Score | None]

    @property
    def graded(self) -> bool:
        """Whether the score changes, and not only the answer."""
        before, after = (score.value if score else None for score in self.scores)
        return before != after


@dataclass(frozen=True, slots=True)
class ProfileDiff:
    """The differences between two profiles on the replies of one run."""

    run: Path
    profiles: tuple[str, str]
    n: int
    changes: tuple[Change, ...]
    """The samples that differ, by id."""
    rules: tuple[tuple[str, str, int, float], ...]
    """(First rule, second rule, number of samples, change of the sum of scores), most samples first."""
    headlines: tuple[Estimate | None, Estimate | None]

    @property
    def graded(self) -> int:
        """Number of samples whose score changes."""
        return sum(change.graded for change in self.changes)


def profile_diff(source: Source, profiles: tuple[str, str]) -> ProfileDiff:
    """Score all stored replies under two profiles and collect the differences.

    Raises:
        UsageError: a profile is unknown, or needs a judge that the run did not use.
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
    target = source.samples[before.id].target
    text = before.reply.text if before.reply else ""
    return Change(before.id, before.epoch, text, str(target), (before.score, after.score))


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

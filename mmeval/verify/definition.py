"""Checks against the benchmark's definition: the same rule and data, the same samples, prompts and targets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from mmeval.comparable import refused
from mmeval.data import Variant
from mmeval.definitions import Benchmark
from mmeval.engine.options import Settings
from mmeval.errors import DataError, UsageError
from mmeval.rescore import bare
from mmeval.runner import Job, on_pinned_data
from mmeval.runner.merge import benchmark_of
from mmeval.runner.plan import selected
from mmeval.store import Run, StoredSample, dump_sample, read_samples
from mmeval.types import Sample
from mmeval.verify.checks import Different, Unchecked

__all__ = ["Known", "load"]

HEX = frozenset("0123456789abcdef")


@dataclass(slots=True)
class Known:
    """What is known of a run's benchmark on this machine."""

    run: Run
    offline: bool = False
    """Do not download data."""
    job: Job | None = None
    """None if the definition is not the one of the run; `fault` says why."""
    fault: str = ""
    data_fault: str = ""
    """Why the data is not here; empty if it is."""
    samples: Mapping[str, Sample] | None = None
    """By id, without media: those of the definition, else those stored beside the run. None without either."""

    @property
    def benchmark(self) -> Benchmark:
        """The benchmark of the run; raises Unchecked if it is not here."""
        if self.job is None:
            raise Unchecked(self.fault)
        return self.job.benchmark

    @property
    def questions(self) -> Mapping[str, Sample]:
        """The samples; raises Unchecked if there are none."""
        if self.samples is None:
            raise Unchecked("neither the data nor the stored samples are here")
        return self.samples

    def sample(self, name: str) -> Sample:
        """One sample; raises Unchecked or Different."""
        try:
            return self.questions[name]
        except KeyError:
            raise Different(f"sample {name!r} is not in the benchmark") from None

    def check_definition(self) -> str:
        """That the run names the definition, scoring rule and data of this machine."""
        bench, info = self.benchmark, self.run.info
        if info.primary_metric != bench.metric.name:
            raise Different(f"the headline is {info.primary_metric!r}, the benchmark's {bench.metric.name!r}")
        return f"{bench.name}@{bench.version}, {info.spec.scorer}"

    def check_samples(self) -> str:
        """That the run has the ids of the benchmark, and that the stored samples are those of the data."""
        bench, spec = self.benchmark, self.run.info.spec
        chosen = {row.id for row in self.run.scores()} if spec.subset is not None else None
        if self.data_fault:
            self._of_stored()
            raise Unchecked(self.data_fault)
        stored = _stored(self.run)
        found: dict[str, Sample] = {}
        for sample in self._expected(bench, chosen):
            whole = StoredSample.of(sample)
            if stored is not None and stored.get(sample.id) != _line(whole):
                raise Different(f"the stored prompt, target or tags of sample {sample.id!r} are not the benchmark's")
            found[sample.id] = bare(whole)
        self.samples = found
        self._check_ids({row.id for row in self.run.scores()})
        prompts = "" if stored is not None else "; the prompts are not stored here"
        return f"{len(found)} ids are those of the benchmark{prompts}"

    def _expected(self, bench: Benchmark, ids: set[str] | None) -> Iterator[Sample]:
        spec = self.run.info.spec
        if Variant.of(spec.variant).name != spec.variant:
            raise Different(f"there is no variant {spec.variant!r}")
        return selected(bench, spec, ids=ids, offline=self.offline)

    def _check_ids(self, ids: set[str]) -> None:
        assert self.samples is not None
        subset = self.run.info.spec.subset
        if subset is not None and sha256("\0".join(sorted(ids)).encode()).hexdigest() != subset:
            raise Different("the sample ids are not those of the chosen subset")
        foreign, missing = sorted(ids - self.samples.keys()), self.samples.keys() - ids
        if foreign:
            raise Different(f"{len(foreign)} sample ids are not in the benchmark, first {foreign[0]!r}")
        if missing and self.run.info.status == "complete":
            raise Different(f"{len(missing)} samples of the benchmark are missing, first {min(missing)!r}")

    def _of_stored(self) -> None:
        stored = _samples_file(self.run)
        if stored is not None:
            self.samples = {sample.id: bare(sample) for sample in read_samples(stored)}


def load(run: Run, settings: Settings, questions: Path | None) -> Known:
    """Find the benchmark of a run and its data. Only definitions of the search path are ever executed."""
    known = Known(run, offline=settings.offline)
    spec = run.info.spec
    if run.info.origin == "third-party":
        known.fault = "the scores come from another tool"
        return known
    of_file = spec.data.get("kind") == "file"
    if of_file and questions is None:  # the path in run.json may lead anywhere
        known.fault = f"the run is of the questions in {spec.data.get('path')}; name the file with --file"
        return known
    try:
        benchmark = benchmark_of(run, settings, questions if of_file else None)
    except UsageError as error:
        known.fault = str(error)
        return known
    job = Job(benchmark=benchmark, digest=spec.definition_digest)
    try:
        job = on_pinned_data(job, settings)
    except DataError as error:
        known.data_fault = str(error)
    known.fault = _other(run, job.benchmark, data=not known.data_fault)
    known.job = None if known.fault else job
    return known


def _other(run: Run, benchmark: Benchmark, *, data: bool) -> str:
    """In what this machine's rule and data are not those of the run; empty if they are."""
    spec = run.info.spec
    if spec.profile not in benchmark.score.rules:
        return f"the benchmark has no scoring profile {spec.profile!r} here"
    update: dict[str, Any] = {"version": benchmark.version, "scorer": benchmark.score.identity(spec.profile)}
    if data:
        update["data"] = dict(benchmark.data.describe())
    here = run.info.model_copy(update={"spec": spec.model_copy(update=update)})
    changed = "; ".join(map(str, refused(run.info, here, "column")))
    return f"the run is of another version ({changed}); check out that version" if changed else ""


def _samples_file(run: Run) -> Path | None:
    """The stored samples; None if there are none. The digest in run.json may be anything, also a path."""
    digest = run.info.samples_digest or ""
    if not digest or not HEX.issuperset(digest):
        return None
    file = run.samples()
    return None if file is None or file.is_symlink() else file


def _stored(run: Run) -> dict[str, str] | None:
    """The stored samples by id, each as one line; None if they are not here."""
    file = _samples_file(run)
    return None if file is None else {sample.id: _line(sample) for sample in read_samples(file)}


def _line(sample: StoredSample) -> str:
    """A sample as text, without where its media came from, which differs between machines."""
    return dump_sample(replace(sample, prompt=tuple(replace(part, source=None) for part in sample.prompt)))

"""A plan: everything that a run asks and how it is scored, and the folder that follows from it."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from hashlib import sha256
from itertools import chain, islice
from pathlib import Path
from types import MappingProxyType
from typing import Any

from mmeval import media, store
from mmeval.data import Variant, ablate, pinned, samples, varied
from mmeval.data.closings import closed_with
from mmeval.data.scored import WAYS, offered
from mmeval.definitions import Benchmark, capabilities_of
from mmeval.engine.options import Settings, split_model
from mmeval.errors import UsageError, nearest
from mmeval.metrics.variants import prompt_of
from mmeval.recipes import POLICIES
from mmeval.runner.models import Model, ModelSpec, asked_for, model
from mmeval.runner.policies import recorded
from mmeval.runner.recipe import COORDINATES, NONE, Following
from mmeval.sampling import AudioPolicy, ImagePolicy, VideoPolicy, audio_policy, image_policy, video_policy
from mmeval.scorers import Convention, JudgeRule, Rule
from mmeval.store import schema1
from mmeval.types import Prompt, Request, Sample

FRAMES, WAV = "frames=32", "wav"
"""Policies for films and sounds of benchmarks that state none."""

__all__ = ["Job", "Plan", "on_pinned_data", "plan", "rule_of", "selected"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One benchmark to run: from the catalog by name, or a value of your own."""

    benchmark: Benchmark
    digest: str
    """sha256 of the code that defines it, hexadecimal."""
    file_digest: str | None = None
    """sha256 of the file that defines it; None for a value."""
    limit: int | None = None
    profile: str | None = None
    where_taken: bool = False
    """Whether a suite asks it only of models that take its films or sounds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One model on one benchmark, with everything resolved."""

    job: Job
    model: Model
    judge: Model | None
    rule: Rule | JudgeRule
    spec: store.Spec
    settings: Settings
    ids: frozenset[str] | None
    shuffled: bool
    most: int | None = None
    """The most replies that one call asks for; the run is partial if it needs more."""
    following: Following = NONE
    """The recipe, and what it sets here; `settings` hold its policies already."""

    @property
    def benchmark(self) -> Benchmark:
        """The benchmark."""
        return self.job.benchmark

    @property
    def folder(self) -> Path:
        """Where the run lives."""
        return store.run_path(self.settings.results, self.spec)

    def connection(self, model: Model) -> Hashable:
        """Which connection of the pool asks this model for this run."""
        return (model.connection, self.folder) if model.needs_samples else model.connection

    @property
    def taken(self) -> bool:
        """Whether the model takes what the benchmark is about, by its card or else by its adapter."""
        about = {kind for kind in ("video", "audio") if getattr(self.benchmark, kind)}
        return about <= set(self.model.card.get("modalities") or self.model.capabilities.inputs)

    @property
    def video(self) -> VideoPolicy:
        """How films are shown."""
        stated = video_policy(self.settings.video or self.benchmark.video or FRAMES)
        return media.counted(stated, self.model.capabilities)

    @property
    def audio(self) -> AudioPolicy:
        """How sounds are given."""
        return audio_policy(self.settings.audio or self.benchmark.audio or WAV)

    @property
    def image(self) -> ImagePolicy | None:
        """At which size pictures are sent; None: as they are, within the limits of the adapter."""
        made = image_policy(self.settings.image or "native")
        return None if made == ImagePolicy() else made

    def shown(self, prompt: Prompt) -> Prompt:
        """A prompt with the policies of the run on its media."""
        return media.with_policy(prompt, self.video, self.audio, self.image)

    def request(self, sample: Sample, epoch: int) -> Request:
        """What the model is asked for one sample in one epoch."""
        closed = closed_with(sample, prompt_of(epoch, self.settings.prompts))
        prompt = self.shown(self.following.prompt(closed, sample))
        choices = offered(sample, Variant.of(self.spec.variant).scored)
        asked = Request(prompt=prompt, want=self.benchmark.want, choices=choices, sample=sample.id, epoch=epoch)
        best = self.benchmark.score.keeps
        return asked if best is None else replace(asked, best=best)

    def samples(self) -> Iterator[Sample]:
        """The samples in the order they are asked."""
        found: Iterable[Sample] = selected(self.benchmark, self.spec, ids=self.ids, offline=self.settings.offline)
        if self.shuffled:
            # This holds all samples in memory, so only a run that may stop early, and needs a random order, does it.
            found = sorted(found, key=lambda s: store.asking_order(self.settings.seed, s.id, s.cluster))
        return iter(found)


def selected(
    benchmark: Benchmark,
    spec: store.Spec,
    *,
    ids: Collection[str] | None = None,
    offline: bool = False,
) -> Iterator[Sample]:
    """The samples of a benchmark that a run with this spec asks, in the order of the data; raises DataError."""
    found: Iterable[Sample] = samples(benchmark, offline=offline)
    variant = Variant.of(spec.variant)
    if variant.ablate is not None:
        found = ablate(found, variant.ablate, seed=spec.seed)
    copies: Iterable[list[Sample]] = variant.copies(found)
    if ids is not None:
        chosen = ([sample for sample in some if sample.id in ids] for some in copies)
        copies = filter(None, chosen)
    copies = islice(copies, spec.limit)
    if spec.shard:
        index, count = map(int, spec.shard.split("/"))
        copies = islice(copies, index - 1, None, count)
    return chain.from_iterable(copies)


def on_pinned_data(job: Job, settings: Settings) -> Job:
    """The job on exactly the data that `benchmarks.lock` names; raises DataError when they cannot be loaded."""
    return replace(job, benchmark=pinned(job.benchmark, offline=settings.offline))


def plan(
    job: Job, name: str | ModelSpec, settings: Settings, *, ids: Collection[str] | None = None, shuffled: bool = False
) -> Plan:
    """Resolve everything that a run needs; raises UsageError or DataError before a model is asked."""
    wanted = name if isinstance(name, ModelSpec) else ModelSpec(name)
    job = on_pinned_data(job, settings)
    method = settings.score_choices
    variant = Variant(settings.ablate, settings.circular, settings.prompts, WAYS[method] if method else None)
    job = replace(job, benchmark=varied(job.benchmark, variant))
    bench = job.benchmark
    profile = _profile(job, settings)
    rule = rule_of(bench, profile)
    judge = _judge(bench, profile, rule, settings)
    asked, followed, said = asked_for(wanted, settings, bench)
    settings = _with_policies(settings, followed)
    _check_method(asked, settings)
    spoken: dict[str, str] = {}
    if hasattr(rule, "speaking"):
        spoken = {COORDINATES: _declared(bench, asked, said)}
        rule = rule_of(bench, profile, spoken)
    spec = store.Spec(
        model=wanted.name,
        benchmark=bench.name,
        version=bench.version,
        variant=variant.name,
        profile=profile,
        judge=judge.name if judge else None,
        judge_digest=_judge_digest(rule, judge) if judge else None,
        options={**asked.identity.options, **spoken},
        endpoint=asked.identity.endpoint,
        epochs=settings.epochs * settings.prompts,
        limit=min(filter(None, (settings.limit, job.limit)), default=None),
        seed=settings.seed,
        shard=settings.shard,
        subset=sha256("\0".join(sorted(ids)).encode()).hexdigest() if ids is not None else None,
        definition_digest=job.digest,
        adapter_digest=asked.definition.identity,
        scorer=bench.score.identity(profile),
        data=dict(bench.data.describe()),
        media_policy={**media.policy(asked.capabilities), **recorded(bench, settings, asked.capabilities)},
        recipe=followed.identity,
        want=bench.want,
    )
    return Plan(
        job=job,
        model=asked,
        judge=judge,
        rule=rule,
        spec=spec,
        settings=settings,
        ids=frozenset(ids) if ids is not None else None,
        shuffled=shuffled,
        following=followed,
    )


def _with_policies(settings: Settings, followed: Following) -> Settings:
    """The settings with the policies that the recipe states."""
    policies = {key: str(followed.stated[key].value) for key in POLICIES if key in followed.stated}
    return settings.model_copy(update=policies) if policies else settings


def _profile(job: Job, settings: Settings) -> str:
    """The scoring profile: the one that was chosen, or the benchmark's own."""
    if settings.score_choices is None:
        return job.profile or settings.profile or job.benchmark.profile
    own = "per_token" if settings.score_choices == "per_token" else job.benchmark.profile
    return settings.profile or own  # that of a suite is for replies


def _check_method(asked: Model, settings: Settings) -> None:
    """Raise UsageError for a model that scores options in another way than the method says."""
    method, scores = settings.score_choices, asked.capabilities.scores
    if method is None or scores is None or (method == "similarity") == (scores == "similarity"):
        return
    ways = "similarity" if scores == "similarity" else "sum, per_token or letter"
    raise UsageError(f"--score-choices {method}: {asked.name} scores options by {scores}; use {ways}")


def _declared(benchmark: Benchmark, asked: Model, said: object) -> str:
    """How the model writes coordinates, by the option, else by its card; raises UsageError if neither says it."""
    declared = asked.card.get(COORDINATES) if said is None else said
    if declared is None:
        raise UsageError(
            f"{benchmark.name} asks for places in the picture, and no card says how {asked.name} writes coordinates; "
            f"declare it, as in -o '{COORDINATES}=0-1000 xyxy' (docs/grounding.md)"
        )
    return str(Convention.parse(str(declared)))


def rule_of(benchmark: Benchmark, profile: str, options: Mapping[str, Any] = MappingProxyType({})) -> Rule | JudgeRule:
    """The rule of a profile; raises UsageError, which lists the profiles of the benchmark.

    Args:
        benchmark: what is asked.
        profile: of its scorer.
        options: of the run; a rule that reads coordinates needs the one that declares them.
    """
    known = benchmark.score.rules
    if profile in benchmark.score.refused:
        raise UsageError(f"{benchmark.name}: profile {profile!r}: {benchmark.score.refused[profile]}")
    if profile not in known:
        fault = f"{benchmark.name} has no profile {profile!r}{nearest(profile, known)}"
        raise UsageError(f"{fault}; it has {', '.join(sorted(known))}")
    rule = benchmark.score.rule(profile)
    if hasattr(rule, "speaking") and COORDINATES in options:
        told: Rule = rule.speaking(Convention.parse(options[COORDINATES]))
        return told
    return rule


def _judge(bench: Benchmark, profile: str, rule: Rule | JudgeRule, settings: Settings) -> Model | None:
    if not bench.score.needs_judge(profile):
        return None
    if settings.judge is None:
        raise UsageError(f"{bench.name}: profile {profile!r} needs --judge PROVIDER/MODEL")
    given = {"temperature": 0.0, **settings.judge_options}
    schema, provider = getattr(rule, "schema", None), split_model(settings.judge)
    capabilities = capabilities_of(settings.catalog.adapter(provider[0]), provider[1])
    if schema is not None and "schema" in {field.name for field in fields(capabilities.options)}:
        given.setdefault("schema", store.canonical(schema).decode())
    return model(settings.judge, settings, given, None)


def _judge_digest(rule: Rule | JudgeRule, judge: Model) -> str:
    """sha256 of everything about the judge that can change a verdict: prompt, schema, parser, options, adapter."""
    # Bundled judges keep the digest that they had in schema 1, so that verdicts stored then stay comparable.
    told = schema1.judge_digest(getattr(rule, "digest", ""))
    parts = [told, dict(judge.identity.options), judge.identity.adapter_version]
    return sha256(store.canonical(parts)).hexdigest()

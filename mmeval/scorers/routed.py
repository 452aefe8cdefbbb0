"""A scorer for benchmarks with several kinds of questions: each sample is scored by the rule of its kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from mmeval.errors import UsageError
from mmeval.scorers import targets
from mmeval.scorers.base import JudgeRule, Rule, Scorer, writer
from mmeval.scorers.coordinates import Convention
from mmeval.scorers.identity import call, code_of, describe, joined
from mmeval.scorers.readers.quantities import parse
from mmeval.types import Prompt, Reply, Request, Sample, Score

Route = Callable[[Sample], str]


def closed_or_open(sample: Sample) -> str:
    """`closed` if the sample has options, else `open`."""
    return "closed" if sample.choices else "open"


def closed_number_or_text(sample: Sample) -> str:
    """`closed` if the sample has options, `number` if every target is a number, else `text`."""
    if sample.choices:
        return "closed"
    return "number" if all(parse(target) for target in targets.raw_texts(sample)) else "text"


def letter_or_text(sample: Sample) -> str:
    """`letter` if the target is one of A to D, else `text`."""
    return "letter" if str(sample.target) in "ABCD" else "text"


def by_kind(sample: Sample) -> str:
    """The value of the tag `kind`."""
    return sample.tags["kind"]


def routed(scorers: Mapping[str, Scorer], *, by: Route = closed_or_open) -> Scorer:
    """Combine scorers: `by(sample)` names the one that scores a sample.

    The result has the profiles that all scorers share. A profile needs a judge, or a declaration of coordinates, if any
    of them does.
    """
    profiles = set.intersection(*(set(scorer.rules) for scorer in scorers.values()))
    rules: dict[str, Rule | JudgeRule] = {}
    for profile in sorted(profiles):
        inner = {key: scorer.rule(profile) for key, scorer in scorers.items()}
        judged = any(scorer.needs_judge(profile) for scorer in scorers.values())
        placed = any(hasattr(rule, "speaking") for rule in inner.values())
        if judged and placed:
            raise UsageError(f"profile {profile!r}: kinds with places and kinds with a judge cannot be routed together")
        rules[profile] = _Judged(by, inner) if judged else (_Placed if placed else _Plain)(by, inner)
    name = "+".join(scorer.name for scorer in scorers.values())
    return _RoutedScorer(name=name, rules=rules, version=1, by=by, scorers=scorers)


@dataclass(frozen=True, slots=True, kw_only=True)
class _RoutedScorer(Scorer):
    by: Route
    scorers: Mapping[str, Scorer]

    def identity(self, profile: str) -> str:
        """For example `routed(closed=choice/official@1,open=open_answer/official@1)@1`."""
        self.rule(profile)
        routes = [] if self.by is closed_or_open else [f"by={describe(self.by)}"]
        parts = [f"{key}={scorer.identity(profile)}" for key, scorer in sorted(self.scorers.items())]
        return f"{call('routed', [*routes, *parts])}@{self.version}"

    def code(self, profile: str) -> str:
        """sha256 of the code of the route and of all inner rules, hexadecimal."""
        inner = (scorer.code(profile) for _, scorer in sorted(self.scorers.items()))
        return joined([code_of([self.by, type(self)]), *inner])


@dataclass(frozen=True, slots=True)
class _Routed:
    by: Route
    inner: Mapping[str, Rule | JudgeRule]

    def write(self, sample: Sample) -> Sequence[str]:
        """The accepted answers, as the rule of the sample's kind writes them."""
        return writer(self.inner[self.by(sample)])(sample)


@dataclass(frozen=True, slots=True)
class _Plain(_Routed):
    def __call__(self, sample: Sample, reply: Reply) -> Score:
        rule = self.inner[self.by(sample)]
        assert not hasattr(rule, "parse")
        return rule(sample, reply)


@dataclass(frozen=True, slots=True)
class _Placed(_Plain):
    def speaking(self, convention: Convention) -> _Placed:
        """The rule for a model with this convention; kinds without places do not need it."""
        told = {k: rule.speaking(convention) if hasattr(rule, "speaking") else rule for k, rule in self.inner.items()}
        return replace(self, inner=told)


@dataclass(frozen=True, slots=True)
class _Judged(_Routed):
    @property
    def digest(self) -> str:
        """sha256 of the prompts and schemas of all judges, hexadecimal."""
        rules = sorted(self.inner.items())
        return joined(f"{key}={rule.digest}" for key, rule in rules if hasattr(rule, "digest"))

    def prompt(self, sample: Sample, reply: Reply) -> Prompt | Request | Score:
        """The prompt for the judge, or the score if this kind needs no judge."""
        rule = self.inner[self.by(sample)]
        return rule.prompt(sample, reply) if hasattr(rule, "prompt") else rule(sample, reply)

    def parse(self, sample: Sample, reply: Reply, *verdicts: Reply) -> Prompt | Request | Score:
        """Read the verdicts with the rule of the sample's kind."""
        rule = self.inner[self.by(sample)]
        assert hasattr(rule, "parse"), "a kind without a judge is scored by prompt()"
        return rule.parse(sample, reply, *verdicts)

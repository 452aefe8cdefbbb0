"""One benchmark, several kinds of question: each sample is scored by the rule of its kind."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mmeval.scorers.base import JudgeRule, Rule, Scorer, identity
from mmeval.types import Prompt, Reply, Sample, Score

Route = Callable[[Sample], str]


def closed_or_open(sample: Sample) -> str:
    """`closed` for a sample with options, else `open`."""
    return "closed" if sample.choices else "open"


def routed(scorers: Mapping[str, Scorer], *, by: Route = closed_or_open) -> Scorer:
    """A scorer made of scorers: `by(sample)` names the one that decides.

    It has the profiles that all of them have; a profile needs a judge where any of them does.
    """
    profiles = set.intersection(*(set(scorer.rules) for scorer in scorers.values()))
    rules: dict[str, Rule | JudgeRule] = {}
    for profile in sorted(profiles):
        inner = {key: scorer.rule(profile) for key, scorer in scorers.items()}
        judged = any(scorer.needs_judge(profile) for scorer in scorers.values())
        rules[profile] = _Judged(by, inner) if judged else _Plain(by, inner)
    return Scorer(name="+".join(scorer.name for scorer in scorers.values()), rules=rules)


@dataclass(frozen=True, slots=True)
class _Routed:
    by: Route
    inner: Mapping[str, Rule | JudgeRule]

    @property
    def digest(self) -> str:
        """sha256 over the routes and what they lead to, hexadecimal."""
        parts = [f"{key}={getattr(rule, 'digest', None) or identity(rule)}" for key, rule in sorted(self.inner.items())]
        return hashlib.sha256("\0".join([identity(self.by), *parts]).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _Plain(_Routed):
    def __call__(self, sample: Sample, reply: Reply) -> Score:
        rule = self.inner[self.by(sample)]
        assert not hasattr(rule, "parse")
        return rule(sample, reply)


@dataclass(frozen=True, slots=True)
class _Judged(_Routed):
    def prompt(self, sample: Sample, reply: Reply) -> Prompt | Score:
        """What to ask the judge, or the score of a kind that needs none."""
        rule = self.inner[self.by(sample)]
        return rule.prompt(sample, reply) if hasattr(rule, "prompt") else rule(sample, reply)

    def parse(self, sample: Sample, reply: Reply, *verdicts: Reply) -> Prompt | Score:
        """Read the verdicts by the rule of the kind."""
        rule = self.inner[self.by(sample)]
        assert hasattr(rule, "parse"), "a kind without a judge is scored by prompt()"
        return rule.parse(sample, reply, *verdicts)

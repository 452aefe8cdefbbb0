"""What a scorer is: named rules, one per profile, from (sample, reply) to a score."""

from __future__ import annotations

import hashlib
import inspect
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from mmeval.errors import UsageError
from mmeval.types import Prompt, Reply, Sample, Score

Rule: TypeAlias = Callable[[Sample, Reply], Score]


class JudgeRule(Protocol):
    """A rule that asks a model. Prompt, schema and parser are one object with one digest."""

    @property
    def digest(self) -> str:
        """sha256 over the prompt, the schema and the parser, hexadecimal."""
        ...

    def prompt(self, sample: Sample, reply: Reply) -> Prompt | Score:
        """What to ask the judge, or a Score where no judge is needed."""
        ...

    def parse(self, sample: Sample, reply: Reply, verdict: Reply) -> Score:
        """Read the judge's reply; raises ScoreError when it is no verdict (never a number)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorer:
    """Rules by profile name; `official`, `mmeval`, `vlmevalkit-2026-08`, `lmms-0.7.3`, ..."""

    name: str
    rules: Mapping[str, Rule | JudgeRule]

    def rule(self, profile: str) -> Rule | JudgeRule:
        """The rule of one profile; raises UsageError naming the profiles that exist."""
        try:
            return self.rules[profile]
        except KeyError:
            known = ", ".join(sorted(self.rules))
            raise UsageError(f"scorer {self.name} has no profile {profile!r}; it has {known}") from None

    def needs_judge(self, profile: str) -> bool:
        """Whether scoring under this profile asks a model."""
        return hasattr(self.rule(profile), "parse")

    def digest(self, profile: str) -> str:
        """sha256 over name, profile and the source of the module that holds the rule."""
        rule = self.rule(profile)
        owner = getattr(rule, "func", rule)
        module = sys.modules[getattr(owner, "__module__", type(owner).__module__)]
        text = "\0".join([self.name, profile, repr(getattr(rule, "digest", "")), inspect.getsource(module)])
        return hashlib.sha256(text.encode()).hexdigest()

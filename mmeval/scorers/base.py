"""A scorer: a set of named rules, one per profile, that turn a sample and a reply into a score."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias, runtime_checkable

from mmeval.errors import UsageError
from mmeval.scorers import targets
from mmeval.scorers.identity import call, code_of, describe, joined, parameters, stages_of
from mmeval.scorers.readers import thinking
from mmeval.types import Prompt, Reply, Request, Sample, Score

Rule: TypeAlias = Callable[[Sample, Reply], Score]
KEEP = 500
"""Length in characters to which a score cuts the extracted answer. The reply itself is stored in full."""


@dataclass(frozen=True, slots=True)
class Extraction:
    """Result of the second stage: the answer found in a reply, the rule that found it, and its position."""

    answer: str | None
    """None if no answer was found (unparsed)."""
    rule: str
    span: tuple[int, int] | None = None
    """Start and end (exclusive) in the text given to the extractor."""


@dataclass(frozen=True, slots=True)
class Grade:
    """Result of the third stage: the value of an answer in [0, 1], with a reason."""

    value: float
    note: str = ""


Extract: TypeAlias = Callable[[str, Sample], Extraction]
Compare: TypeAlias = Callable[[str, Sample], Grade]
Write: TypeAlias = Callable[[Sample], Sequence[str]]
"""Gives the accepted answers of a sample, each as a reply that scores 1."""


@runtime_checkable
class Writes(Protocol):
    """A rule that knows in which notation its answers are written."""

    @property
    def write(self) -> Write:
        """How they are written. References answer so; models never see it."""
        ...


def writer(rule: object) -> Write:
    """How a rule writes answers: in its own notation, else the texts of the target as they are."""
    return rule.write if isinstance(rule, Writes) else targets.accepted


class JudgeRule(Protocol):
    """A rule that asks a model to judge a reply."""

    @property
    def digest(self) -> str:
        """sha256 of the judge's prompt and schema, hexadecimal."""
        ...

    def prompt(self, sample: Sample, reply: Reply) -> Prompt | Request | Score:
        """What to ask the judge, or a Score if no judge is needed. A prompt asks for a text."""
        ...

    def parse(self, sample: Sample, reply: Reply, *verdicts: Reply) -> Prompt | Request | Score:
        """Turn the judge's replies so far into a score, or return what to ask next.

        Raises:
            ScoreError: the last reply is not a verdict. The sample becomes a `judge_error`; it does not score 0.
        """
        ...


@dataclass(frozen=True, slots=True)
class Staged:
    """A rule in three stages: remove the reasoning, extract an answer, grade the answer.

    Each stage can be called on its own: `extract(text, sample)` and `grade(answer, sample)`.
    """

    extract: Extract
    grade: Compare
    write: Write = targets.accepted

    def __call__(self, sample: Sample, reply: Reply) -> Score:
        """Score one reply. If no answer is found, the score is 0 with `answer=None`."""
        said = thinking.split(reply.text)
        found = self.extract(said.answer, sample)
        span = None if found.span is None else (found.span[0] + said.start, found.span[1] + said.start)
        if found.answer is None:
            return Score(value=0.0, answer=None, rule=found.rule, note="no answer found")
        grade = self.grade(found.answer, sample)
        return Score(value=grade.value, answer=found.answer[:KEEP] or None, rule=found.rule, note=grade.note, span=span)

    @property
    def stages(self) -> tuple[Extract, Compare]:
        """The functions of the second and third stage."""
        return self.extract, self.grade


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorer:
    """Scoring rules by profile name: `official`, `mmeval`, `vlmevalkit-2026-08`, `lmms-0.7.3`, ..."""

    name: str
    rules: Mapping[str, Rule | JudgeRule]
    version: int | Mapping[str, int] | None = None
    """Version of all rules, or of each profile (1 if a profile is missing).

    Raise it when a change can give the same reply another score. None identifies a rule by a digest of its code.
    """
    refused: Mapping[str, str] = field(default_factory=dict)
    """Published rules that are not offered, by profile, each with the reason."""
    keeps: int | None = None
    """How many of the highest scores of choices the rules read, so that replies keep no more; None = all."""

    def rule(self, profile: str) -> Rule | JudgeRule:
        """The rule of a profile. Raises UsageError, which lists the profiles, if there is no such profile."""
        if profile in self.refused:
            raise UsageError(f"profile {profile!r}: {self.refused[profile]}")
        try:
            return self.rules[profile]
        except KeyError:
            known = ", ".join(sorted(self.rules))
            raise UsageError(f"scorer {self.name} has no profile {profile!r}; it has {known}") from None

    def needs_judge(self, profile: str) -> bool:
        """Whether this profile asks a judge model."""
        return hasattr(self.rule(profile), "parse")

    def identity(self, profile: str) -> str:
        """The name under which a run records its rule, such as `choice(letters=ABCDE)/official@1`.

        Rules with the same identity give every reply the same score. A rule without a version has a digest of its
        code instead: `mine/default#0123456789ab`. A judge's prompt is recorded separately.
        """
        rule = self.rule(profile)
        version = self.version.get(profile, 1) if isinstance(self.version, Mapping) else self.version
        if version is None:
            parts = [*map(describe, stages_of(rule)), getattr(rule, "digest", ""), self.code(profile)]
            return f"{self.name}/{profile}#{joined(parts)[:12]}"
        given = sorted({one for stage in stages_of(rule) for one in parameters(stage)})
        return f"{call(self.name, given)}/{profile}@{version}"

    def code(self, profile: str) -> str:
        """sha256 of the code behind a rule, hexadecimal; comments, docstrings and formatting do not count.

        Raises:
            UsageError: the code cannot be read, as in an interactive console.
        """
        return code_of([*stages_of(self.rule(profile)), thinking.split])

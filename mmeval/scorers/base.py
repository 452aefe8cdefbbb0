"""What a scorer is: named rules, one per profile, from (sample, reply) to a score."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from mmeval.errors import UsageError
from mmeval.scorers.identity import call, code_of, describe, joined, parameters, stages_of
from mmeval.scorers.readers import thinking
from mmeval.types import Prompt, Reply, Sample, Score

Rule: TypeAlias = Callable[[Sample, Reply], Score]
KEEP = 500
"""Characters of an extracted answer that a score keeps; the reply itself is stored whole."""


@dataclass(frozen=True, slots=True)
class Extraction:
    """Stage two of three: what was read in a reply, by which rule, and where."""

    answer: str | None
    """None = nothing could be read (unparsed)."""
    rule: str
    span: tuple[int, int] | None = None
    """Half-open range in the text that was read."""


@dataclass(frozen=True, slots=True)
class Grade:
    """Stage three: how good an answer is, in [0, 1], and why."""

    value: float
    note: str = ""


Extract: TypeAlias = Callable[[str, Sample], Extraction]
Compare: TypeAlias = Callable[[str, Sample], Grade]


class JudgeRule(Protocol):
    """A rule that asks a model: a prompt, a schema and a parser."""

    @property
    def digest(self) -> str:
        """sha256 over what the judge is told: the prompt and the schema, hexadecimal."""
        ...

    def prompt(self, sample: Sample, reply: Reply) -> Prompt | Score:
        """What to ask the judge, or a Score where no judge is needed."""
        ...

    def parse(self, sample: Sample, reply: Reply, *verdicts: Reply) -> Prompt | Score:
        """Read what the judge has said so far, or return the next prompt (the same question with answers swapped).

        Raises ScoreError when the last reply is not a verdict; the sample is then a `judge_error`, never a 0.
        """
        ...


@dataclass(frozen=True, slots=True)
class Staged:
    """A rule in its stages: split off the thoughts, extract an answer, grade it.

    Each stage can be run alone: `extract(text, sample)` and `grade(answer, sample)`.
    """

    extract: Extract
    grade: Compare

    def __call__(self, sample: Sample, reply: Reply) -> Score:
        """Score one reply; a reply in which nothing can be read scores 0 with `answer=None`."""
        said = thinking.split(reply.text)
        found = self.extract(said.answer, sample)
        span = None if found.span is None else (found.span[0] + said.start, found.span[1] + said.start)
        if found.answer is None:
            return Score(value=0.0, answer=None, rule=found.rule, note="no answer found")
        grade = self.grade(found.answer, sample)
        return Score(value=grade.value, answer=found.answer[:KEEP] or None, rule=found.rule, note=grade.note, span=span)

    @property
    def stages(self) -> tuple[Extract, Compare]:
        """What the rule is made of."""
        return self.extract, self.grade


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorer:
    """Rules by profile name; `official`, `mmeval`, `vlmevalkit-2026-08`, `lmms-0.7.3`, ..."""

    name: str
    rules: Mapping[str, Rule | JudgeRule]
    version: int | Mapping[str, int] | None = None
    """Of all rules, or by profile (1 where a profile is not named). Raise it when the same reply may score differently.

    A rule without a version is identified by the digest of its code.
    """

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

    def identity(self, profile: str) -> str:
        """What a run records about its rule: `choice(letters=ABCDE)/official@1`, or `mine/default#0123456789ab`.

        Two rules with the same identity give every reply the same score. A judge's prompt is recorded beside it.
        """
        rule = self.rule(profile)
        version = self.version.get(profile, 1) if isinstance(self.version, Mapping) else self.version
        if version is None:
            parts = [*map(describe, stages_of(rule)), getattr(rule, "digest", ""), self.code(profile)]
            return f"{self.name}/{profile}#{joined(parts)[:12]}"
        given = sorted({one for stage in stages_of(rule) for one in parameters(stage)})
        return f"{call(self.name, given)}/{profile}@{version}"

    def code(self, profile: str) -> str:
        """sha256 over the code of a rule without comments, docstrings and formatting, hexadecimal.

        Raises:
            UsageError: the code cannot be read, as in an interactive console.
        """
        return code_of([*stages_of(self.rule(profile)), thinking.split])

"""What a scorer is: named rules, one per profile, from (sample, reply) to a score."""

from __future__ import annotations

import functools
import hashlib
import inspect
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from mmeval.errors import UsageError
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
    """A rule that asks a model. Prompt, schema and parser are one object with one digest."""

    @property
    def digest(self) -> str:
        """sha256 over the prompt, the schema and the parser, hexadecimal."""
        ...

    def prompt(self, sample: Sample, reply: Reply) -> Prompt | Score:
        """What to ask the judge, or a Score where no judge is needed."""
        ...

    def parse(self, sample: Sample, reply: Reply, *verdicts: Reply) -> Prompt | Score:
        """Read what the judge has said so far, or say what else to ask it (the same question with places swapped).

        Raises ScoreError when the last reply is no verdict (never a number).
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
    def digest(self) -> str:
        """sha256 over the sources of all stages and their parameters."""
        stages = (self.extract, self.grade, thinking.split)
        return hashlib.sha256("\0".join(identity(stage) for stage in stages).encode()).hexdigest()


def identity(stage: Any) -> str:
    """What a digest covers of one stage: the parameters and the module source of a function or callable object."""
    if isinstance(stage, functools.partial):
        inner = "".join(identity(part) if callable(part) else repr(part) for part in stage.args)
        named = "".join(
            f"{key}={identity(part) if callable(part) else part!r}" for key, part in sorted(stage.keywords.items())
        )
        return f"{identity(stage.func)}({inner}{named})"
    name = getattr(stage, "__qualname__", None) or repr(stage)
    held = "".join(_held(cell, stage) for cell in getattr(stage, "__closure__", None) or ())
    return f"{name}[{held}]\0{_source(getattr(stage, '__module__', type(stage).__module__))}"


def _held(cell: Any, owner: Any) -> str:
    """What a function defined inside a factory was given there."""
    value = cell.cell_contents
    if value is owner:
        return ""
    return identity(value) if callable(value) else repr(value)


@functools.cache
def _source(module: str) -> str:
    """Source of a module and of all scoring modules that it uses, directly or not."""
    found: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name in found or name not in sys.modules:
            continue
        found.add(name)
        owners = (getattr(value, "__module__", None) or "" for value in vars(sys.modules[name]).values())
        modules = (value.__name__ for value in vars(sys.modules[name]).values() if inspect.ismodule(value))
        waiting += [str(owner) for owner in (*owners, *modules) if str(owner).startswith("mmeval.scorers.")]
    return "\0".join(inspect.getsource(sys.modules[name]) for name in sorted(found))


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
        """sha256 over name, profile and the source of the modules that hold the rule."""
        rule = self.rule(profile)
        own = getattr(rule, "digest", None) or identity(rule)
        return hashlib.sha256("\0".join([self.name, profile, own]).encode()).hexdigest()

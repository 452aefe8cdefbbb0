"""Judges of what a model made that tell how likely an answer is, instead of giving it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from mmeval.errors import ScoreError
from mmeval.scorers.base import JudgeRule, Scorer
from mmeval.scorers.identity import describe, joined
from mmeval.scorers.judges.frames import clip_score
from mmeval.scorers.judges.making import FRAMES, NUMBERS, every_and_share, number, questions_of, seen
from mmeval.types import Prompt, Reply, Request, Sample, Score, Text

__all__ = ["bindings", "soft_tifa"]

WORDS = [word for word in NUMBERS if word != "none"]
"""From zero to ten."""
YES_NO = ("yes", "no")
ONE_WORD = "Answer in one word."
Question = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Likely:
    """A rule that asks a judge how likely the right answer to each question of a sample is.

    The target is the one of `questions_about`, without its `needs`: every question is asked. A question may have a
    `kind`; the answer of the score then tells the chances of each.
    """

    name: str
    closing: str
    """Stands behind each question."""
    options: Callable[[Question], tuple[str, ...]]
    """What the judge scores."""
    chance: Callable[[Question, Sequence[float]], float]
    """How likely the right answer is, from the log-probabilities of the options."""
    combine: Callable[[Sequence[float]], float]
    """Makes the value of the questions' chances."""

    @property
    def stages(self) -> tuple[Any, ...]:
        """The functions that decide the value."""
        return (self.options, self.chance, self.combine)

    @property
    def digest(self) -> str:
        """sha256 of how questions are asked and put together, hexadecimal."""
        return joined([self.name, self.closing, FRAMES, *map(describe, self.stages)])

    def prompt(self, sample: Sample, reply: Reply) -> Prompt | Request | Score:
        """The first question."""
        return self._ask(questions_of(sample)[0], reply)

    def parse(self, sample: Sample, reply: Reply, *verdicts: Reply) -> Prompt | Request | Score:
        """The next question, or the score; raises ScoreError for scores that are no log-probabilities."""
        asked = questions_of(sample)
        _check(verdicts[-1].scores, len(self.options(asked[len(verdicts) - 1])))
        if len(verdicts) < len(asked):
            return self._ask(asked[len(verdicts)], reply)
        found = [self.chance(one, verdict.scores) for one, verdict in zip(asked, verdicts, strict=True)]
        value, least = self.combine(found), min(range(len(found)), key=found.__getitem__)
        note = f"least likely: {asked[least]['ask']} {asked[least]['answer']} ({found[least]:.3f})"
        answer = _by_kind(asked, found) or f"{value:.4f}"
        return Score(value=value, answer=answer, rule=f"judge:{self.name}", note=note[:400])

    def _ask(self, question: Question, reply: Reply) -> Request:
        text = Text(f"{question['ask']} {self.closing}".strip())
        return Request(prompt=(seen(reply), text), want="choice", choices=self.options(question))


def _by_kind(asked: Sequence[Question], found: Sequence[float]) -> str:
    """The sum and the number of the chances of each kind of question, as the metric `with_facts` reads them."""
    kinds = dict.fromkeys(str(one["kind"]) for one in asked if "kind" in one)
    of = {kind: [p for one, p in zip(asked, found, strict=True) if one.get("kind") == kind] for kind in kinds}
    return ", ".join(f"{kind} {math.fsum(some):.6f}/{len(some)}" for kind, some in of.items())


def _check(scores: Sequence[float], count: int) -> None:
    if len(scores) != count:
        raise ScoreError(f"the judge gave {len(scores)} scores for {count} options")
    if not all(score <= 1e-6 for score in scores):
        why = "use a judge that scores options by likelihood: transformers/, vllm/"
        raise ScoreError(f"{max(scores):g} is not a log-probability; {why}")


def spellings(question: Question) -> tuple[str, ...]:
    """How the right answer may be written: in small letters, with a capital one, and a number as a digit."""
    answer = str(question["answer"]).lower()
    if answer in YES_NO:
        return (answer, answer.capitalize())
    count = number(answer)
    word = WORDS[count] if count < len(WORDS) else str(count)
    return tuple(dict.fromkeys((word, word.capitalize(), str(count))))


def said(question: Question, scores: Sequence[float]) -> float:
    """The chance that the judge says the right answer, in any spelling."""
    del question
    return min(1.0, math.fsum(map(math.exp, scores)))


def alternatives(question: Question) -> tuple[str, ...]:
    """The answers that a question can have: yes and no, or the numbers up to ten."""
    return YES_NO if str(question["answer"]).lower() in YES_NO else tuple(map(str, range(len(WORDS))))


def preferred(question: Question, scores: Sequence[float]) -> float:
    """The chance of the right answer among those that the question can have; raises ScoreError if it is none."""
    answer, options = str(question["answer"]).lower(), alternatives(question)
    answer = answer if answer in YES_NO else str(number(answer))
    if answer not in options:
        raise ScoreError(f"{answer} is none of the answers that are scored")
    highest = max(scores)
    if highest == -math.inf:
        raise ScoreError("the judge finds no answer possible")
    chances = [math.exp(score - highest) for score in scores]
    return chances[options.index(answer)] / math.fsum(chances)


def mean(chances: Sequence[float]) -> float:
    """The arithmetic mean."""
    return math.fsum(chances) / len(chances)


def geometric_mean(chances: Sequence[float]) -> float:
    """The geometric mean; 0 if a chance is 0."""
    return math.exp(math.fsum(map(math.log, chances)) / len(chances)) if all(chances) else 0.0


def product(chances: Sequence[float]) -> float:
    """All of them multiplied."""
    return math.prod(chances)


def soft_tifa() -> Scorer:
    """The chance that a judge gives the right answer to each question about what was made (Kamath et al., GenEval 2).

    `soft_tifa_gm` is the geometric mean over the questions, `soft_tifa_am` the arithmetic one (arXiv 2512.16853, 4).
    Their judges must score options by likelihood. `share` and `all` are those of `questions_about`, and any judge can
    answer them.
    """
    soft = {
        name: Likely(name=name, closing=ONE_WORD, options=spellings, chance=said, combine=combine)
        for name, combine in (("soft_tifa_gm", geometric_mean), ("soft_tifa_am", mean))
    }
    return Scorer(name="soft_tifa", version=1, rules={**soft, **every_and_share()})


def bindings() -> Scorer:
    """The rules of T2I-CompBench: `all` and `share` of `questions_about`, `product` and `cosine`.

    `product` multiplies the chances of the right answers among those that a question can have; for yes and no it is
    the rule of BLIP-VQA with another judge (Huang et al., T2I-CompBench, NeurIPS 2023). Its judge must score options
    by likelihood. `cosine` is that of picture and prompt, the rule for actions; its judge is `similarity/...` with
    cosine=true.
    """
    rules: dict[str, JudgeRule] = {
        "product": Likely(name="product", closing="", options=alternatives, chance=preferred, combine=product),
        "cosine": cast("JudgeRule", clip_score().rule("cosine")),
    }
    return Scorer(name="bindings", version={"cosine": 2}, rules={**rules, **every_and_share()})

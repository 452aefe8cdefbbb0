"""Multiple choice: which option a reply names, under each rule of the field."""

from __future__ import annotations

import functools

from mmeval.scorers import golds
from mmeval.scorers.base import Extract, Extraction, Grade, Scorer, Staged
from mmeval.scorers.letters import read_letter
from mmeval.scorers.tokens import REFUSED, Generation, match_tokens
from mmeval.types import Sample


def choice(*, letters: str = "ABCD", official: Extract | None = None, lmms: Extract | None = None) -> Scorer:
    """One option out of several; the target is a letter or an option's text.

    Args:
        letters: the valid letters where a sample has no choices of its own (options drawn in the image).
        official: how the benchmark's authors read a reply; without it our own reading is the official one.
        lmms: how lmms-eval 0.7.3 reads this benchmark, where that is known.
    """
    own = functools.partial(own_reading, letters=letters)
    grade = functools.partial(same_letter, letters=letters)
    rules = {"mmeval": Staged(own, grade), "official": Staged(official or own, grade)}
    generations: dict[str, Generation] = {"vlmevalkit-2024": 1, "vlmevalkit-2025-08": 2, "vlmevalkit-2026-08": 3}
    for profile, generation in generations.items():
        rules[profile] = Staged(functools.partial(by_tokens, letters=letters, generation=generation), grade)
    if lmms is not None:
        rules["lmms-0.7.3"] = Staged(lmms, grade)
    return Scorer(name="choice", rules=rules)


def own_reading(text: str, sample: Sample, *, letters: str) -> Extraction:
    """Declared answer, bare letter, option text, last valid option; else unparsed."""
    return read_letter(text, golds.letters(sample, letters), sample.choices)


def by_tokens(text: str, sample: Sample, *, letters: str, generation: Generation) -> Extraction:
    """The token matcher without a judge: what it cannot resolve counts as wrong."""
    options = {k: v or "\0" for k, v in golds.options(sample, letters).items()}
    found = match_tokens(text, options, generation)
    if found.answer == REFUSED and REFUSED not in options:
        return Extraction(None, found.rule)
    return found


def same_letter(answer: str, sample: Sample, *, letters: str) -> Grade:
    """1 if the letter is the gold."""
    gold = golds.gold_letters(sample, letters)
    return Grade(1.0 if {answer} == gold else 0.0, f"gold {', '.join(sorted(gold))}")

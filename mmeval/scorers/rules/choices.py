"""Multiple choice: the option that a reply names, according to each harness."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from types import MappingProxyType

from mmeval.scorers import targets
from mmeval.scorers.base import Extract, Extraction, Grade, Scorer, Staged
from mmeval.scorers.readers.letters import read_letter
from mmeval.scorers.readers.tokens import REFUSED, Generation, match_tokens
from mmeval.types import Sample

Reader = Callable[[str, Mapping[str, str]], str | None]
"""Finds a letter in a reply, given the options; None if there is none."""
GENERATIONS: Mapping[str, Generation] = {"vlmevalkit-2024": 1, "vlmevalkit-2025-08": 2, "vlmevalkit-2026-08": 3}
"""The generation of the token matcher for each profile."""
LETTERS = "ABCD"
"""The valid letters of a sample without choices."""
NO_TEXT = "\0\0"
"""Text of an option that exists only in the image; it occurs in no reply."""


def choice(
    *,
    letters: str = LETTERS,
    official: Reader | None = None,
    lmms: Reader | None = None,
    vlmevalkit: Reader | None = None,
    more: Mapping[str, Reader] | None = None,
    refused: str = "",
) -> Scorer:
    """One option out of several. The target is a letter, the text of an option, or several letters (`A, C`).

    Args:
        letters: the valid letters of samples without choices (the options are drawn in the image).
        official: the reader of the benchmark's authors; mmeval's own reading if it is None.
        lmms: the reader of lmms-eval 0.7.3, if it is known.
        vlmevalkit: the reader of VLMEvalKit, if it does not use its token matcher.
        more: readers of other profiles by name, such as an earlier release.
        refused: why the rule of the authors cannot be run; it takes the place of `official`.
    """
    own = functools.partial(own_reading, letters=letters)
    grade = functools.partial(same_letter, letters=letters)
    rules = {"mmeval": Staged(own, grade), "official": Staged(_reading(official, letters) or own, grade)}
    for profile, generation in GENERATIONS.items():
        by_generation = functools.partial(by_tokens, letters=letters, generation=generation)
        rules[profile] = Staged(_reading(vlmevalkit, letters) or by_generation, grade)
    for name, read in {**({"lmms-0.7.3": lmms} if lmms else {}), **(more or {})}.items():
        rules[name] = Staged(functools.partial(by_reader, read=read, letters=letters), grade)
    if refused:
        del rules["official"]
    return Scorer(
        name="choice", version=own_versions(official), rules=rules, refused={"official": refused} if refused else {}
    )


def own_versions(official: object) -> Mapping[str, int]:
    """Version of mmeval's own reading, which is also the official one where the authors have none."""
    return dict.fromkeys(("mmeval",) if official else ("mmeval", "official"), 2)


def _reading(read: Reader | None, letters: str) -> Extract | None:
    return functools.partial(by_reader, read=read, letters=letters) if read else None


def by_reader(text: str, sample: Sample, *, read: Reader, letters: str = LETTERS) -> Extraction:
    """Extract with the reader of another harness; a lower-case letter counts as its capital."""
    letter = read(text, options_of(sample, letters))
    if letter is None:
        return Extraction(None, "unparsed")
    return Extraction(letter.upper(), read.__name__)


def options_of(sample: Sample, letters: str) -> Mapping[str, str]:
    """Option letters with their texts; NO_TEXT for an option without a text."""
    return _with_texts(sample.choices, letters)


@functools.lru_cache(maxsize=1024)
def _with_texts(choices: tuple[str, ...], letters: str) -> Mapping[str, str]:
    names = targets.ALPHABET[: len(choices)] or letters
    texts = (text or NO_TEXT for text in choices) if choices else [NO_TEXT] * len(names)
    return MappingProxyType(dict(zip(names, texts, strict=False)))


def own_reading(text: str, sample: Sample, *, letters: str = LETTERS) -> Extraction:
    """Extract by mmeval's own reading: the option that the reply claims, by letter, text or position."""
    return read_letter(text, targets.letters(sample, letters), sample.choices)


def by_tokens(text: str, sample: Sample, *, letters: str = LETTERS, generation: Generation = 3) -> Extraction:
    """Extract with the token matcher; replies that it cannot resolve are unparsed."""
    options = options_of(sample, letters)
    found = match_tokens(text, options, generation)
    if found.answer == REFUSED and REFUSED not in options:
        return Extraction(None, found.rule)
    return found


def same_letter(answer: str, sample: Sample, *, letters: str = LETTERS) -> Grade:
    """1 if the letters are those of the target."""
    target = targets.target_letters(sample, letters)
    return Grade(float(frozenset(answer) == target), f"target {', '.join(sorted(target))}")

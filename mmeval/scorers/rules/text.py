"""Short texts: exact match and ANLS."""

from __future__ import annotations

import functools

from mmeval.scorers import targets
from mmeval.scorers.base import Extraction, Grade, Scorer, Staged
from mmeval.scorers.readers.phrases import read_phrase
from mmeval.types import Sample

THRESHOLD = 0.5
_WRAP = " \t\r\n*_`\"'“”$"


def whole(text: str, sample: Sample) -> Extraction:
    """Extract the whole reply without surrounding whitespace."""
    stripped = text.strip()
    start = len(text) - len(text.lstrip())
    return Extraction(stripped, "whole-reply", (start, start + len(stripped)))


def short_answer(text: str, sample: Sample) -> Extraction:
    """Extract the text that the reply gives as its answer: a box, a declared answer, else the whole reply, trimmed."""
    return read_phrase(text, targets.raw_texts(sample), clean)


def clean(text: str) -> str:
    r"""Strip whitespace, emphasis, quotes, `\(`, `\text{}` and one full stop."""
    said = text.strip(_WRAP)
    for opening, closing in (("\\(", "\\)"), ("\\text{", "}"), ("\\mathrm{", "}"), ("\\boxed{", "}")):
        if said.startswith(opening):
            said = said[len(opening) :].removesuffix(closing).strip(_WRAP)
    return said.removesuffix(".").strip(_WRAP)


def exact_text(*, lmms_stops: bool = False) -> Scorer:
    """The reply equals an accepted text, ignoring case and surrounding whitespace.

    Args:
        lmms_stops: lmms-eval ignores the full stops after the reply, and no other punctuation.
    """
    return Scorer(
        name="exact_text",
        version={"mmeval": 2},
        rules={
            "official": Staged(whole, same_text),
            "mmeval": Staged(short_answer, same_text),
            "vlmevalkit-2026-08": Staged(whole, same_text),
            "lmms-0.7.3": Staged(whole, functools.partial(same_words, stops=lmms_stops)),
        },
    )


def same_text(answer: str, sample: Sample) -> Grade:
    """1 if the texts are equal in lower case and stripped."""
    said = answer.strip().lower()
    return _graded(any(said == target.strip().lower() for target in targets.texts(sample)), sample)


_PUNCTUATION = str.maketrans("", "", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")


def same_words(answer: str, sample: Sample, *, stops: bool = False) -> Grade:
    """1 if the texts are equal, ignoring case and ASCII punctuation, or only stops after the reply; spaces count."""
    if stops:
        said = answer.lower().strip().rstrip(".")
        return _graded(any(said == target.strip().lower() for target in targets.texts(sample)), sample)
    said = answer.lower().translate(_PUNCTUATION)
    return _graded(any(said == target.lower().translate(_PUNCTUATION) for target in targets.texts(sample)), sample)


def _graded(right: bool, sample: Sample) -> Grade:
    return Grade(float(right), f"target {targets.plain(sample.target)[:80]}")


def anls() -> Scorer:
    """Average normalised Levenshtein similarity to the closest accepted text; 0 below one half.

    Source: Biten et al., Scene Text Visual Question Answering (ICCV 2019). Other harnesses accept a value of exactly
    one half, and divide by the length of the texts before spaces are collapsed.
    """
    loose = functools.partial(anls_value, strict=False)
    return Scorer(
        name="anls",
        version={"mmeval": 2},
        rules={
            "official": Staged(whole, anls_value),
            "mmeval": Staged(short_answer, anls_value),
            **{name: Staged(_all, loose) for name in ("vlmevalkit-2024", "vlmevalkit-2026-08", "lmms-0.7.3")},
        },
    )


def _all(text: str, sample: Sample) -> Extraction:
    return Extraction(text, "whole-reply", (0, len(text)))


def anls_value(answer: str, sample: Sample, *, strict: bool = True) -> Grade:
    """Similarity to the closest accepted text, in [0, 1]."""
    accepted = targets.raw_texts(sample)
    best, target = max(((anls_similarity(answer, one, strict=strict), one) for one in accepted), default=(0.0, ""))
    return Grade(best, f"target {target[:80]}")


def anls_similarity(answer: str, target: str, *, strict: bool) -> float:
    """`1 - NL`, where NL is the normalised edit distance; 0 unless NL < .5 (strict) or 1 - NL >= .5 (otherwise).

    Args:
        answer: the answer.
        target: one accepted text.
        strict: follow the definition: normalise by the length after folding, with a strict threshold.
    """
    said, want = _fold(answer), _fold(target)
    length = max(len(said), len(want)) if strict else max(len(target.upper()), len(answer.upper()))
    if length == 0:
        return 1.0
    if abs(len(said) - len(want)) > length * THRESHOLD:
        return 0.0
    normalised = levenshtein(said, want) / length
    kept = normalised < THRESHOLD if strict else 1 - normalised >= THRESHOLD
    return 1 - normalised if kept else 0.0


def _fold(text: str) -> str:
    return " ".join(text.strip().lower().split())


def levenshtein(a: str, b: str) -> int:
    """Edit distance, by Hyyro's bit-parallel form (2003) of Myers' algorithm on Python integers."""
    if a == b:
        return 0
    if not a or not b:
        return len(a) or len(b)
    masks: dict[str, int] = {}
    for index, char in enumerate(a):
        masks[char] = masks.get(char, 0) | (1 << index)
    full, last, score = (1 << len(a)) - 1, 1 << (len(a) - 1), len(a)
    plus, minus = full, 0
    for char in b:
        match = masks.get(char, 0)
        diagonal = (((match & plus) + plus) ^ plus) | match | minus
        up, down = minus | (~(diagonal | plus) & full), diagonal & plus
        score += 1 if up & last else -1 if down & last else 0
        up = (up << 1 | 1) & full
        minus, plus = up & diagonal, ((down << 1) & full) | (~(diagonal | up) & full)
    return score

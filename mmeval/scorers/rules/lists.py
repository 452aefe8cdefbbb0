"""Answers that may be lists: elements are compared one by one, numbers within 5 %, words by ANLS."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Sequence

from mmeval.scorers import targets
from mmeval.scorers.base import Grade, Scorer, Staged
from mmeval.scorers.readers import quantities as numbers
from mmeval.scorers.rules.text import anls_similarity, short_answer, whole
from mmeval.scorers.rules.tolerance import CHANGE
from mmeval.types import JSON, Sample

_LIST = re.compile(r"\[(.*)\]")
_UNQUOTED = re.compile(r"(?<!['\w])(\w[^,]*?)(?!['\w])")
LONGEST = 10_000
"""Maximum length of a text that is parsed as a list."""
EXACT_KINDS = ("Fact Checking", "Multi Choice")
CHAINED_KIND = "Conversational"


def quoted(text: str) -> str:
    """A list without quotes, such as `[US, China]`, with its elements quoted; other texts are unchanged."""
    inner = _LIST.fullmatch(text.strip()) if len(text) <= LONGEST else None
    if inner is None:
        return text
    value = _literal("[" + _UNQUOTED.sub(r"'\1'", inner[1]) + "]")
    return text if value is None else str(value)


def elements(text: str) -> list[str]:
    """The elements of a non-empty Python list literal; any other text is the only element."""
    value = _literal(text) if len(text) <= LONGEST else None
    return [str(item).strip(" '") for item in value] if isinstance(value, list) and value else [text]


def _literal(text: str) -> object:
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None


def element_score(target: str, prediction: str) -> float:
    """Score of one element: numbers match within 5 % (0 only matches 0), percent signs are ignored; texts by ANLS."""
    want, said = (text.strip().strip("%").strip() for text in (target, prediction))
    t, p = _number(want), _number(said)
    if t is not None and p is not None:
        if t == 0.0:
            return float(p == 0.0)
        return float(abs(p - t) / abs(t) <= CHANGE)
    return anls_similarity(said.lower(), want.lower(), strict=True)


def _number(text: str) -> float | None:
    return numbers.python_float(text.strip().strip("%"))


def list_score(target: str, prediction: str, *, years: Sequence[str], exact: bool = False) -> float:
    """Mean score over positions; a missing or additional element scores 0.

    Args:
        target: the target, which may be a list without quotes.
        prediction: the reply.
        years: `YES` for elements that must be equal as texts; repeated if there are too few.
        exact: require all elements to be equal as texts.
    """
    want, said = elements(quoted(target)), elements(prediction)
    flags = list(years) * len(want) if len(years) < len(want) else list(years)
    flags += ["NO"] * (len(want) - len(flags))
    scores = [
        float(w.strip().lower() == s.strip().lower()) if exact or flag.upper() == "YES" else element_score(w, s)
        for w, s, flag in zip(want, said, flags, strict=False)
    ]
    return sum(scores) / max(len(want), len(said))


def chart_list(
    prediction: str, *, answers: Sequence[str], kind: str, years: Sequence[str], exact_kinds: Sequence[str] = ()
) -> float:
    """Score of a reply to the last question of a conversation, or to a single question.

    Args:
        prediction: the reply.
        answers: targets of all questions; the last one counts.
        kind: type of the question; a conversation only uses the last year flag.
        years: `YES` or `NO` for each answer.
        exact_kinds: types whose elements must be equal as texts. The authors' code computes these and does not use
            them, so for `official` they are empty.
    """
    target = answers[-1].strip(".").strip("\n") if answers else ""
    said = prediction.strip(".").strip("\n")
    flags = years[-1:] if kind == CHAINED_KIND else years
    return list_score(target, said, years=flags, exact=kind in exact_kinds)


def relaxed_lists() -> Scorer:
    """Chart answers that may be lists. The target is `{answers, kind, years}` or just the answers."""
    intended = functools.partial(_grade, exact_kinds=EXACT_KINDS)
    return Scorer(
        name="relaxed_lists",
        version={"mmeval": 2},
        rules={
            "official": Staged(whole, _grade, _last),
            "vlmevalkit-2026-08": Staged(whole, _grade, _last),
            "lmms-0.7.3": Staged(whole, intended, _last),
            "mmeval": Staged(short_answer, intended, _last),
        },
    )


def _last(sample: Sample) -> list[str]:
    """The answer to the last question."""
    return targets.accepted(sample)[-1:]


def _grade(answer: str, sample: Sample, *, exact_kinds: Sequence[str] = ()) -> Grade:
    target = sample.target
    facts = target if isinstance(target, dict) else {"answers": targets.raw_texts(sample)}
    answers = [targets.plain(item) for item in _sequence(facts.get("answers"))]
    years = [targets.plain(item) for item in _sequence(facts.get("years"))]
    kind = targets.plain(facts.get("kind"))
    value = chart_list(answer, answers=answers, kind=kind, years=years, exact_kinds=exact_kinds)
    return Grade(value, f"target {answers[-1][:80] if answers else ''}")


def _sequence(value: JSON) -> list[JSON]:
    return value if isinstance(value, list) else [] if value is None else [value]

"""The readings of benchmarks about films, as their authors publish them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

__all__ = [
    "before_bracket", "exact_option", "first_capital", "first_of_eight", "first_of_five", "first_of_four",
    "inside_brackets", "leading_letter", "leading_yes_no", "whole_token",
]  # fmt: skip

Options = Mapping[str, str]
_LEADS = re.compile("The best answer is|The correct answer is|The answer is|The answer")
_EIGHT_LEADS = (
    "The best answer is", "The correct answer is", "The answer is", "The answer", "The best option is",
    "The correct option is", "Best answer:", "Best option:",
)  # fmt: skip
_ELEVEN_LEADS = ("Final Answer:", *_EIGHT_LEADS, "Answer:", "Option:")
_FOUR_LEADS = (
    *_EIGHT_LEADS[:4], "The best option isThe correct option is", "Best answer:Best option:", "Answer:", "Option:",
)  # fmt: skip
_ANSWER_IS = re.compile(r"Answer is:?\(?([A-Fa-f])\)?")
_LEADING = re.compile(r"([A-D])(?:$|[.)])")


def first_capital(text: str, options: Mapping[str, str]) -> str | None:
    """Video-MME's own: without four lead-ins, the first capital A to D anywhere."""
    del options
    found = re.search("[A-D]", _LEADS.sub("", text.strip()))
    return found[0] if found else None


def first_of_eight(text: str, options: Options) -> str | None:
    """Video-MME-v2's own: without eleven lead-ins, the first capital A to H anywhere."""
    del options
    found = re.search("[A-H]", _without(text, _ELEVEN_LEADS))
    return found[0] if found else None


def first_of_five(text: str, options: Options) -> str | None:
    """LongVideoBench's own, without the random letter that it gives when there is no capital A to E."""
    del options
    found = re.search("[A-E]", _without(text, _EIGHT_LEADS))
    return found[0] if found else None


def first_of_four(text: str, options: Options) -> str | None:
    """WorldSense's own, in VLMEvalKit: without some lead-ins, the first capital A to D. It asks a judge for others.

    Two commas are missing in its list, so that four of the lead-ins are two that no reply has.
    """
    del options
    found = re.search("[A-D]", _without(text.strip(), _FOUR_LEADS))
    return found[0] if found else None


def inside_brackets(text: str, options: Options) -> str | None:
    """LVBench's and MotionBench's own: the first character after the first `(`, or of the reply, before a `)`."""
    said = text.strip().split(")")[0].strip()
    said = said.split("(")[1].strip() if "(" in said else said
    letter = said.split(" ")[0][:1]
    return letter if letter in options else None


def _without(text: str, leads: Iterable[str]) -> str:
    for lead in leads:
        text = text.replace(lead, "")
    return text


def before_bracket(text: str, options: Options) -> str | None:
    """MLVU's own: the character before the first closing bracket; without one, the whole reply."""
    said, bracket, _ = text.partition(")")
    letter = said[-1:] if bracket else text
    return letter if letter in options else None


def leading_letter(text: str, options: Options) -> str | None:
    """TempCompass's own: A, or a reply that begins with `A.` or `A)`. The authors ask a judge for others."""
    del options
    found = _LEADING.match(text.strip())
    return found[1] if found else None


def exact_option(text: str, options: Options) -> str | None:
    """TOMATO's own: a letter, `A: text`, or `Answer is:A`. The authors ask a judge for others, then draw a letter."""
    said = text.strip()
    named = [letter for letter, option in options.items() if said.upper() == f"{letter}: {option}"]
    found = _ANSWER_IS.fullmatch(said)
    letter = said.upper() if len(said) == 1 else named[0] if named else found[1].upper() if found else ""
    return letter if letter in options else None


def whole_token(text: str, options: Options) -> str | None:
    """VSI-Bench's own: the first token without final full stops is a letter, in any case."""
    letter = text.split(" ")[0].rstrip(".").strip().upper()
    return letter if letter in options else None


def leading_yes_no(text: str) -> str | None:
    """TempCompass's own: the reply begins with yes or no. The authors ask a judge for others."""
    said = text.strip().lower()
    return next((word for word in ("yes", "no") if said.startswith(word)), None)

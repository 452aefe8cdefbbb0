"""Transcripts as the Whisper paper compares them: by its own normalisers, in the package `whisper-normalizer`."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from mmeval.errors import UsageError

__all__ = ["LONGEST", "require", "whisper"]

PACKAGE, RELEASE = "whisper-normalizer", "0.1.15"
"""The release whose rules the profile stands for: another one may give another number."""
LONGEST = 20_000
"""Characters of a reply that are compared: three hours of a slow speaker, or a model that never stops."""
_IN_BRACKETS = re.compile(r"[<\[][^>\]]*[>\]]")
_IN_PARENTHESES = re.compile(r"\(([^)]+?)\)")


def require() -> None:
    """Raise UsageError if the package is not there, or is another release."""
    try:
        found = version(PACKAGE)
    except PackageNotFoundError:
        found = "none"
    if found != RELEASE:
        way_out = "pip install 'mmeval-harness[speech]'"
        raise UsageError(f"the profile whisper needs {PACKAGE} {RELEASE}, there is {found}: {way_out}")


def whisper(text: str, *, english: bool, characters: bool) -> list[str]:
    """The words of a text after Whisper's English normaliser, or its basic one; or its characters.

    The paper counts characters for languages that write no spaces. Raises UsageError as `require` does.
    """
    require()
    return str(_normaliser(english, characters)(_prepared(text[:LONGEST]))).split()


@cache
def _normaliser(english: bool, characters: bool) -> Callable[[str], Any]:
    from whisper_normalizer.basic import BasicTextNormalizer
    from whisper_normalizer.english import EnglishTextNormalizer

    made: Callable[[str], Any] = EnglishTextNormalizer() if english else BasicTextNormalizer(split_letters=characters)
    return made


def _prepared(text: str) -> str:
    """The text without asides and runs of spaces, which the normalisers would remove, at a square cost.

    An opening bracket that nothing closes becomes another symbol, for they would look for its end from each.
    """
    for pattern, closing, opening in ((_IN_BRACKETS, ">]", "<["), (_IN_PARENTHESES, ")", "(")):
        end = max(text.rfind(one) for one in closing) + 1
        rest = text[end:].translate(dict.fromkeys(map(ord, opening), "|"))
        text = pattern.sub("", text[:end]) + rest
    return " ".join(text.split())

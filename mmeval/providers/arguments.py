"""Arguments for the command of another program, as the user gives them in one text: `-o args="..."`."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mmeval.errors import UsageError

__all__ = ["Arguments", "Kind"]

Kind = str | tuple[str, ...]
"""What a flag takes: `number`, `count` (above 0), `share` (0 to 1),
`size` (tokens, as in 8192 or 8k), `json`, `file`, or one of some words."""
_ASSIGNMENT = re.compile(r"[A-Z_][A-Z0-9_]*=", re.ASCII)
_SIZE = re.compile(r"\d+(\.\d+)?[kKmMgG]?|auto|-1", re.ASCII)


@dataclass(frozen=True, slots=True)
class Arguments:
    """The words of a command, and the environment variables before them, as in a shell."""

    words: tuple[str, ...]
    env: Mapping[str, str]

    @classmethod
    def read(cls, text: str, *, known: Mapping[str, Kind], own: Mapping[str, str]) -> Arguments:
        """Split the text, and check the values of the flags that are known.

        Args:
            text: as in a shell: `NAME=VALUE ... --flag value ...`.
            known: what a flag takes. Others are passed on as they are.
            own: flags that mmeval sets, and what to use instead of each.

        Raises:
            UsageError: the text has no closing quote, a flag is mmeval's own, or a value is not what a flag takes.
        """
        try:
            words = shlex.split(text)
        except ValueError as error:
            raise UsageError(f"-o args: {error}") from None
        first = next((i for i, word in enumerate(words) if not _ASSIGNMENT.match(word)), len(words))
        env = dict(word.split("=", 1) for word in words[:first])
        made = cls(tuple(words[first:]), env)
        for flag, instead in own.items():
            if made.value(flag) is not None:
                raise UsageError(f"-o args: leave out {flag}; {instead}")
        for flag, kind in known.items():
            value = made.value(flag)
            fault = None if value is None else _fault(value, kind)
            if fault:
                raise UsageError(f"-o args: {' '.join(filter(None, [flag, value]))}: expected {fault}")
        return made

    def value(self, flag: str) -> str | None:
        """The value of a flag, an empty text where it has none; None where the flag is not given."""
        for word, after in zip(self.words, [*self.words[1:], ""], strict=False):
            name, _, value = word.partition("=")
            if name.replace("_", "-") == flag:
                return value or ("" if after.startswith("--") else after)
        return None


def _fault(value: str, kind: Kind) -> str | None:
    """What was expected instead of the value, or None."""
    if isinstance(kind, tuple):
        return None if value in kind else f"one of {', '.join(kind)}"
    if kind == "json":
        return None if _is_json(value) else "JSON"
    if kind == "size":
        return None if _SIZE.fullmatch(value) else "a number of tokens"
    if kind == "share":
        return None if _is_share(value) else "a number above 0 and up to 1"
    if kind == "file":
        return None if Path(value).is_file() else "a file that exists"
    number = value.isascii() and value.isdigit()
    if kind == "number":
        return None if number else "a whole number"
    return None if number and int(value) > 0 else "a whole number above 0"


def _is_json(value: str) -> bool:
    try:
        json.loads(value)
    except (ValueError, RecursionError):
        return False
    return True


def _is_share(value: str) -> bool:
    try:
        return 0 < float(value) <= 1
    except ValueError:
        return False

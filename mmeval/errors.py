"""The exceptions of mmeval.

    MMEvalError
    ├── UsageError              a flag, a name or a config file is wrong            exit 2
    │   └── CatalogError        a benchmark, adapter or suite cannot be found/loaded
    ├── DataError               a row, column or file of a data set is wrong        exit 2
    ├── MediaError              one image/audio/video cannot be used                (one sample)
    ├── AdapterError            a model could not answer one request                (one sample)
    │   ├── RetryableError      may succeed when sent again (429, 5xx, timeout)
    │   └── FatalError          cannot succeed (400, 401, 403, 404)
    ├── ScoreError              a scorer or judge could not score one reply         (one sample)
    ├── StoreError              a run folder is incompatible, damaged or in use     exit 2
    ├── NotComparableError      two runs differ in more than their subject          exit 4
    ├── RunFailedError          the run did not complete or measured nothing        exit 5
    └── BudgetError             the money, token or time budget is spent            exit 6

The command line prints these errors as one line, without a traceback, and exits with `exit_code`. Any other exception
ends with exit code 70 and leaves its traceback in a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import ClassVar

__all__ = [
    "AdapterError",
    "BudgetError",
    "CatalogError",
    "DataError",
    "FatalError",
    "MMEvalError",
    "MediaError",
    "NotComparableError",
    "RetryableError",
    "RunFailedError",
    "ScoreError",
    "StoreError",
    "UsageError",
    "either",
    "in_plain_words",
    "nearest",
]


class MMEvalError(Exception):
    """Base class of all exceptions of mmeval."""

    exit_code: ClassVar[int] = 5


class UsageError(MMEvalError):
    """The command, a flag or a config file is wrong."""

    exit_code: ClassVar[int] = 2


class CatalogError(UsageError):
    """A definition is missing, duplicated or broken."""


class DataError(MMEvalError):
    """A data set does not match its benchmark. The message names the file or revision, the row and the column."""

    exit_code: ClassVar[int] = 2


class MediaError(MMEvalError):
    """One media item is corrupt, truncated, too large or of an unknown type."""


class FormError(MediaError):
    """What a model made is whole, but has another size or length than it was asked for."""


class AdapterError(MMEvalError):
    """A model could not answer one request.

    Args:
        message: one line for people, without keys or media.
        kind: stable name for programs, e.g. `rate_limit`, `timeout`, `auth`, `bad_request`.
        status: HTTP status, if there was one.
        retry_after_s: seconds that the server asked to wait, if it did.
    """

    def __init__(
        self,
        message: str,
        *,
        kind: str = "error",
        status: int | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.status = status
        self.retry_after_s = retry_after_s


class RetryableError(AdapterError):
    """The same request may succeed later: 408, 409, 429, 5xx, timeout, reset, a 200 without a usable answer.

    `kind` is one of `rate_limit`, `overloaded`, `server`, `timeout`, `connection`, `malformed`, or `unreachable`: the
    connection was refused, or no host has that name.
    """


class FatalError(AdapterError):
    """The same request cannot succeed: 400, 401, 403, 404, 413, an unsupported modality.

    `kind` is one of `bad_request`, `auth`, `quota`, `permission`, `not_found`, `too_large`, `filtered`,
    `unsupported`, `error`, `redirect`: the server points to another one, `oversized`: its response is too large,
    `form`: what was made has another size or length than was asked for, or `gone`: the server that mmeval started for
    the model has ended.
    """


class ScoreError(MMEvalError):
    """A scorer or judge could not score one reply."""


class StoreError(MMEvalError):
    """A run folder is from another version, damaged or in use by another process."""

    exit_code: ClassVar[int] = 2


class NotComparableError(MMEvalError):
    """Two runs differ in something other than the declared subject. The message names the difference."""

    exit_code: ClassVar[int] = 4


class RunFailedError(MMEvalError):
    """A run ended above its error budget, or measured nothing."""

    exit_code: ClassVar[int] = 5


class BudgetError(MMEvalError):
    """The budget of money, tokens or minutes is spent. The run can be resumed."""

    exit_code: ClassVar[int] = 6


def nearest(name: str, known: Iterable[str]) -> str:
    """The hint of an error message about an unknown name: `; did you mean x or y?`, or an empty string."""
    import difflib  # not needed at start

    close = difflib.get_close_matches(name, list(known), n=3, cutoff=0.5)
    return f"; did you mean {either(close)}?" if close else ""


def either(names: Sequence[str]) -> str:
    """`a`, `a or b`, `a, b or c`."""
    return " or ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


_PLAIN_WORDS = (
    (r"Value error, ", ""),
    (r"Input should be a valid integer.*", "expected a whole number"),
    (r"Input should be a valid number.*", "expected a number"),
    (r"Input should be a valid boolean.*", "expected true or false"),
    (r"Input should be a valid string", "expected a text"),
    (r"Input should be a valid (?:list|tuple|set).*", "expected a list"),
    (r"Input should be (?:a valid dictionary|an object).*", "expected a table of keys and values"),
    (r"Input should be greater than or equal to ", "must be at least "),
    (r"Input should be less than or equal to ", "must be at most "),
    (r"Input should be (greater|less) than ", r"must be \1 than "),
    (r"Input should be ", "expected "),
    (r"(?:Dictionary|List|Tuple|Set) should have at least (\d+) items?.*", r"needs at least \1 entry"),
    (r"Field required", "is missing"),
    (r"Extra inputs are not permitted", "no such key"),
)
"""What pydantic says, for programmers, and how mmeval says it."""


def in_plain_words(message: str) -> str:
    """A message of pydantic for people who do not know it."""
    for theirs, ours in _PLAIN_WORDS:
        message = re.sub(theirs, ours, message)
    return message

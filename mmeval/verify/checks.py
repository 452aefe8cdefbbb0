"""What a verification finds: one result per check, and the verdict that follows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from mmeval.errors import MMEvalError
from mmeval.formatting import line
from mmeval.store import Verdict

__all__ = ["Check", "Report", "Result", "Unchecked", "guarded"]

LONGEST = 600
"""Characters of a reason."""
Result = Literal["ok", "differs", "not checkable"]


class Unchecked(Exception):  # noqa: N818 - not an error: the message says why there is no result
    """A check cannot be made here."""


class Different(Exception):  # noqa: N818 - likewise
    """A check found a difference."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check."""

    name: str
    result: Result
    reason: str
    """One line that can be printed and stored, whatever the run says."""

    @classmethod
    def of(cls, name: str, result: Result, reason: str) -> Check:
        """A check with a reason that may hold a stranger's words."""
        return cls(name, result, line(reason)[:LONGEST])


@dataclass(frozen=True, slots=True)
class Report:
    """All checks of one run."""

    run: Path
    checks: Sequence[Check]
    asked: int = 0
    """Number of samples that were asked again."""

    @property
    def verdict(self) -> Verdict:
        """`verified` if all checks are ok, `differs` if one found a difference, else `incomplete`."""
        results = {check.result for check in self.checks}
        if "differs" in results:
            return "differs"
        return "incomplete" if "not checkable" in results else "verified"


def guarded(name: str, check: Callable[[], str]) -> Check:
    """The result of a check, which returns what it found in order and raises Unchecked or Different.

    This is the boundary of a run folder, in which a stranger may have put anything: whatever a check stumbles over is
    a difference.
    """
    try:
        return Check.of(name, "ok", check())
    except Unchecked as why:
        return Check.of(name, "not checkable", str(why))
    except Different as why:
        return Check.of(name, "differs", str(why))
    except MMEvalError as error:
        return Check.of(name, "differs", str(error).partition("; `mmeval repair")[0])
    except Exception as error:  # noqa: BLE001
        return Check.of(name, "differs", f"{type(error).__name__}: {error}")

"""Numbers as text, written the same way in the terminal, in reports and on the site; foreign text made harmless."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Protocol

__all__ = [
    "count", "duration", "guarded", "interval", "judged_by", "line", "money", "plain", "plural", "points", "score",
    "unguarded",
]  # fmt: skip

UNKNOWN = "n/a"
FEW = "few effective clusters"
"""Said of an interval that may not hold; see docs/statistics.md."""
_SEQUENCE = re.compile(r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]")
"""A control sequence of a terminal (ECMA-48, 5.4), such as a colour or a cursor movement."""
_JOINERS = "\u200c\u200d"
"""Shape letters in Persian and in Indian scripts, and join emoji; they do nothing else."""
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?[0-9][0-9.,]*(?:[eE][+-]?[0-9]+)?%?")


class Bounds(Protocol):
    """A value with its interval, such as an Estimate."""

    @property
    def value(self) -> float: ...

    @property
    def low(self) -> float: ...

    @property
    def high(self) -> float: ...


def points(value: float | None, *, scale: float = 100.0, signed: bool = False) -> str:
    """A metric value on the board's scale with one decimal; n/a for None and NaN."""
    if value is None or value != value:
        return UNKNOWN
    return f"{value * scale:{'+' if signed else ''}.1f}"


def score(estimate: Bounds | None, *, scale: float = 100.0) -> str:
    """`71.3 [69.9, 72.7]`: the value and its interval, as the terminal shows every number."""
    if estimate is None or estimate.value != estimate.value:
        return UNKNOWN
    return f"{points(estimate.value, scale=scale)} {interval(estimate, scale=scale)}"


def interval(estimate: Bounds, *, scale: float = 100.0) -> str:
    """`[69.9, 72.7]`."""
    return f"[{points(estimate.low, scale=scale)}, {points(estimate.high, scale=scale)}]"


def money(dollars: float | None) -> str:
    """US dollars; n/a if unknown."""
    if dollars is None:
        return UNKNOWN
    if dollars and abs(dollars) < 0.01:
        return f"${dollars:.4f}"
    return f"${dollars:,.2f}"


def count(number: int | None) -> str:
    """`412`, `12.3k`, `4.5M`."""
    if number is None:
        return UNKNOWN
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if number >= size:
            return f"{number / (1000 if unit == 'k' else size):.1f}{unit}"
    return str(number)


def plural(number: int, noun: str, many: str = "") -> str:
    """`1 run`, `2 runs`, `1,000 runs`; `many` is the plural of a noun that does not end in s there."""
    return f"{number:,} {noun if number == 1 else many or f'{noun}s'}"


def duration(seconds: float | None) -> str:
    """`850 ms`, `12 s`, `3 min 20 s`, `2 h 05 min`."""
    if seconds is None or seconds != seconds:
        return UNKNOWN
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def judged_by(judge: str | None, agreement: Mapping[str, object] | None, drawn: str = "") -> str | None:
    """`openai/gpt-4o-mini, kappa 0.81 [0.70, 0.90], mean corrected to 71.2 [65.0, 77.4] with 120 labels`.

    Args:
        judge: `provider/model`.
        agreement: the result of `mmeval judge agreement --run` that is stored with the run, if any.
        drawn: what is known of the judge on a labelled slice, if its benchmark has one.

    Returns:
        None without a judge.
    """
    if judge is None:
        return None
    parts = [judge, *([drawn] if drawn else [])]
    if not agreement:
        return f"{', '.join(parts)}, agreement with people not measured"
    if "kappa" in agreement:
        kappa, low, high = (f"{agreement[key]:.2f}" for key in ("kappa", "low", "high"))
        parts.append(f"kappa {kappa} [{low}, {high}]")
    if "corrected" in agreement:
        mean, low, high = (f"{agreement[key]:.1%}"[:-1] for key in ("corrected", "corrected_low", "corrected_high"))
        parts.append(f"mean corrected to {mean} [{low}, {high}]")
    return f"{', '.join(parts)} with {agreement['n']} labels"


def plain(text: str) -> str:
    """Foreign text for a terminal: lines stay, escape sequences go, other control characters become spaces.

    Directional marks and surrogates go too, so that text reads as it is stored and can always be written.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\n" or c in _JOINERS else " " for c in _SEQUENCE.sub("", text))


def line(text: str) -> str:
    """`plain`, as one line."""
    return plain(text).replace("\n", " ")


def guarded(cell: str) -> str:
    """A cell of a CSV file that a spreadsheet does not run: a formula is preceded by an apostrophe; numbers stay."""
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell


def unguarded(cell: str) -> str:
    """The inverse of `guarded`."""
    return cell[1:] if cell[:1] == "'" and _FORMULA.match(cell) else cell

"""Options that a model scores, instead of writing a reply that is read: for any multiple-choice benchmark."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain, islice
from typing import Final, Literal

from mmeval.data.rotations import lists_options
from mmeval.definitions import Benchmark
from mmeval.errors import DataError
from mmeval.scorers import best_choice
from mmeval.scorers.targets import ALPHABET
from mmeval.types import Sample

__all__ = ["Method", "Scored", "as_scored", "method_of", "offered", "offering"]

Method = Literal["sum", "per_token", "letter", "similarity"]
Scored = Literal["choices", "letters", "similarity"]
"""What is scored, and by what: the log-probability of the options' texts or letters, or a similarity."""
WAYS: Final[Mapping[Method, Scored]] = {
    "sum": "choices", "per_token": "choices", "letter": "letters", "similarity": "similarity",
}  # fmt: skip
CHECKED = 64
"""Questions of which at least one must have options that can be scored."""


def method_of(scored: Scored | None) -> Method | None:
    """The method that asks for this; the profile of a run tells `per_token` from `sum`."""
    return next((method for method, way in WAYS.items() if way == scored), None)


def as_scored(benchmark: Benchmark) -> Benchmark:
    """The benchmark with a score per option wanted, and the highest as the answer."""
    return replace(benchmark, want="choice", score=best_choice(), profile="official")


def offered(sample: Sample, scored: Scored | None) -> tuple[str, ...]:
    """The choices of a request: the options, or their letters."""
    return tuple(ALPHABET[: len(sample.choices)]) if scored == "letters" else sample.choices


def offering(samples: Iterable[Sample], scored: Scored) -> Iterator[Sample]:
    """The same samples.

    Raises:
        DataError: none of the first questions has options, or, where letters are scored, options after letters.
    """
    stream = iter(samples)
    head = list(islice(stream, CHECKED))
    fits = lists_options if scored == "letters" else lambda sample: bool(sample.choices)
    if head and not any(map(fits, head)):
        lacking = "lists its options after letters" if scored == "letters" else "has options"
        raise DataError(f"--score-choices {method_of(scored)}: none of the first {len(head)} questions {lacking}")
    return chain(head, stream)

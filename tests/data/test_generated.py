"""Rows that a program draws: once in a process, and never as a reader of them left them."""

from __future__ import annotations

import sys
from random import Random
from typing import Any

import pytest

from mmeval.data import generated

MODULE = sys.modules["mmeval.data.generated"]


class Drawing:
    """A program that counts its calls."""

    def __init__(self, size: int = 10, **more: Any) -> None:
        self.calls, self._size, self._more = 0, size, more

    def __call__(self, rng: Random) -> dict[str, Any]:
        self.calls += 1
        return {"picture": rng.randbytes(self._size), "choices": ["a", "b"], **self._more}


@pytest.mark.parametrize(
    ("make", "calls"),
    [
        (Drawing(), 4),
        (Drawing(300), 8),  # four of them do not fit, and the first ones have gone when they are wanted again
        (Drawing(2000), 8),
        (Drawing(shape=object()), 8),  # nobody knows how large it is
    ],
    ids=["small", "many", "large", "unknown"],
)
def test_what_fits_is_drawn_once(make: Drawing, calls: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MODULE, "ROOM", 1000)
    monkeypatch.setattr(MODULE, "_KEPT", MODULE._Kept())
    source = generated(make, n=4, seed=1)
    first, again = list(source.rows()), list(source.rows())
    assert first == again
    assert [row["id"] for row in first] == ["0", "1", "2", "3"]
    assert len({row["picture"] for row in first}) == 4
    assert make.calls == calls


def test_a_reader_that_changes_a_row_changes_it_for_nobody_else() -> None:
    source = generated(Drawing(), n=1, seed=1)
    for _ in range(3):
        (row,) = source.rows()
        assert row["choices"] == ["a", "b"]
        row["choices"].reverse()

"""Every recorded result of the reference implementations, by scorer and implementation."""

from __future__ import annotations

import pytest

from tests.scorers.vectors import TABLE, VECTORS, reproduced


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v["id"])
def test_vector(vector):
    got = TABLE[vector["scorer"], vector["impl"]](**vector["args"])
    assert reproduced(vector), f"{got!r} is not {vector['expected']!r}"

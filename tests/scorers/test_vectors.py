"""Every recorded result of the reference implementations, by scorer and implementation."""

from __future__ import annotations

import pytest

from tests.scorers.vectors import TABLE, VECTORS, reproduced

GROUPS = sorted({(vector["scorer"], vector["impl"]) for vector in VECTORS})


@pytest.mark.parametrize(("scorer", "impl"), GROUPS, ids="/".join)
def test_vectors(scorer, impl):
    found = [vector for vector in VECTORS if (vector["scorer"], vector["impl"]) == (scorer, impl)]
    wrong = [vector for vector in found if not reproduced(vector)]
    assert [(v["id"], v["expected"], TABLE[scorer, impl](**v["args"])) for v in wrong] == []

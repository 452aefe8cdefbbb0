"""Every recorded result of the reference implementations, by scorer and implementation."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from mmeval.interchange import openvlm
from tests.scorers.reference import TABLE as SCORED

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))
BOARD = {
    ("openvlm_size_bucket", "leaderboard_branch"): lambda *, size_b: [openvlm.size_bucket(size_b)],
    ("openvlm_type_bucket", "leaderboard_branch"): lambda *, OpenSource, Verified: [
        openvlm.type_bucket(OpenSource, Verified)
    ],
    ("openvlm_timestamp", "leaderboard_branch"): lambda *, timestamp: openvlm.timestamp(timestamp),
}
TABLE = {**SCORED, **BOARD}


def same(got, expected):
    if isinstance(expected, bool) or expected is None or isinstance(expected, str):
        return got == expected and isinstance(got, bool) == isinstance(expected, bool)
    if isinstance(expected, int | float):
        return isinstance(got, int | float) and math.isclose(got, expected, abs_tol=2e-6)
    if isinstance(expected, dict):
        return set(expected) <= set(got) and all(same(got[key], value) for key, value in expected.items())
    return len(got) == len(expected) and all(map(same, got, expected))


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v["id"])
def test_vector(vector):
    got = TABLE[vector["scorer"], vector["impl"]](**vector["args"])
    expected = vector["expected"]
    if isinstance(expected, dict) and "raises" in expected:
        # The reference divides by zero; a value that is undefined is no number here.
        assert None in got.values()
    else:
        assert same(got, expected), f"{got!r} is not {expected!r}"

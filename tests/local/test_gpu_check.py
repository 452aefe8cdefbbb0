"""The script for a machine with a GPU: its rows, on this machine."""

from __future__ import annotations

import argparse

import pytest

from scripts import gpu_check

pytestmark = pytest.mark.local


def test_a_case_is_a_row_and_a_hole_says_why():
    given = argparse.Namespace(model="demo-vlm", n=4, max_tokens=4)
    base: dict[int, str] = {}
    answered = gpu_check.measured("it", "transformers", given, {"dtype": "float32"}, base)
    missing = gpu_check.measured("none", "nobody", given, {}, base)
    assert answered[0] == "it"
    assert answered[3:6] == (4, "0.0%", "4/4")
    assert len(base) == 4
    assert "nobody" in missing[-1]
    assert len(answered) == len(missing) == len(gpu_check.HEAD)

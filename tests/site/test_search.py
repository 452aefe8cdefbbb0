"""Search finds models, benchmarks and questions however their names are written."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from mmeval.sitegen.links import anchor

FOUND = [
    ("glm 4.6", "GLM-4.6V"),
    ("GLM4.6", "GLM-4.6V"),
    ("qwen 235b", "Qwen3-VL-235B-A22B"),
    ("235b qwen", "Qwen3-VL-235B-A22B"),
    ("ｑｗｅｎ", "Qwen3-VL-235B-A22B"),
    ("cafe ecole", "École Café"),
    ("图表", "中文图表问答"),
    ("ｶﾀｶﾅ", "カタカナ"),
    ("STRASSE", "strasse 12"),
    ("- documents", "Documents"),
    ("−charts –", "Charts"),
    ("", "anything"),
]
NOT_FOUND = [("glm 4.5", "GLM-4.6V"), ("47", "GLM-4.6 Air 7"), ("图形", "中文图表问答"), ("qwen llama", "Qwen3-VL")]


def test_words_are_found_however_they_are_written(visit: Callable[..., Any]) -> None:
    tab = visit("method.html")
    pairs = [*FOUND, *NOT_FOUND]
    said = tab.evaluate(f"{json.dumps(pairs)}.map(pair => mmeval.matches(pair[0], pair[1]))")
    assert [pair for pair, one in zip(pairs, said, strict=True) if one] == FOUND


@pytest.mark.parametrize(
    ("key", "plain"),
    [("chartqa-0001", True), ("a.b_C-9", True), ("x/y", False), ("é", False), ("a b", False), ("n" * 80, False)],
)
def test_an_id_becomes_a_fragment(key: str, plain: bool) -> None:
    made = anchor(key)
    assert (made == f"q-{key}") is plain
    assert made == anchor(key)
    assert set(made) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")


def test_no_two_ids_share_a_fragment() -> None:
    ids = ["a/b", "a-b", "a b", "a\u202eb", "a\ud800b", "", "-", "n" * 80, "n" * 81]
    ids += [anchor(key).removeprefix("q-") for key in ids]
    assert len({anchor(key) for key in ids}) == len(set(ids))

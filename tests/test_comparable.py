"""Every key of a spec against every purpose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest

from mmeval.board.cards import BenchmarkCard
from mmeval.board.cell import Cell
from mmeval.board.columns import make_column
from mmeval.board.missing import cell_of
from mmeval.board.vectors import Vector
from mmeval.comparable import KEYS, Purpose, Subject, changes, may_differ, refused
from mmeval.sampling import audio_policy, image_policy, video_policy
from mmeval.store import Number, Run, RunInfo, Spec
from scripts import comparable_table

SUBJECTS = get_args(Subject)
PURPOSES: tuple[Purpose, ...] = (*SUBJECTS, "column", "pooled", "paired", "merge")
SPEC: dict[str, Any] = {
    "model": "mock/one", "benchmark": "quiz", "version": "1", "profile": "official", "endpoint": "local",
    "definition_digest": "a" * 64, "adapter_digest": "b" * 64, "scorer": "mine/default#1", "want": "text",
}  # fmt: skip
OTHER: dict[str, Any] = {"want": "image", "epochs": 2, "limit": 5, "seed": 5, "media_policy": {"side": [512]}}
PARTS = ("options.system", "options.temperature", "options.seed", "options.coordinates", "data.revision", "data.sha256", "data.md5", "data.split", "data.config",
         "data.parts", "data.n", "data.seed", "data.generators", "data.commitment", "data.path", "imported.sha256", "imported.file")  # fmt: skip
ALONE = ("mmeval", "samples_digest", "image", "video", "audio", "decoder", "engine", "precision")
NAMES = [name for name in Spec.model_fields if name not in ("options", "data")] + [*PARTS, *ALONE]

SIZE = {"limit", "shard", "subset", "epochs", "samples_digest"}
POOLED = {
    "model", "options.seed", "seed", "limit", "epochs", "shard", "subset", "data.path", "imported.sha256",
    "imported.file",
}  # fmt: skip
FREE: dict[Purpose, set[str]] = {
    "model": SIZE | {"model", "endpoint", "adapter_digest", "options.coordinates"},
    "prompt": SIZE | {"definition_digest", "options.system"},
    "adapter": SIZE | {"adapter_digest", "endpoint", "media_policy", "image", "engine", "precision"},
    "scorer": SIZE | {"scorer", "profile", "judge", "judge_digest"},
    "code": SIZE | {"adapter_digest", "definition_digest", "scorer", "media_policy", "mmeval", "decoder", "engine"},
    "column": POOLED | {
        "endpoint", "adapter_digest", "media_policy", "recipe", "image", "options.system", "options.temperature", "options.coordinates",
        "mmeval", "decoder", "engine", "precision",
    },
    "pooled": POOLED,
    "paired": set(NAMES) - {"benchmark", "want"},
    "merge": {"shard", "samples_digest", "mmeval"},
}  # fmt: skip
"""What may differ, stated once more, so that no verdict changes by an edit of the table alone."""


def info(
    *, mmeval: str = "0.1.0", samples_digest: str | None = "s", ran: dict[str, Any] | None = None, **spec: Any
) -> RunInfo:
    made = Spec(**{**SPEC, **spec})
    provenance = {"mmeval": mmeval, **({"adapter": ran} if ran else {})}
    return RunInfo(status="complete", spec=made, provenance=provenance, samples_digest=samples_digest)


SHOWN: dict[str, tuple[Any, Any]] = {
    "image": (image_policy("most=9").describe(), image_policy("most=8").describe()),
    "video": (video_policy("frames=8").describe(), video_policy("native").describe()),
    "audio": (audio_policy("wav").describe(), audio_policy("rate=8000").describe()),
    "decoder": ("PyAV 1", "PyAV 2"),
}


RAN: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "engine": ({"engine": "vllm", "version": "0.32"}, {"engine": "vllm", "version": "0.33"}),
    "precision": ({"dtype": "torch.float32"}, {"dtype": "torch.bfloat16"}),
}


@pytest.mark.parametrize("key", list(RAN))
def test_what_a_local_model_ran_with_counts_where_both_runs_of_an_adapter_say_it(key: str) -> None:
    one, other = RAN[key]
    assert [change.key for change in changes(info(ran=one), info(ran=other))] == [key]
    assert not changes(info(ran=one), info())
    moved = changes(info(ran=one), info(ran=other, adapter_digest="c" * 64))
    assert [change.key for change in moved] == ["adapter_digest"]


def test_a_run_that_does_not_say_what_it_wants_is_compared_and_named_as_before() -> None:
    old, new = info(want=None), info(want="image")
    assert not changes(old, new)
    assert old.spec.digest == new.spec.digest


def test_policies_are_named_in_words() -> None:
    assert str(changes(*pair("video"))[0]) == "video: frames=8 -> native"
    odd = {"mode": "frames", "frames": "x" * 99, "later": [1]}
    assert str(changes(info(media_policy={"video": odd}), info())[0]).startswith("video: {'mode'")


def pair(key: str) -> tuple[RunInfo, RunInfo]:
    """Two runs that differ in one key."""
    place, _, name = key.partition(".")
    if key == "mmeval":
        return info(), info(mmeval="0.2.0")
    if key in RAN:
        return tuple(info(ran=ran) for ran in RAN[key])  # type: ignore[return-value]
    if key in SHOWN:
        return tuple(info(media_policy={"side": [], key: value}) for value in SHOWN[key])  # type: ignore[return-value]
    if place == "imported":
        return tuple(info(data={"kind": "imported", name: value}) for value in ("x", "y"))  # type: ignore[return-value]
    if name:
        return info(**{place: {name: "x"}}), info(**{place: {name: "y"}})
    return info(), info(**{key: OTHER.get(key, "other")})


@pytest.mark.parametrize("key", NAMES)
def test_each_key_for_each_purpose(key: str) -> None:
    base, candidate = pair(key)
    assert [change.key for change in changes(base, candidate)] == [key]
    free = {purpose: key in FREE[purpose] for purpose in PURPOSES}
    assert {purpose: may_differ(key, purpose) for purpose in PURPOSES} == free
    found = {purpose: [change.key for change in refused(base, candidate, purpose)] for purpose in PURPOSES}
    assert found == {purpose: [] if free[purpose] else [key] for purpose in PURPOSES}


def test_every_row_has_a_case_and_a_reason() -> None:
    named = {row.name for row in KEYS if "*" not in row.name}
    assert named <= set(NAMES)
    assert all(row.why.endswith(".") for row in KEYS)
    with pytest.raises(KeyError, match="colour"):
        may_differ("colour", "column")


def test_the_document_shows_the_table() -> None:
    written = comparable_table.DOC.read_text(encoding="utf-8")
    assert comparable_table.written() == written, "run: python -m scripts.comparable_table"


UNKNOWN, OLDER, OWN = "unknown#1f00", "unknown#2e00", "mine/default#77aa"


@pytest.mark.parametrize(
    ("first", "second", "definitions", "same"),
    [
        (UNKNOWN, OWN, "aa", True),
        (OWN, UNKNOWN, "aa", True),
        (UNKNOWN, UNKNOWN, "ab", True),
        (UNKNOWN, OWN, "ab", False),
        (UNKNOWN, OLDER, "aa", False),
        (UNKNOWN, "choice/official@1", "aa", False),
        (OWN, "mine/default#88bb", "aa", False),
        (OWN, "choice/official@1", "aa", False),
    ],
)
def test_a_scorer_of_schema_1_is_the_one_of_its_definition(
    first: str, second: str, definitions: str, same: bool
) -> None:
    base, candidate = (
        info(scorer=scorer, definition_digest=definition)
        for scorer, definition in zip((first, second), definitions, strict=True)
    )
    assert ("scorer" in {change.key for change in changes(base, candidate)}) != same


@pytest.mark.parametrize("key", ["definition_digest", "adapter_digest"])
@pytest.mark.parametrize(("digest", "same"), [("f" * 64, True), ("0" * 64, False)])
def test_a_file_of_schema_1_is_the_file_with_these_bytes(key: str, digest: str, same: bool) -> None:
    old = info(**{key: "f" * 64})
    new = info().model_copy(update={"provenance": {"mmeval": "0.1.0", "sources": {key: digest}}})
    assert (key not in {change.key for change in changes(old, new)}) == same
    assert (key not in {change.key for change in changes(new, old)}) == same


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"options": {"seed": None}}, {"options": {"reasoning": None}}),
        ({"media_policy": {"side": (512,)}}, {"media_policy": {"side": [512]}}),
        ({"mmeval": "0.1.0"}, {"mmeval": "0.1.7"}),
    ],
)
def test_what_is_the_same(first: dict[str, Any], second: dict[str, Any]) -> None:
    assert changes(info(**first), info(**second)) == ()


def test_the_most_telling_key_comes_first() -> None:
    other = info(profile="strict", scorer="mine/strict#2", model="mock/two", limit=5, samples_digest="t")
    found = refused(info(), other, "column")
    assert [change.key for change in found] == ["profile", "scorer", "samples_digest"]
    assert str(found[0]) == "profile: official -> strict"


def cell(
    model: str, *, ids: Sequence[int] = range(4), right: int = 2, end: float = 0.0, origin: str = "mmeval",
    mmeval: str = "0.1.0", **changes: Any,
) -> Cell:  # fmt: skip
    """A run on samples of which the first `right` are right."""
    made = info(model=model, mmeval=mmeval, samples_digest=f"ids {list(ids)}", **changes)
    provenance = {**made.provenance, "end": end}
    values = np.array([float(i < right) for i in range(len(ids))])
    names = tuple(f"{i:03d}" for i in ids)
    mean = float(values.mean())
    number = Number(value=mean, low=0.0, high=1.0, n=len(ids), method="mean")
    made = made.model_copy(
        update={"origin": origin, "provenance": provenance, "metrics": {"accuracy": number}, "planned": len(ids),
                "primary_metric": "accuracy"}
    )  # fmt: skip
    vector = Vector(names, values, np.zeros(len(ids)), names, "r" * len(ids), ("A",) * len(ids), {}, len(ids), "", mean)
    return cell_of(Run(Path(made.spec.digest[:12]), made), vector, CARD)


CARD = BenchmarkCard(name="quiz", title="Quiz", group="g", known=True, temperature=0.0)
DATA = {"revision": "one", "path": "a.jsonl"}


def test_a_column_holds_comparable_runs_and_says_why_others_are_out() -> None:
    cells = [
        cell("mock/a", data=DATA, end=1.0),
        cell("mock/b", data={**DATA, "path": "b.jsonl"}),
        cell("mock/c", data={**DATA, "revision": "two"}),
        cell("mock/d", data=DATA, scorer="mine/default#2"),
        cell("mock/e", data=DATA, scorer="unknown#3"),
        cell("mock/f", data=DATA, ids=[7, 8]),
        cell("mock/h", data=DATA, definition_digest="9" * 64),
        cell("mock/g", data=DATA, variant="blind"),
        *(cell(f"mock/{i}", data=DATA, version="2", origin="third-party") for i in range(5)),
    ]
    column = make_column(CARD, cells)
    assert sorted(column.cells) == ["mock/a", "mock/b", "mock/e"]
    found = {one.cell.spec.model: (one.reason, one.value) for one in column.excluded}
    assert found == {
        "mock/c": ("data", "revision two"),
        "mock/d": ("scorer", "mine/default#2"),
        "mock/f": ("samples_digest", "ids [7, 8]"),
        "mock/g": ("variant", "blind"),
        "mock/h": ("definition_digest", "9" * 12),
        **{f"mock/{i}": ("version", "2") for i in range(5)},
    }


USUAL = {"temperature": 0.0}


@pytest.mark.parametrize("changed", [{"definition_digest": "9" * 64}, {"profile": "lenient"}])
def test_the_benchmark_as_it_is_now_comes_before_the_one_that_most_models_ran(changed: dict[str, Any]) -> None:
    card = replace(CARD, digest=SPEC["definition_digest"], profile=SPEC["profile"])
    others = [cell(f"mock/{i}", right=4, **changed) for i in range(2)]
    column = make_column(card, [*others, cell("mock/honest")])
    assert list(column.cells) == ["mock/honest"]
    assert {one.reason for one in column.excluded} == set(changed)


SETTINGS: dict[str, tuple[dict[str, Any], str]] = {
    "system": ({"options": {**USUAL, "system": "You are an expert."}}, "options"),
    "temperature": ({"options": {"temperature": 1.0}}, "options"),
    "token limit": ({"options": {**USUAL, "max_tokens": 9}}, "options"),
    "media policy": ({"media_policy": {"side": [512]}}, "media_policy"),
    "adapter": ({"adapter_digest": "c" * 64}, "adapter_digest"),
    "endpoint": ({"endpoint": "https://elsewhere"}, "endpoint"),
    "mmeval": ({"mmeval": "0.0.9"}, "mmeval"),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_another_setting_of_a_model_is_a_variant_and_never_its_row(name: str) -> None:
    """It scores more, is newer and was run twice; the row is the setting that the benchmark states, or the earliest."""
    changed, key = SETTINGS[name]
    odd = [cell("mock/a", right=4, end=9.0 + seed, seed=seed, **{"options": USUAL, **changed}) for seed in (0, 1)]
    column = make_column(CARD, [*odd, cell("mock/a", right=2, end=5.0, options=USUAL)])
    row, (variant,) = column.cells["mock/a"], column.variants
    assert (row.headline.value, len(row.runs)) == (0.5, 1)
    assert (variant.cell.headline.value, len(variant.cell.runs), variant.reason) == (1.0, 2, key)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"options": {"temperature": 1.0}}, [("temperature", "1.0")]),
        ({"options": {"temperature": 0.0, "system": "Think."}}, [("system", "Think.")]),
        ({"options": {"temperature": 0.0, "max_tokens": 9}}, [("max_tokens", "9")]),
        ({"media_policy": {"side": [[1, 512]]}}, [("media_policy", "512 px")]),
        ({"media_policy": {"bytes": 7_000_000}}, []),
        ({"mmeval": "0.2.0"}, [("mmeval", "0.2")]),
        ({"options": {"temperature": 0.0, "seed": 3}}, []),
    ],
)
def test_a_row_says_in_which_settings_it_is_unusual(changed: dict[str, Any], said: list[tuple[str, str]]) -> None:
    usual: dict[str, Any] = {"options": {"temperature": 0.0}}
    odd = cell("mock/odd", **{**usual, **changed})
    column = make_column(CARD, [odd, *(cell(f"mock/{i}", **usual) for i in range(2))])
    assert list(column.cells["mock/odd"].settings) == said
    assert not column.cells["mock/0"].settings


def test_runs_in_equal_settings_are_pooled_and_none_is_chosen() -> None:
    tries = [cell("mock/a", seed=seed, right=right, end=float(seed)) for seed, right in enumerate((1, 2, 4))]
    twice = cell("mock/a", options={"seed": 7}, epochs=3, right=0)
    row = make_column(CARD, [*tries, twice]).cells["mock/a"]
    assert row.headline.value == pytest.approx((1 + 2 + 4 + 3 * 0) / 6 / 4)
    assert len(row.runs) == 4
    assert list(row.vector.values) == pytest.approx([3 / 6, 2 / 6, 1 / 6, 1 / 6])
    assert row.headline.low < row.headline.value < row.headline.high


def test_limited_runs_are_listed_aside_and_displace_nothing() -> None:
    few = [cell(f"mock/{i}", limit=1, ids=[0], right=1) for i in range(3)]
    column = make_column(CARD, [*few, cell("mock/whole")])
    assert list(column.cells) == ["mock/whole"]
    assert sorted(one.spec.model for one in column.limited) == ["mock/0", "mock/1", "mock/2"]
    assert column.full
    assert not column.excluded
    alone = make_column(CARD, few)
    assert not alone.full
    assert {one.unranked for one in alone.cells.values()} == {"limited"}
    asked_all = make_column(CARD, [cell("mock/whole"), cell("mock/a", limit=4)])
    assert sorted(asked_all.cells) == ["mock/a", "mock/whole"], "they are the samples of the full benchmark"
    assert make_column(CARD, [cell("mock/a", limit=5)]).full, "a limit above the number of samples is none"


@pytest.mark.parametrize(("lost", "why"), [(1, ""), (3, "coverage")])
def test_samples_that_a_run_does_not_have_are_missing(lost: int, why: str) -> None:
    """Two runs without the hard samples, and one with them: the column is the full benchmark."""
    kept = range(100 - lost)
    column = make_column(
        CARD, [*(cell(f"mock/{i}", ids=kept, right=50) for i in range(2)), cell("mock/c", ids=range(100))]
    )
    row = column.cells["mock/0"]
    assert row.measured.value == pytest.approx(50 / (100 - lost))
    assert (row.headline.value, row.right.value) == pytest.approx((0.5, 0.5 + lost / 100))
    assert (row.unranked, row.vector.missing, row.planned) == (why, lost, 100)

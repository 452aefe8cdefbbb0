"""Every key of a spec against every purpose."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any, get_args

import pytest

from mmeval.board.collect import Cell, make_column
from mmeval.comparable import KEYS, Purpose, Subject, changes, may_differ, refused
from mmeval.store import Number, Run, RunInfo, Spec

ROOT = Path(__file__).parent.parent
SUBJECTS = get_args(Subject)
PURPOSES: tuple[Purpose, ...] = (*SUBJECTS, "column", "paired", "merge")
SPEC: dict[str, Any] = {
    "model": "mock/one", "benchmark": "quiz", "version": "1", "profile": "official", "endpoint": "local",
    "definition_digest": "a" * 64, "adapter_digest": "b" * 64, "scorer": "mine/default#1",
}  # fmt: skip
OTHER: dict[str, Any] = {"epochs": 2, "limit": 5, "seed": 5, "media_policy": {"side": [512]}}
PARTS = ("options.system", "options.temperature", "data.revision", "data.sha256", "data.md5", "data.split", "data.config",
         "data.parts", "data.n", "data.seed", "data.path", "imported.sha256", "imported.file")  # fmt: skip
ALONE = ("mmeval", "samples_digest")
NAMES = [name for name in Spec.model_fields if name not in ("options", "data")] + [*PARTS, *ALONE]

SIZE = {"limit", "shard", "subset", "epochs", "samples_digest"}
FREE: dict[Purpose, set[str]] = {
    "model": SIZE | {"model", "endpoint", "adapter_digest"},
    "prompt": SIZE | {"definition_digest", "options.system"},
    "adapter": SIZE | {"adapter_digest", "endpoint", "media_policy"},
    "scorer": SIZE | {"scorer", "profile", "judge", "judge_digest"},
    "code": SIZE | {"adapter_digest", "definition_digest", "scorer", "media_policy", "mmeval"},
    "column": {
        "model", "endpoint", "adapter_digest", "media_policy", "options.system", "options.temperature", "seed", "shard",
        "subset", "mmeval", "data.path", "imported.sha256", "imported.file",
    },
    "paired": set(NAMES) - {"benchmark"},
    "merge": {"shard", "samples_digest", "mmeval"},
}  # fmt: skip
"""What may differ, stated once more, so that no verdict changes by an edit of the table alone."""


def info(*, mmeval: str = "0.1.0", samples_digest: str | None = "s", **spec: Any) -> RunInfo:
    made = Spec(**{**SPEC, **spec})
    return RunInfo(status="complete", spec=made, provenance={"mmeval": mmeval}, samples_digest=samples_digest)


def pair(key: str) -> tuple[RunInfo, RunInfo]:
    """Two runs that differ in one key."""
    place, _, name = key.partition(".")
    if key == "mmeval":
        return info(), info(mmeval="0.2.0")
    if place == "imported":
        return tuple(info(data={"kind": "imported", name: value}) for value in ("x", "y"))  # type: ignore[return-value]
    if name:
        return info(**{place: {name: "x"}}), info(**{place: {name: "y"}})
    return info(), info(**{key: OTHER.get(key, "other")})


@pytest.mark.parametrize("purpose", PURPOSES)
@pytest.mark.parametrize("key", NAMES)
def test_each_key_for_each_purpose(key: str, purpose: Purpose) -> None:
    base, candidate = pair(key)
    assert [change.key for change in changes(base, candidate)] == [key]
    free = key in FREE[purpose]
    assert may_differ(key, purpose) == free
    assert [change.key for change in refused(base, candidate, purpose)] == ([] if free else [key])


def test_every_row_has_a_case_and_a_reason() -> None:
    named = {row.name for row in KEYS if "*" not in row.name}
    assert named <= set(NAMES)
    assert all(row.why.endswith(".") for row in KEYS)
    with pytest.raises(KeyError, match="colour"):
        may_differ("colour", "column")


def test_the_document_shows_the_table() -> None:
    done = subprocess.run([sys.executable, ROOT / "scripts" / "comparable_table.py", "--check"], cwd=ROOT, check=False)
    assert done.returncode == 0, "run: python scripts/comparable_table.py"


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
    assert [change.key for change in found] == ["profile", "scorer", "limit", "samples_digest"]
    assert str(found[0]) == "profile: official -> strict"


def cell(model: str, *, end: float = 0.0, origin: str = "mmeval", **changes: Any) -> Cell:
    made = info(model=model, **changes)
    made = made.model_copy(update={"origin": origin, "provenance": {**made.provenance, "end": end}})
    number = Number(value=0.5, low=0.4, high=0.6, n=10, method="mean")
    return Cell(run=Run(Path(model), made), vector=None, headline=number)  # type: ignore[arg-type]


def test_a_column_holds_comparable_runs_and_says_why_others_are_out() -> None:
    data = {"revision": "one", "path": "a.jsonl"}
    cells = [
        cell("mock/a", data=data, end=1.0),
        cell("mock/a", data=data, end=9e8),
        cell("mock/b", data={**data, "path": "b.jsonl"}, options={"temperature": 1.0}),
        cell("mock/c", data={**data, "revision": "two"}),
        cell("mock/d", data=data, scorer="mine/default#2"),
        cell("mock/e", data=data, scorer="unknown#3"),
        cell("mock/f", data=data, samples_digest="t" * 20),
        cell("mock/h", data=data, definition_digest="9" * 64),
        cell("mock/g", data=data, variant="blind"),
        *(cell(f"mock/{i}", data=data, version="2", origin="third-party") for i in range(5)),
    ]
    column = make_column(None, cells)  # type: ignore[arg-type]
    assert sorted(column.cells) == ["mock/a", "mock/b", "mock/e"]
    assert column.cells["mock/a"].run.info.provenance["end"] == 9e8
    found = {one.cell.spec.model: (one.reason, one.value) for one in column.excluded}
    assert found == {
        "mock/a": ("superseded", "1970-01-01"),
        "mock/c": ("data", "revision two"),
        "mock/d": ("scorer", "mine/default#2"),
        "mock/f": ("samples_digest", "t" * 20),
        "mock/g": ("variant", "blind"),
        "mock/h": ("definition_digest", "9" * 12),
        **{f"mock/{i}": ("version", "2") for i in range(5)},
    }

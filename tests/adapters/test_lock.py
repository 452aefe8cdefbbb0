"""Adapters are compared by their version; a lock says which code that is."""

from __future__ import annotations

import pytest

from mmeval.catalog import Catalog
from scripts.lock_adapters import COMMAND, current, read


@pytest.mark.parametrize("name", sorted(Catalog().adapters()))
def test_the_lock_has_the_code_of_every_adapter(name):
    # Would the same request be sent differently? Then raise `version` in its Capabilities first.
    assert read().get(name) == current(read())[name], f"decide on {name}'s version, then run {COMMAND}"


OTHER = "b" * 64


@pytest.mark.parametrize(
    ("before", "identity"),
    [
        ({"version": "1", "code": OTHER, "identity": OTHER}, "kept"),
        ({"version": "0", "code": OTHER, "identity": OTHER}, "new"),
        ({}, "new"),
    ],
    ids=["code changed", "version raised", "new adapter"],
)
def test_an_identity_lives_as_long_as_the_version(before, identity):
    now = current({"mock": before} if before else {})["mock"]
    assert now["identity"] == (OTHER if identity == "kept" else now["code"])


def test_an_adapter_of_your_own_is_identified_by_its_code(tmp_path):
    (tmp_path / "adapters").mkdir()
    (tmp_path / "adapters" / "mine.py").write_text(Catalog().definition("adapters", "mock").path.read_text())
    mine = Catalog((tmp_path,)).definition("adapters", "mine")
    assert mine.identity == mine.digest

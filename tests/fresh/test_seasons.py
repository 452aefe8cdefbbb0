"""Seasons fix what is drawn; a private one commits itself to a seed that nobody knows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from typer.testing import CliRunner

from mmeval import DataError, UsageError
from mmeval.catalog import Catalog
from mmeval.cli import app
from mmeval.errors import CatalogError
from mmeval.fresh.seasons import ENV, SHORTEST, commitment, current

SEED = "0123456789abcdef"


def test_a_season_is_a_version_of_the_benchmark():
    catalog = Catalog()
    assert (
        catalog.benchmark(f"fresh_puzzles@{current()}").version
        == catalog.benchmark("fresh_puzzles").version
        == current()
    )
    assert catalog.benchmark(f"bar_reading@{catalog.benchmark('bar_reading').version}").name == "bar_reading"


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("fresh_puzzles@1999-01", UsageError, "no season '1999-01'"),
        ("bar_reading@9", CatalogError, "has only version 1"),
    ],
)
def test_what_is_no_season(name, error, message):
    with pytest.raises(error, match=message):
        Catalog().benchmark(name)


@pytest.mark.parametrize(("seed", "message"), [(None, "is not set"), ("short", f"fewer than {SHORTEST}")])
def test_a_private_season_needs_a_seed(monkeypatch, seed, message):
    monkeypatch.delenv(ENV, raising=False)
    if seed:
        monkeypatch.setenv(ENV, seed)
    with pytest.raises(UsageError, match=message):
        Catalog().benchmark("fresh_puzzles@private")


def test_a_private_season_records_the_commitment_and_never_the_seed(monkeypatch):
    monkeypatch.setenv(ENV, SEED)
    private = Catalog().benchmark("fresh_puzzles@private")
    assert private.data.describe()["commitment"] == commitment(SEED)
    assert SEED not in repr(private.data.describe())
    assert not private.redistribute
    public = Catalog().benchmark("fresh_puzzles")
    assert next(iter(private.data.rows()))["images"] != next(iter(public.data.rows()))["images"]


def test_a_generator_of_another_version_is_refused():
    source = Catalog().benchmark("fresh_puzzles").data
    old = replace(source, season=replace(source.season, generators={one.name: 0 for one in source.generators}))
    with pytest.raises(DataError, match="install the release that made the season"):
        next(iter(old.rows()))


@pytest.mark.parametrize(("seed", "code"), [(SEED, 0), ("another seed of length", 1)])
def test_a_revealed_seed_is_checked(seed, code):
    found = CliRunner().invoke(app, ["fresh", "verify", commitment(SEED), "--seed", seed])
    assert found.exit_code == code
    assert found.output.startswith("passed" if code == 0 else "failed")

"""Seasons fix what is drawn; a private one commits itself to a seed that nobody knows."""

from __future__ import annotations

import zipfile
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from mmeval import DataError, UsageError
from mmeval.catalog import Catalog
from mmeval.cli import app
from mmeval.errors import CatalogError
from mmeval.fresh import digests, kept, seasons
from mmeval.fresh.puzzles.clocks import Clocks
from mmeval.fresh.seasons import ENV, PRIVATE, SHORTEST, commitment, current
from mmeval.fresh.source import Drawn
from scripts.lock_seasons import generators

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


class Newer(Clocks):
    """A generator that has changed since."""

    version = Clocks.version + 1

    def draw(self, rng, step):
        raise AssertionError("it draws other items now")


@pytest.fixture
def old(monkeypatch, tmp_path):
    """A season of clocks as it was drawn, and as the source of a release whose clocks have changed."""
    monkeypatch.setenv("MMEVAL_DATA", str(tmp_path))
    season = replace(seasons.named(current()), name="2026-10", per_step=1, generators={"clocks": Clocks.version})
    monkeypatch.setattr(seasons, "all_public", lambda: {season.name: season})
    locked = {season.name: {"clocks": {"all": digests.digest(digests.drawn(Clocks(), season))}}}
    monkeypatch.setattr(digests, "read", lambda: locked)
    kept.opened.cache_clear()
    return Drawn(season, [Clocks()], "fresh_clocks"), Drawn(season, [Newer()], "fresh_clocks")


def export(source):
    source.season.file().parent.mkdir(exist_ok=True)
    with source.season.file().open("wb") as file:
        return kept.write(source.season, {source.family: source.generators}, file)


def test_a_season_is_asked_from_its_file_when_a_generator_has_changed(old):
    before, after = old
    with pytest.raises(DataError, match="it: mmeval fresh export 2026-10"):
        next(iter(after.rows()))
    assert export(before) == 5
    assert list(after.rows()) == list(before.rows())
    assert after.describe() == before.describe()


def with_other(name, change):
    """Damage: one member of the file is another one."""

    def damage(file):
        with zipfile.ZipFile(file) as archive:
            members = {one: archive.read(one) for one in archive.namelist()}
        with zipfile.ZipFile(file, "w") as archive:
            for one, data in members.items():
                archive.writestr(one, change(data) if one == name else data)

    return damage


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda file: file.write_bytes(b"PK"), "no file of `mmeval fresh export`"),
        (with_other("season.json", lambda data: b"[" * 100_000), "no file of `mmeval fresh export`"),
        (with_other("season.json", lambda data: data.replace(b"2026-10", b"2026-09")), "holds season '2026-09'"),
        (with_other("season.json", lambda data: data.replace(b"fresh_clocks", b"others")), "it has no fresh_clocks"),
        (with_other("season.json", lambda data: data.replace(b'"facts"', b'"fact"')), "is damaged"),
        (with_other("season.json", lambda data: data.replace(b'"answer": ', b'"answer": 1')), "other items of clocks"),
    ],
)
def test_a_file_that_is_not_the_season_is_refused(old, damage, message):
    before, after = old
    export(before)
    damage(before.season.file())
    with pytest.raises(DataError, match=message):
        next(iter(after.rows()))


@pytest.mark.parametrize(("season", "message"), [(PRIVATE, "only a public season"), ("1999-01", "no season '1999-01'")])
def test_what_is_not_exported(season, message):
    found = CliRunner().invoke(app, ["fresh", "export", season])
    assert isinstance(found.exception, UsageError)
    assert message in str(found.exception)


def test_no_generator_of_a_public_season_is_gone():
    today = {one.name for one in generators()}
    assert all(set(one.generators) <= today for one in seasons.all_public().values())


@pytest.mark.parametrize(("seed", "code"), [(SEED, 0), ("another seed of length", 1)])
def test_a_revealed_seed_is_checked(seed, code):
    found = CliRunner().invoke(app, ["fresh", "verify", commitment(SEED), "--seed", seed])
    assert found.exit_code == code
    assert found.output.startswith("passed" if code == 0 else "failed")

"""Seasons of one benchmark on the board: each in its own column, and never mixed without saying so."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from typer.testing import CliRunner

import mmeval
from mmeval.board.collect import collect
from mmeval.board.seasons import over_seasons
from mmeval.cli import app
from mmeval.fresh import family, seasons
from mmeval.fresh.puzzles.clocks import Clocks
from mmeval.fresh.seasons import ENV, PRIVATE, commitment, current

SEED = "0123456789abcdef"
NEW, OLD = "2026-11", "2026-10"


async def early(request) -> str:
    return "1:00"


async def late(request) -> str:
    return "12"


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Two models on two public seasons and a private one; `late` lacks the older season."""
    root, newest = tmp_path_factory.mktemp("results"), seasons.named(current())
    with pytest.MonkeyPatch.context() as patch:
        public = {name: replace(newest, name=name, seed=name, per_step=1) for name in (OLD, NEW)}
        patch.setattr(seasons, "all_public", lambda: public)
        patch.setenv(ENV, SEED)
        season = family("fresh_clocks", title="Clocks", about="Clocks.", generators=(Clocks(),), chance=None)
        for version, answer in ((OLD, early), (NEW, early), (NEW, late), (PRIVATE, late)):
            model = mmeval.model(answer, name=answer.__name__, version="1")
            mmeval.run(season(version), model, results=root, cache="off", progress=False)
        model = mmeval.model(early, name="early", version="1")
        mmeval.run("shape_sequence", model, limit=2, results=root, cache="off", progress=False)
    return root


def test_each_season_has_its_own_column(results):
    column, _ = collect(results).columns
    every = {one.spec.version: sorted(one.cells) for one in (column, *column.seasons)}
    assert every == {
        NEW: ["function/early@1", "function/late@1"],
        OLD: ["function/early@1"],
        PRIVATE: ["function/late@1"],
    }
    assert next(iter(every)) == NEW, "the newest public season is the one that is ranked"
    assert not column.excluded
    assert len(list(column.every)) == 4


def test_the_rolling_score_is_over_all_items_of_the_models_that_answered_every_public_season(results):
    column, _ = collect(results).columns
    pooled = over_seasons(column)
    both = [one.cells["function/early@1"].headline for one in (column, column.seasons[0])]
    assert list(pooled) == ["function/early@1"]
    (found,) = pooled.values()
    assert (found.n, found.value) == (10, pytest.approx(sum(one.value for one in both) / 2))
    assert both[0].high - both[0].low > found.high - found.low > 0
    assert 0 <= found.low <= found.value <= found.high <= 1


def test_the_pages_show_seasons_side_by_side_and_limited_runs_apart(results, tmp_path):
    done = CliRunner().invoke(app, ["site", "build", "--results", str(results), "--out", str(tmp_path)])
    assert done.exit_code == 0, done.output
    page = (tmp_path / "b" / "fresh_clocks.html").read_text(encoding="utf-8")
    table = page[page.index('id="seasons"') :].partition("</section>")[0]
    heads = [re.sub("<.*?>", " ", head).split()[0] for head in re.findall(r"<th scope=\"col\".*?>(.*?)</th>", table)]
    assert heads == ["Model", "All", NEW, OLD, PRIVATE]
    assert commitment(SEED) in table
    assert SEED not in page
    ladder = page[page.index('id="ladder"') :].partition("</section>")[0]
    assert re.findall(r'href="[^"]*#q-clocks-(\d)-00"', ladder) == ["1", "2", "3", "4", "5"]
    board = (tmp_path / "index.html").read_text(encoding="utf-8")
    limited = board[board.index('id="limited"') :].partition("</section>")[0]
    assert "shape_sequence.html" in limited
    assert "fresh_clocks" not in limited

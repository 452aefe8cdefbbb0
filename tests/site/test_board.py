"""The board in the browser: sort, filter, choose, recompute, keep in the address, save."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mmeval.board import Board
from mmeval.board.ranks import rank_columns
from mmeval.board.views import View, all_views, corrected, make_view, percent
from mmeval.interchange.openvlm import DEFAULT
from mmeval.sitegen import data
from mmeval.sitegen.boardrows import Rows, groups_of
from mmeval.sitegen.env import languages, source_folder
from tests import ledger
from tests.browsing import until
from tests.site.conftest import shoot

Visit = Callable[..., Any]
(ENGLISH,) = languages(["en"], [source_folder()])


def column(tab: Any, key: str) -> list[str]:
    return tab.evaluate(
        """key => { const heads = [...document.querySelectorAll('#board thead tr:nth-child(2) th')];
        const at = heads.findIndex(h => h.dataset.k === key);
        return [...document.querySelectorAll('#board tbody tr')].filter(r => !r.hidden)
          .map(r => (r.cells[at].firstChild || {textContent: ''}).textContent.trim()); }""",
        key,
    )


def numbers(values: list[str]) -> list[float | None]:
    return [billions(v.replace("≈", "").replace("−", "-")) if v else None for v in values]


def billions(shown: str) -> float:
    """A number, or a size as it is shown: `0.3 M`, `4 B`."""
    return float(shown.removesuffix(" B")) if not shown.endswith(" M") else float(shown[:-2]) / 1000


def known_first(values: list[float | None]) -> list[float]:
    cut = next((i for i, v in enumerate(values) if v is None), len(values))
    assert all(v is None for v in values[cut:]), "unknown values come last"
    return [v for v in values[:cut] if v is not None]


def test_sort_both_ways_unknown_last(visit: Visit) -> None:
    tab = visit("index.html#refs=0&show=params,cost")
    for key in ("mean", "toy_chartqa", "params", "cost"):
        button = tab.locator(f'#board thead th[data-k="{key}"] button')
        button.click()
        down = known_first(numbers(column(tab, key)))
        assert down == sorted(down, reverse=True)
        assert tab.locator(f'#board thead th[data-k="{key}"]').get_attribute("aria-sort") == "descending"
        button.click()
        up = known_first(numbers(column(tab, key)))
        assert up == sorted(up)
        button.click()
        assert "sort" not in tab.evaluate("location.href")


def test_references_stay_in_their_own_block(visit: Visit) -> None:
    tab = visit("index.html#sort=toy_chartqa")
    kinds = tab.eval_on_selector_all("#board tbody tr", "rows => rows.map(r => 'ref' in r.dataset)")
    assert kinds == sorted(kinds)
    assert True in kinds


def test_sorting_sorts_the_column_that_was_clicked_when_others_are_hidden(visit: Visit) -> None:
    tab = visit("index.html#hide=toy_ai2d,toy_docvqa&show=date,llm")
    tab.click('#board thead th[data-k="toy_mmvet"] button')
    values = known_first(numbers(column(tab, "toy_mmvet")))
    assert values == sorted(values, reverse=True)


def test_own_weights_say_which_models_they_leave_out(visit: Visit) -> None:
    """A model that lacks a benchmark is estimated, unless the benchmark has most of the weight."""
    heavy = visit("index.html#w=toy_ai2d:99")
    until(heavy, "!document.querySelector('#none').hidden")
    lacking = column(heavy, "mean").count("")
    assert f"Models without a score here: {lacking}" in heavy.inner_text("#none")
    light = visit("index.html#w=toy_ai2d:2")
    until(light, "!document.querySelector('#reset').hidden")
    assert column(light, "mean").count("") < lacking
    assert sum(mean.startswith("≈") for mean in column(light, "mean")) > 0


@pytest.mark.parametrize("seed", range(2))
def test_own_weights_rank_models_as_the_library_does(
    visit: Visit, board: Board, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also those that lack benchmarks: the same scores, ranks and, as errors are sent in 12 bits, nearly the same intervals."""
    from mmeval.board.ranks import _table
    from mmeval.stats.ranking import rank_partial

    view = all_views(board, {})[0]
    assert view.ranks is not None
    models, draw = list(view.ranks.models), np.random.default_rng(seed)
    weights = {column.card.name: round(float(draw.uniform(0.5, 3)), 2) for column in view.columns}
    present = [np.array([i for i, n in enumerate(models) if n in c.cells]) for c in view.columns]
    tables = [_table(c, [c.cells[n] for n in models if n in c.cells], c.compared(models)) for c in view.columns]
    found = rank_partial(tables, present, len(models), weights=list(weights.values()), method="holm", draws=2)
    assert found is not None
    address = "refs=0&w=" + ",".join(f"{name}:{weight}" for name, weight in weights.items())
    tab = visit(f"index.html#{address}")
    made = tab.evaluate(WEIGH, [models, weights])
    shown = dict(zip(column(tab, "model"), column(tab, "rank"), strict=True))
    for i, name in enumerate(models):
        best, worst = int(found.ranking.best[i]), int(found.ranking.worst[i])
        assert shown[board.models[name].label] == (f"{best}" if best == worst else f"{best}–{worst}")
    assert made["means"] == pytest.approx(100 * found.ranking.scores, abs=1e-9)
    assert made["halves"] == pytest.approx(100 * found.halves, rel=2e-3)
    monkeypatch.setattr(data, "RANKED", 1)  # as on a board of too many models for ranks by own weights
    own = data.weighed_data(view, {c.card.name: rank_columns([c], board.ranked([c])) for c in view.columns})["own"]
    given = [models, own, list(weights.values())]
    alone, wide = (tab.evaluate("given => mmeval.spread(...given)", [*given, p]) for p in (0.05, 0.05 / 3))
    whole = [all(name in column.cells for column in view.columns) for name in models]
    assert [half is not None for half in alone] == whole
    assert [half for half in alone if half is not None] == pytest.approx(np.array(made["halves"])[whole])
    assert all(1.2 < far / near < 1.4 for near, far in zip(alone, wide, strict=True) if near), "of a normal: 1.22"
    again = visit("index.html#refs=0")
    again.evaluate(FEW, own)
    again.evaluate("given => { location.hash = given; }", address)
    until(again, "document.querySelector('#none').textContent.includes('all models together')")
    half = dict(zip(models, tab.evaluate("given => mmeval.spread(...given)", [*given, 0.05 / sum(whole)]), strict=True))
    shown = dict(zip(column(again, "model"), column(again, "rank"), strict=True))
    for name, mean in zip(models, made["means"], strict=True):
        ends = [(m - h, m + h) for n, m in zip(models, made["means"], strict=True) if (h := half[n]) is not None]
        if (own_half := half[name]) is None:
            assert not shown[board.models[name].label]
            continue
        best = 1 + sum(low > mean + own_half for low, _ in ends)
        worst = len(ends) - sum(high < mean - own_half for _, high in ends)
        assert shown[board.models[name].label] == (f"{best}" if best == worst else f"{best}–{worst}")


FEW = """own => {
  const get = mmeval.get.bind(mmeval);
  document.getElementById("tools").dataset.most = 1;
  mmeval.get = (root, name) => get(root, name).then(found => name.endsWith("-weights") ? {...found, own} : found); }"""
"""The page takes two models for too many, as if it had been built so."""
WEIGH = """async ([models, weights]) => {
  const M = window.mmeval, pieces = await M.get('', 'views/all-weights'), view = await M.get('', 'views/all');
  const files = await Promise.all(pieces.benchmarks.map(b => M.get('', 'pairs/' + view.pairs[b])));
  const found = M.weigh(models, pieces, files, pieces.benchmarks.map(b => weights[b]));
  return {means: found.means, halves: found.halves}; }"""


FILTERS: list[tuple[str, str, Callable[[str], bool]]] = [
    ("q=birch", "model", lambda v: "Birch" in v),
    ("org=Elm%20Lab&refs=0", "org", lambda v: v == "Elm Lab"),
    ("access=closed&refs=0", "access", lambda v: v == "closed"),
    ("size=4-10&refs=0", "params", lambda v: 4 <= billions(v) < 10),
    ("size=0-4&refs=0", "params", lambda v: v == "0.3 M"),
    ("size=%3F&refs=0", "params", lambda v: v == ""),
    ("since=2025-01-01&refs=0", "date", lambda v: v >= "2025"),
    ("complete=1&refs=0", "mean", lambda v: v != ""),
]


def test_filters(visit: Visit) -> None:
    tab = visit("index.html")
    for state, key, holds in FILTERS:
        tab.evaluate(f"location.hash = {json.dumps(state)}")
        until(tab, "document.querySelectorAll('#board tbody tr').length < 9")
        values = column(tab, key)
        assert values, state
        assert all(holds(v) for v in values), (state, values)
        tab.evaluate("location.hash = ''")
        until(tab, "document.querySelectorAll('#board tbody tr').length === 9")


def test_state_survives_reload_and_only_what_is_not_default_is_kept(visit: Visit) -> None:
    tab = visit("index.html")
    tab.fill('[name="q"]', "lder,irch")
    tab.click("#filters summary")
    tab.select_option('[name="size"]', "10-20")
    tab.select_option('[name="size"]', "")
    tab.keyboard.press("Escape")
    tab.click('#board thead th[data-k="toy_chartqa"] button')
    assert tab.evaluate("location.href").partition("#")[2] == "q=lder,irch&sort=-toy_chartqa"
    before = column(tab, "model")
    tab.reload()
    assert column(tab, "model") == before
    assert tab.input_value('[name="q"]') == "lder,irch"
    tab.click("#reset")
    assert tab.evaluate("location.href").partition("#")[2] == ""
    assert len(column(tab, "model")) == 9


def test_averages_and_ranks_follow_the_chosen_columns(visit: Visit, board: Board) -> None:
    tab = visit("index.html#hide=toy_ai2d,toy_mathvista")
    until(tab, "document.querySelector('#board tbody td.rank').textContent !== ''")
    left = [c for c in board.columns if c.card.name not in ("toy_ai2d", "toy_mathvista")]
    want = {}
    for name, card in board.models.items():
        cells = [percent(c.card, c.cells[name].headline.value) for c in left if name in c.cells]
        want[card.label] = sum(cells) / len(cells) if len(cells) == len(left) else None
    models, shown = column(tab, "model"), column(tab, "mean")
    for model, mean in zip(models, shown, strict=True):
        assert (
            mean.startswith("≈") or not mean
            if want[model] is None
            else float(mean) == pytest.approx(want[model], abs=0.051)
        )
    references = {card.label for card in board.models.values() if card.reference}
    ranked = {model for model, rank in zip(models, column(tab, "rank"), strict=True) if rank}
    assert ranked == {model for model, mean in zip(models, shown, strict=True) if mean and model not in references}


@pytest.mark.parametrize(
    ("chosen", "weights"),
    [
        (("toy_chartqa", "toy_mmbench_v11", "toy_mmstar"), ""),
        (("toy_chartqa", "toy_mmbench_v11", "toy_mmstar"), "toy_mmstar:7"),
        (("toy_ocrbench",), ""),
        (("toy_hallusionbench",), ""),
    ],
    ids=["three", "weighted", "in-points", "pseudo-values"],
)
def test_holm_in_the_browser_agrees_with_the_library(
    visit: Visit, board: Board, chosen: tuple[str, ...], weights: str
) -> None:
    from mmeval.board.ranks import _table
    from mmeval.stats.ranking import rank

    kept = [c for c in board.columns if c.card.name in chosen]
    whole = sorted(n for n, c in board.models.items() if c.reference is None and all(n in col.cells for col in kept))
    tables = [_table(c, [c.cells[n] for n in whole], c.compared(whole)) for c in kept]
    given = dict(pair.split(":") for pair in weights.split(",") if pair)
    found = rank(tables, method="holm", draws=20, weights=[float(given.get(c.card.name, 1)) for c in kept])
    hide = ",".join(c.card.name for c in board.columns if c.card.name not in chosen)
    tab = visit(f"index.html#hide={hide}&w={weights}&complete=1")
    until(tab, "document.querySelector('#board tbody td.rank').textContent !== ''")
    shown = dict(zip(column(tab, "model"), column(tab, "rank"), strict=True))
    for i, name in enumerate(whole):
        best, worst = int(found.best[i]), int(found.worst[i])
        assert shown[board.models[name].label] == (f"{best}" if best == worst else f"{best}–{worst}")


def test_ranks_within_a_filter_count_only_the_rows_that_are_shown(visit: Visit, board: Board) -> None:
    ranks = all_views(board, {})[0].ranks
    assert ranks is not None
    keep = list(ranks.models)[:2]
    query = ",".join(keep)
    tab = visit(f"index.html#refs=0&q={query}")
    until(tab, "document.querySelector('#shown').textContent.includes(' 2 ')")
    shown = dict(zip(column(tab, "model"), column(tab, "rank"), strict=True))
    bit = {
        (a, b): int(ranks.below[list(ranks.models).index(b)], 16) >> list(ranks.models).index(a) & 1
        for a in keep
        for b in keep
    }
    for name in keep:
        other = next(k for k in keep if k != name)
        best, worst = 1 + bit[other, name], 2 - bit[name, other]
        assert shown[board.models[name].label] == (f"{best}" if best == worst else f"{best}–{worst}")


def test_csv_and_json_hold_exactly_what_is_shown(visit: Visit) -> None:
    tab = visit("index.html#q=vision&sort=-toy_chartqa&hide=toy_docvqa")
    tab.wait_for_timeout(100)
    with tab.expect_download() as caught:
        tab.click("#csv")
    rows = list(csv.DictReader(io.StringIO(Path(caught.value.path()).read_text())))
    with tab.expect_download() as caught:
        tab.click("#json")
    saved = json.loads(Path(caught.value.path()).read_text())
    assert [row["model"] for row in rows] == [row["model"] for row in saved["rows"]] == column(tab, "model")
    assert [row["toy_chartqa"] for row in rows if row["toy_chartqa"]] == [
        v.rstrip("0").removesuffix(".") if v.endswith(".0") else v for v in column(tab, "toy_chartqa") if v
    ]
    assert "toy_docvqa" not in rows[0]
    assert "toy_chartqa ±" in rows[0]


def test_a_cell_says_what_is_behind_it_by_keyboard(visit: Visit) -> None:
    tab = visit("index.html")
    tab.locator("#board tbody td").first.focus()
    tab.keyboard.press("ArrowDown")
    for _ in range(8):
        tab.keyboard.press("ArrowRight")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("dialog[open]")
    shoot(tab, "board-detail")
    assert "/ 60" in tab.inner_text("dialog")
    tab.keyboard.press("Escape")
    assert tab.locator("dialog[open]").count() == 0


def test_groups_fold(visit: Visit) -> None:
    tab = visit("index.html")
    before = tab.locator("#board thead tr:nth-child(2) th:visible").count()
    tab.get_by_role("button", name="General", exact=True).click()  # its arrow is no part of its name
    assert tab.locator("#board thead tr:nth-child(2) th:visible").count() < before
    assert tab.locator('#board thead th[data-k="g:general"]').is_visible()
    assert "fold=general" in tab.evaluate("location.href")


def test_openvlm_view_has_the_eight_and_its_own_averages(visit: Visit, board: Board) -> None:
    tab = visit("v/openvlm.html", dark=True)
    shoot(tab, "openvlm-dark")
    heads = tab.locator("#board thead th[data-b]").count()
    assert heads == 8
    eight = [c for c in board.columns if c.card.name != "toy_chartqa"]
    values = {
        n: [percent(c.card, c.cells[n].headline.value) if n in c.cells else None for c in eight] for n in board.models
    }
    models = [n for n, card in board.models.items() if card.reference is None]
    shown = zip(column(tab, "model"), column(tab, "mean"), column(tab, "avgrank"), strict=True)
    for label, mean, rank in shown:
        name = next(n for n, c in board.models.items() if c.label == label)
        own = values[name]
        if name not in models or None in own:
            assert (mean, rank) == ("", "")
            continue
        places = [1 + sum((values[m][i] or -1) > v for m in models) for i, v in enumerate(own)]
        assert float(mean) == pytest.approx(sum(own) / 8, abs=0.051)
        assert float(rank) == pytest.approx(sum(places) / 8, abs=0.0051)


@pytest.mark.parametrize("view", ["index.html", "v/openvlm.html"])
def test_all_averages_follow_the_chosen_columns(visit: Visit, board: Board, view: str) -> None:
    from mmeval.sitegen.openvlm import follow

    tab = visit(f"{view}#show=corrected&hide=toy_ai2d,toy_chartqa,toy_hallusionbench")
    left = [c for c in board.columns if c.card.name not in ("toy_ai2d", "toy_chartqa", "toy_hallusionbench")]
    made = make_view("openvlm" if "openvlm" in view else "all", left, board, least=1.0)
    names = {f"toy_{a}": b for a, b in zip(ledger.EIGHT, DEFAULT, strict=True)}
    lines = follow(made, board, {"names": names}).lines
    second = "avgrank" if "openvlm" in view else "corrected"
    shown = zip(column(tab, "model"), column(tab, "mean"), column(tab, second), column(tab, "coverage"), strict=True)
    for label, mean, other, coverage in shown:
        name = next(n for n, c in board.models.items() if c.label == label)
        want = lines[name].avg_rank if second == "avgrank" else lines[name].corrected
        assert (
            numbers([mean]) == [pytest.approx(lines[name].mean, abs=0.101)]
            if lines[name].mean is not None
            else mean == "" or mean.startswith("≈")
        )
        if board.models[name].reference is None:
            assert numbers([other]) == [None if want is None else pytest.approx(want, abs=0.11)]
        assert coverage == f"{lines[name].coverage}/6"


def test_ranks_come_first_and_estimates_are_marked(visit: Visit) -> None:
    tab = visit("index.html", js=False)
    rows = tab.eval_on_selector_all(
        "#board tbody tr",
        """rows => { const keys = [...document.querySelectorAll('#board thead tr:last-child th')].map(h => h.dataset.k);
        return rows.map(r => ['rank', 'mean', 'coverage'].map(k => r.cells[keys.indexOf(k)].textContent.trim())
          .concat('ref' in r.dataset)); }""",
    )
    for rank, mean, share, reference in rows:
        assert bool(rank) == (bool(mean) and not reference)
        assert mean.startswith("≈") == (bool(rank) and share != "9/9")
    assert any(mean.startswith("≈") for _, mean, _, _ in rows)
    assert [reference for *_, reference in rows] == sorted(reference for *_, reference in rows), "references come last"


def test_a_hidden_benchmark_is_estimated_within_the_interval(board: Board) -> None:
    full = make_view("all", board.columns, board)
    for hidden in board.columns[:3]:
        (model, *_) = board.ranked(board.columns)
        cells = {name: cell for name, cell in hidden.cells.items() if name != model}
        columns = [replace(column, cells=cells) if column is hidden else column for column in board.columns]
        view = make_view("all", columns, replace(board, columns=columns))
        line, before = view.lines[model], full.lines[model]
        assert line.mean is not None
        assert line.half is not None
        assert before.mean is not None
        assert before.half is not None
        assert list(line.predicted) == [hidden.card.name]
        assert abs(line.mean - before.mean) <= line.half
        assert line.half > before.half
        (count, mean), (_, guessed) = (group_mean(one, model, hidden.card.name, board) for one in (full, view))
        assert mean[0].isdigit()
        assert guessed[:1] == ("≈" if count > 1 else "")


def group_mean(view: View, model: str, benchmark: str, board: Board) -> tuple[int, str]:
    """The benchmarks in the group of this one, and what the board shows for a model there."""
    (group,) = (own for _, own in groups_of(view) if any(column.card.name == benchmark for column in own))
    return len(group), Rows(view, board.models, {}, ENGLISH).group_mean(model, group)


def test_a_model_with_few_benchmarks_has_no_estimate(board: Board) -> None:
    (model, *_) = board.ranked(board.columns)
    cut = [
        replace(column, cells={name: cell for name, cell in column.cells.items() if i < 4 or name != model})
        for i, column in enumerate(board.columns)
    ]
    view = make_view("all", cut, replace(board, columns=cut))
    assert view.lines[model].mean is None
    assert view.ranks is not None
    assert model not in view.ranks.intervals


def test_chance_is_zero_and_the_top_is_a_hundred() -> None:
    from mmeval.board.cards import BenchmarkCard

    card = BenchmarkCard(name="x", title="x", group="g", chance=0.25)
    assert corrected(card, 0.25) == pytest.approx(0)
    assert corrected(card, 1.0) == pytest.approx(100)
    errors = BenchmarkCard(name="x", title="x", group="g", higher_is_better=False, low=0, high=2)
    assert percent(errors, 0.5) == pytest.approx(75)
    assert corrected(errors, 0.5) is None


def test_ranks_are_the_same_from_the_cache(board: Board, tmp_path: Path) -> None:
    one = board.columns[0]
    models = sorted(n for n in one.cells if board.models[n].reference is None)
    first = rank_columns([one], models, cache=tmp_path)
    assert rank_columns([one], models, cache=tmp_path) == first

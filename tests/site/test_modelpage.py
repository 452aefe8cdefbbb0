"""What a model's page says about it among others."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from mmeval.board import Board
from mmeval.board.views import make_view
from mmeval.sitegen.asked import asked_of
from mmeval.sitegen.links import question_url
from mmeval.sitegen.missed import missed
from mmeval.sitegen.pages import model as modelpage
from mmeval.sitegen.pages.model import field_of, share_below, slice_gaps


@pytest.mark.parametrize(
    ("own", "among", "share"),
    [
        (50.0, True, 1 / 3),  # of 20, 50, 60, 80 without itself one of three is below
        (80.0, True, 1.0),
        (20.0, True, 0.0),
        (55.0, False, 0.5),  # a reference is held against all four
        (60.0, False, 2.5 / 4),
    ],
)
def test_share_below(own: float, among: bool, share: float) -> None:
    assert share_below(own, [20.0, 50.0, 60.0, 80.0], among=among) == pytest.approx(share)


def test_ties_count_half_and_a_model_alone_is_in_the_middle() -> None:
    assert share_below(50.0, [50.0, 50.0, 70.0], among=True) == pytest.approx(0.25)
    assert share_below(50.0, [50.0], among=True) == 0.5


def test_gaps_are_hundredths_of_the_range(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modelpage, "SMALLEST", 5)
    (one,) = [pair for pair in board.of("alder/vision-1a") if pair[0].card.name == "toy_ocrbench"]
    field = field_of(one[0], board)
    ahead = one[1].headline.value - field.median
    gaps = slice_gaps([one], {"toy_ocrbench": field})
    assert len(gaps) == 5
    for gap in gaps:
        assert gap["gap"] == pytest.approx((gap["value"] - field.slices[gap["name"]] - ahead) / 10)
    assert field.scale.end == 1000
    assert field.percents[-1] <= 100


def test_a_strength_is_further_off_than_its_interval(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modelpage, "SMALLEST", 5)
    fields = {column.card.name: field_of(column, board) for column in board.columns}
    found = modelpage.measured(board.models["alder/vision-1a"], board, {}, fields)
    gaps = slice_gaps(board.of("alder/vision-1a"), fields)
    assert len(gaps) > len(found["strong"]) + len(found["weak"])
    for one in gaps:
        assert one["margin"] > 0
    for sign, name in ((1, "strong"), (-1, "weak")):
        assert all(sign * one["gap"] > one["margin"] for one in found[name])


def test_the_index_has_all_models_with_their_overall_score(visit: Callable[..., Any], board: Board) -> None:
    tab = visit("models.html")
    assert tab.locator("tbody tr").count() == len(board.models)
    tab.locator("tbody tr:not(.ref) a").first.click()
    tab.wait_for_url("**/m/*.html")
    assert tab.get_attribute('.top a[href="../models.html"]', "aria-current") == "true"
    assert tab.locator(".kv dd").first.inner_text().split()[0].removeprefix("≈")


def test_the_models_of_a_maker_stand_in_the_order_of_release(board: Board) -> None:
    names = [name for name in sorted(board.models) if board.models[name].reference is None]
    days = {name: datetime.date(2026, 1 + (5 * i) % 12, 1) for i, name in enumerate(names)}
    cards = {
        name: card.model_copy(update={"organization": "One Lab", "released": days[name]} if name in days else {})
        for name, card in board.models.items()
    }
    same = replace(board, models=cards)
    view = make_view("all", board.columns, same)
    found = modelpage.versions(cards[names[2]], view, same)
    assert [one["released"] for one in found] == sorted(day.isoformat() for day in days.values())
    assert [one["title"] for one in found if one["here"]] == [cards[names[2]].label]
    alone = replace(board, models={**cards, names[2]: cards[names[2]].model_copy(update={"organization": "Other Lab"})})
    assert modelpage.versions(alone.models[names[2]], view, alone) == []


def test_missed_questions_are_wrong_here_and_right_elsewhere(board: Board) -> None:
    asked = [asked_of(column, board) for column in board.columns]
    name = "alder/vision-1a"
    found = missed([name], asked)[name]
    assert found
    shares = [one["share"] for one in found]
    assert shares == sorted(shares, reverse=True)
    assert shares[-1] >= 50
    places = {question_url(one.name, key): (one, i) for one in asked for i, key in enumerate(one.ids)}
    for card in found:
        url, _, model = card["url"].partition("&m=")
        one, place = places[url]
        assert model == "alder__vision-1a", "it opens at this model's answer"
        assert one.outcomes[name][place] in "wu"
        assert sum(one.outcomes[other][place] == "r" for other in one.rivals) >= len(one.rivals) / 2 - 1
        assert one.answers(name)[place][:20] in card["about"]

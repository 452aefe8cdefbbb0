"""What a model's page says about it among others."""

from __future__ import annotations

import pytest

from mmeval.board import Board
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

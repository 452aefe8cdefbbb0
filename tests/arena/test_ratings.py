"""Bradley-Terry ratings against a published example, an independent library and data whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from mmeval.stats.bradley_terry import SCALE, Battles, fit_ratings
from tests.perf.arena import draw

TEAMS = ("Milwaukee", "Detroit", "Toronto", "New York", "Boston", "Cleveland", "Baltimore")
WINS = {
    ("Milwaukee", "Detroit"): (4, 3), ("Milwaukee", "Toronto"): (4, 2), ("Milwaukee", "New York"): (4, 3),
    ("Milwaukee", "Boston"): (6, 1), ("Milwaukee", "Cleveland"): (4, 2), ("Milwaukee", "Baltimore"): (6, 0),
    ("Detroit", "Milwaukee"): (3, 3), ("Detroit", "Toronto"): (4, 2), ("Detroit", "New York"): (4, 3),
    ("Detroit", "Boston"): (6, 0), ("Detroit", "Cleveland"): (6, 1), ("Detroit", "Baltimore"): (4, 3),
    ("Toronto", "Milwaukee"): (2, 5), ("Toronto", "Detroit"): (4, 3), ("Toronto", "New York"): (2, 4),
    ("Toronto", "Boston"): (4, 3), ("Toronto", "Cleveland"): (4, 2), ("Toronto", "Baltimore"): (6, 0),
    ("New York", "Milwaukee"): (3, 3), ("New York", "Detroit"): (5, 1), ("New York", "Toronto"): (2, 5),
    ("New York", "Boston"): (4, 3), ("New York", "Cleveland"): (4, 2), ("New York", "Baltimore"): (6, 1),
    ("Boston", "Milwaukee"): (5, 1), ("Boston", "Detroit"): (2, 5), ("Boston", "Toronto"): (3, 3),
    ("Boston", "New York"): (4, 2), ("Boston", "Cleveland"): (5, 2), ("Boston", "Baltimore"): (6, 0),
    ("Cleveland", "Milwaukee"): (2, 5), ("Cleveland", "Detroit"): (3, 3), ("Cleveland", "Toronto"): (3, 4),
    ("Cleveland", "New York"): (4, 3), ("Cleveland", "Boston"): (4, 2), ("Cleveland", "Baltimore"): (2, 4),
    ("Baltimore", "Milwaukee"): (2, 5), ("Baltimore", "Detroit"): (1, 5), ("Baltimore", "Toronto"): (1, 6),
    ("Baltimore", "New York"): (2, 4), ("Baltimore", "Boston"): (1, 6), ("Baltimore", "Cleveland"): (3, 4),
}  # fmt: skip
"""Home and away wins in the American League East, 1987; Agresti, Categorical Data Analysis (2002), table 10.10."""


def season(*, home: bool) -> Battles:
    rows = [
        (TEAMS.index(host), TEAMS.index(guest), float(won))
        for (host, guest), (wins, losses) in WINS.items()
        for won in [1] * wins + [0] * losses
    ]
    first, second, outcome = map(np.array, zip(*rows, strict=True))
    count = len(rows)
    return Battles(
        first=first, second=second, outcome=outcome, voters=np.arange(count), covariates=np.ones((count, int(home)))
    )


@pytest.mark.parametrize(
    ("home", "published"),
    [
        (False, (1.5814, 1.4364, 1.2945, 1.2476, 1.1077, 0.6839, 0)),
        (True, (1.6196, 1.4754, 1.3271, 1.2813, 1.1438, 0.7047, 0, 0.3023)),
    ],
    ids=["plain", "home advantage"],
)
def test_published_example(home: bool, published: tuple[float, ...]) -> None:
    found = fit_ratings(season(home=home), len(TEAMS), ridge=1e-9)
    relative = [*(found.strengths - found.strengths[-1]), *found.effects]
    assert relative == pytest.approx(published, abs=6e-5)


def test_an_independent_library_agrees() -> None:
    import evalica

    battles = draw(np.random.default_rng(3), np.linspace(-1, 1, 6), 3000, 3000, 0.0)
    words = {1.0: evalica.Winner.X, 0.0: evalica.Winner.Y, 0.5: evalica.Winner.Draw}
    theirs = evalica.bradley_terry(
        list(map(str, battles.first)), list(map(str, battles.second)), [words[float(y)] for y in battles.outcome],
        tolerance=1e-9, limit=1000,
    ).scores.sort_index()  # fmt: skip
    ours = fit_ratings(battles, 6, ridge=1e-9).strengths
    logs = np.log(theirs.to_numpy())
    assert ours == pytest.approx(logs - logs.mean(), abs=1e-4)


@pytest.mark.parametrize(("models", "votes", "voters"), [(4, 200, 6), (8, 800, 40)])
def test_equal_models_are_seldom_separated(models: int, votes: int, voters: int) -> None:
    rng = np.random.default_rng(4)
    fits = [fit_ratings(draw(rng, np.zeros(models), votes, voters, 0.5), models) for _ in range(150)]
    assert np.mean([fit.better().any() for fit in fits]) <= 0.05 + 2.6 * np.sqrt(0.05 * 0.95 / 150)
    covered = np.mean([np.abs(fit.points - 1000) <= fit.margins() for fit in fits])
    assert covered == pytest.approx(0.95, abs=0.03)


def test_a_gap_of_50_points_is_found() -> None:
    battles = draw(np.random.default_rng(5), np.array([50 / SCALE, 0.0]), 5000, 5000, 0.0)
    fit = fit_ratings(battles, 2)
    assert fit.better()[0, 1]
    assert fit.points[0] - fit.points[1] == pytest.approx(50 * 0.85, abs=12), "15 % ties pull the gap together"


def test_a_model_that_won_every_vote_has_a_finite_rating_and_a_wide_interval() -> None:
    first, second = np.array([0] * 40 + [1] * 20 + [2] * 20), np.array([1, 2] * 20 + [2] * 20 + [1] * 20)
    outcome = np.array([1.0] * 40 + [1.0, 0.0] * 20)
    fit = fit_ratings(
        Battles(first=first, second=second, outcome=outcome, voters=np.arange(80), covariates=np.zeros((80, 0))), 3
    )
    assert 1200 < fit.points[0] < 3000
    assert fit.margins()[0] > 3 * fit.margins()[1] / 2
    assert fit.better()[0].tolist() == [False, True, True]


def test_ten_times_the_same_votes_of_one_voter_do_not_shrink_the_interval() -> None:
    battles = draw(np.random.default_rng(6), np.array([0.3, 0.0, -0.3]), 300, 300, 0.0)
    loud = np.concatenate([np.arange(300), np.zeros(10, dtype=int)])
    again = Battles(
        **{name: getattr(battles, name)[loud] for name in ("first", "second", "outcome", "voters", "covariates")}
    )
    plain, more = fit_ratings(battles, 3).margins(), fit_ratings(again, 3).margins()
    assert (more >= plain).all()


def test_a_spammer_moves_no_rating_beyond_its_interval() -> None:
    """Always "the left one", over sides in random order."""
    rng = np.random.default_rng(7)
    honest = draw(rng, np.array([0.4, 0.1, -0.1, -0.4]), 1500, 100, 0.0)
    spam = draw(rng, np.zeros(4), 300, 1, 0.0)
    both = Battles(
        first=np.concatenate([honest.first, spam.first]),
        second=np.concatenate([honest.second, spam.second]),
        outcome=np.concatenate([honest.outcome, np.ones(300)]),
        voters=np.concatenate([honest.voters, np.full(300, 100)]),
        covariates=np.zeros((1800, 0)),
    )
    before, after = fit_ratings(honest, 4), fit_ratings(both, 4)
    assert (np.abs(after.points - before.points) <= after.margins()).all()


@pytest.mark.parametrize(
    ("first", "voters", "said"), [([0, 1], [0, 0], "two voters"), ([1, 1], [0, 1], "meets itself")]
)
def test_what_cannot_be_rated(first: list[int], voters: list[int], said: str) -> None:
    battles = Battles(
        first=np.array(first), second=np.array([1, 0]), outcome=np.ones(2), voters=np.array(voters),
        covariates=np.zeros((2, 0)),
    )  # fmt: skip
    with pytest.raises(ValueError, match=said):
        fit_ratings(battles, 2)

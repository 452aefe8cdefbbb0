"""Every generator keeps what an item promises."""

from __future__ import annotations

import functools
import io

import pytest
from PIL import Image

from mmeval.catalog import Catalog
from mmeval.fresh import STEPS, draw
from mmeval.fresh.charts import kinds
from mmeval.fresh.digests import digest, read
from mmeval.fresh.items import UnclearError
from mmeval.fresh.puzzles.clocks import Clocks
from mmeval.fresh.scenes.changes import Changes
from mmeval.fresh.seasons import all_public, current
from mmeval.fresh.source import Drawn
from scripts.lock_seasons import COMMAND
from tests.fresh.oracle import near_miss, right, score
from tests.perf.fresh import without_pictures
from tests.perf.fresh_ears import by_ear

FAMILIES = [name for name in Catalog().benchmarks() if name.startswith("fresh_")]


def generators():
    for name in FAMILIES:
        source = Catalog().benchmark(name).data
        assert isinstance(source, Drawn)
        yield from (pytest.param(one, id=one.name) for one in source.generators)


GENERATORS = list(generators())


@functools.cache
def drawn(generator, season):
    """The first item of each step, drawn once for all tests: drawing is what they cost."""
    return [draw(generator, all_public()[season].seed, step, 0) for step in STEPS]


@pytest.mark.parametrize("generator", GENERATORS)
def test_an_item_is_exact(generator):
    for item in drawn(generator, current()):
        assert generator.solve(item.facts) == item.main.target, "the second solver disagrees"
        assert len(item.probes) >= 2
        for question in (item.main, *item.probes):
            about = (question.form, question.target)
            assert score(*about, right(*about), question.choices).value == 1, question
            assert score(*about, near_miss(*about, question.choices), question.choices).value == 0, question
        assert len(item.description) > 40
        assert item.images or item.film or item.sound
        assert not item.sound or by_ear(generator, item), "who listens answers otherwise"
        for picture in (*item.images, *(item.film.frames[:1] if item.film else ())):
            assert Image.open(io.BytesIO(picture)).format == "PNG"


@pytest.mark.parametrize("index", [177, 1018], ids=["one colour", "one kind"])
def test_objects_are_drawn_anew_where_none_can_take_the_colour_of_another(index):
    item = draw(Changes(), "guess", 1, index)
    assert Changes().solve(item.facts) == item.main.target


@pytest.mark.parametrize("name", FAMILIES)
def test_a_family_states_the_chance_of_its_questions(name):
    made = Catalog().benchmark(name)
    stated = [item.main.chance for one in made.data.generators for item in drawn(one, current())]
    assert made.chance == pytest.approx(sum(stated) / len(stated), abs=0.02)


def never():
    raise UnclearError


def test_an_item_without_a_plain_question_is_begun_anew():
    with pytest.raises(UnclearError):
        kinds.clear(never)
    unclear = iter([True, False])

    class Picky(Clocks):
        def draw(self, rng, step):
            return never() if next(unclear) else super().draw(rng, step)

    assert draw(Picky(), "seed", 1, 0).main.form == "time"


@pytest.mark.parametrize("generator", GENERATORS)
def test_an_item_depends_on_its_seed_alone(generator):
    """What is shown, and the perception questions, are held by the digests of the season."""
    one = drawn(generator, current())[0]
    with without_pictures(generator):
        again, other = (draw(generator, seed, 1, 0) for seed in (all_public()[current()].seed, "another seed"))
    said, repeated, different = ((it.main, it.facts, it.description) for it in (one, again, other))
    assert said == repeated != different


@pytest.mark.parametrize("generator", GENERATORS)
def test_a_season_draws_the_same_on_every_machine(generator):
    for name in all_public():
        now = digest(drawn(generator, name))
        assert read()[name][generator.name]["first"] == now, f"raise its version, then run {COMMAND}"

"""Every generator keeps what an item promises."""

from __future__ import annotations

import io
import random

import pytest
from PIL import Image

from mmeval.catalog import Catalog
from mmeval.fresh import STEPS, draw
from mmeval.fresh.seasons import all_public
from mmeval.fresh.source import Drawn
from scripts.lock_seasons import COMMAND, first, read
from tests.fresh.oracle import near_miss, right, score

FAMILIES = [name for name in Catalog().benchmarks() if name.startswith("fresh_")]


def generators():
    for name in FAMILIES:
        source = Catalog().benchmark(name).data
        assert isinstance(source, Drawn)
        yield from (pytest.param(one, id=one.name) for one in source.generators)


GENERATORS = list(generators())


@pytest.mark.parametrize("generator", GENERATORS)
def test_an_item_is_exact(generator):
    for step in STEPS:
        item = draw(generator, "test", step, 0)
        assert generator.solve(item.facts) == item.main.target, "the second solver disagrees"
        assert len(item.probes) >= 2
        for question in (item.main, *item.probes):
            about = (question.form, question.target)
            assert score(*about, right(*about), question.choices).value == 1, question
            assert score(*about, near_miss(*about, question.choices), question.choices).value == 0, question
        assert len(item.description) > 40
        for picture in item.images:
            assert Image.open(io.BytesIO(picture)).format == "PNG"


@pytest.mark.parametrize("generator", GENERATORS)
def test_an_item_depends_on_its_seed_alone(generator):
    one, same = (generator.draw(random.Random("5"), 2) for _ in range(2))
    assert one == same
    other = generator.draw(random.Random("6"), 2)
    assert other.images != one.images


@pytest.mark.parametrize("generator", GENERATORS)
def test_a_season_draws_the_same_on_every_machine(generator):
    for name, season in all_public().items():
        assert read()[name][generator.name]["first"] == first(generator, season), (
            f"raise its version, then run {COMMAND}"
        )

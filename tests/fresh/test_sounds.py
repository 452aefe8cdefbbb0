"""What a sound asks can be told by listening to it, and by listening to nothing else."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from mmeval.catalog import Catalog
from mmeval.fresh import draw
from mmeval.fresh.sounds import GENERATORS
from mmeval.fresh.sounds.tape import read
from mmeval.parts import Audio, Text
from tests.perf.fresh_ears import by_ear

SHORTEST, QUIET = 250, 180
"""Milliseconds of a sound, and of the silence between two: models hear in steps of up to 160 ms."""


@pytest.mark.parametrize("generator", GENERATORS, ids=lambda one: one.name)
def test_another_recording_has_another_answer(generator):
    one, *others = (draw(generator, "ears", 5, index) for index in range(24))
    alike = [item for item in others if item.main.text == one.main.text]
    other = next(item for item in alike if item.main.target != one.main.target)
    assert by_ear(generator, one)
    assert not by_ear(generator, replace(one, sound=other.sound))
    for before, after in itertools.pairwise(read(one.facts["sounds"])):
        assert min(before.length, after.length) >= SHORTEST
        assert after.start - before.end >= QUIET


def test_a_sound_stands_in_front_of_its_questions():
    made = Catalog().benchmark("fresh_sounds")
    sound, text = made.to_sample(next(iter(made.data.rows()))).prompt
    assert isinstance(sound, Audio)
    assert sound.mime == "audio/wav"
    assert isinstance(text, Text)

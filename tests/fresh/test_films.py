"""What a film asks can be told from its frames in their order, and from no pile of the same frames."""

from __future__ import annotations

import io
import itertools
from collections import Counter

import av
import pytest

from mmeval.catalog import Catalog
from mmeval.fresh import STEPS, draw
from mmeval.fresh.films import GENERATORS
from mmeval.fresh.films.reel import FPS, FRAMES, scenes
from mmeval.parts import Text, Video
from mmeval.sampling import video_policy

SEEN = video_policy(Catalog().benchmark("fresh_films").video).indices([k / FPS for k in range(FRAMES)], FRAMES / FPS)
TURNED = {(1, 0): "to the right", (-1, 0): "to the left", (0, 1): "down", (0, -1): "up"}


def appear(frames, facts):
    stay = set(frames[0]).intersection(*frames)
    return list(dict.fromkeys(one.name for frame in frames for one in frame if one not in stay))


def turn(frames, facts):
    places = [(one.x, one.y) for frame in frames for one in frame if one.name == facts["asked"]]
    moves = [(b[0] - a[0], b[1] - a[1]) for a, b in itertools.pairwise(places)]
    straight = [((x > 0) - (x < 0), (y > 0) - (y < 0)) for x, y in moves if not (x and y)]
    return [TURNED[way] for way, _ in itertools.groupby(straight)]


def come(frames, facts):
    there = [facts["asked"] in [one.name for one in frame] for frame in frames]
    return sum(b > a for a, b in itertools.pairwise(there))


def gathered(frames, facts):
    """The frames with the object last, so that it comes once; the first ones with it, so that it comes twice."""
    order = sorted(frames, key=lambda frame: facts["asked"] in [one.name for one in frame])
    return order if come(frames, facts) > 1 else [order[0], *order[-4:], *order[1:-4]]


def backwards(frames, facts):
    return frames[::-1]


READ = {"order": (appear, backwards), "ways": (turn, backwards), "flashes": (come, gathered)}


@pytest.mark.parametrize("generator", GENERATORS, ids=lambda one: one.name)
def test_the_order_of_frames_is_what_is_asked(generator, monkeypatch):
    monkeypatch.setattr(f"{type(generator).__module__}.filmed", lambda *given: None)
    read, moved = READ[generator.name]
    for step, index in itertools.product(STEPS, range(4)):
        item = draw(generator, "order", step, index)
        shown = [scenes(item.facts["things"])[at] for at in SEEN]
        other = moved(shown, item.facts)
        assert Counter(other) == Counter(shown)
        assert read(shown, item.facts) == item.main.target["answer"]
        assert read(other, item.facts) != item.main.target["answer"]


def test_a_film_stands_in_front_of_its_questions():
    made = Catalog().benchmark("fresh_films")
    sample = made.to_sample(next(iter(made.data.rows())))
    film, text = sample.prompt
    assert isinstance(film, Video)
    assert isinstance(text, Text)
    with av.open(io.BytesIO(film.data)) as file:
        assert sum(1 for _ in file.decode(video=0)) == FRAMES

"""Benchmarks whose images, sounds and films are checked by rule: what is right counts, and no planted mistake does."""

from __future__ import annotations

import io
import random
from dataclasses import replace

import pytest
from PIL import Image as Pillow

from mmeval import media
from mmeval.board import collect
from mmeval.catalog import Catalog
from mmeval.errors import MediaError
from mmeval.generation import TASKS, flickering
from mmeval.generation.motion import every_nth
from mmeval.media.decoder import Job, decoder
from mmeval.runner import run_one
from mmeval.sitegen import answers
from mmeval.sitegen.asked import asked_of
from mmeval.sitegen.questions import brief_of
from mmeval.store import thumbnail_path
from mmeval.types import Reply, Sample
from tests.data.pictures import exact_film
from tests.perf.made import accepted, jpeg

from .engine.conftest import settings as settings

MISTAKES = [(name, flaw) for name, task in TASKS.items() for flaw in task.flaws]


@pytest.mark.parametrize("name", TASKS)
def test_what_is_right_counts(name):
    assert accepted(TASKS[name], 2, None, jpeg if TASKS[name].want == "image" else bytes) == 1


@pytest.mark.parametrize(("name", "flaw"), MISTAKES, ids=[f"{name}: {flaw}" for name, flaw in MISTAKES])
def test_a_mistake_is_found(name, flaw):
    assert accepted(TASKS[name], 1, flaw) == 0


def pictures() -> dict[str, bytes]:
    noise = random.Random(1).randbytes(64 * 64 * 3)
    made = {"white": Pillow.new("RGB", (64, 64), "white"), "noise": Pillow.frombytes("RGB", (64, 64), noise)}
    made["one pixel"], made["a line"] = Pillow.new("RGBA", (1, 1)), Pillow.new("L", (3000, 1))
    found = {}
    for name, picture in made.items():
        out = io.BytesIO()
        picture.save(out, "PNG")
        found[name] = out.getvalue()
    return found


@pytest.mark.parametrize(("name", "picture"), [(n, p) for n in TASKS for p in pictures() if TASKS[n].want == "image"])
def test_an_image_of_nothing_is_wrong_and_no_error(name, picture):
    facts = TASKS[name].draw(random.Random(3))
    assert not all(TASKS[name].check(facts, media.image(pictures()[picture])).values())


@pytest.mark.parametrize("name", TASKS)
def test_a_task_follows_from_its_seed_and_what_nobody_asked_for_varies(name):
    task, facts = TASKS[name], TASKS[name].draw(random.Random(5))
    assert task.draw(random.Random(5)) == facts
    one, other = (task.make(facts, random.Random(seed), None) for seed in (1, 2))
    assert (one == other) == (name == "play_tones"), "colours and places vary, tones do not"


HALF = [[[0, 0, 0]] * 8 + [[102, 0, 51]] * 8] * 16


@pytest.mark.parametrize(
    ("frames", "change"),
    [
        ((90, 90, 90), 0.0),
        ((0, 255, 0), 255.0),
        ((100, 110, 80), (10 + 30) / 2),
        ((0, HALF), (102 + 0 + 51) / 3 / 2),
        ((200,), None),
    ],
    ids=["stands still", "black and white", "two steps", "a half changes", "one frame"],
)
def test_flickering_is_the_mean_change_from_frame_to_frame(frames, change):
    reply = Reply(text="", finish="stop", media=(media.video(exact_film(*frames)),))
    asked = Sample(id="0", prompt=(), target=None)
    if change is None:
        with pytest.raises(MediaError, match="fewer than two frames"):
            flickering().rule("mmeval")(asked, reply)
    else:
        assert flickering().rule("mmeval")(asked, reply).value == pytest.approx((255 - change) / 255)


@pytest.mark.parametrize(("frames", "fps", "apart"), [(50, 24, 3), (17, 12, 2), (17, 10, 1), (1, 8, 1), (2, 24, 3)])
def test_motion_is_measured_about_eight_times_a_second(frames, fps, apart):
    """VBench: every n-th frame from the first on, n = max(1, round(fps / 8))."""
    film = every_nth(media.video(exact_film(*range(frames), fps=fps)))
    shown = decoder().want(Job("frames", replace(film, policy=None), film.policy.describe())).result().meta["frames"]
    assert [round(one["at"] * fps) for one in shown] == list(range(0, frames, apart))


@pytest.mark.parametrize(("model", "score"), [("drawing/right", 1.0), ("drawing/wrong", 0.0)])
def test_the_references_get_everything_and_nothing(settings, model, score):
    benchmark = Catalog().benchmark("draw_shapes")
    run = run_one(benchmark, model, settings.model_copy(update={"limit": 4}))
    assert (run.info.status, run.info.metrics["accuracy"].value) == ("complete", score)
    notes = {record.score.note for record in run.records()}
    assert (notes == {"all facts are right"}) == (score == 1.0)


@pytest.mark.parametrize(("name", "ending"), [("draw_bars", ".png"), ("play_tones", ".wav"), ("move_dot", ".mp4")])
def test_a_page_shows_what_was_made(settings, name, ending):
    """A small picture and the whole file lie beside the samples; a seed is said where there is one.

    On cards, what a model made rightly stands for a question that has no picture.
    """
    run = run_one(Catalog().benchmark(name), "drawing/right", settings.model_copy(update={"limit": 1}))
    (told,) = run.told()
    thumbs = thumbnail_path(settings.results, run.info, "x").parent
    shown = answers.made(told.made[0]._replace(seed=7), thumbs)
    sha = told.made[0].sha256
    assert (shown["thumb"], shown["file"], shown["seed"]) == (f"t/{sha}.webp", f"t/{sha}{ending}", 7)
    assert (thumbs / f"{sha}{ending}").read_bytes() == next(iter(run.records())).reply.media[0].read()
    gone = answers.made(told.made[0]._replace(sha256="0" * 64), thumbs)
    assert (gone["thumb"], gone["file"]) == ("", "")
    board = collect(settings.results)
    asked = asked_of(board.columns[0], board)
    text, thumb, *_ = brief_of(asked, 0)
    assert (len(text) > 20, thumb) == (True, "" if ending == ".wav" else sha)

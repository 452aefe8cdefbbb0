"""Shapes that move, take turns, bounce and change colour: what happens, and in which order? No single frame tells."""

from random import Random

from mmeval import Benchmark, Row, Sample, animate, draw, media
from mmeval.animate import Place
from mmeval.data import generated
from mmeval.data.drawn import about_clip
from mmeval.metrics import accuracy
from mmeval.scorers import choice

QUESTIONS = {
    "direction": "In which direction does the shape move?",
    "order": "Which shape appears first?",
    "bounces": "How often does the shape bounce off a wall?",
    "change": "Which colour does the shape have at the end?",
    "speed": "In which half of the film does the shape move faster?",
}


def make(rng: Random) -> list[Row]:
    colours, shapes = rng.sample(list(draw.COLOURS), 3), rng.sample(draw.SHAPES, 3)
    way, words = animate.line(rng, colours[0])
    names = [f"the {colour} {shape}" for colour, shape in zip(colours, shapes, strict=True)]
    bounces, turn, slow = rng.randint(1, 4), rng.uniform(0.35, 0.65), rng.choice((0.5, 1.5))
    halves = ["the second half", "the first half"] if slow == 0.5 else ["the first half", "the second half"]
    scenes = {  # who acts, the right answer, and all of them
        "direction": ([way], words[0], words),
        "order": (animate.turns(colours), names[0], names),
        "bounces": ([lambda t: way(abs((1.5 + bounces * t) % 2 - 1))], str(bounces), ["1", "2", "3", "4"]),
        "change": ([lambda t: Place(0.5, 0.5, colours[t >= turn])], colours[1], colours[:2]),
        "speed": ([lambda t: way(slow * t if t < 0.5 else 1 - (2 - slow) * (1 - t))], halves[0], halves),
    }
    return animate.asked(rng, scenes, lambda actors: animate.acted(rng, dict(zip(shapes, actors, strict=False))))


def to_sample(row: Row) -> Sample:
    clip = media.video(row["clip"]["bytes"], source=f"drawn_films {row['id']}")
    return about_clip(row, clip, QUESTIONS[row["kind"]])


benchmark = Benchmark(
    name="drawn_films", version="1", title="Drawn films", about=__doc__, video="frames=16",
    data=generated(make, n=20, seed=18), to_sample=to_sample, score=choice(), profile="mmeval",
    metric=accuracy(by=("category",)), cluster="film", license="CC0-1.0", url=None, paper=None, rows=100,
    chance=0.4167,  # the mean of 1/2 (direction, change, speed), 1/3 (order) and 1/4 (bounces)
    redistribute=True, tags=("video", "generated", "multiple-choice"),
)  # fmt: skip

"""Tones in a row: how many, higher or lower, longer or shorter, which kind, and which first?"""

from random import Random

from mmeval import Benchmark, Row, Sample, animate, media
from mmeval.animate import Tone
from mmeval.data import generated
from mmeval.data.drawn import about_clip
from mmeval.metrics import accuracy
from mmeval.scorers import choice

QUESTIONS = {
    "count": "How many tones are there?",
    "pitch": "Is the second tone higher or lower than the first?",
    "length": "Is the second tone longer or shorter than the first?",
    "order": "Which sound comes first?",
    "timbre": "What kind of sound is it?",
}
PAUSE = Tone(0.25, timbre="")


def make(rng: Random) -> list[Row]:
    low, count, kinds = rng.uniform(250, 450), rng.randint(2, 5), rng.sample(animate.TIMBRES, 3)
    pitches, lengths = rng.sample([low, low * rng.uniform(1.5, 2)], 2), rng.sample([0.3, 0.9], 2)
    names = [f"a {kind}" for kind in kinds]
    scenes = {  # what is heard, the right answer, and all of them
        "count": ([Tone(0.3, low)] * count, str(count), ["2", "3", "4", "5"]),
        "pitch": ([Tone(0.5, one) for one in pitches], ("higher", "lower")[pitches[0] > low], ["higher", "lower"]),
        "length": ([Tone(one, low) for one in lengths], ("longer", "shorter")[lengths[0] > 0.5], ["longer", "shorter"]),
        "order": ([Tone(0.4, low, kind) for kind in kinds], names[0], names),
        "timbre": ([Tone(1.0, low, kinds[0])], names[0], names),
    }
    return animate.asked(rng, scenes, lambda tones: animate.tones(tones, PAUSE, rng))


def to_sample(row: Row) -> Sample:
    clip = media.audio(row["clip"]["bytes"], source=f"drawn_sounds {row['id']}")
    return about_clip(row, clip, QUESTIONS[row["kind"]])


benchmark = Benchmark(
    name="drawn_sounds", version="1", title="Drawn sounds", about=__doc__, audio="wav",
    data=generated(make, n=20, seed=1), to_sample=to_sample, score=choice(), profile="mmeval",
    metric=accuracy(by=("category",)), cluster="sound", license="CC0-1.0", url=None, paper=None, rows=100,
    chance=0.3833,  # the mean of 1/4 (count), 1/2 (pitch, length) and 1/3 (order, timbre)
    redistribute=True, tags=("audio", "generated", "multiple-choice"),
)  # fmt: skip

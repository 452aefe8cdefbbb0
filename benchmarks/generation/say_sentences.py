"""Sentences with names, numbers and rare words, read aloud: how many words does a model that hears write down wrong?"""

from random import Random

from mmeval import Benchmark, Row, Sample, Text
from mmeval.data import generated
from mmeval.metrics import error_rate
from mmeval.scorers import spoken

WHO = ("Margaret", "Yusuf", "Ingrid", "Mateo", "Priya", "Olamide", "Chen", "Zofia")
WHAT = ("lentils", "violins", "umbrellas", "candles", "maps", "tulips", "keys", "blankets")
WHERE = ("the harbour", "Lisbon", "the old library", "Nairobi", "the greenhouse", "Reykjavik", "the ferry", "Osaka")
WHEN = ("on Thursday", "before breakfast", "in early February", "after the concert", "at noon", "last winter")
NUMBERS = ("three", "eleven", "forty", "seventeen", "ninety", "a dozen", "six hundred")


def make(rng: Random) -> dict[str, str]:
    who, other = rng.sample(WHO, 2)
    return {
        "text": f"{who} carried {rng.choice(NUMBERS)} {rng.choice(WHAT)} to {rng.choice(WHERE)} {rng.choice(WHEN)}, "
        f"and {other} brought them back."
    }


def to_sample(row: Row) -> Sample:
    tags = {"unit": "word", "units": str(len(row["text"].split()))}
    return Sample(id=row["id"], prompt=(Text(row["text"]),), target=row["text"], tags=tags)


benchmark = Benchmark(
    name="say_sentences", version="2", title="Saying sentences", about=__doc__, want="audio", temperature=None,
    data=generated(make, n=60, seed=23), to_sample=to_sample, score=spoken(), profile="mmeval", metric=error_rate(),
    cluster=None, license="CC0-1.0", url=None, paper=None, rows=60, chance=None,
    redistribute=True, judge_slice="judge_speech", tags=("generated", "makes audio", "judge", "speech"),
)  # fmt: skip

"""Ranks: which of several tones is the highest, the longest, the loudest?"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from mmeval.fresh import forms
from mmeval.fresh.items import Item
from mmeval.fresh.sounds.tape import PAUSE, Sound, Tape, read, recorded
from mmeval.types import JSON

PLAN = {
    1: (2, 3, 7, 60, 9),
    2: (3, 4, 5, 48, 7),
    3: (4, 5, 4, 38, 5),
    4: (5, 6, 3, 30, 4),
    5: (6, 8, 2, 24, 3),
}
"""Fewest and most tones; from one to the next: semitones of pitch, percent of length, decibels of loudness, by step."""
BEST = {"pitch": ("highest", "lowest"), "length": ("longest", "shortest"), "loudness": ("loudest", "quietest")}
MORE = {"pitch": "higher", "length": "longer", "loudness": "louder"}
PLACES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
SECOND = 4
"""From this step on the second in rank is asked for, too."""
TIMBRES = ("beep", "buzz")
PITCH, LENGTH = (480, 700), (300, 380)
"""Of the lowest and of the shortest tone, in hertz and milliseconds."""


class Ranks:
    """The generator."""

    name: ClassVar[str] = "ranks"
    version: ClassVar[int] = 2

    def draw(self, rng: random.Random, step: int) -> Item:
        """Tones whose ranks are a permutation."""
        tape, (fewest, most, *_) = Tape(rng), PLAN[step]
        count, about, timbre = rng.randint(fewest, most), rng.choice(list(BEST)), rng.choice(TIMBRES)
        ranks = rng.sample(range(count), count)
        sounds = _sounds(rng, tape, step, about, timbre, ranks)
        side, second = rng.randint(0, 1), step >= SECOND and rng.random() < 0.5
        at = ranks.index((count - 1 - second, int(second))[side])
        word = f"{'second ' * second}{BEST[about][side]}"
        text = f"Several tones are heard. Which of them is the {word}?"
        return Item(
            sound=recorded(tape, sounds),
            main=forms.word(text, PLACES[at], PLACES[:count]),
            probes=(
                forms.number("How many tones are heard?", count),
                forms.word("Are the tones beeps or buzzes? A beep is a pure tone.", timbre, TIMBRES),
                forms.yes_no(f"Is the second tone {MORE[about]} than the first?", ranks[1] > ranks[0]),
            ),
            facts={"sounds": [one.facts() for one in sounds], "about": about, "side": side, "second": second},
            description=_told(sounds),
        )

    def solve(self, facts: Mapping[str, Any]) -> JSON:
        """Look for the tone that as many others surpass as the question says."""
        values = [_value(one, facts["about"]) for one in read(facts["sounds"])]
        signs = [-value if facts["side"] else value for value in values]
        over = [sum(other > one for other in signs) for one in signs]
        return {"answer": PLACES[over.index(int(facts["second"]))], "words": list(PLACES[: len(values)])}


def _value(one: Sound, about: str) -> int:
    return {"pitch": one.pitch, "length": one.length, "loudness": -one.soft}[about]


def _sounds(rng: random.Random, tape: Tape, step: int, about: str, timbre: str, ranks: Sequence[int]) -> list[Sound]:
    """Tones that differ in what is asked, and in pitch where that is the length: high tones seem louder."""
    _, _, semitones, percent, decibels = PLAN[step]
    lowest, shortest, at, found = rng.randint(*PITCH), rng.randint(*LENGTH), tape.lead, []
    for rank in ranks:
        other = rng.uniform(0, 12) if about == "length" else 0
        pitch = round(lowest * 2 ** ((rank * semitones if about == "pitch" else other) / 12))
        length = round(shortest * (1 + percent / 100) ** rank) if about == "length" else 2 * shortest
        soft = decibels * (len(ranks) - 1 - rank) if about == "loudness" else 0
        found.append(Sound(kind=timbre, start=at, length=length, pitch=pitch, last=pitch, soft=soft))
        at += length + rng.randint(*PAUSE)
    return found


def _told(sounds: Sequence[Sound]) -> str:
    said = "; ".join(
        f"{one.pitch} Hz, {one.length / 1000:.3f} s long, {f'{one.soft} dB below' if one.soft else 'at'} full level"
        for one in sounds
    )
    name = {"beep": "beeps", "buzz": "buzzes"}[sounds[0].kind]
    start = sounds[0].start / 1000
    return f"A recording of tones that are {name}; the first one starts at {start:.3f} s. In order: {said}."

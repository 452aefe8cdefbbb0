"""Glides: does the pitch of a tone go up or down, or does it stay?"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from mmeval.fresh import forms
from mmeval.fresh.items import Item
from mmeval.fresh.sounds.tape import PAUSE, Sound, Tape, pitches, read, recorded
from mmeval.types import JSON

PLAN = {1: (1, 12, 1200), 2: (2, 9, 1000), 3: (3, 7, 850), 4: (5, 5, 700), 5: (7, 4, 550)}
"""Tones, semitones between start and end, and the milliseconds of each, by step."""
MARKERS = ("bell", "drum", "hiss")
"""What is heard before the tones."""
MARKER_LENGTH = 500
TIMBRES = ("beep", "buzz")
WAYS = ("up", "down", "level")
MIDDLE = (350, 700)
"""Lowest and highest pitch in the middle of a tone, in hertz. It tells nothing about where the tone goes."""


class Glides:
    """The generator."""

    name: ClassVar[str] = "glides"
    version: ClassVar[int] = 1

    def draw(self, rng: random.Random, step: int) -> Item:
        """A sound that begins, and tones that glide."""
        tape, (count, semitones, length) = Tape(rng), PLAN[step]
        marker, timbre, length = rng.choice(MARKERS), rng.choice(TIMBRES), rng.randint(length, length * 6 // 5)
        ways = [rng.choice(WAYS) for _ in range(count)]
        pitch = pitches(rng)[marker]
        sounds = [Sound(kind=marker, start=tape.lead, length=MARKER_LENGTH, pitch=pitch, last=pitch)]
        for way in ways:
            first, last = _span(rng, way, semitones)
            start = sounds[-1].end + rng.randint(*PAUSE)
            sounds.append(Sound(kind=timbre, start=start, length=length, pitch=first, last=last))
        place, at = rng.choice((("first", 0), ("last", -1))) if count > 1 else ("only", 0)
        return Item(
            sound=recorded(tape, sounds),
            main=forms.sequence(_asked(count), ways, WAYS, among=3**count),
            probes=(
                forms.word("Which sound is heard before the tones?", marker, MARKERS),
                forms.word("Are the tones beeps or buzzes? A beep is a pure tone.", timbre, TIMBRES),
                forms.word(f"Does the pitch of the {place} tone go up, go down or stay level?", ways[at], WAYS),
            ),
            facts={"sounds": [one.facts() for one in sounds]},
            description=_told(sounds),
        )

    def solve(self, facts: Mapping[str, Any]) -> JSON:
        """Compare the pitches at both ends of each tone."""
        tones = [(one.last > one.pitch) - (one.last < one.pitch) for one in read(facts["sounds"])[1:]]
        return {"answer": [{1: "up", -1: "down", 0: "level"}[sign] for sign in tones], "words": list(WAYS)}


def _span(rng: random.Random, way: str, semitones: int) -> tuple[int, int]:
    """The pitch at the start and at the end of a tone."""
    middle, half = rng.randint(*MIDDLE), 2 ** (semitones / 24)
    low, high = round(middle / half), round(middle * half)
    if way == "level":
        return (pitch := rng.choice((low, middle, high))), pitch
    return (low, high) if way == "up" else (high, low)


def _asked(count: int) -> str:
    if count == 1:
        return "After the first sound there is a tone. Does its pitch go up, go down or stay level?"
    return f"After the first sound there are {count} tones. Does the pitch go up, go down or stay level, tone by tone?"


def _told(sounds: Sequence[Sound]) -> str:
    marker, *tones = sounds
    said = "; ".join(f"{one.pitch} Hz at its start, {one.last} Hz at its end" for one in tones)
    name = {"beep": "beeps", "buzz": "buzzes"}[tones[0].kind]
    return (
        f"A recording. First a {marker.kind} is heard, then, from {tones[0].start / 1000:.3f} s on, tones "
        f"that are {name}. Their pitches, in order: {said}."
    )

"""Recordings of simple sounds: what is heard when, made sample by sample, and what is asked about all of them.

Nothing is shorter than a quarter of a second, and between two sounds it is quiet for at least 0.18 s: models hear in
steps of 10 to 160 ms. Everything is in one channel, for most models hear no more.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from mmeval import animate
from mmeval.animate import RATE
from mmeval.fresh import forms
from mmeval.fresh.items import Question
from mmeval.fresh.sounds import voices
from mmeval.fresh.style import DEVIATION, normal

__all__ = ["KINDS", "PAUSE", "TICK", "Sound", "Tape", "heard", "pitches", "present", "read", "recorded", "row", "told"]

KINDS = ("beep", "bell", "buzz", "drum", "hiss", "siren")
"""Sounds that people name alike."""
PITCH = {
    "beep": (700, 1000), "bell": (800, 1100), "buzz": (110, 160), "drum": (130, 170), "hiss": (0, 0),
    "siren": (450, 650), "low beep": (320, 420), "high beep": (1200, 1600),
}  # fmt: skip
"""Lowest and highest pitch of a kind, in hertz."""
PAUSE = (180, 420)
"""Shortest and longest pause between two sounds, in milliseconds."""
LEAD = (300, 700)
"""The same for the beginning and the end of a recording."""
TICK = 10
"""Milliseconds between the moments at which `heard` listens."""
LOUD = (9_000, 14_000)
"""Peaks of the loudest sound."""
NOISE = (20, 60)
"""Standard deviation of the noise behind half of the recordings, in units of a sample."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """One sound of a recording."""

    kind: str
    start: int
    """Milliseconds from the beginning of the recording."""
    length: int
    """Milliseconds."""
    pitch: int = 0
    """Hertz, at its start."""
    last: int = 0
    """Hertz, at its end."""
    soft: int = 0
    """Decibels by which it is quieter than the loudest one can be."""

    @property
    def end(self) -> int:
        """Milliseconds from the beginning of the recording."""
        return self.start + self.length

    def facts(self) -> dict[str, Any]:
        """The sound as facts of an item."""
        return asdict(self)


def read(facts: Sequence[Mapping[str, Any]]) -> list[Sound]:
    """The sounds that were written as facts."""
    return [Sound(**one) for one in facts]


class Tape:
    """How a recording sounds: its level, and the noise behind it."""

    def __init__(self, rng: random.Random) -> None:
        self.loud = rng.randint(*LOUD)
        self.noise = rng.choice((0, rng.randint(*NOISE)))
        self.seed = rng.getrandbits(32)
        self.lead, self.rest = rng.randint(*LEAD), rng.randint(*LEAD)


def pitches(rng: random.Random) -> dict[str, int]:
    """A pitch for each kind of sound."""
    return {kind: rng.randint(*span) for kind, span in PITCH.items()}


def row(rng: random.Random, tape: Tape, kinds: Sequence[str], length: int) -> list[Sound]:
    """Sounds of one length, this one or a little more, one after the other; those of a kind are alike."""
    pitch, at, found = pitches(rng), tape.lead, []
    length = rng.randint(length, length * 6 // 5)
    for kind in kinds:
        found.append(Sound(kind=kind, start=at, length=length, pitch=pitch[kind], last=pitch[kind]))
        at += length + rng.randint(*PAUSE)
    return found


def recorded(tape: Tape, sounds: Sequence[Sound]) -> bytes:
    """The recording as a WAV file: one channel, 16 bits."""
    import numpy as np

    whole = normal(_samples(sounds[-1].end + tape.rest), tape.seed) * tape.noise // DEVIATION
    for place, one in enumerate(sounds, 1):
        at, count = _samples(one.start), _samples(one.length)
        made = voices.edged(voices.VOICES[one.kind](one.pitch, one.last, count, tape.seed + place))
        whole[at : at + count] += made * round(tape.loud * 10 ** (-one.soft / 20)) // voices.PEAK
    return animate.wav(np.clip(whole, -voices.PEAK, voices.PEAK).astype(np.int16))


def _samples(milliseconds: int) -> int:
    return milliseconds * RATE // 1000


def heard(sounds: Sequence[Sound]) -> Iterator[str | None]:
    """Which sound is heard at each tick; None where it is quiet."""
    for at in range(0, sounds[-1].end + 2 * TICK, TICK):
        yield next((one.kind for one in sounds if one.start <= at < one.end), None)


def present(rng: random.Random, there: Sequence[str], among: Sequence[str]) -> Question:
    """Whether a sound is heard; half of the time it is not. `among` has one at least that is not."""
    shown = rng.random() < 0.5
    name = rng.choice(sorted(set(there)) if shown else [kind for kind in among if kind not in there])
    return forms.yes_no(f"Is there a {name} in the recording?", shown)


def told(sounds: Sequence[Sound]) -> str:
    """When each sound is heard, in words, kind by kind."""
    times = {
        kind: [f"{one.start / 1000:.3f} to {one.end / 1000:.3f} s" for one in sounds if one.kind == kind]
        for kind in sorted({one.kind for one in sounds})
    }
    said = "; ".join(f"the {kind} from {' and from '.join(spans)}" for kind, spans in times.items())
    return f"A recording of sounds with silence between them. They are heard at these times: {said}."

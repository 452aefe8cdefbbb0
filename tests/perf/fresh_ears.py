"""A solver that has only the recording and the question: it listens to the WAV file and knows nothing of the facts.

It finds sounds by their loudness, tells kinds apart by their spectrum, and takes pitches from the highest peak.
"""

from __future__ import annotations

import io
import itertools
import re
import wave
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from mmeval.fresh import Generator, Item
from mmeval.fresh.sounds.ranks import PLACES
from mmeval.types import JSON

__all__ = ["by_ear"]

Samples: TypeAlias = "np.ndarray[Any, np.dtype[np.float64]]"
FRAME = 160
QUIET = 3.5
"""A frame is loud if it is so many times as loud as the quiet ones, and not much quieter than the loudest."""
FLOOR = 0.025
PADDED = 1 << 14
GLIDE = 1.05
"""A tone goes up if its end is higher than its start by this factor, less than a semitone."""


@dataclass(frozen=True)
class Heard:
    """A sound between two silences."""

    samples: Samples
    rate: int

    @property
    def length(self) -> float:
        return len(self.samples) / self.rate

    @property
    def loudness(self) -> float:
        return float(np.sqrt((self.samples**2).mean()))

    def pitch(self, first: float, last: float) -> float:
        """Hertz of the highest peak in a part of the sound."""
        part = self.samples[int(first * len(self.samples)) : int(last * len(self.samples))]
        power = np.abs(np.fft.rfft(part * np.hanning(len(part) + 1)[:-1], PADDED))
        return float(power.argmax()) * self.rate / PADDED

    @property
    def kind(self) -> str:
        power = np.abs(np.fft.rfft(self.samples)) ** 2 + 1e-9
        hertz = np.fft.rfftfreq(len(self.samples), 1 / self.rate)
        centre = float((power * hertz).sum() / power.sum())
        half = len(self.samples) // 2
        fades = np.square(self.samples[half:]).mean() < 0.25 * np.square(self.samples[:half]).mean()
        if centre > 2500 and not fades:
            return "hiss"
        if fades:
            return "drum" if self.pitch(0, 1) < 300 else "bell"
        marks = [self.pitch(at, at + 0.12) for at in np.linspace(0.04, 0.84, 9)]
        if max(marks) > 1.25 * min(marks) and sum(b < 0.97 * a for a, b in itertools.pairwise(marks)) > 0 < sum(
            b > 1.03 * a for a, b in itertools.pairwise(marks)
        ):
            return "siren"
        peak = np.abs(hertz - self.pitch(0.2, 0.8)) < 0.35 * self.pitch(0.2, 0.8)
        return "beep" if power[peak].sum() > 0.9 * power.sum() else "buzz"


def sounds(file: bytes) -> list[Heard]:
    """What a recording holds, one after the other."""
    with wave.open(io.BytesIO(file)) as opened:
        rate, samples = opened.getframerate(), np.frombuffer(opened.readframes(opened.getnframes()), "<i2") * 1.0
    frames = np.sqrt(np.square(samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME)).mean(axis=1))
    bar = max(QUIET * float(np.percentile(frames, 5)), FLOOR * float(frames.max()))
    loud = np.flatnonzero(np.diff(np.concatenate([[False], frames > bar, [False]]).astype(int)))
    spans = [(int(first), int(last)) for first, last in loud.reshape(-1, 2) if last - first > 4]
    return [Heard(samples[FRAME * first : FRAME * last], rate) for first, last in spans]


def _name(one: Heard, asked: str) -> str:
    """The kind of a sound, where beeps can be high and low."""
    if one.kind == "beep" and " beep" in asked:
        return "high beep" if one.pitch(0.1, 0.9) > 700 else "low beep"
    return one.kind


def _calls(some: list[Heard], asked: str) -> JSON:
    return [one.kind for one in some]


def _beats(some: list[Heard], asked: str) -> JSON:
    found = re.search(r"is the (.*) heard", asked)
    assert found
    return sum(_name(one, found[1]) == found[1] for one in some)


def _glides(some: list[Heard], asked: str) -> JSON:
    turns = [one.pitch(0.8, 1) / one.pitch(0, 0.2) for one in some[1:]]
    return ["up" if turn > GLIDE else "down" if turn < 1 / GLIDE else "level" for turn in turns]


VALUES: Mapping[str, Callable[[Heard], float]] = {
    "highest": lambda one: one.pitch(0.1, 0.9),
    "lowest": lambda one: -one.pitch(0.1, 0.9),
    "longest": lambda one: one.length,
    "shortest": lambda one: -one.length,
    "loudest": lambda one: one.loudness,
    "quietest": lambda one: -one.loudness,
}


def _ranks(some: list[Heard], asked: str) -> JSON:
    found = re.search(r"is the (second )?(\w+)\?", asked)
    assert found
    order = sorted(range(len(some)), key=lambda place: VALUES[found[2]](some[place]), reverse=True)
    return PLACES[order[1 if found[1] else 0]]


EARS: Mapping[str, Callable[[list[Heard], str], JSON]] = {
    "calls": _calls,
    "beats": _beats,
    "glides": _glides,
    "ranks": _ranks,
}


def by_ear(generator: Generator, item: Item) -> bool:
    """Whether the main question about a recording is answered rightly by who only listens."""
    assert item.sound
    assert isinstance(item.main.target, dict)
    answer = EARS[generator.name](sounds(item.sound), item.main.text)
    return bool(answer == item.main.target["answer"])

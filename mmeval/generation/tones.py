"""Tones: how many, how high and how long."""

from __future__ import annotations

import math
import wave
from random import Random
from typing import TYPE_CHECKING, Any, TypeAlias

from mmeval import animate
from mmeval.animate import Tone
from mmeval.generation.tasks import Facts, Task
from mmeval.media.decoder import Job, decoder
from mmeval.sampling import AudioPolicy
from mmeval.types import JSON, Media

if TYPE_CHECKING:
    import numpy as np

    Samples: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]

__all__ = ["TONES"]

PITCHES = (220, 262, 330, 440, 523, 660, 880)
"""Hertz; three semitones or more apart."""
LENGTHS = (0.4, 0.8)
GAP_S = 0.3
PITCH_OFF = 1.0
"""Semitones by which a tone may be wrong."""
LENGTH_OFF = 0.3
"""Share by which a length may be wrong."""
FRAME_S = 0.02
SHORTEST_S = 0.1
LOUD = 0.15
"""Share of the loudest moment from which a moment counts as sounding."""


def _draw(rng: Random) -> dict[str, JSON]:
    count, varied = rng.randint(2, 4), rng.random() < 0.5
    lengths = [rng.choice(LENGTHS) if varied else LENGTHS[0] for _ in range(count)]
    tones: list[JSON] = [
        {"hertz": hertz, "seconds": seconds} for hertz, seconds in zip(rng.sample(PITCHES, count), lengths, strict=True)
    ]
    return {"kind": "pitch and length" if varied else "pitch", "tones": tones}


def _prompt(facts: Facts) -> str:
    tones = "; ".join(f"{tone['hertz']} Hz for {tone['seconds']:g} seconds" for tone in facts["tones"])
    return (
        f"Exactly {len(facts['tones'])} steady tones, one after the other, with {GAP_S:g} seconds of silence between "
        f"them: {tones}. No other sound, no music, no speech."
    )


def _make(facts: Facts, rng: Random, flaw: str | None) -> bytes:
    tones = [dict(tone) for tone in facts["tones"]]
    at = rng.randrange(len(tones))
    if flaw == "pitch":
        tones[at]["hertz"] *= rng.choice((2 ** (-2 / 12), 2 ** (2 / 12)))
    elif flaw == "length":
        tones[at]["seconds"] *= 1.6
    elif flaw == "order":
        tones = [*tones[1:], tones[0]]
    elif flaw == "one missing":
        del tones[at]
    elif flaw == "one too many":
        tones.append({"hertz": 392, "seconds": 0.4})
    played = [Tone(tone["seconds"], tone["hertz"]) for tone in tones]
    return animate.tones(played, Tone(GAP_S, timbre=""), rng)


def _check(facts: Facts, made: Media) -> dict[str, bool]:
    found, wanted = _heard(made), facts["tones"]
    right = len(found) == len(wanted)
    pairs = list(zip(found, wanted, strict=True)) if right else []
    return {
        f"{len(wanted)} tones": right,
        "pitches": right and all(abs(12 * math.log2(hertz / tone["hertz"])) <= PITCH_OFF for (hertz, _), tone in pairs),
        "lengths": right and all(abs(s / tone["seconds"] - 1) <= LENGTH_OFF for (_, s), tone in pairs),
    }


def _heard(made: Media) -> list[tuple[float, float]]:
    """Hertz and seconds of every tone: stretches that are loud, and the strongest frequency of each."""
    import numpy as np
    from scipy import ndimage

    rate, samples = _samples(made)
    size = round(FRAME_S * rate)
    frames = samples[: len(samples) // size * size].reshape(-1, size)
    loudness = np.sqrt((frames**2).mean(axis=1))
    if not len(frames) or loudness.max() <= 0:
        return []
    sounding = ndimage.binary_closing(loudness > LOUD * np.quantile(loudness, 0.98), structure=np.ones(3))
    labels, _ = ndimage.label(sounding)
    found = []
    for (where,) in ndimage.find_objects(labels):
        seconds = (where.stop - where.start) * FRAME_S
        if seconds >= SHORTEST_S:
            found.append((_pitch(samples[where.start * size : where.stop * size], rate), seconds))
    return found


def _pitch(samples: Samples, rate: int) -> float:
    """The strongest frequency, by the Fourier transform under a Hann window, refined by a parabola."""
    import numpy as np

    size = 1 << (len(samples) - 1).bit_length() + 2
    power = np.abs(np.fft.rfft(samples * np.hanning(len(samples)), size))
    low = math.ceil(60 * size / rate)
    peak = low + int(power[low : size // 2].argmax())
    a, b, c = np.log(power[peak - 1 : peak + 2] + 1e-12)
    shift = 0.5 * (a - c) / (a - 2 * b + c) if a - 2 * b + c else 0.0
    return float((peak + shift) * rate / size)


def _samples(made: Media) -> tuple[int, Samples]:
    """Samples per second, and the mono samples; raises MediaError."""
    import numpy as np

    done = decoder().want(Job("sound", made, AudioPolicy(mode="wav").describe())).result()
    with wave.open(str(done.folder / done.meta["file"])) as file:
        data = file.readframes(file.getnframes())
        return file.getframerate(), np.frombuffer(data, dtype="<i2").astype(np.float64)


TONES = Task(
    name="play_tones", version=1, want="audio", draw=_draw, prompt=_prompt, make=_make, check=_check,
    flaws=("pitch", "length", "order", "one missing", "one too many"),
)  # fmt: skip

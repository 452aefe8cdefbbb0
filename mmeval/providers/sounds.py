"""Sounds for models that run in this process: the samples of a WAV file."""

from __future__ import annotations

import io
import wave
from typing import Any

from mmeval.errors import MediaError
from mmeval.types import Audio

__all__ = ["samples"]


def samples(sound: Audio, rate: int) -> Any:
    """The samples of a mono WAV file between -1 and 1, shape (samples,).

    Raises:
        MediaError: it is another kind of file, or has another rate; with the way out.
    """
    import numpy as np

    try:
        with wave.open(io.BytesIO(sound.read())) as file:
            if (file.getframerate(), file.getnchannels(), file.getsampwidth()) != (rate, 1, 2):
                raise MediaError(f"{sound.source}: the model hears {rate} samples per second: add --audio rate={rate}")
            frames = file.readframes(file.getnframes())
    except (wave.Error, EOFError, OSError) as error:
        raise MediaError(f"{sound.source}: no WAV file ({error}): add --audio rate={rate}") from None
    return np.frombuffer(frames, dtype="<i2").astype(np.float32) / 32768

"""The same questions without their pictures, or with the pictures of other questions.

Both say how much of a score the pictures earn: blind = what language alone answers; shuffled = what
any plausible picture answers.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Literal, TypeAlias

from mmeval.errors import DataError
from mmeval.types import Audio, Image, Part, Sample, Text, Video

Ablation = Literal["blind", "shuffled-image"]
Picture: TypeAlias = Image | Audio | Video
WINDOW = 64
"""How many samples are in memory at a time; pictures are exchanged inside a window."""


def ablate(samples: Iterable[Sample], kind: Ablation, *, seed: int = 0) -> Iterator[Sample]:
    """Stream the samples with their media dropped (`blind`) or exchanged (`shuffled-image`).

    Ids, texts, golds, clusters and tags stay, so that blind and plain runs can be paired. Equal seeds
    give equal exchanges. Raises DataError when there are no other pictures to exchange with.
    """
    if kind == "blind":
        return (_blind(sample) for sample in samples)
    return _shuffled(iter(samples), seed)


def _blind(sample: Sample) -> Sample:
    return replace(sample, prompt=tuple(part for part in sample.prompt if isinstance(part, Text)))


def _shuffled(samples: Iterator[Sample], seed: int) -> Iterator[Sample]:
    last: list[Sample] = []
    while window := list(islice(samples, WINDOW)):
        order = list(range(len(window)))
        random.Random(f"{seed}:{window[0].id}").shuffle(order)  # noqa: S311 - an exchange, no secret
        donors = [window[i] for i in order] + last
        yield from (_exchanged(sample, donors, order.index(i)) for i, sample in enumerate(window))
        last = window


def _exchanged(sample: Sample, donors: list[Sample], place: int) -> Sample:
    """The sample with the media of the next donor (in shuffled order) that has other ones."""
    own = _media(sample)
    if not own:
        return sample
    ring = donors[place + 1 :] + donors[:place]
    for donor in ring:
        theirs = _media(donor)
        if theirs and not {m.sha256 for m in theirs} & {m.sha256 for m in own}:
            return replace(sample, prompt=tuple(_filled(sample.prompt, theirs)))
    raise DataError(f"{sample.id}: no other picture near it to exchange its own with")


def _media(sample: Sample) -> list[Picture]:
    return [part for part in sample.prompt if not isinstance(part, Text)]


def _filled(prompt: Iterable[Part], media: list[Picture]) -> Iterator[Part]:
    place = 0
    for part in prompt:
        if isinstance(part, Text):
            yield part
        else:
            yield media[place % len(media)]
            place += 1

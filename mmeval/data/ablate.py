"""Ablations: the same samples without their media, with a description instead, or with the media of other samples.

They show how much of a score comes from the image. `blind` measures what a model answers from the text alone,
`shuffled-image` what it answers with a plausible but wrong image, `gold-description` what it answers when it need not
see, because the benchmark says in words what the image shows.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Literal, TypeAlias

from mmeval import prompts
from mmeval.errors import DataError
from mmeval.types import Audio, Image, Part, Sample, Text, Video

Ablation = Literal["blind", "shuffled-image", "gold-description"]
Medium: TypeAlias = Image | Audio | Video
WINDOW = 64
"""Number of samples in memory at a time. Media are exchanged inside a window."""


def ablate(samples: Iterable[Sample], kind: Ablation, *, seed: int = 0) -> Iterator[Sample]:
    """Stream the samples with their media removed (`blind`), replaced by words or exchanged.

    Ids, texts, targets, clusters and tags do not change, so ablated and plain runs can be paired. The same seed gives
    the same exchange. Raises DataError when no other sample has media to exchange, or a sample has no description.
    """
    if kind == "blind":
        return (_blind(sample) for sample in samples)
    if kind == "gold-description":
        return (_described(sample) for sample in samples)
    return _shuffled(iter(samples), seed)


def _blind(sample: Sample) -> Sample:
    return replace(sample, prompt=tuple(part for part in sample.prompt if isinstance(part, Text)))


def _described(sample: Sample) -> Sample:
    if sample.description is None:
        raise DataError(
            f"{sample.id}: the benchmark has no descriptions of its images, so it cannot be asked with them"
        )
    texts = (part for part in sample.prompt if isinstance(part, Text))
    return replace(sample, prompt=(Text(f"{prompts.INSTEAD}{sample.description}"), *texts))


def _shuffled(samples: Iterator[Sample], seed: int) -> Iterator[Sample]:
    last: list[Sample] = []
    while window := list(islice(samples, WINDOW)):
        order = list(range(len(window)))
        random.Random(f"{seed}:{window[0].id}").shuffle(order)  # noqa: S311 - not used for security
        donors = [window[i] for i in order] + last
        yield from (_exchanged(sample, donors, order.index(i)) for i, sample in enumerate(window))
        last = window


def _exchanged(sample: Sample, donors: list[Sample], position: int) -> Sample:
    """The sample with the media of the next donor, in shuffled order, that has different media."""
    own = _media(sample)
    if not own:
        return sample
    ring = donors[position + 1 :] + donors[:position]
    for donor in ring:
        theirs = _media(donor)
        if theirs and not {m.sha256 for m in theirs} & {m.sha256 for m in own}:
            return replace(sample, prompt=tuple(_filled(sample.prompt, theirs)))
    raise DataError(f"{sample.id}: no nearby sample has other media to exchange")


def _media(sample: Sample) -> list[Medium]:
    return [part for part in sample.prompt if not isinstance(part, Text)]


def _filled(prompt: Iterable[Part], media: list[Medium]) -> Iterator[Part]:
    count = 0
    for part in prompt:
        if isinstance(part, Text):
            yield part
        else:
            yield media[count % len(media)]
            count += 1

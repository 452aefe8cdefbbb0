"""Variants of a benchmark: without images, with rotated or scored options, with several prompts; and their names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Any, get_args

from mmeval.data.ablate import Ablation
from mmeval.data.closings import VERSION
from mmeval.data.rotations import rotations
from mmeval.data.scored import Scored, as_scored, method_of, offering
from mmeval.definitions import Benchmark
from mmeval.errors import DataError, UsageError
from mmeval.metrics import in_every_rotation, over_prompts
from mmeval.types import Sample

__all__ = ["Variant", "varied"]

PROMPTS = re.compile(r"prompts-([1-9]\d*)v\d+")
CHECKED = 64
"""Questions of which at least one must have options that can be rotated."""


@dataclass(frozen=True, slots=True)
class Variant:
    """How a benchmark is asked in another way than its own; its name is `variant` in the spec of a run."""

    ablate: Ablation | None = None
    circular: bool = False
    prompts: int = 1
    scored: Scored | None = None

    @classmethod
    def of(cls, name: str) -> Variant:
        """The variant with this name; parts that other tools have named are left out."""
        parts = name.split(".")
        prompts = next((int(found[1]) for part in parts if (found := PROMPTS.fullmatch(part))), 1)
        ablation = next((kind for kind in get_args(Ablation) if kind in parts), None)
        return cls(
            ablation, "circular" in parts, prompts, next((one for one in get_args(Scored) if one in parts), None)
        )

    @property
    def name(self) -> str:
        """Such as `blind`, `circular` or `blind.circular.prompts-3v1`; empty for the plain benchmark."""
        rotated = "circular" if self.circular else None
        asked = f"prompts-{self.prompts}v{VERSION}" if self.prompts > 1 else None
        return ".".join(filter(None, (self.ablate, rotated, asked, self.scored)))

    @property
    def settings(self) -> dict[str, Any]:
        """The settings of a run that ask it."""
        scored = method_of(self.scored)
        return {"ablate": self.ablate, "circular": self.circular, "prompts": self.prompts, "score_choices": scored}

    def copies(self, samples: Iterable[Sample]) -> Iterator[list[Sample]]:
        """For each sample, the samples that are asked instead of it.

        Raises:
            DataError: options should be rotated or scored, and none of the first questions have any that can be.
        """
        if self.scored is not None:
            samples = offering(samples, self.scored)
        if not self.circular:
            return ([sample] for sample in samples)
        stream = map(rotations, samples)
        head = list(islice(stream, CHECKED))
        if head and all(len(copies) == 1 for copies in head):
            first = f"none of the first {len(head)} questions"
            raise DataError(f"--circular: {first} has lettered options in its prompt that can be rotated")
        return chain(head, stream)


def varied(benchmark: Benchmark, variant: Variant) -> Benchmark:
    """The benchmark with the metric and scorer of a variant, which a tag names; varied once more, it stays as it is.

    Raises:
        UsageError: options should be rotated, but the benchmark's own data hold every rotation already.
    """
    tag = f"variant:{variant.name}"
    if tag in benchmark.tags:
        return benchmark
    made = benchmark if variant.scored is None else as_scored(benchmark)
    if variant.circular:
        if "circular" in benchmark.tags:
            raise UsageError(f"--circular: {benchmark.name} asks every question with its options rotated already")
        made = replace(made, metric=in_every_rotation(made.metric))
    if variant.prompts > 1:
        made = replace(made, metric=over_prompts(made.metric, variant.prompts))
    return benchmark if made is benchmark else replace(made, tags=(*benchmark.tags, tag))

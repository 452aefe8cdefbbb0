"""Store the samples of a benchmark once for all models: prompts without media, and thumbnails if the licence allows."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

from mmeval import media
from mmeval.errors import MediaError
from mmeval.runner.clips import put_once, store_clips, store_made
from mmeval.runner.plan import Plan
from mmeval.store import (
    Files,
    RunInfo,
    StoredSample,
    dump_sample,
    read_samples,
    samples_path,
    thumbnail_path,
    unpublished,
)
from mmeval.types import MEDIA, Image, Sample

__all__ = ["publish", "storing"]

THUMBNAILS = 1000
"""At most this many images of a benchmark get a thumbnail for the site."""


def storing(samples: Iterable[Sample], part: Path) -> Iterator[Sample]:
    """Pass samples on and write their stored form to `part`, which is complete when the iterator is exhausted."""
    part.parent.mkdir(parents=True, exist_ok=True)
    with part.open("w", encoding="utf-8", errors="surrogatepass") as file:
        before = None
        for sample in samples:
            stored = StoredSample.of(sample)
            file.write(dump_sample(stored, before) + "\n")
            before = stored
            yield sample


def publish(plan: Plan, info: RunInfo) -> None:
    """Move the samples to the place that the runs of all models share, and make the thumbnails that are missing."""
    target = samples_path(plan.settings.results, info)
    if not plan.benchmark.redistribute:
        target = unpublished(target)
    part = Files(plan.folder).samples_part
    if not target.exists() and part.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(part, target)
    if plan.benchmark.redistribute and target.exists():
        _thumbnails(plan, info, target)
        if plan.benchmark.video or plan.benchmark.audio:
            store_clips(plan, info, target)
        if plan.benchmark.want in MEDIA:
            store_made(plan, info)


def _thumbnails(plan: Plan, info: RunInfo, samples: Path) -> None:
    missing: set[str] = set()
    for stored in read_samples(samples):
        images = {p.sha256 for p in stored.prompt if p.kind == "image" and p.sha256}
        missing |= {sha for sha in images if not thumbnail_path(plan.settings.results, info, sha).exists()}
        if len(missing) >= THUMBNAILS:
            break
    for image in _images(plan, missing):
        path = thumbnail_path(plan.settings.results, info, image.sha256)
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(MediaError):  # the run has recorded the sample as `invalid_input`
            put_once(path, partial(media.thumbnail, image))


def _images(plan: Plan, wanted: set[str]) -> Iterator[Image]:
    if not wanted:
        return
    for sample in plan.samples():
        for part in sample.prompt:
            if isinstance(part, Image) and part.sha256 in wanted:
                wanted.discard(part.sha256)
                yield part
        if not wanted:
            return

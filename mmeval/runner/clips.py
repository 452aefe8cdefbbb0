"""Copies of films and sounds for the site, where the licence allows it: small ones, with what a model saw."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from mmeval import media
from mmeval.errors import MediaError
from mmeval.runner.plan import Plan
from mmeval.store import RunInfo, clip_name, read_samples, thumbnail_path
from mmeval.types import Audio, Image, Video

__all__ = ["store_clips"]

CLIPS = 300
"""At most this many clips of a benchmark are copied."""
LARGEST = 2_000_000
"""Bytes of a film or sound that is copied."""
STRIP, SIDE, FRAME_BYTES = 8, 128, 4_000
"""Frames of a strip, their longest side in pixels, and the bytes of one."""
ENDINGS = {"video/mp4": ".mp4", "video/webm": ".webm", "audio/wav": ".wav", "audio/mpeg": ".mp3"}
"""What browsers play."""


def store_clips(plan: Plan, info: RunInfo, samples: Path) -> None:
    """Put what is missing beside the thumbnails: a copy of each small clip, and pictures of what was seen of it."""
    folder = thumbnail_path(plan.settings.results, info, "x").parent
    prompts = (one.prompt for one in read_samples(samples))
    wanted = {clip_name(part) for parts in prompts for part in parts if part.kind in ("video", "audio")}
    missing = {name for name in sorted(wanted)[:CLIPS] if not any(folder.glob(f"{name}*"))}
    if not missing:
        return
    folder.mkdir(parents=True, exist_ok=True)
    for clip in _clips(plan, missing):
        with suppress(MediaError, OSError):  # the run has recorded the sample as `invalid_input`
            _copy(clip, folder)
            _strip(plan, clip, folder)


def _clips(plan: Plan, missing: set[str]) -> Iterator[Video | Audio]:
    for sample in plan.samples():
        for part in media.with_policy(sample.prompt, plan.video, plan.audio):
            if isinstance(part, Video | Audio) and clip_name(part) in missing:
                missing.discard(clip_name(part))
                yield part
        if not missing:
            return


def _copy(clip: Video | Audio, folder: Path) -> None:
    ending = ENDINGS.get(clip.mime)
    if ending is not None and clip.size <= LARGEST:
        _write(folder / f"{clip.sha256}{ending}", clip.read())


def _strip(plan: Plan, clip: Video | Audio, folder: Path) -> None:
    """Frames of those that the model saw, evenly spread, and the first of them as the poster."""
    if not isinstance(clip, Video) or plan.video.mode == "native":
        return
    capabilities = plan.model.capabilities
    made = [media.decoder().want(job).result() for job in media.wanted((clip,), capabilities)]
    seen = [part for part in media.shown((clip,), capabilities, made).prompt if isinstance(part, Image)]
    chosen = [seen[i * len(seen) // STRIP] for i in range(STRIP)] if len(seen) > STRIP else seen
    for number, picture in enumerate(chosen):
        small = media.thumbnail(picture, side=SIDE, limit=FRAME_BYTES)
        _write(folder / f"{clip_name(clip)}-{number}.webp", small)
    _write(folder / f"{clip_name(clip)}.webp", media.thumbnail(seen[0]))


def _write(target: Path, content: bytes) -> None:
    aside = target.with_name(f".{target.name}.{os.getpid()}")
    aside.write_bytes(content)
    os.replace(aside, target)

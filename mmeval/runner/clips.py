"""What the site shows of films and sounds, where the licence allows it: small copies, posters, and what models saw."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from secrets import token_hex
from typing import cast

from mmeval import media
from mmeval.errors import MediaError
from mmeval.runner.plan import Plan
from mmeval.sampling import AudioPolicy, VideoPolicy
from mmeval.store import (
    Files,
    RunInfo,
    StoredPart,
    clip_name,
    read_samples,
    strip_name,
    strip_places,
    thumbnail_path,
)
from mmeval.store.told import read_told
from mmeval.types import Audio, Image, Media, Part, Video

__all__ = ["put_once", "store_clips", "store_made"]

CLIPS = 300
"""At most this many clips of a benchmark are shown."""
LARGEST = 2_000_000
"""Bytes of a film or sound that is copied."""
ENDINGS = {
    "video/mp4": ".mp4", "video/webm": ".webm", "audio/wav": ".wav", "audio/mpeg": ".mp3",
    "image/png": ".png", "image/jpeg": ".jpg",
}  # fmt: skip
"""What browsers play or show."""


def store_clips(plan: Plan, info: RunInfo, samples: Path) -> None:
    """Put what is missing beside the thumbnails: small clips and their posters, and strips of what this run showed."""
    folder = thumbnail_path(plan.settings.results, info, "x").parent
    named = {
        sample.id: [clip_name(part) for part in sample.prompt if _moving(part)] for sample in read_samples(samples)
    }
    shown = set(sorted({name for names in named.values() for name in names})[:CLIPS])
    missing = {name for name in shown if not any(folder.glob(f"{name}.*"))}
    strips = {key: names for key, names in _strips(plan) if shown.intersection(named.get(key, ()))}
    strips = {key: names for key, names in strips.items() if not all((folder / name).exists() for name in names)}
    for key, clip in _clips(plan, missing, strips):
        folder.mkdir(parents=True, exist_ok=True)
        with suppress(MediaError, OSError):  # the run has recorded the sample as `invalid_input`
            if clip_name(clip) in missing:
                missing.discard(clip_name(clip))
                _copy_small(plan, clip, folder)
                put_once(folder / f"{clip_name(clip)}.webp", partial(_poster, plan, clip))
            if key in strips and isinstance(clip, Video):
                _strip(plan, clip, folder, strips[key])


def store_made(plan: Plan, info: RunInfo) -> None:
    """Put what this run has made beside the thumbnails: small pictures of it, and whole files that are not large."""
    folder, files = thumbnail_path(plan.settings.results, info, "x").parent, Files(plan.folder)
    named = sorted({one for told in read_told(files.journal) for one in told.made}, key=lambda one: one.sha256)
    for one in named[:CLIPS]:
        found = next(files.media.glob(f"{one.sha256}.*"), None)
        if found is None or (folder / f"{one.sha256}.webp").exists():
            continue
        folder.mkdir(parents=True, exist_ok=True)
        with suppress(MediaError, OSError):  # it was checked when it came; now the disk is full or the file has gone
            made = media.of_kind(one.kind, found)
            _copy(plan, made, folder)
            put_once(folder / f"{one.sha256}.webp", partial(_picture, plan, made))


def _picture(plan: Plan, made: Media) -> bytes:
    return media.thumbnail(made) if isinstance(made, Image) else _poster(plan, cast("Video | Audio", made))


def _moving(part: StoredPart) -> bool:
    """Whether a part is a film or a sound."""
    return part.kind in ("video", "audio")


def _strips(plan: Plan) -> Iterator[tuple[str, list[str]]]:
    """The strips of each sample, by the frames that the records of the run say were shown."""
    for told in read_told(Files(plan.folder).journal):
        names = [f"{strip_name(one.sha256, one.at)}.webp" for one in told.seen if one.at]
        if names:
            yield told.id, names


def _clips(plan: Plan, missing: set[str], strips: Mapping[str, object]) -> Iterator[tuple[str, Video | Audio]]:
    """The clips of which something is missing, with the ids of their samples."""
    left = set(strips)
    for sample in plan.samples() if missing or left else ():
        for part in media.with_policy(sample.prompt, plan.video, plan.audio):
            if isinstance(part, Video | Audio) and (clip_name(part) in missing or sample.id in left):
                yield sample.id, part
        left.discard(sample.id)
        if not missing and not left:
            return


def _copy(plan: Plan, clip: Media, folder: Path) -> None:
    """The file itself, where all browsers play it; any other sound as MP3."""
    ending = ENDINGS.get(clip.mime)
    if ending is None and isinstance(clip, Audio):
        _copy_small(plan, clip, folder)
    elif ending is not None and clip.size <= LARGEST:
        put_once(folder / f"{clip.sha256}{ending}", clip.read)


def _copy_small(plan: Plan, clip: Video | Audio, folder: Path) -> None:
    """WAV files are large, and that of a question is only played: pages have it as MP3."""
    if not isinstance(clip, Audio) or clip.mime == "audio/mpeg":
        _copy(plan, clip, folder)
    elif clip.size <= LARGEST:
        whole = replace(clip, start=None, end=None)
        put_once(folder / f"{clip.sha256}.mp3", lambda: media.small_sound(_heard(plan, whole)))


def _heard(plan: Plan, clip: Audio) -> Path:
    """The sound as a WAV file of one channel and 16 bits."""
    (heard,) = _shown(plan, replace(clip, policy=AudioPolicy())).prompt
    assert isinstance(heard, Audio)
    assert heard.path is not None
    return heard.path


def _poster(plan: Plan, clip: Video | Audio) -> bytes:
    """One of the frames that the model saw, or of five of a film, or the wave form of a sound.

    Of the middle frame and those around it, the one with most to see: films may be empty in the middle.
    """
    if isinstance(clip, Audio):
        return media.wave_form(_heard(plan, clip))
    alone = replace(clip, policy=VideoPolicy(frames=5))
    frames = (_frames(_shown(plan, clip)) if clip.policy else []) or _frames(_shown(plan, alone))
    places = dict.fromkeys(len(frames) * part // 12 for part in (6, 2, 4, 8, 10))
    return max((media.thumbnail(frames[place]) for place in places), key=len)


def _strip(plan: Plan, clip: Video, folder: Path, names: list[str]) -> None:
    shown = _shown(plan, clip)
    name = f"{strip_name(clip.sha256, shown.seen[0].at)}.webp"
    if name in names:
        frames = _frames(shown)
        put_once(folder / name, lambda: media.strip([frames[place] for place in strip_places(len(frames))]))


def _frames(shown: media.Shown) -> list[Image]:
    return [picture for part in shown.prompt for picture in _pictures(part)]


def _pictures(part: Part) -> tuple[Image, ...]:
    if isinstance(part, Video) and part.frames:
        return part.frames.images
    return (part,) if isinstance(part, Image) else ()


def _shown(plan: Plan, clip: Video | Audio) -> media.Shown:
    prompt, capabilities = (replace(clip, subtitles=None),), plan.model.capabilities
    made = [media.decoder().want(job).result() for job in media.wanted(prompt, capabilities)]
    return media.shown(prompt, capabilities, made)


def put_once(target: Path, make: Callable[[], bytes]) -> None:
    """Write a file that is not there yet, whole or not at all."""
    if not target.exists():
        aside = target.with_name(f".{target.name}.{token_hex(4)}")  # another run may be making the same
        aside.write_bytes(make())
        os.replace(aside, target)

"""The stored samples of a benchmark: prompts, targets, tags and thumbnails, as far as the licence allows."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from mmeval.board import Column
from mmeval.errors import StoreError
from mmeval.media import THUMBNAIL_BYTES, WAVE
from mmeval.sitegen.env import environment
from mmeval.sitegen.expected import target_facts, target_text
from mmeval.sitegen.fragments import ROOT, mark
from mmeval.sitegen.marks import target_marks
from mmeval.sitegen.sources import row_url
from mmeval.sitegen.text import CLIP, clean, short, within
from mmeval.store import Run, StoredPart, StoredSample, clip_name, read_samples, samples_path, unpublished

PROMPT_BYTES = 4000
PLAYED = (".mp4", ".webm", ".wav", ".mp3")
WHOLE = (*PLAYED, ".png", ".jpg")
"""Endings of whole files: what browsers play, and images that models have made."""
"""Endings of films and sounds that a page plays."""
CLIP_BYTES = 2_000_000


@dataclass(frozen=True, slots=True)
class Samples:
    """The samples of a benchmark by id."""

    by_id: Mapping[str, StoredSample]
    public: bool
    """Whether the licence lets the site show prompts and media."""


@functools.lru_cache(maxsize=2)
def load(file: Path) -> Samples:
    """Read the samples file of a benchmark, once for all of its runs."""
    if file.is_file():
        return Samples({sample.id: sample for sample in read_samples(file)}, True)
    private = unpublished(file)
    if private.is_file():
        return Samples({sample.id: sample for sample in read_samples(private)}, False)
    return Samples({}, False)


@functools.lru_cache(maxsize=1024)
def stamp(file: Path) -> tuple[int, ...]:
    """Size and time of the samples file: it changes when the samples do."""
    found = next((one for one in (file, unpublished(file)) if one.is_file()), None)
    return (found.stat().st_size, found.stat().st_mtime_ns) if found else ()


@functools.lru_cache(maxsize=1024)
def content(file: Path) -> str:
    """sha256 of the samples file that is here, and whether it may be published."""
    found = next((one for one in (file, unpublished(file)) if one.is_file()), None)
    return f"{found == file} {hashlib.sha256(found.read_bytes()).hexdigest()}" if found else ""


def forget() -> None:
    """Drop everything that was cached about sample files: they may have changed since the last build."""
    for cached in (load, brief, content, sample_html, thumb_exists, stamp):
        cached.cache_clear()


@functools.lru_cache(maxsize=65536)
def brief(file: Path, key: str, limit: int) -> tuple[str, str, int, int]:
    """A question in a list: its text without options, or its id where the licence forbids that, and its first picture.

    The picture is the name of its thumbnail, empty if there is none, with width and height.
    """
    known = load(file)
    sample = known.by_id.get(key)
    if sample is None or not known.public:
        return short(key, limit), "", 0, 0
    text = "\n".join(part.text or "" for part in sample.prompt if part.kind == "text").strip()
    for choice in sample.choices[:1]:
        text = text.partition(f"\nA. {choice}")[0]
    image = next((part for part in sample.prompt if part.kind != "text" and part.sha256), None)
    if image is None or not thumb_exists(file.parent / "thumbs" / f"{clip_name(image)}.webp"):
        return short(" ".join(text.split()), limit) or short(key, limit), "", 0, 0
    return short(" ".join(text.split()), limit) or short(key, limit), clip_name(image), *size(image)


def made_pictures(run: Run, thumbs: Path) -> Iterator[tuple[str, tuple[str, int, int]]]:
    """The first picture or film that a run made for each question: the name of its thumbnail and its size."""
    try:
        for told in run.told():
            for one in told.made[:1]:
                if one.kind != "audio" and thumb_exists(thumbs / f"{one.sha256}.webp"):
                    yield told.id, (one.sha256, *fit(one.width, one.height))
    except (StoreError, UnicodeDecodeError):  # the pages of the run say what is wrong with its journal
        return


def tags_of(column: Column, root: Path) -> dict[str, dict[str, str]]:
    """Tags by sample id; they are facts about a sample and may be shown where its text may not."""
    info = next(iter(column.cells.values())).run.info
    return {key: dict(sample.tags) for key, sample in load(samples_path(root, info)).by_id.items()}


def thumbs(column: Column, root: Path) -> Iterator[tuple[str, Path]]:
    """The thumbnails of a benchmark: where each goes, and the file.

    They are named by content, so benchmarks that share images share them too.
    """
    file = samples_path(root, next(iter(column.cells.values())).run.info)
    if file.is_file():
        for thumb in sorted((file.parent / "thumbs").glob("[!.]*")):
            if thumb_exists(thumb):
                yield f"t/{thumb.name}", thumb


@functools.lru_cache(maxsize=65536)
def thumb_exists(file: Path) -> bool:
    """Whether there is a thumbnail or clip that is small enough to be shown; cached for all runs."""
    most = {".webp": THUMBNAIL_BYTES, **dict.fromkeys(WHOLE, CLIP_BYTES)}.get(file.suffix, -1)
    return file.is_file() and file.stat().st_size <= most


@functools.lru_cache(maxsize=4096)
def sample_html(folders: tuple[Path, ...], file: Path, key: str, number: int, home: str) -> Markup:
    """A sample as HTML, cached for all models: nearly all of them have the same samples in the same order."""
    shown = sample_values(load(file), key, file.parent / "thumbs")
    values = {"number": number, "id": short(key, 160), "root": ROOT, "home": home, "t": mark, **shown}
    return Markup(environment(folders).get_template("sample.html").render(values))  # noqa: S704 - it is our template's


def sample_values(known: Samples, key: str, thumbs: Path) -> dict[str, Any]:
    """Prompt, target and media of one sample; the prompt is None where the licence does not allow it."""
    sample = known.by_id.get(key)
    hidden: dict[str, Any] = {
        "prompt": None,
        "cut": 0,
        "target": "",
        "facts": [],
        "choices": [],
        "media": [],
        "tags": {},
        "public": False,
    }
    if sample is None:
        return hidden
    media = [medium(part, thumbs, public=known.public) for part in sample.prompt if part.kind != "text"]
    tags = {short(name, 40): short(value, 80) for name, value in sample.tags.items()}
    if not known.public:
        return {**hidden, "media": media, "tags": tags}
    for one in media[:1]:
        one["marks"] = target_marks(sample.target)
    whole = "\n".join(part.text or "" for part in sample.prompt if part.kind == "text")
    text, _ = within(clean(whole[:CLIP]), PROMPT_BYTES)
    return {
        "prompt": text,
        "cut": max(0, len(whole) - len(text)),
        "target": short(target_text(sample), 600),
        "facts": target_facts(sample.target),
        "choices": [] if all(choice in whole for choice in sample.choices) else [short(c, 200) for c in sample.choices],
        "media": media,
        "tags": tags,
        "public": True,
    }


def medium(part: StoredPart, thumbs: Path, *, public: bool) -> dict[str, Any]:
    """The thumbnail of an image (the poster of a film, the wave form of a sound) and its size, and its origin.

    `file` and `marks` are what components.html says about them.
    """
    name = clip_name(part)
    has = public and part.sha256 and thumb_exists(thumbs / f"{name}.webp")
    width, height = size(part)
    source = short(part.source or (part.sha256 or "")[:16], 160)
    return {
        "kind": part.kind,
        "thumb": f"t/{name}.webp" if has else None,
        "file": _played(part, thumbs) if public and part.kind in ("video", "audio") else "",
        "marks": [],
        "width": width,
        "height": height,
        "mime": short(part.mime or "", 40),
        "source": source,
        "url": row_url(source),
    }


def _played(part: StoredPart, thumbs: Path) -> str:
    """The copy of a film or sound, from where the clip begins to where it ends; empty if there is none."""
    found = next((end for end in PLAYED if thumb_exists(thumbs / f"{part.sha256}{end}")), None)
    if found is None:
        return ""
    start, end = (f"{at:g}" if isinstance(at, int | float) else "" for at in (part.start, part.end))
    bounds = f"#t={start or 0}{',' * bool(end)}{end}" if start or end else ""
    return f"t/{part.sha256}{found}{bounds}"


def size(part: StoredPart) -> tuple[int, int]:
    """Width and height at which a thumbnail is shown."""
    return WAVE if part.kind == "audio" else fit(part.width, part.height)


def fit(width: int | None, height: int | None, box: int = 320) -> tuple[int, int]:
    """The size at which an image is shown, so that the page does not jump when it arrives."""
    if not width or not height:
        return box, box * 5 // 8
    scale = min(1.0, box / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))

"""Films and sounds: references to files, and what a policy makes of them before they are sent."""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from mmeval.errors import DataError, MediaError
from mmeval.media import subtitles
from mmeval.media.decoder import Job, Made, decoder
from mmeval.parts import Audio, Frames, Image, Media, Part, Prompt, Text, Video
from mmeval.sampling import AudioPolicy, ImagePolicy, VideoPolicy
from mmeval.types import Seen

if TYPE_CHECKING:
    from mmeval.definitions import Capabilities

__all__ = ["Shown", "audio", "counted", "facts", "moving", "shown", "video", "wanted", "with_policy"]

M = TypeVar("M", Audio, Video)
FRAMES = 32
"""Of a film that is shown as `native` to a model in this process, where the policy states no number."""
SUBTITLES = "This video's subtitles are listed below:\n"
_HEADS: tuple[tuple[int, bytes, str], ...] = (
    (4, b"ftypqt", "video/quicktime"), (4, b"ftypM4A", "audio/mp4"), (4, b"ftyp", "video/mp4"),
    (0, b"\x1aE\xdf\xa3", "video/webm"), (8, b"AVI ", "video/x-msvideo"), (8, b"WAVE", "audio/wav"),
    (0, b"ID3", "audio/mpeg"), (0, b"\xff\xfb", "audio/mpeg"), (0, b"\xff\xf3", "audio/mpeg"),
    (0, b"fLaC", "audio/flac"), (0, b"OggS", "audio/ogg"),
    (0, b"\x00\x00\x01\xba", "video/mpeg"), (0, b"GIF8", "image/gif"), (0, b"FLV", "video/x-flv"),
)  # fmt: skip
"""Where a file of a type has which bytes. Names of files lie more often."""


def video(
    content: bytes | Path,
    *,
    source: str = "",
    start: float | None = None,
    end: float | None = None,
    subtitles: Path | None = None,
) -> Video:
    """A Video part.

    Args:
        content: a file, which stays on disk and is never read whole into memory; or the bytes of a short clip.
        source: where it came from, for messages and `run.json`; a file's path by default.
        start: where the clip begins, in seconds; None: at the beginning of the film.
        end: where it ends.
        subtitles: a .srt or .vtt file.

    A file that is no film makes its sample `invalid_input` when it is asked, and no other.

    Raises:
        DataError: there is no such file.
    """
    return replace(_made(Video, content, source, start, end), subtitles=subtitles)


def audio(content: bytes | Path, *, source: str = "", start: float | None = None, end: float | None = None) -> Audio:
    """An Audio part; as `video`."""
    return _made(Audio, content, source, start, end)


def _made(kind: type[M], content: bytes | Path, source: str, start: float | None, end: float | None) -> M:
    if isinstance(content, bytes):
        mime, digest = _mime(content[:16], ""), hashlib.sha256(content).hexdigest()
        return kind(content, mime, digest, source, None, None, None, start, end)
    try:
        digest = decoder().kept.digest(content)
        with content.open("rb") as file:
            mime = _mime(file.read(16), content.name)
    except OSError as error:
        raise DataError(f"{content}: {error.strerror}") from None
    return kind(None, mime, digest, source or str(content), None, None, content, start, end)


def _mime(head: bytes, name: str) -> str:
    known = next((mime for at, mark, mime in _HEADS if head[at : at + len(mark)] == mark), None)
    return known or mimetypes.guess_type(name)[0] or "application/octet-stream"


def counted(policy: VideoPolicy, capabilities: Capabilities) -> VideoPolicy:
    """The policy with a number of frames, where mmeval takes them for a model that is shown the film itself."""
    open_ = policy.frames is None and policy.fps is None
    return replace(policy, frames=FRAMES) if open_ and capabilities.frames else policy


def with_policy(
    prompt: Prompt, video: VideoPolicy | None, audio: AudioPolicy | None, image: ImagePolicy | None = None
) -> Prompt:
    """The prompt with the policies of a run on its films, sounds and pictures; the very same object when it has none.

    A picture without a policy is sent as it is, if the adapter takes it.
    """
    policies = {"video": video, "audio": audio, **({"image": image} if image is not None else {})}
    if not any(part.kind in policies for part in prompt):
        return prompt
    return tuple(
        replace(part, policy=policies[part.kind]) if not isinstance(part, Text) and part.kind in policies else part
        for part in prompt
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """A prompt as it is sent, and what was made of its films and sounds."""

    prompt: Prompt
    seen: tuple[Seen, ...] = ()
    keys: tuple[str, ...] = ()
    """Of the jobs of the decoder."""


def moving(prompt: Prompt) -> bool:
    """Whether a prompt has films or sounds that must be prepared, by their policies."""
    return any(isinstance(part, Video | Audio) and part.policy is not None for part in prompt)


def wanted(prompt: Prompt, capabilities: Capabilities) -> list[Job]:
    """What a decoder has to make of a prompt."""
    return [job for part in prompt for job in _jobs(part, capabilities)]


def _jobs(part: Part, capabilities: Capabilities) -> list[Job]:
    if not isinstance(part, Video | Audio) or part.policy is None or isinstance(part.policy, ImagePolicy):
        return []
    clip, policy = replace(part, policy=None, subtitles=None), part.policy
    if isinstance(policy, AudioPolicy):
        made = Job("probe", clip) if policy.mode == "native" and not _bounded(part) else _sound(clip, policy)
        return [made]
    if policy.mode == "native" and not capabilities.frames:
        return [Job("cut", clip) if _bounded(part) and not capabilities.clips else Job("probe", clip)]
    # How subtitles and stamps are written needs no decoding, so equal frames are shared.
    drawn = replace(policy, mode="frames", subtitles="off", stamps=False, sound=False).describe()
    return [Job("frames", clip, drawn), *([Job("voice", clip, AudioPolicy().describe())] if policy.sound else [])]


def _sound(clip: Media, policy: AudioPolicy) -> Job:
    return Job("sound", clip, replace(policy, mode="wav").describe())


def _bounded(clip: Media) -> bool:
    return clip.start is not None or clip.end is not None


def shown(prompt: Prompt, capabilities: Capabilities, made: Sequence[Made]) -> Shown:
    """The prompt with films and sounds as their policies say, from what the jobs of `wanted` have made.

    Raises:
        MediaError: subtitles are wanted and cannot be read.
    """
    left = iter(made)
    parts: list[Part] = []
    seen: list[Seen] = []
    for part in prompt:
        jobs = _jobs(part, capabilities)
        if isinstance(part, Video | Audio) and jobs:
            done = [next(left) for _ in jobs]
            parts += _parts(part, jobs, done)
            seen += [_seen(part, done[0])]
        else:
            parts.append(part)
    return Shown(tuple(parts), tuple(seen), tuple(job.key for job in wanted(prompt, capabilities)))


def _parts(clip: Video | Audio, jobs: Sequence[Job], made: Sequence[Made]) -> Iterator[Part]:
    first = made[0]
    if jobs[0].op in ("sound", "cut"):
        yield _file(clip, first)
    elif jobs[0].op == "probe":
        size = {"width": first.meta["width"], "height": first.meta["height"]}
        if isinstance(clip, Video) and size["width"] is None:
            raise MediaError(f"{clip.source}: no film in it, only sound")
        if isinstance(clip, Audio) and not first.meta["sound"]:
            raise MediaError(f"{clip.source}: no sound in it")
        yield replace(clip, policy=clip.policy if isinstance(clip, Video) else None, **size)
    elif isinstance(clip.policy, VideoPolicy) and clip.policy.mode == "native":
        yield _timed(clip, first)
    else:
        yield from _stills(clip, first)
    if len(made) > 1 and "file" in made[1].meta:  # the film may be silent
        yield _file(Audio(None, "audio/wav", clip.sha256, clip.source), made[1])
    if isinstance(clip, Video):
        yield from _subtitles(clip, first)


def _file(clip: Media, made: Made) -> Audio | Video:
    """A part with the file that a worker has written instead of the film or sound it was made of."""
    path = made.folder / made.meta["file"]
    mime = "audio/wav" if path.suffix == ".wav" else "video/mp4"
    kind = Audio if path.suffix == ".wav" else Video
    policy = clip.policy if kind is Video else None
    size = made.meta.get("width"), made.meta.get("height")
    return kind(None, mime, made.meta["sha256"], clip.source, *size, path, policy=policy)


def _stills(clip: Media, made: Made) -> Iterator[Part]:
    assert isinstance(clip.policy, VideoPolicy)
    for frame, picture in zip(made.meta["frames"], _images(clip, made), strict=True):
        if clip.policy.stamps:
            yield Text(f"[{frame['at']:.1f} s]")
        yield picture


def _timed(clip: Media, made: Made) -> Video:
    """The film as frames with their times; shuffled ones take the places of each other in time."""
    images = tuple(_images(clip, made))
    start = clip.start or 0.0
    times = tuple(sorted(max(0.0, round(frame["at"] - start, 3)) for frame in made.meta["frames"]))
    size = {"width": made.meta["width"], "height": made.meta["height"]}
    bare = replace(clip, data=None, path=None, subtitles=None, start=None, end=None, **size)
    return replace(bare, frames=Frames(images, times, made.meta["seconds"]))  # type: ignore[return-value]


def _images(clip: Media, made: Made) -> Iterator[Image]:
    from mmeval.media.images import image

    for frame in made.meta["frames"]:
        try:
            yield image(made.folder / frame["file"], source=f"{clip.source} at {frame['at']:.2f} s")
        except OSError as error:
            raise MediaError(f"{clip.source}: a decoded frame is gone: {error.strerror}") from None


def _subtitles(clip: Video, made: Made) -> Iterator[Text]:
    policy = clip.policy
    if not isinstance(policy, VideoPolicy) or policy.subtitles == "off" or clip.subtitles is None:
        return
    times = [frame["at"] for frame in made.meta["frames"]] if "frames" in made.meta else None
    at = times if policy.subtitles == "frames" else None
    start = clip.start or 0.0
    text = subtitles.said(subtitles.read(clip.subtitles), at=at, start=start, end=start + made.meta["seconds"])
    if text:
        yield Text(SUBTITLES + text)


def _seen(clip: Video | Audio, made: Made) -> Seen:
    frames = made.meta.get("frames")
    pictures = frames if isinstance(frames, list) else None
    return Seen(
        kind=clip.kind,
        sha256=clip.sha256,
        seconds=made.meta["seconds"],
        frames=None if pictures is None else len(pictures),
        width=made.meta.get("width"),
        height=made.meta.get("height"),
        at=tuple(frame["at"] for frame in pictures or ()),
    )


def facts(clip: Video | Audio) -> Mapping[str, Any]:
    """Seconds, width and height of a clip, as its header says; raises MediaError when it cannot be read."""
    return decoder().want(Job("glance", replace(clip, policy=None, subtitles=None))).result().meta

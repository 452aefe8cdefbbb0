"""The child process that decodes films and sounds: one job per line of its input, one answer per line of its output.

Libraries that decode what strangers have made can hang, crash or take all memory. Here they do so alone. The parent
ends one that falls silent; a line with a dot says that the worker is alive.
"""

from __future__ import annotations

import hashlib
import json
import resource
import sys
import wave
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmeval.errors import MediaError
from mmeval.media.cuts import upright, write_clip
from mmeval.media.tracks import BEAT, Track, film_of, is_film, opened, say, track_of
from mmeval.sampling import AudioPolicy, VideoPolicy

MEMORY = 4 << 30
"""Bytes of address space of a worker."""
LONGEST_SOUND_S = 3 * 3600.0
SLACK_S = 1.0
"""Bounds are often rounded: an end so far behind the end of a film is meant to be its end."""
JPEG_QUALITY = 92


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What is to be made of one clip."""

    path: str
    out: Path
    """Folder for the files."""
    start: float | None
    end: float | None
    policy: Mapping[str, Any]
    name: str
    """Seeds what is random."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "out", Path(self.out))


def main() -> None:
    """Answer jobs until the input ends."""
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    import av

    av.logging.set_level(av.logging.PANIC)
    for line in sys.stdin:
        job = json.loads(line)
        try:
            answer = JOBS[job.pop("op")](Task(**job))
        except MediaError as error:
            answer = {"error": str(error)}
        except MemoryError:
            answer = {"error": "decoding it takes too much memory"}
        except (av.error.FFmpegError, OSError, ValueError, ArithmeticError, EOFError, IndexError) as error:
            answer = {"error": _why(error), "errno": getattr(error, "errno", None)}
        say(json.dumps(answer))


def _why(error: BaseException) -> str:
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return f"cannot be decoded: {text}"


def _bounds(track: Track, task: Task) -> tuple[float, float]:
    """Where the clip begins and ends, in seconds; raises MediaError if that is outside the film."""
    return _within(task.start or 0.0, task.end, track.seconds, "film")


def _within(begin: float, end: float | None, seconds: float, what: str) -> tuple[float, float]:
    if not 0 <= begin < seconds or (end is not None and not begin < end <= seconds + SLACK_S):
        until = "its end" if end is None else f"{end:g} s"
        raise MediaError(f"the clip is from {begin:g} s to {until}, but the {what} has {seconds:.1f} s")
    return begin, min(seconds, end if end is not None else seconds)


def frames(task: Task) -> dict[str, Any]:
    """Write the frames that a policy takes as JPEG files, in the order in which they are shown."""
    rules = VideoPolicy(**task.policy)
    with opened(task.path) as container:
        track = track_of(container, film_of(container))
    begin, stop = _bounds(track, task)
    wanted = _wanted(track, rules, begin, stop)
    size = (0, 0)
    files: dict[int, str] = {}
    for stamp, picture in _pictures(task.path, track, wanted):
        size = rules.size(picture.width, picture.height, len(wanted))
        files[stamp] = f"{len(files):04d}.jpg"
        _scaled(picture, size).save(task.out / files[stamp], "JPEG", quality=JPEG_QUALITY)
    if len(files) < len(wanted):
        raise MediaError(f"only {len(files)} of {len(wanted)} frames can be decoded")
    order = [wanted[i] for i in rules.shown(range(len(wanted)), task.name)]
    shown = [{"file": files[stamp], "at": round((stamp - track.pts[0]) * track.base, 3)} for stamp in order]
    return {"frames": shown, "width": size[0], "height": size[1], "seconds": round(stop - begin, 3)}


def _wanted(track: Track, rules: VideoPolicy, begin: float, stop: float) -> list[int]:
    """Time stamps of the frames that a policy takes of a clip, ascending."""
    times = track.times
    first = max(0, bisect_right(times, begin + 1e-6) - 1)
    inside = [i for i in range(first, len(times)) if times[i] < stop] or [first]
    chosen = rules.indices([max(0.0, times[i] - begin) for i in inside], stop - begin)
    return [track.pts[inside[i]] for i in chosen]


def _scaled(picture: Any, size: tuple[int, int]) -> Any:
    from PIL import Image

    return picture if picture.size == size else picture.resize(size, Image.Resampling.BICUBIC)


def _pictures(path: str, track: Track, wanted: list[int]) -> Iterator[tuple[int, Any]]:
    """The wanted frames, upright. What is not found from the nearest key frame is looked for from the beginning."""
    missing = set(wanted)
    for jump in (True, False):
        for stamp, frame in _decoded(path, track, sorted(missing), jump=jump):
            missing.discard(stamp)
            yield stamp, upright(frame)
        if not missing or not track.keys:
            return


def _decoded(path: str, track: Track, wanted: list[int], *, jump: bool) -> Iterator[tuple[int, Any]]:
    with opened(path) as container:
        stream = film_of(container)
        left = iter(wanted)
        stamp = next(left, None)
        at, number = -sys.maxsize, -1
        frames = container.decode(stream)
        while stamp is not None:
            key = track.keys[bisect_right(track.keys, stamp) - 1] if track.keys else None
            if jump and key is not None and at < key <= stamp and key != track.keys[0]:
                container.seek(key, stream=stream)
                frames = container.decode(stream)
            for frame in frames:
                BEAT()
                number += 1
                at = frame.pts if track.keys and frame.pts is not None else number
                if at >= stamp:
                    break
            else:
                return
            if at == stamp:
                yield stamp, frame
            while stamp is not None and stamp <= at:
                stamp = next(left, None)


def voice(task: Task) -> dict[str, Any]:
    """The sound track of a film as `sound`, or no file if the film is silent."""
    with opened(task.path) as container:
        heard = bool(container.streams.audio)
    return sound(task) if heard else {"seconds": 0.0}


def sound(task: Task) -> dict[str, Any]:
    """Write the sound of a file as mono WAV with samples of 16 bits."""
    rules = AudioPolicy(**task.policy)
    begin = round((task.start or 0.0) * rules.rate)
    latest = min(task.end if task.end is not None else 1e9, (task.start or 0.0) + (rules.max or 1e9))
    seen, written = 0, 0
    with opened(task.path) as container, wave.open(str(task.out / "sound.wav"), "wb") as file:
        file.setparams((1, 2, rules.rate, 0, "NONE", ""))
        for block in _samples(container, rules.rate):
            part = block[2 * max(0, begin - seen) : 2 * max(0, round(latest * rules.rate) - seen)]
            seen, written = seen + len(block) // 2, written + len(part) // 2
            file.writeframesraw(part)
            if written > LONGEST_SOUND_S * rules.rate:
                raise MediaError(f"longer than {LONGEST_SOUND_S / 3600:g} hours; give start and end, or --audio max=S")
            if seen >= latest * rules.rate:
                break
    if not seen:
        raise MediaError("no sound in it")
    _within(task.start or 0.0, None if seen >= latest * rules.rate else task.end, seen / rules.rate, "sound")
    return {**_file(task.out / "sound.wav"), "seconds": round(written / rules.rate, 3)}


def _file(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return {"file": path.name, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}


def _samples(container: Any, rate: int) -> Iterator[bytes]:
    """The sound as mono samples of 16 bits, block by block."""
    import av

    if not container.streams.audio:
        raise MediaError("no sound in it")
    resampler = av.AudioResampler(format="s16", layout="mono", rate=rate)
    for frame in container.decode(container.streams.audio[0]):
        BEAT()
        yield from (bytes(one.planes[0])[: 2 * one.samples] for one in resampler.resample(frame))
    yield from (bytes(one.planes[0])[: 2 * one.samples] for one in resampler.resample(None))


def cut(task: Task) -> dict[str, Any]:
    """Write a clip as a film of its own, with its sound: for servers that take a film but no bounds."""
    with opened(task.path) as container:
        track = track_of(container, film_of(container))
    begin, stop = _bounds(track, task)
    width, height = write_clip(task.path, task.out / "clip.mp4", track, begin, stop)
    return {**_file(task.out / "clip.mp4"), "seconds": round(stop - begin, 3), "width": width, "height": height}


def probe(task: Task) -> dict[str, Any]:
    """Length, size and kind of a file, as its packets say."""
    with opened(task.path) as container:
        about: dict[str, Any] = {"sound": bool(container.streams.audio), "width": None, "height": None, "frames": None}
        if any(map(is_film, container.streams.video)):
            stream = film_of(container)
            track = track_of(container, stream)
            begin, stop = _bounds(track, task)
            about |= {"width": stream.width, "height": stream.height, "frames": len(track.pts)}
        else:
            begin, stop = _within(task.start or 0.0, task.end, _sound_seconds(container), "sound")
    return {"seconds": round(stop - begin, 3), **about}


def _sound_seconds(container: Any) -> float:
    if not container.streams.audio:
        raise MediaError("neither pictures nor sound in it")
    stream, last = container.streams.audio[0], 0.0
    for packet in container.demux(stream):
        BEAT()
        if packet.pts is not None:
            last = max(last, float((packet.pts + (packet.duration or 0)) * packet.time_base))
    return last - float((stream.start_time or 0) * stream.time_base)


def glance(task: Task) -> dict[str, Any]:
    """Length and size as the header says, which may lie: enough for an estimate, and quick."""
    with opened(task.path) as container:
        whole = (container.duration or 0) / 1_000_000
        streams = container.streams.video
        size = {"width": streams[0].width, "height": streams[0].height} if streams else {"width": None, "height": None}
    return {"seconds": max(0.0, (min(whole, task.end) if task.end else whole) - (task.start or 0.0)), **size}


def changes(task: Task) -> dict[str, Any]:
    """How much each frame differs from the one before: mean absolute difference of the RGB values, 0 to 255."""
    import numpy as np

    found, before = [], None
    with opened(task.path) as container:
        for frame in container.decode(film_of(container)):
            BEAT()
            now = frame.to_ndarray(format="rgb24", interpolation="BICUBIC").astype(np.int16)
            if before is not None and before.shape != now.shape:
                raise MediaError("its frames differ in size")
            if before is not None:
                found.append(float(np.abs(now - before).mean()))
            before = now
    if not found:
        raise MediaError("fewer than two frames in it")
    return {"changes": found}


JOBS: Mapping[str, Callable[[Task], dict[str, Any]]] = {
    "frames": frames,
    "sound": sound,
    "voice": voice,
    "cut": cut,
    "probe": probe,
    "glance": glance,
    "changes": changes,
}

if __name__ == "__main__":
    main()

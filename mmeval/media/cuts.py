"""Clips as films of their own, cut out and encoded anew. Used in the child process alone."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from mmeval.media.tracks import BEAT, Track, film_of, opened

__all__ = ["turned", "upright", "write_clip"]

TICK = Fraction(1, 90_000)
SLACK_S = 1.0
"""Sound and pictures of one moment may stand so far apart in a file."""


def turned(frame: Any) -> int:
    """By how many degrees a frame has to be turned, counterclockwise."""
    return int(frame.rotation % 360) if frame.rotation else 0


def upright(frame: Any) -> Any:
    """A frame as the picture that people see."""
    picture, angle = frame.to_image(), turned(frame)
    return picture.rotate(angle, expand=True) if angle else picture


def write_clip(path: str, file: Path, track: Track, begin: float, stop: float) -> tuple[int, int]:
    """Write a clip with its sound, upright and with the times of its frames; width and height in pixels."""
    import av

    width, height = _size(path)
    with opened(path) as source, av.open(str(file), "w") as target:
        stream, sounds = film_of(source), source.streams.audio[:1]
        film = target.add_stream(
            "libx264",
            rate=stream.average_rate or 25,
            options={"crf": "18", "preset": "veryfast", "threads": "1"},
        )
        film.width, film.height, film.pix_fmt = width, height, "yuv420p"
        film.codec_context.time_base = TICK  # not 1 / rate: films may have no rate
        voice = target.add_stream("aac", rate=sounds[0].rate or 48_000) if sounds else None
        for frame, at in _inside(source, [stream, *sounds], track, begin, stop):
            output: Any = film if isinstance(frame, av.VideoFrame) else voice
            target.mux(output.encode(_placed(frame, at - begin, film)))
        for output in filter(None, (film, voice)):
            target.mux(output.encode(None))
    return width, height


def _size(path: str) -> tuple[int, int]:
    """Of the upright film, as even numbers: the codec takes no others."""
    with opened(path) as source:
        frame = next(source.decode(film_of(source)))
        size = (frame.width, frame.height)
        width, height = size[::-1] if turned(frame) in (90, 270) else size
    return width // 2 * 2, height // 2 * 2


def _inside(
    source: Any, streams: Sequence[Any], track: Track, begin: float, stop: float
) -> Iterator[tuple[Any, float]]:
    """The frames of a clip with their seconds in the film. It begins with the picture that is on screen there."""
    origin, held = track.pts[0] * track.base, None
    keys = track.keys[: bisect_right(track.keys, round((origin + begin) / track.base))]
    if keys:
        source.seek(keys[-1], stream=streams[0])
    for frame in source.decode(*streams):
        BEAT()
        at, picture = (frame.time or 0.0) - origin, hasattr(frame, "reformat")
        if at >= stop + SLACK_S:
            break
        if picture and at <= begin:
            held = frame
            continue
        if picture and held is not None:
            yield held, begin
            held = None
        if begin <= at < stop:
            yield frame, at
    if held is not None:
        yield held, begin


def _placed(frame: Any, second: float, film: Any) -> Any:
    """The frame as the clip has it, at a second of the clip."""
    import av

    base = frame.time_base
    if hasattr(frame, "reformat"):
        if turned(frame):
            frame = av.VideoFrame.from_image(upright(frame))  # type: ignore[no-untyped-call]
        frame = frame.reformat(film.width, film.height, "yuv420p")
    frame.pts, frame.time_base = round(second / float(base)), base
    return frame

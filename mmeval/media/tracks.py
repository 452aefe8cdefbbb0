"""What the packets of a file say about a film, without decoding it. Used in the child process alone."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass
from typing import Any

from mmeval.errors import MediaError

__all__ = ["BEAT", "Track", "film_of", "is_film", "opened", "say", "track_of"]

PIXELS = 120_000_000
"""Most pixels of a frame."""
FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,flv,asf,ogg,gif,h264,hevc,ivf,mpegvideo,"
    "wav,mp3,flac,aac,aiff,amr,w64,caf,au"
)
"""Demuxers that read one file. Playlists are left out, for they name other files and addresses."""
COVER = 0x400
"""Marks the picture on the cover of a record, which is no film."""
BEAT_S = 1.0


@dataclass(frozen=True, slots=True)
class Track:
    """The frames of a film without decoding one: their times as the file has them."""

    pts: list[int]
    """In time stamps of the stream, ascending."""
    keys: list[int]
    """Those of frames from which decoding can begin."""
    base: float
    """Seconds per time stamp."""
    step: float
    """Seconds that the last frame is on screen."""

    @property
    def times(self) -> list[float]:
        """Seconds from the first frame."""
        return [(stamp - self.pts[0]) * self.base for stamp in self.pts]

    @property
    def seconds(self) -> float:
        """From the first frame to the end of the last."""
        return (self.pts[-1] - self.pts[0]) * self.base + self.step


def say(line: str) -> None:
    """Write a line to the parent at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


class _Beat:
    """Says that the worker is alive, at most once per second."""

    def __init__(self) -> None:
        self.last = time.monotonic()

    def __call__(self) -> None:
        now = time.monotonic()
        if now - self.last > BEAT_S:
            self.last = now
            say(".")


BEAT = _Beat()


def opened(path: str) -> Any:
    """The file as a container of PyAV; raises MediaError if it is neither a film nor a sound."""
    import av

    # Nothing but this one file is ever opened, whatever the content says.
    options = {"format_whitelist": FORMATS, "protocol_whitelist": "file"}
    try:
        return av.open(f"file:{path}", options=options)
    except av.error.FFmpegError as error:
        if os.path.getsize(path) == 0:
            raise MediaError("the file is empty") from None
        raise MediaError(f"neither a film nor a sound that can be read: {error.strerror}") from None


def is_film(stream: Any) -> bool:
    """Whether a stream of pictures is a film, not the picture on the cover of a record."""
    return not int(stream.disposition) & COVER


def film_of(container: Any) -> Any:
    """The stream of pictures."""
    streams = [one for one in container.streams.video if is_film(one)]
    if not streams:
        raise MediaError("no film in it, only sound" if container.streams.audio else "no film in it")
    stream = streams[0]
    if stream.codec_context is None:
        raise MediaError("its pictures have a codec that is not known")
    if stream.width * stream.height > PIXELS:
        raise MediaError(f"{stream.width}x{stream.height} pixels are more than {PIXELS:,}")
    stream.codec_context.thread_count = 1
    return stream


def track_of(container: Any, stream: Any) -> Track:
    """Read the packets once, without decoding: lengths and frame counts in headers are not to be trusted."""
    pts: list[int] = []
    keys: list[int] = []
    unstamped = 0
    last = 0
    for packet in container.demux(stream):
        BEAT()
        if not packet.size or packet.is_discard:
            continue
        if packet.pts is None:
            unstamped += 1
            continue
        pts.append(packet.pts)
        last = max(last, packet.duration or 0)
        if packet.is_keyframe:
            keys.append(packet.pts)
    if unstamped:
        return _even(stream, len(pts) + unstamped)
    if not pts:
        raise MediaError("no frames in it")
    missing = (stream.frames or 0) - len(pts)
    if missing > 0.02 * len(pts) + 1:
        raise MediaError(f"cut short: {len(pts)} of {stream.frames} frames are there")
    pts, base = sorted(set(pts)), float(stream.time_base)
    step = (pts[-1] - pts[0]) / (len(pts) - 1) if len(pts) > 1 else last or 1
    return Track(pts, sorted(keys), base, step * base)


def _even(stream: Any, count: int) -> Track:
    """A stream without time stamps: frames come at its rate, and are found by counting."""
    rate = float(stream.average_rate or stream.guessed_rate or 25)
    return Track(list(range(count)), [], 1 / rate, 1 / rate)

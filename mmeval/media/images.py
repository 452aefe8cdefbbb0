"""Media bytes as they came: hash, probe, check, bring within an adapter's limits. Decoded only when needed."""

from __future__ import annotations

import hashlib
import io
import math
import warnings
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmeval.errors import FatalError, MediaError
from mmeval.types import Image, Prompt, Text

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

    from mmeval.definitions import Capabilities

MAX_PIXELS = 120_000_000
"""A picture that claims more is treated as a decompression bomb."""
THUMBNAIL_BYTES = 25_000
UNKNOWN = "application/octet-stream"
_QUALITIES = (95, 90, 80, 70)
_SHRINK = 0.75


def image(content: bytes | Path, *, source: str = "") -> Image:
    """An Image part with its type and size in pixels, read from the header.

    Args:
        content: the bytes, or a file. A file stays on disk and is read again when the image is sent.
        source: where it came from, for messages and `run.json`; a file's path by default.

    Bytes without a known header become `application/octet-stream` without a size: the sample is then
    `invalid_input` when its prompt is prepared, and no other sample is touched.
    """
    data = content.read_bytes() if isinstance(content, Path) else content
    mime, width, height = _png(data) or _jpeg(data) or _probe(data)
    digest = hashlib.sha256(data).hexdigest()
    if isinstance(content, Path):
        return Image(None, mime, digest, source or str(content), width, height, content)
    return Image(content, mime, digest, source, width, height)


def policy(capabilities: Capabilities) -> dict[str, Any]:
    """What `fit` does for this adapter, as `run.json` records it."""
    return {
        "name": "fit/1",
        "images": capabilities.max_images,
        "bytes": capabilities.max_image_bytes,
        "pixels": capabilities.max_image_pixels,
        "side": [list(step) for step in capabilities.max_image_side],
        "mimes": sorted(capabilities.image_mimes),
    }


def admit(prompt: Prompt, capabilities: Capabilities) -> None:
    """Refuse what cannot be asked, without decoding whole pictures: cheap enough for the event loop.

    Raises:
        FatalError: `unsupported`, a modality or a number of pictures that the model does not take.
        MediaError: a picture is corrupt, truncated or claims too many pixels.
    """
    pictures = 0
    for part in prompt:
        if isinstance(part, Text):
            continue
        if part.kind not in capabilities.inputs:
            raise FatalError(f"the model takes no {part.kind}", kind="unsupported")
        if isinstance(part, Image):
            pictures += 1
            intact(part)
    if capabilities.max_images is not None and pictures > capabilities.max_images:
        raise FatalError(f"{pictures} images; the model takes {capabilities.max_images}", kind="unsupported")


def fits(prompt: Prompt, capabilities: Capabilities) -> bool:
    """Whether every picture is within the limits as it is."""
    pictures = [part for part in prompt if isinstance(part, Image)]
    side = _side(len(pictures), capabilities)
    return all(_within(picture, capabilities, side) for picture in pictures)


def fit(prompt: Prompt, capabilities: Capabilities) -> Prompt:
    """The prompt as the adapter can take it; the very same object when nothing is over a limit.

    A picture over a limit of pixels, side or bytes, or of a type that the provider does not know,
    is turned upright, scaled down (Lanczos) and written again as PNG, or as JPEG when PNG would be
    too large or the picture was a JPEG: the same bytes in give the same bytes out. Costs
    milliseconds per picture, so it belongs into a thread.

    Raises:
        MediaError: a picture cannot be decoded or made small enough.
    """
    if fits(prompt, capabilities):
        return prompt
    side = _side(sum(isinstance(part, Image) for part in prompt), capabilities)
    return tuple(
        _encoded(part, capabilities, side)
        if isinstance(part, Image) and not _within(part, capabilities, side)
        else part
        for part in prompt
    )


def intact(picture: Image) -> None:
    """Check structure without decoding: PNG's chunk sums, the end marks of JPEG, GIF and WebP.

    Raises:
        MediaError: unreadable, cut short, or more than `MAX_PIXELS`. Types without a cheap check,
            and pictures that fail theirs, are decoded to be sure.
    """
    if picture.width is None or picture.height is None:
        raise MediaError(f"{_name(picture)}: not an image that can be read")
    if picture.width * picture.height > MAX_PIXELS:
        raise MediaError(f"{_name(picture)}: {picture.width}x{picture.height} pixels are more than {MAX_PIXELS:,}")
    ends = _ENDS.get(picture.mime)
    if ends is None or not ends(picture.read()):
        check(picture)


def check(picture: Image) -> None:
    """Decode once and forget; raises MediaError for a corrupt or truncated picture."""
    _open(picture)


def thumbnail(picture: Image, *, side: int = 384, limit: int = THUMBNAIL_BYTES) -> bytes:
    """A small upright WebP of at most `limit` bytes; raises MediaError when the picture cannot be decoded."""
    from PIL import ImageOps

    small = _plain(ImageOps.exif_transpose(_open(picture)))
    while True:
        small.thumbnail((side, side))
        for quality in (75, 50):
            data = _written(small, "WEBP", quality=quality, method=4)
            if len(data) <= limit or side <= 1:
                return data
        side = int(side * _SHRINK)


def _side(pictures: int, capabilities: Capabilities) -> int | None:
    return next((pixels for up_to, pixels in capabilities.max_image_side if pictures <= up_to), None)


def _within(picture: Image, capabilities: Capabilities, side: int | None) -> bool:
    width, height = picture.width or 0, picture.height or 0
    return (
        picture.mime in capabilities.image_mimes
        and (side is None or max(width, height) <= side)
        and (capabilities.max_image_pixels is None or width * height <= capabilities.max_image_pixels)
        and (capabilities.max_image_bytes is None or picture.size <= capabilities.max_image_bytes)
    )


def _encoded(picture: Image, capabilities: Capabilities, side: int | None) -> Image:
    from PIL import ImageOps

    opened = ImageOps.exif_transpose(_open(picture))
    size = _target(opened.width, opened.height, capabilities.max_image_pixels, side)
    while True:
        scaled = opened if size == opened.size else _resized(opened, size)
        for data in _encodings(scaled, capabilities, lossless=picture.mime != "image/jpeg"):
            if capabilities.max_image_bytes is None or len(data) <= capabilities.max_image_bytes:
                return image(data, source=picture.source)
        if size == (1, 1):
            raise MediaError(f"{_name(picture)}: cannot be made smaller than {capabilities.max_image_bytes} bytes")
        size = (max(1, int(size[0] * _SHRINK)), max(1, int(size[1] * _SHRINK)))


def _target(width: int, height: int, pixels: int | None, side: int | None) -> tuple[int, int]:
    scale = min(
        1.0,
        1.0 if pixels is None else math.sqrt(pixels / (width * height)),
        1.0 if side is None else side / max(width, height),
    )
    return (width, height) if scale == 1.0 else (max(1, int(width * scale)), max(1, int(height * scale)))


def _resized(opened: Picture, size: tuple[int, int]) -> Picture:
    from PIL import Image as Pillow

    return _plain(opened).resize(size, Pillow.Resampling.LANCZOS)


def _encodings(picture: Picture, capabilities: Capabilities, *, lossless: bool) -> Iterator[bytes]:
    plain = _plain(picture)
    if "image/png" in capabilities.image_mimes and (lossless or "image/jpeg" not in capabilities.image_mimes):
        yield _written(plain, "PNG")
    if "image/jpeg" in capabilities.image_mimes:
        opaque = _on_white(plain)
        for quality in _QUALITIES:
            yield _written(opaque, "JPEG", quality=quality)


def _written(picture: Picture, kind: str, **how: Any) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **how)
    return buffer.getvalue()


def _plain(picture: Picture) -> Picture:
    if picture.mode in ("L", "RGB", "RGBA"):
        return picture
    return picture.convert("RGBA" if _has_alpha(picture) else "RGB")


def _on_white(picture: Picture) -> Picture:
    from PIL import Image as Pillow

    if picture.mode != "RGBA":
        return picture
    white = Pillow.new("RGB", picture.size, "white")
    white.paste(picture, mask=picture.getchannel("A"))
    return white


def _has_alpha(picture: Picture) -> bool:
    return picture.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in picture.info


def _open(picture: Image) -> Picture:
    """Decoded; animations by their first frame."""
    from PIL import Image as Pillow

    if picture.width is None or picture.height is None or picture.width * picture.height > MAX_PIXELS:
        raise MediaError(f"{_name(picture)}: not an image that can be read")
    try:
        with warnings.catch_warnings():
            # Its size was checked above; other warnings are about metadata that is not used.
            warnings.simplefilter("ignore")
            opened = Pillow.open(io.BytesIO(picture.read()))
            opened.load()
    except (OSError, ValueError, SyntaxError, EOFError, zlib.error, Pillow.DecompressionBombError) as error:
        raise MediaError(f"{_name(picture)}: {error}") from None
    return opened


def _name(picture: Image) -> str:
    return picture.source or picture.sha256[:12]


def _probe(data: bytes) -> tuple[str, int | None, int | None]:
    from PIL import Image as Pillow
    from PIL import UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Pillow.DecompressionBombWarning)
            with Pillow.open(io.BytesIO(data)) as picture:
                mime = Pillow.MIME.get(picture.format or "", UNKNOWN)
                return mime, picture.width, picture.height
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Pillow.DecompressionBombError):
        return UNKNOWN, None, None


def _png(data: bytes) -> tuple[str, int, int] | None:
    if data[:8] != b"\x89PNG\r\n\x1a\n" or data[12:16] != b"IHDR" or len(data) < 33:
        return None
    width, height = int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    return ("image/png", width, height) if width and height else None


def _jpeg(data: bytes) -> tuple[str, int, int] | None:
    """Size from the first frame header (ITU-T T.81, B.2.2); None leaves the bytes to Pillow."""
    if data[:3] != b"\xff\xd8\xff":
        return None
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = int.from_bytes(data[at + 5 : at + 7], "big"), int.from_bytes(data[at + 7 : at + 9], "big")
            return ("image/jpeg", width, height) if width and height else None
        at += 1 if marker == 0xFF else 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return None


def _png_whole(data: bytes) -> bool:
    """Every chunk is there and has its checksum (PNG specification, 5.3)."""
    at = 8
    while at + 12 <= len(data):
        end = at + 8 + int.from_bytes(data[at : at + 4], "big")
        if zlib.crc32(memoryview(data)[at + 4 : end]) != int.from_bytes(data[end : end + 4], "big"):
            return False
        if data[at + 4 : at + 8] == b"IEND":
            return True
        at = end + 4
    return False


def _webp_whole(data: bytes) -> bool:
    return len(data) >= 8 + int.from_bytes(data[4:8], "little")


_ENDS: dict[str, Callable[[bytes], bool]] = {
    "image/png": _png_whole,
    "image/jpeg": lambda data: data[-2:] == b"\xff\xd9",
    "image/gif": lambda data: data[-1:] == b";",
    "image/webp": _webp_whole,
}

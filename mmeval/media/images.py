"""Media bytes as they came: hash, probe, check, bring within an adapter's limits. Decoded only when needed."""

from __future__ import annotations

import hashlib
import io
import math
import warnings
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmeval.errors import FatalError, MediaError
from mmeval.media import structure
from mmeval.sampling import ImagePolicy, VideoPolicy
from mmeval.types import Image, Media, Prompt, Text

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
    mime, width, height = structure.png_size(data) or structure.jpeg_size(data) or _probe(data)
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
        for kind in _kinds(part):
            if kind not in capabilities.inputs:
                raise FatalError(f"the model takes no {kind}{_way_out(part, kind)}", kind="unsupported")
        if isinstance(part, Image):
            pictures += 1
            intact(part)
    if capabilities.max_images is not None and pictures > capabilities.max_images:
        raise FatalError(f"{pictures} images; the model takes {capabilities.max_images}", kind="unsupported")


def _kinds(part: Media) -> Iterator[str]:
    """What a model must take to be shown a part: pictures for the frames of a film."""
    policy = part.policy
    if isinstance(policy, VideoPolicy):
        yield "video" if policy.mode == "native" else "image"
        if policy.mode == "frames" and policy.sound:
            yield "audio"
    else:
        yield part.kind


def _way_out(part: Media, kind: str) -> str:
    if kind == "video":
        return "; show it frames: --video frames=32"
    return " track; leave it out: --video ...,sound=off" if kind == "audio" and part.kind == "video" else ""


def fits(prompt: Prompt, capabilities: Capabilities) -> bool:
    """Whether every picture is within the limits as it is."""
    pictures = [part for part in prompt if isinstance(part, Image)]
    side = _side(len(pictures), capabilities)
    return all(_within(picture, capabilities, side) for picture in pictures)


def fit(prompt: Prompt, capabilities: Capabilities) -> Prompt:
    """The prompt as the adapter can take it; the very same object when every image can be sent as it is.

    A picture with a policy gets the size that its policy says. One over a limit of pixels, side or bytes, of a type
    that the provider does not know, or with more in it than one picture (an animation, surplus data) is turned
    upright, scaled (Lanczos) and written again, an animation by its first frame: as PNG, or as JPEG if PNG would be too
    large or the image was a JPEG. The same bytes in give the same bytes out. This takes milliseconds per image, so
    call it in a thread.

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


def sizes(prompt: Prompt) -> tuple[tuple[int, int], ...]:
    """Width and height of every picture of a prompt."""
    return tuple((part.width or 0, part.height or 0) for part in prompt if isinstance(part, Image))


def sent(prompt: Prompt, capabilities: Capabilities) -> tuple[tuple[int, int], ...]:
    """The sizes after `fit`; empty if every picture is sent as it is."""
    return () if fits(prompt, capabilities) else sizes(fit(prompt, capabilities))


def intact(picture: Image) -> None:
    """Check the structure without decoding: checksums, end marks, and whether the header can be true.

    Raises:
        MediaError: the image is unreadable, cut short, larger than `MAX_PIXELS`, or claims more pixels than its bytes
            can hold. Types without a cheap check, and images that fail theirs, are decoded to be sure.
    """
    if picture.width is None or picture.height is None:
        raise MediaError(f"{_name(picture)}: not an image that can be read")
    if picture.width * picture.height > MAX_PIXELS:
        raise MediaError(f"{_name(picture)}: {picture.width}x{picture.height} pixels are more than {MAX_PIXELS:,}")
    data = picture.read()
    if not structure.holds(picture.mime, data, picture.width, picture.height):
        raise MediaError(
            f"{_name(picture)}: its header claims {picture.width}x{picture.height} pixels, "
            f"more than its {len(data):,} bytes can hold"
        )
    if not structure.whole(picture.mime, data):
        check(picture)


def check(picture: Image) -> None:
    """Decode once and forget; raises MediaError for a corrupt or truncated picture."""
    decoded(picture)


def thumbnail(picture: Image, *, side: int = 384, limit: int = THUMBNAIL_BYTES) -> bytes:
    """A small upright WebP of at most `limit` bytes; raises MediaError when the picture cannot be decoded."""
    from PIL import ImageOps

    small = _plain(ImageOps.exif_transpose(decoded(picture)))
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
        and _wanted(picture, (width, height)) == (width, height)
        and (side is None or max(width, height) <= side)
        and (capabilities.max_image_pixels is None or width * height <= capabilities.max_image_pixels)
        and (capabilities.max_image_bytes is None or picture.size <= capabilities.max_image_bytes)
        and structure.ordinary(picture.mime, picture.read)
    )


def _encoded(picture: Image, capabilities: Capabilities, side: int | None) -> Image:
    from PIL import ImageOps

    opened = ImageOps.exif_transpose(decoded(picture))
    size = _target(*_wanted(picture, opened.size), capabilities.max_image_pixels, side)
    while True:
        scaled = opened if size == opened.size else _resized(opened, size)
        for data in _encodings(scaled, capabilities, lossless=picture.mime != "image/jpeg"):
            if capabilities.max_image_bytes is None or len(data) <= capabilities.max_image_bytes:
                return image(data, source=picture.source)
        if size == (1, 1):
            raise MediaError(f"{_name(picture)}: cannot be made smaller than {capabilities.max_image_bytes} bytes")
        size = (max(1, int(size[0] * _SHRINK)), max(1, int(size[1] * _SHRINK)))


def _wanted(picture: Image, size: tuple[int, int]) -> tuple[int, int]:
    """The size that the policy of a picture says; its own without a policy."""
    return picture.policy.size(*size) if isinstance(picture.policy, ImagePolicy) and all(size) else size


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


def decoded(picture: Image) -> Picture:
    """The picture with its pixels; animations by their first frame. Raises MediaError when it cannot be decoded."""
    from PIL import Image as Pillow

    if picture.width is None or picture.height is None or picture.width * picture.height > MAX_PIXELS:
        raise MediaError(f"{_name(picture)}: not an image that can be read")
    try:
        with warnings.catch_warnings():
            # Its size was checked above; other warnings are about metadata that is not used.
            warnings.simplefilter("ignore")
            opened = Pillow.open(io.BytesIO(picture.read()))
            if opened.size != (picture.width, picture.height):
                raise ValueError(f"{opened.width}x{opened.height} pixels, but its header says otherwise")
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

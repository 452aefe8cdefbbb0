"""Media bytes as they came: hash, probe the header, apply an adapter's limits, encode. Never decoded unless needed."""

from __future__ import annotations

import hashlib
import io
import warnings

from mmeval.errors import MediaError
from mmeval.types import Image

MAX_PIXELS = 120_000_000
"""A picture that claims more is treated as a decompression bomb."""


def image(data: bytes, *, source: str = "") -> Image:
    """An Image part with mime and size (pixels) from the header.

    Bytes that no header explains become `application/octet-stream` without a size: the sample is
    then `invalid_input` when its prompt is prepared, and no other sample is touched.
    """
    mime, width, height = _probe(data)
    return Image(data, mime, hashlib.sha256(data).hexdigest(), source, width, height)


def _probe(data: bytes) -> tuple[str, int | None, int | None]:
    from PIL import Image as Pillow
    from PIL import UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Pillow.DecompressionBombWarning)
            with Pillow.open(io.BytesIO(data)) as picture:
                mime = Pillow.MIME.get(picture.format or "", "application/octet-stream")
                return mime, picture.width, picture.height
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Pillow.DecompressionBombError):
        return "application/octet-stream", None, None


def check(picture: Image) -> None:
    """Decode once and forget; raises MediaError for a corrupt, truncated or oversized picture."""
    from PIL import Image as Pillow

    if picture.width is None or picture.height is None:
        raise MediaError(f"{picture.source or picture.sha256[:12]}: not an image that can be read")
    if picture.width * picture.height > MAX_PIXELS:
        raise MediaError(f"{picture.source or picture.sha256[:12]}: {picture.width}x{picture.height} is too large")
    try:
        with Pillow.open(io.BytesIO(picture.data)) as opened:
            opened.load()
    except (OSError, ValueError, SyntaxError) as error:
        raise MediaError(f"{picture.source or picture.sha256[:12]}: {error}") from None

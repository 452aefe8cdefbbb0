"""Prompts for models that make media, and media in their answers, as base64 or as bytes."""

from __future__ import annotations

import binascii
import re

import pybase64

from mmeval.errors import FatalError
from mmeval.media import of_kind
from mmeval.types import Image, Media, Request, Text, Want

__all__ = ["sized", "text_and_images", "text_of", "unpacked"]


def sized(text: str | None) -> tuple[int, int] | None:
    """Width and height in an option such as 1024x1024 or 1280:720; None for another one, such as auto."""
    found = re.fullmatch(r"(\d{1,5})[x:](\d{1,5})", text or "")
    return (int(found[1]), int(found[2])) if found and int(found[1]) and int(found[2]) else None


def text_of(request: Request) -> str:
    """The text of a prompt for a model that takes nothing else; raises FatalError for other parts."""
    if any(not isinstance(part, Text) for part in request.prompt):
        raise FatalError(f"only prompts of text can be asked for {request.want}", kind="unsupported")
    return "\n".join(part.text for part in request.prompt if isinstance(part, Text))


def text_and_images(request: Request) -> tuple[str, list[Image]]:
    """The text and the images of a prompt for a model that takes nothing else; raises FatalError for other parts."""
    if any(not isinstance(part, Text | Image) for part in request.prompt):
        raise FatalError(f"only prompts of text and images can be asked for {request.want}", kind="unsupported")
    pictures = [part for part in request.prompt if isinstance(part, Image)]
    return "\n".join(part.text for part in request.prompt if isinstance(part, Text)), pictures


def unpacked(want: Want, content: str | bytes) -> Media:
    """Media from bytes, or from base64 with or without the head of a data URL; raises ValueError."""
    if isinstance(content, bytes):
        return of_kind(want, content)
    data = content.partition(",")[2] if content.startswith("data:") else content
    try:
        return of_kind(want, pybase64.b64decode(data, validate=True))
    except binascii.Error as error:
        raise ValueError(f"the {want} is not base64: {error}") from None

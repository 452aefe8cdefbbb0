"""Media in the answers of remote models: as base64, as bytes, or at an address that the answer names."""

from __future__ import annotations

import binascii
from urllib.parse import urlsplit

import pybase64

from mmeval.errors import FatalError, RetryableError
from mmeval.media import of_kind
from mmeval.providers.calls import fetch
from mmeval.providers.guard import guarded_session
from mmeval.providers.setup import Secret
from mmeval.types import Image, Media, Request, Text, Want

__all__ = ["MAX_MADE", "download", "text_and_images", "text_of", "unpacked"]

MAX_MADE = 500_000_000
"""Bytes of one image, sound or film."""


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


async def download(want: Want, url: str, *, endpoint: str, secret: Secret) -> Media:
    """The image, sound or film at an address that an answer names. No key is sent there.

    Args:
        want: what it is.
        url: https, or on the same server as the endpoint.
        endpoint: the server that named it.
        secret: removed from the message of an error.

    Raises:
        RetryableError, FatalError: see `failure`; `expired` for an address that holds nothing any more.
    """
    there, here = urlsplit(url), urlsplit(endpoint)
    if there.scheme != "https" and (there.scheme, there.netloc) != (here.scheme, here.netloc):
        raise FatalError(secret.scrub(f"the answer names an address that is not https: {url}"), kind="malformed")

    async def got() -> tuple[int, bytes]:
        async with guarded_session() as session, session.get(url) as answer:
            return answer.status, await answer.read()

    status, data = await fetch(got(), secret=secret, read=lambda found: found, limit=MAX_MADE)
    if status in (401, 403, 404, 410):
        raise RetryableError(f"the address of the {want} has expired (status {status})", kind="expired", status=status)
    if status != 200:
        raise RetryableError(f"the {want} cannot be fetched (status {status})", kind="server", status=status)
    return of_kind(want, data)

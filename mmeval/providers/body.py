"""JSON request bodies. Media are encoded to base64 once and never pass through the JSON encoder."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from typing import Any

import pybase64

from mmeval.types import Media

# Random, so that no text of a data set can contain a placeholder.
_MARK = f"@media-{secrets.token_hex(12)}-"
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_SPLIT = re.compile(f"{_MARK}(\\d+);".encode())


class Body:
    """Builds request bodies.

    `media` and `data_url` return a placeholder for the payload. `dumps` serialises the payload and replaces the
    placeholders by base64. A 100 KB image is copied twice.

    Args:
        files: whether the server may read files of this machine: media in files then go by their path.
    """

    def __init__(self, *, files: bool = False) -> None:
        self._media: list[Media] = []
        self._files = files

    def inline(self, part: Media) -> bool:
        """Whether the bytes of the part are in the request."""
        return not self._files or part.path is None

    def media(self, part: Media) -> str:
        """A placeholder for the base64 of the part's bytes."""
        self._media.append(part)
        return f"{_MARK}{len(self._media) - 1};"

    def data_url(self, part: Media) -> str:
        """A placeholder for `data:MIME;base64,...`, or the address of the part's file."""
        if part.path is not None and not self.inline(part):
            return part.path.resolve().as_uri()
        return f"data:{part.mime};base64,{self.media(part)}"

    def dumps(self, payload: Any) -> bytes:
        """The payload as JSON in UTF-8, with the media in place of their placeholders."""
        text = _JSON(payload).encode("utf-8", "replace")
        if not self._media:
            return text
        pieces = _SPLIT.split(text)
        pieces[1::2] = [pybase64.b64encode(self._media[int(n)].read()) for n in pieces[1::2]]
        return b"".join(pieces)


def drop_none(values: Mapping[str, Any]) -> dict[str, Any]:
    """The entries that have a value: an option that is None is left to the provider."""
    return {name: value for name, value in values.items() if value is not None}

"""A JSON request body in which media are base64: each is encoded once and never passes through the JSON encoder."""

from __future__ import annotations

import json
import re
import secrets
from typing import Any

import pybase64

from mmeval.types import Media

# Unguessable, so that no text of a data set can pretend to be a placeholder.
_MARK = f"@media-{secrets.token_hex(12)}-"
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_SPLIT = re.compile(f"{_MARK}(\\d+);".encode())


class Body:
    """Builds one request body.

    `media` and `data_url` give a placeholder to put into the payload; `dumps` serialises the
    payload and writes the base64 in place of the placeholders. A 100 KB picture costs two copies.
    """

    def __init__(self) -> None:
        self._media: list[Media] = []

    def media(self, part: Media) -> str:
        """A placeholder for the base64 of the part's bytes."""
        self._media.append(part)
        return f"{_MARK}{len(self._media) - 1};"

    def data_url(self, part: Media) -> str:
        """A placeholder for `data:MIME;base64,...`."""
        return f"data:{part.mime};base64,{self.media(part)}"

    def dumps(self, payload: Any) -> bytes:
        """The JSON of the payload, UTF-8, with all media in their places."""
        text = _JSON(payload).encode("utf-8", "replace")
        if not self._media:
            return text
        pieces = _SPLIT.split(text)
        pieces[1::2] = [pybase64.b64encode(self._media[int(n)].read()) for n in pieces[1::2]]
        return b"".join(pieces)

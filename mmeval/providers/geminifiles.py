"""Gemini's Files API: films and sounds that are too large for a request, uploaded once and deleted at the end."""

from __future__ import annotations

import asyncio
import io
from contextlib import suppress
from typing import Any

from mmeval.errors import AdapterError, MediaError
from mmeval.providers.calls import fetch
from mmeval.providers.setup import Secret
from mmeval.types import Media

__all__ = ["INLINE", "GeminiFiles"]

INLINE = 14_000_000
"""Bytes of media that go into a request. It may have 20 MB in all, and base64 takes a third more.
Source: https://ai.google.dev/gemini-api/docs/files"""


class GeminiFiles:
    """The files that one client has uploaded, each once, by the sha256 of its content.

    Args:
        client: of `google-genai`.
        secret: removed from the messages of errors.
    """

    FIRST_S, LONGEST_S = 1.0, 15.0
    """Seconds between two looks at a file that is being prepared; they double from the first to the longest."""

    def __init__(self, client: Any, secret: Secret) -> None:
        self._files, self._secret = client.aio.files, secret
        self._uploads: dict[str, asyncio.Task[Any]] = {}

    async def uri(self, part: Media) -> str:
        """The address of a file that is ready to be asked about; all questions about it share one upload.

        Raises:
            RetryableError, FatalError: it cannot be uploaded.
            MediaError: the provider cannot read it.
        """
        known = self._uploads.get(part.sha256)
        if known is None or (known.done() and not known.cancelled() and known.exception() is not None):
            known = self._uploads[part.sha256] = asyncio.ensure_future(self._uploaded(part))
        return str((await asyncio.shield(known)).uri)

    async def _uploaded(self, part: Media) -> Any:
        content = str(part.path) if part.path is not None else io.BytesIO(part.read())
        sending = self._files.upload(file=content, config={"mime_type": part.mime})
        file = await fetch(sending, secret=self._secret, read=lambda sent: sent)
        pause = self.FIRST_S
        while str(getattr(file.state, "name", file.state)) == "PROCESSING":
            await asyncio.sleep(pause)
            pause = min(self.LONGEST_S, 2 * pause)
            file = await fetch(self._files.get(name=file.name), secret=self._secret, read=lambda found: found)
        if str(getattr(file.state, "name", file.state)) == "FAILED":
            raise MediaError(f"{part.source}: the provider cannot read this file")
        return file

    async def close(self) -> None:
        """Delete what was uploaded; what cannot be deleted expires after two days."""
        done = [one for one in self._uploads.values() if one.done() and not one.cancelled()]
        for upload in self._uploads.values():
            upload.cancel()
        for upload in done:
            if upload.exception() is None:
                with suppress(AdapterError):
                    deleting = self._files.delete(name=upload.result().name)
                    await fetch(deleting, secret=self._secret, read=lambda _: None)
        self._uploads.clear()

"""The batch endpoints: OpenAI's files and batches, Anthropic's message batches, Gemini's batchGenerateContent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aiohttp import web

from tests.loopback.dialects import Said


class Batches:
    """Holds what was submitted; a batch is done after `polls` looks at it."""

    def __init__(self, say: Callable[[dict[str, Any], str], Said]) -> None:
        self.say = say

    async def handle(self, request: web.Request, path: str, raw: bytes) -> web.StreamResponse | None:
        """The answer to a batch request; None for anything else."""
        return None

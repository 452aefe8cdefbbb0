"""The judge that a task's code asks, answered from outside.

A request to a chat API ends the scoring and is handed out; then the scoring runs again with the answer, until it asks
no more. So nothing leaves this process, and a hook must ask the same when it runs again.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from .package import Fault

__all__ = ["Asked", "Judge"]


class Asked(BaseException):
    """Passes through the hooks, which catch every `Exception` and ask again."""


class Judge:
    """Answers the requests of a task's code in their order."""

    def __init__(self) -> None:
        self.answers: Sequence[str] = ()
        self.given, self.open = 0, list[dict[str, Any]]()
        self.patched = False

    @contextmanager
    def answering(self, answers: Sequence[str]) -> Iterator[None]:
        """Answer requests from a list. At the next one, and at the end if a hook went on after it, raises Asked."""
        self.answers, self.given, self.open = answers, 0, []
        if not self.patched:
            self._patch()
        yield
        if self.open:
            raise Asked

    def answer(self, messages: Any) -> str:
        """The answer to a request."""
        if self.open or self.given == len(self.answers):
            self.open = self.open or list(parts(messages))
            raise Asked
        self.given += 1
        return self.answers[self.given - 1]

    def _patch(self) -> None:
        import requests
        from openai.resources.chat.completions import AsyncCompletions, Completions

        def create(_: Any, *, messages: Any, **more: Any) -> Any:
            return completion(self.answer(messages))

        async def create_later(_: Any, *, messages: Any, **more: Any) -> Any:
            return completion(self.answer(messages))

        def request(_: Any, method: str, url: str, **how: Any) -> Any:
            body = how.get("json") or json.loads(how.get("data") or "{}")
            if not isinstance(body, dict) or "messages" not in body:
                raise OSError("a task has no network")
            return replied(self.answer(body["messages"]))

        Completions.create = create  # type: ignore[assignment, method-assign]
        AsyncCompletions.create = create_later  # type: ignore[assignment, method-assign]
        requests.Session.request = request  # type: ignore[assignment, method-assign]
        time.sleep = lambda seconds: None  # hooks wait before they ask again
        self.patched = True


def completion(text: str) -> Any:
    """An answer as the client of OpenAI returns it."""
    message = SimpleNamespace(content=text, role="assistant", refusal=None)
    choice = SimpleNamespace(message=message, finish_reason="stop", index=0)
    return SimpleNamespace(choices=[choice], model="judge", usage=None, id="")


def replied(text: str) -> Any:
    """An answer as `requests` returns it."""
    message = {"role": "assistant", "content": text}
    body = {"choices": [{"message": message, "finish_reason": "stop", "index": 0}], "model": "judge", "usage": {}}
    return SimpleNamespace(
        status_code=200, ok=True, json=lambda: body, text=json.dumps(body), raise_for_status=lambda: None, headers={}
    )


def parts(messages: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """The parts of what a judge is asked; raises Fault for turns of the judge, and for pictures at an address."""
    for message in messages:
        if message["role"] not in ("user", "system", "developer"):
            raise Fault("judge", "its judge is asked in several turns")
        content = message["content"]
        for part in [{"type": "text", "text": content}] if isinstance(content, str) else content:
            if part["type"] == "text":
                yield {"type": "text", "text": str(part["text"])}
            else:
                yield picture(part)


def picture(part: Mapping[str, Any]) -> dict[str, Any]:
    """A picture in a request, which must hold its bytes."""
    url = part.get("image_url", "")
    head, comma, data = str(url["url"] if isinstance(url, Mapping) else url).partition("base64,")
    if not comma or not head.startswith("data:image/"):
        raise Fault("judge", f"its judge is shown {part['type']} that holds no picture")
    return {"type": "image", "data": data}

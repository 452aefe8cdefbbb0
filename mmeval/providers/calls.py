"""Sends one request to a remote model: measures it, decodes the answer, and turns every failure into a typed error."""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from mmeval.errors import AdapterError, RetryableError
from mmeval.providers.failures import failure, said
from mmeval.providers.setup import Secret
from mmeval.types import Reply, Usage

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A decoded JSON object, with the headers of the response and the time it took."""

    value: dict[str, Any]
    headers: Mapping[str, str]
    latency_s: float


async def fetch(request: Awaitable[Any], *, secret: Secret, read: Callable[[Any], T]) -> T:
    """Await a call of an SDK and return what `read` makes of its result.

    Raises:
        RetryableError, FatalError: see `failure`.
    """
    try:
        return read(await request)
    except Exception as error:  # noqa: BLE001 - the request boundary: every SDK has its own exceptions
        raise failure(error, secret=secret) from None


async def call(request: Awaitable[Any], *, secret: Secret, body: Callable[[Any], str | bytes]) -> Answer:
    """Await the raw response of an SDK and decode its `body`.

    Raises:
        RetryableError, FatalError: see `failure`.
    """
    started = time.perf_counter()
    value, headers = await fetch(request, secret=secret, read=lambda raw: (decode(body(raw)), raw.headers))
    return Answer(value=value, headers=headers or {}, latency_s=time.perf_counter() - started)


def shaped(read: Callable[[dict[str, Any]], Reply], value: dict[str, Any], **known: Any) -> Reply:
    """Read the Reply from a decoded answer, and check it.

    A server may send anything: a list instead of an object, a number instead of a text.

    Args:
        read: makes the Reply; may raise KeyError, TypeError and the like.
        value: the decoded answer.
        known: fields of the Reply that are not in the body, such as the latency.

    Raises:
        RetryableError: (`malformed`) the answer has another shape.
    """
    try:
        reply = read(value)
    except (KeyError, IndexError, TypeError, AttributeError, ValueError) as error:
        note = f"status 200, but the answer has an unknown shape: {type(error).__name__}: {error}"
        raise RetryableError(Secret("").scrub(note), kind="malformed", status=200) from None
    if not isinstance(reply.text, str) or not isinstance(reply.reasoning, str | None):
        raise RetryableError("status 200, but the answer has an unknown shape", kind="malformed", status=200)
    used = reply.usage
    usage = Usage(_count(used.input), _count(used.output), _count(used.reasoning), _count(used.cached))
    return replace(reply, usage=usage, model=_text(reply.model), **{"request_id": _text(reply.request_id), **known})


def _count(value: object) -> int | None:
    # A wrong token count is dropped; the answer is still good.
    return value if type(value) is int and value >= 0 else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def collected(read: Callable[[dict[str, Any]], Reply], value: dict[str, Any]) -> Reply | AdapterError:
    """`shaped` for one answer of a batch: returns the error instead of raising it."""
    try:
        return shaped(read, value)
    except RetryableError as malformed:
        return malformed


def lines(body: str | bytes) -> Iterator[dict[str, Any]]:
    """The objects in JSON lines; raises RetryableError (`malformed`) for a line that is not JSON."""
    for line in body.splitlines():
        if line.strip():
            try:
                value = json.loads(line)
            except ValueError:
                raise RetryableError("a line of the batch's results is not JSON", kind="malformed") from None
            if isinstance(value, dict):
                yield value


def decode(body: str | bytes) -> dict[str, Any]:
    """Decode the JSON object of a response with status 200.

    Raises:
        RetryableError: (`malformed`) it is empty or not a JSON object.
        RetryableError, FatalError: it holds an error; see `said`.
    """
    try:
        value = json.loads(body)
    except ValueError:
        start = body[:80].decode("utf-8", "replace") if isinstance(body, bytes) else body[:80]
        raise RetryableError(f"status 200, but not JSON: {start!r}", kind="malformed", status=200) from None
    if not isinstance(value, dict) or not value:
        raise RetryableError(f"status 200, but not a JSON object: {str(value)[:80]}", kind="malformed", status=200)
    error = value.get("error")
    if error:
        raise said(error if isinstance(error, dict) else {"message": str(error)})
    return value

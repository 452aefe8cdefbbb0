"""Sends one request to a remote model: measures it, decodes the answer, and turns every failure into a typed error."""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from mmeval.errors import AdapterError, RetryableError
from mmeval.providers.failures import failure, said
from mmeval.providers.guard import MAX_BODY, bodies_up_to
from mmeval.providers.setup import Secret
from mmeval.types import Reply

T = TypeVar("T")
MOST_TOKENS = 1 << 40
"""A token count from here on is nonsense, and would overflow the sums and prices of a run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A decoded JSON object, with the headers of the response and the time it took."""

    value: dict[str, Any]
    headers: Mapping[str, str]
    latency_s: float


async def fetch(request: Awaitable[Any], *, secret: Secret, read: Callable[[Any], T], limit: int = MAX_BODY) -> T:
    """Await a call of an SDK and return what `read` makes of its result.

    Args:
        request: the call.
        secret: removed from the message of an error.
        read: takes the result of the call.
        limit: largest response, in bytes.

    Raises:
        RetryableError, FatalError: see `failure`.
    """
    try:
        with bodies_up_to(limit):
            return read(await request)
    except Exception as error:  # noqa: BLE001 - the request boundary: every SDK has its own exceptions
        raise failure(error, secret=secret) from None


async def call(
    request: Awaitable[Any], *, secret: Secret, body: Callable[[Any], str | bytes], limit: int = MAX_BODY
) -> Answer:
    """Await the raw response of an SDK and decode its `body`.

    Args:
        request: the call.
        secret: removed from the message of an error.
        body: takes the content from the response.
        limit: largest response, in bytes.

    Raises:
        RetryableError, FatalError: see `failure`.
    """
    started = time.perf_counter()

    def read(raw: Any) -> tuple[dict[str, Any], Mapping[str, str]]:
        return decode(body(raw), secret=secret), raw.headers

    value, headers = await fetch(request, secret=secret, read=read, limit=limit)
    return Answer(value=value, headers=headers or {}, latency_s=time.perf_counter() - started)


def shaped(read: Callable[[dict[str, Any]], Reply], value: dict[str, Any], *, secret: Secret, **known: Any) -> Reply:
    """Read the Reply from a decoded answer, check it, and remove the key from it.

    A server may send anything: a list instead of an object, a number instead of a text, or the key that it was sent.

    Args:
        read: makes the Reply; may raise KeyError, TypeError and the like.
        value: the decoded answer.
        secret: what no text of the Reply may contain.
        known: fields of the Reply that are not in the body, such as the latency.

    Raises:
        RetryableError: (`malformed`) the answer has another shape.
    """
    try:
        reply = read(value)
    except (KeyError, IndexError, TypeError, AttributeError, ValueError, RecursionError) as error:
        note = f"status 200, but the answer has an unknown shape: {type(error).__name__}: {error}"
        raise RetryableError(secret.scrub(note), kind="malformed", status=200) from None
    except RetryableError as error:
        error.args = (secret.scrub(str(error)),)
        raise
    if not isinstance(reply.text, str) or not isinstance(reply.reasoning, str | None):
        raise RetryableError("status 200, but the answer has an unknown shape", kind="malformed", status=200)
    reply = replace(reply, **known)
    used = reply.usage
    return replace(
        reply,
        text=secret.redact(reply.text),
        reasoning=_text(reply.reasoning, secret),
        usage=replace(
            used,
            input=_count(used.input),
            output=_count(used.output),
            reasoning=_count(used.reasoning),
            cached=_count(used.cached),
        ),
        model=_text(reply.model, secret),
        request_id=_text(reply.request_id, secret),
    )


def _count(value: object) -> int | None:
    # A wrong token count is dropped; the answer is still good.
    return value if type(value) is int and 0 <= value < MOST_TOKENS else None


def _text(value: object, secret: Secret) -> str | None:
    return secret.redact(value) if isinstance(value, str) else None


def collected(
    read: Callable[[dict[str, Any]], Reply], value: dict[str, Any], *, secret: Secret
) -> Reply | AdapterError:
    """`shaped` for one answer of a batch: returns the error instead of raising it."""
    try:
        return shaped(read, value, secret=secret)
    except RetryableError as malformed:
        return malformed


def lines(body: str | bytes) -> Iterator[dict[str, Any]]:
    """The objects in JSON lines; raises RetryableError (`malformed`) for a line that is not JSON."""
    for line in body.splitlines():
        if line.strip():
            try:
                value = json.loads(line)
            except (ValueError, RecursionError):
                raise RetryableError("a line of the batch's results is not JSON", kind="malformed") from None
            if isinstance(value, dict):
                yield value


def decode(body: str | bytes, *, secret: Secret) -> dict[str, Any]:
    """Decode the JSON object of a response with status 200.

    Raises:
        RetryableError: (`malformed`) it is empty or not a JSON object.
        RetryableError, FatalError: it holds an error; see `said`.
    """
    try:
        value = json.loads(body)
    except RecursionError:
        raise RetryableError("status 200, but the JSON is nested too deeply", kind="malformed", status=200) from None
    except ValueError:
        start = body[:4096].decode("utf-8", "replace") if isinstance(body, bytes) else body[:4096]
        note = f"status 200, but not JSON: {secret.redact(start)[:80]!r}"
        raise RetryableError(note, kind="malformed", status=200) from None
    if not isinstance(value, dict) or not value:
        note = f"status 200, but not a JSON object: {secret.redact(str(value)[:4096])[:80]}"
        raise RetryableError(note, kind="malformed", status=200)
    error = value.get("error")
    if error:
        raise said(error if isinstance(error, dict) else {"message": str(error)}, secret=secret)
    return value

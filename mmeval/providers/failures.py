"""Turns the exceptions of every SDK and its transport into RetryableError or FatalError with a kind."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from mmeval.errors import AdapterError, FatalError, RetryableError
from mmeval.providers.headers import Headers, duration, openai_limits, retry_after
from mmeval.providers.setup import Secret

FATAL = {400: "bad_request", 401: "auth", 402: "quota", 403: "permission", 404: "not_found", 413: "too_large"}
RETRYABLE = {408: "timeout", 409: "server", 425: "server", 429: "rate_limit", 503: "overloaded", 529: "overloaded"}
QUOTA = frozenset({"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"})
FILTERED = frozenset({"content_filter", "content_policy_violation", "moderation_blocked"})
CODES = {
    "rate_limit_exceeded": 429, "rate_limit_error": 429, "RESOURCE_EXHAUSTED": 429,
    "server_error": 500, "api_error": 500, "INTERNAL": 500,
    "overloaded_error": 529, "UNAVAILABLE": 503,
    "invalid_request_error": 400, "INVALID_ARGUMENT": 400,
}  # fmt: skip
"""HTTP statuses of the error codes that come with a status 200."""
RPC = {3: 400, 4: 504, 5: 404, 7: 403, 8: 429, 10: 409, 11: 400, 13: 500, 14: 503, 16: 401}
"""HTTP statuses of google.rpc.Code."""


def failure(error: BaseException, *, secret: Secret) -> AdapterError:
    """The typed error for any exception of one request; an unknown exception becomes a FatalError of kind `error`.

    `retry_after_s` is the wait that the server asked for. The message is one line without secrets.
    """
    own = next((cause for cause in _chain(error) if isinstance(cause, AdapterError)), None)
    if own is not None:
        own.args = (secret.scrub(str(own)),)
        return own
    status = _status(error)
    if status is not None:
        return _of_status(status, error, secret)
    kind, cause = _transport(error)
    nobody = _unreachable(error, cause) if kind == "connection" else None
    if nobody is not None:
        return RetryableError(secret.scrub(nobody), kind="unreachable")
    message = secret.scrub(f"{type(cause).__name__}: {cause}")
    return RetryableError(message, kind=kind) if kind else FatalError(message, kind="error")


def said(error: Mapping[str, Any], *, secret: Secret, status: int | None = None) -> AdapterError:
    """The typed error for an error object in a batch or a response with status 200.

    Its kind follows from its status or code; without either it is `malformed`. The message is one line without secrets.
    """
    while isinstance(error.get("error"), dict):
        error = error["error"]
    named = [error.get(name) for name in ("code", "status", "type")]
    status = status or next((RPC.get(code, code) for code in named if isinstance(code, int)), None)
    status = status or next((CODES[code] for code in named if isinstance(code, str) and code in CODES), None)
    message = secret.scrub(f"the response holds an error: {error.get('message') or json.dumps(error)}")
    if status is None or status < 400:
        return RetryableError(message, kind="malformed", status=200)
    return _typed(status, message, code=str(named[0]), retry_after_s=None)


def _of_status(status: int, error: BaseException, secret: Secret) -> AdapterError:
    headers: Headers = getattr(getattr(error, "response", None), "headers", None) or {}
    body = _body(error)
    wait = retry_after(headers)
    if wait is None and status == 429:
        wait = _refill(headers) or _retry_info(body)
    message = secret.scrub(f"status {status}: {body.get('message') or getattr(error, 'message', None) or error}")
    if status in (401, 403) and not secret.value:
        message += " (no key was sent: name its environment variable with -o key_env=)"
    code = str(body.get("code") or body.get("type") or "")
    return _typed(status, message, code=code, retry_after_s=wait)


def _typed(status: int, message: str, *, code: str, retry_after_s: float | None) -> AdapterError:
    if code in QUOTA:
        return FatalError(message, kind="quota", status=status)
    if code in FILTERED and status < 500:
        return FatalError(message, kind="filtered", status=status)
    if status in RETRYABLE or status >= 500:
        kind = RETRYABLE.get(status, "server")
        return RetryableError(message, kind=kind, status=status, retry_after_s=retry_after_s)
    return FatalError(message, kind=FATAL.get(status, "bad_request"), status=status)


def _status(error: BaseException) -> int | None:
    if type(error).__name__ == "ClientResponseError":  # aiohttp says 400 to whatever is no HTTP
        return None
    # `status_code`: openai, anthropic, httpx; `code`: google-genai and google-api-core.
    for name in ("status_code", "code"):
        value = getattr(error, name, None)
        if isinstance(value, int) and 300 <= value < 600:
            return int(value)
    return None


def _body(error: BaseException) -> Mapping[str, Any]:
    """The innermost error object: openai has it in `body`, anthropic and google-genai nested under `error`."""
    body = getattr(error, "body", None) or getattr(error, "details", None)
    while isinstance(body, dict) and isinstance(body.get("error"), dict):
        body = body["error"]
    if isinstance(body, list):  # google-api-core has only the details
        return {"details": body}
    return body if isinstance(body, dict) else {}


def _refill(headers: Headers) -> float | None:
    limits = openai_limits(headers)
    if limits is None:
        return None
    pairs = ((limits.requests_left, limits.requests_reset_s), (limits.tokens_left, limits.tokens_reset_s))
    return max((reset for left, reset in pairs if left == 0 and reset is not None), default=None)


def _retry_info(body: Mapping[str, Any]) -> float | None:
    # google.rpc.RetryInfo, https://cloud.google.com/apis/design/errors#error_details
    details = body.get("details")
    for detail in details if isinstance(details, list) else []:
        if isinstance(detail, dict) and str(detail.get("@type", "")).endswith("google.rpc.RetryInfo"):
            return duration(str(detail.get("retryDelay", "")))
    return None


def _transport(error: BaseException) -> tuple[str | None, BaseException]:
    """The kind (`timeout`, `connection`, `malformed` or None) and the exception that describes it best.

    Goes by class names, from the innermost cause outwards: one SDK's transport reports a dropped connection as a
    connect timeout.
    """
    for cause in reversed(list(_chain(error))):
        names = [cls.__name__ for cls in type(cause).__mro__]
        if not _MALFORMED.isdisjoint(names):
            return "malformed", cause
        if any("Timeout" in name for name in names) or "DeadlineExceeded" in names:
            # The inner errors have no text; the outermost one says what timed out.
            return "timeout", error
        if any(name in _CONNECTION for name in names):
            return "connection", cause
    return None, error


def _unreachable(error: BaseException, cause: BaseException) -> str | None:
    """What to tell people when no server answers at the address; None for any other fault of a connection."""
    host, port = _address(error)
    if isinstance(cause, ConnectionRefusedError):
        return f"connection refused at {host}:{port}; is the server running?"
    if isinstance(cause, socket.gaierror) and cause.errno in (socket.EAI_NONAME, socket.EAI_NODATA):
        return f"no host is named {host}; check the address and the network"
    return None


def _address(error: BaseException) -> tuple[str, int | str]:
    """Host and port that a request was sent to, as far as the exceptions tell."""
    for cause in _chain(error):
        if isinstance(host := getattr(cause, "host", None), str):  # aiohttp
            return host, getattr(cause, "port", None) or "?"
        with suppress(RuntimeError):  # httpx: the request was never set
            url = urlsplit(str(getattr(getattr(cause, "request", None), "url", "")))
            if url.hostname:
                return url.hostname, url.port or {"https": 443}.get(url.scheme, 80)
    return "the server's address", "?"


_MALFORMED = frozenset({"ClientResponseError", "JSONDecodeError", "ParseError", "UnicodeDecodeError", "RecursionError"})
_CONNECTION = frozenset(
    {"APIConnectionError", "TransportError", "ClientConnectionError", "ClientPayloadError", "OSError", "HTTPException"}
)  # fmt: skip


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__ or cause.__context__

"""Response headers about rate limits: when to retry, and how much is left."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from mmeval.types import Limits

Headers = Mapping[str, str]
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|h|m|s)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


def retry_after(headers: Headers) -> float | None:
    """Seconds to wait: `retry-after-ms`, or `retry-after` as seconds or as an HTTP date (RFC 9110, 10.2.3)."""
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    text = headers.get("retry-after")
    seconds = _number(text)
    if seconds is not None or text is None:
        return seconds
    until = _http_date(text)
    # Relative to the server's clock, if it sent it: ours may be wrong.
    now = _http_date(headers.get("date", "")) or time.time()
    return None if until is None else max(0.0, until - now)


def openai_limits(headers: Headers) -> Limits | None:
    """`x-ratelimit-*`, as sent by OpenAI and compatible servers; resets are durations such as `6m0s` or `20ms`.

    Source: https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers
    """
    if "x-ratelimit-remaining-requests" not in headers and "x-ratelimit-remaining-tokens" not in headers:
        return None
    return Limits(
        requests=_whole(headers.get("x-ratelimit-limit-requests")),
        requests_left=_whole(headers.get("x-ratelimit-remaining-requests")),
        requests_reset_s=duration(headers.get("x-ratelimit-reset-requests")),
        tokens=_whole(headers.get("x-ratelimit-limit-tokens")),
        tokens_left=_whole(headers.get("x-ratelimit-remaining-tokens")),
        tokens_reset_s=duration(headers.get("x-ratelimit-reset-tokens")),
    )


def anthropic_limits(headers: Headers) -> Limits | None:
    """`anthropic-ratelimit-*`; resets are RFC 3339 times. `tokens` is the tightest of the token limits.

    Source: https://docs.anthropic.com/en/api/rate-limits#response-headers
    """
    if "anthropic-ratelimit-requests-remaining" not in headers:
        return None

    def of(kind: str) -> tuple[int | None, int | None, float | None]:
        prefix = f"anthropic-ratelimit-{kind}-"
        reset = headers.get(f"{prefix}reset")
        return _whole(headers.get(f"{prefix}limit")), _whole(headers.get(f"{prefix}remaining")), _until(reset)

    requests, requests_left, requests_reset_s = of("requests")
    tokens, tokens_left, tokens_reset_s = of("tokens")
    return Limits(
        requests=requests,
        requests_left=requests_left,
        requests_reset_s=requests_reset_s,
        tokens=tokens,
        tokens_left=tokens_left,
        tokens_reset_s=tokens_reset_s,
    )


def duration(text: str | None) -> float | None:
    """`1h2m3.5s`, `20ms` or a plain number of seconds, in seconds; None for anything else."""
    if not text:
        return None
    found = _DURATION.findall(text)
    if "".join(number + unit for number, unit in found) != text:
        return _number(text)
    return sum(float(number) * _SECONDS[unit] for number, unit in found)


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if 0 <= value < float("inf") else None


def _whole(text: str | None) -> int | None:
    value = _number(text)
    return None if value is None else int(value)


def _http_date(text: str) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError):
        return None


def _until(text: str | None) -> float | None:
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - datetime.now(UTC)).total_seconds())

"""Rate-limit headers: how fast requests may start if little is left of a quota."""

from __future__ import annotations

from dataclasses import dataclass

from mmeval.types import Limits

__all__ = ["Refill", "refills"]

LITTLE = 0.05
"""A quota counts as short once less than this share is left."""
LEAST = 0.1
"""Requests per second that a quota never forbids, since headers are sometimes wrong."""


@dataclass(frozen=True, slots=True)
class Refill:
    """How a short quota refills."""

    rate: float
    """Requests per second that it refills."""
    wait_s: float
    """Seconds until it holds enough for another request; 0 = it does already."""


def refills(limits: Limits, *, in_flight: int, tokens: float) -> list[Refill]:
    """The quotas, of requests and of tokens, that are short; `tokens` is the cost of one request, 0 = unknown."""
    requests = _refill(limits.requests, limits.requests_left, limits.requests_reset_s, in_flight, each=1.0)
    paid = _refill(limits.tokens, limits.tokens_left, limits.tokens_reset_s, in_flight, each=tokens) if tokens else None
    return [refill for refill in (requests, paid) if refill is not None]


def _refill(
    total: int | None, left: int | None, reset_s: float | None, in_flight: int, *, each: float
) -> Refill | None:
    """None if the headers do not say enough or the quota is not short; one request takes `each` of it."""
    if left is None or total is None or not reset_s or left >= max(LITTLE * total, each * in_flight):
        return None
    rate = max((total - left) / reset_s / each, LEAST)
    return Refill(rate, min(reset_s, 1.0 / rate) if left < each else 0.0)

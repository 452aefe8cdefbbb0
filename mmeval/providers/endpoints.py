"""Several servers of one model: each request goes to the one with the fewest in flight."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from mmeval.errors import RetryableError
from mmeval.providers.chat import ChatClient
from mmeval.types import Reply

__all__ = ["Endpoint", "Endpoints"]

LOG = logging.getLogger("mmeval.providers")
DEAD = frozenset({"connection", "unreachable"})
"""Failures after which a server is left out for a while."""
REST_S, LONGEST_REST_S = 5.0, 300.0
"""Seconds that a server is left out: the first, and the most after it failed again and again."""


@dataclass(slots=True, eq=False)
class Endpoint:
    """One server."""

    client: ChatClient
    url: str
    """Up to and including `/v1`."""
    in_flight: int = 0
    failures: int = 0
    """In a row."""
    until: float = 0.0
    """It is left out until then, by the monotonic clock."""

    def rests(self, now: float) -> bool:
        """Whether it is left out; once its rest is over, one request at a time finds out whether it is back."""
        return self.failures > 0 and (now < self.until or self.in_flight > 0)


class Endpoints:
    """Asks the least busy of some servers. A dead one costs its requests a retry, and is tried again later."""

    def __init__(self, servers: Sequence[Endpoint], clock: Callable[[], float] = time.monotonic) -> None:
        self.servers = tuple(servers)
        self._clock = clock

    async def post(self, path: str, content: bytes, read: Callable[[dict[str, Any]], Reply]) -> Reply:
        """Send one request and read the answer; raises RetryableError or FatalError."""
        one = self._least_busy()
        one.in_flight += 1
        try:
            reply = await one.client.post(one.url + path, content, read)
        except RetryableError as error:
            if error.kind not in DEAD or len(self.servers) == 1:
                raise
            self.leave_out(one, str(error))
            raise RetryableError(f"{one.url}: {error}", kind="connection") from None
        finally:
            one.in_flight -= 1
        one.failures = 0
        return reply

    def _least_busy(self) -> Endpoint:
        now = self._clock()
        awake = [one for one in self.servers if not one.rests(now)]
        if awake:
            return min(awake, key=lambda one: one.in_flight)
        return min(self.servers, key=lambda one: one.until)

    def leave_out(self, one: Endpoint, why: str) -> None:
        """Ask the other servers for a while."""
        one.failures += 1
        rest = min(LONGEST_REST_S, REST_S * 2.0 ** (one.failures - 1))
        one.until = self._clock() + rest
        LOG.warning("a server is left out", extra={"url": one.url, "for_s": rest, "why": why})

    async def close(self) -> None:
        """Close the connections."""
        for one in self.servers:
            await one.client.close()

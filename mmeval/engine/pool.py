"""The pool: a model is connected once per command, whichever benchmarks ask it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Hashable, Iterable

from mmeval.definitions import Adapter

__all__ = ["Pool"]


class Pool:
    """Connected adapters by identity: opened when first needed, closed after their last use.

    Every user of a connection is announced by `expect`, so that the pool knows which use is the last; weights do
    not stay in memory while other models run.
    """

    def __init__(self) -> None:
        self._open: dict[Hashable, asyncio.Task[Adapter]] = {}
        self._expected: Counter[Hashable] = Counter()

    def expect(self, keys: Iterable[Hashable]) -> None:
        """Announce one user for each key."""
        self._expected.update(keys)

    async def connected(self, key: Hashable, make: Callable[[], Adapter]) -> Adapter:
        """The adapter of this identity, connected by whoever asks first; the others wait.

        Raises:
            UsageError: it cannot connect. Everybody who asks gets the same error; nothing is tried twice.
        """
        if key not in self._open:
            self._open[key] = asyncio.ensure_future(_connect(make()))
        return await asyncio.shield(self._open[key])

    async def release(self, key: Hashable) -> None:
        """One user is done; the last one closes the adapter."""
        self._expected[key] -= 1
        if self._expected[key] <= 0 and key in self._open:
            await _close(self._open.pop(key))

    async def close(self) -> None:
        """Close whatever is still open."""
        while self._open:
            await _close(self._open.popitem()[1])


async def _connect(adapter: Adapter) -> Adapter:
    await adapter.connect()
    return adapter


async def _close(connecting: asyncio.Task[Adapter]) -> None:
    if not connecting.done():
        connecting.cancel()
    (adapter,) = await asyncio.gather(connecting, return_exceptions=True)
    if not isinstance(adapter, BaseException):
        await adapter.close()

"""Copies of one adapter behind one `ask`: each request goes to the copy with the fewest in flight."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

from mmeval.definitions import Adapter, Options, StatesForm
from mmeval.engine.replicas.wire import Message, packed, raised, unpacked
from mmeval.errors import FatalError, MMEvalError, RetryableError, UsageError
from mmeval.types import Form, Reply, Request, Text

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

__all__ = ["Copy", "CopyEndedError", "Replicas", "options_text"]

LOG = logging.getLogger("mmeval.engine")
RESTARTS = 3
"""Starts in a row without one answer after which a copy is given up."""
ALONE, GUILTY = 2, 3
"""Copies that may end with a request in flight: then it is asked alone, and then it is what ends them."""


class CopyEndedError(Exception):
    """A copy ended; what was in flight on it may be asked again."""


class Copy(Protocol):
    """One copy of an adapter, in a process of its own."""

    files: bool
    """Whether it sees the files of this process."""
    ended: asyncio.Event
    """Set once it can no longer be asked."""
    why: str
    """Why not."""

    async def start(self) -> Mapping[str, Any]:
        """Connect the adapter; what it says about itself. Raises MMEvalError or CopyEndedError."""
        ...

    async def ask(self, head: Mapping[str, Any], blobs: Sequence[bytes]) -> Message:
        """Send a message and wait for its answer; raises CopyEndedError."""
        ...

    def end(self, why: str) -> None:
        """It can no longer be asked; what is in flight on it gets CopyEndedError."""
        ...

    async def close(self) -> None:
        """Stop it, with everything that it has started."""
        ...


@dataclass(slots=True)
class _Place:
    """The place of one copy, which is started again when it ends."""

    index: int
    copy: Copy | None = None
    in_flight: int = 0
    reserved: bool = False
    """For one request that is asked alone."""
    answers: int = 0
    """Since the copy started."""
    given_up: Exception | None = None
    about: Mapping[str, Any] = field(default_factory=dict)

    @property
    def live(self) -> bool:
        """Whether its copy can be asked."""
        return self.copy is not None and not self.copy.ended.is_set()


class Replicas:
    """An adapter that asks copies of another one. Which copy answers does not change the answer.

    A copy that ends costs its requests in flight a retry and is started again. A request that ends copies is found:
    after two of them it is asked alone, and after the third it fails.

    Args:
        name: `provider/model`, for messages.
        adapter: an adapter that is not connected: endpoint and capabilities are its own.
        count: number of copies.
        make: makes the copy for a place, from 0.
        after: called when all copies are stopped.
    """

    def __init__(
        self,
        name: str,
        adapter: Adapter,
        count: int,
        make: Callable[[int], Copy],
        after: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        queue = adapter.capabilities.queue
        self.capabilities = replace(adapter.capabilities, queue=queue * count if queue else None)
        self.endpoint = adapter.endpoint
        self._copied = adapter
        self._name, self._make, self._after = name, make, after
        self._places = [_Place(index) for index in range(count)]
        self._keeping: list[asyncio.Task[None]] = []
        self._waiting: list[asyncio.Future[None]] = []
        """For a place that is free, or for news of one."""
        self._ended: Counter[str] = Counter()
        """Copies that ended while a request was in flight, by request."""
        self._lost = 0

    async def connect(self) -> None:
        """Start all copies and wait for the first; raises what the first one says if none can be asked."""
        self._keeping = [asyncio.ensure_future(self._keep(place)) for place in self._places]
        while not self._live and not self._over:
            await self._news()
        if not self._live:
            await self.close()
            failure = self._places[0].given_up
            raise failure if isinstance(failure, MMEvalError) else UsageError(str(failure))

    @property
    def _live(self) -> list[_Place]:
        return [place for place in self._places if place.live]

    @property
    def _over(self) -> bool:
        """Whether every copy is given up."""
        return all(place.given_up for place in self._places)

    async def _keep(self, place: _Place) -> None:
        """Keep one copy running until it has ended RESTARTS times in a row without one answer."""
        fruitless = 0
        while fruitless < RESTARTS:
            copy, place.answers = self._make(place.index), 0
            try:
                place.about = await copy.start()
                place.copy = copy
                LOG.info("a replica is ready", extra={"model": self._name, "replica": place.index + 1})
                self._wake()
                await copy.ended.wait()
                problem: Exception = CopyEndedError(copy.why)
            except Exception as error:  # noqa: BLE001 - whoever waits for this copy has to hear of it
                problem = error
            finally:
                place.copy = None
                await copy.close()
            self._lost += 1
            fruitless = 0 if place.answers else fruitless + 1
            LOG.warning("a replica ended", extra={"model": self._name, "replica": place.index + 1, "why": str(problem)})
            if not isinstance(problem, CopyEndedError):  # it cannot connect; nothing would change
                break
        place.given_up = problem
        self._wake()

    async def ask(self, request: Request, options: Options) -> Reply:
        """The reply of the least busy copy.

        Raises:
            RetryableError: (`connection`) the copy ended.
            FatalError: (`gone`) every copy is given up; or this request ends the copies that it is asked.
        """
        alone = bool(self._ended) and self._ended[_key(request)] >= ALONE
        async with self._taken(alone=alone) as place:
            copy = place.copy
            assert copy is not None, "a live place has one"
            blobs: list[bytes] = []
            head = {"request": packed(request, blobs, files=copy.files), "options": options_text(options)}
            try:
                said, made = await copy.ask(head, blobs)
                reply = self._reply(place, copy, said, made)
            except CopyEndedError as error:
                raise self._after_end(request, error) from None
        if self._ended:
            self._ended.pop(_key(request), None)
        return reply

    def _reply(self, place: _Place, copy: Copy, said: Mapping[str, Any], made: Sequence[bytes]) -> Reply:
        if "error" not in said:
            place.answers += 1
            place.about = said.get("about", place.about)
            reply: Reply = unpacked(said["reply"], made)
            return reply
        error = raised(said["error"])
        if getattr(error, "kind", None) == "gone":  # the server of this copy
            copy.end(str(error))
            raise CopyEndedError(str(error))
        raise error

    def _after_end(self, request: Request, error: CopyEndedError) -> MMEvalError:
        key = _key(request)
        self._ended[key] += 1
        if self._ended[key] >= GUILTY:
            return FatalError(f"{error}; this request ended {self._ended[key]} replicas", kind="error")
        return RetryableError(str(error), kind="connection")

    @asynccontextmanager
    async def _taken(self, *, alone: bool) -> AsyncIterator[_Place]:
        """The least busy live place, with one more request in flight; `alone`: with no other."""
        place = await self._reserved() if alone else await self._open()
        try:
            yield place
        finally:
            self._give_back(place, alone=alone)

    def _give_back(self, place: _Place, *, alone: bool) -> None:
        place.in_flight -= 1
        place.reserved = place.reserved and not alone
        self._wake()

    async def _open(self) -> _Place:
        while True:
            free = [place for place in self._live if not place.reserved]
            if free:
                place = min(free, key=lambda one: one.in_flight)
                place.in_flight += 1
                return place
            if self._over:
                raise FatalError(f"{self._name}: no replica is left: {self._places[0].given_up}", kind="gone")
            await self._news()

    async def _reserved(self) -> _Place:
        """A place with nothing else in flight: no other request goes there from now on."""
        while True:
            place = await self._open()
            place.reserved = True
            try:
                while place.in_flight > 1:
                    await self._news()
            except BaseException:
                self._give_back(place, alone=True)
                raise
            if place.live:
                return place
            self._give_back(place, alone=True)  # it ended with the requests before

    async def _news(self) -> None:
        """Wait until a place has changed."""
        waiting = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        await waiting

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, []
        for one in waiting:
            if not one.done():
                one.set_result(None)

    def form(self, request: Request, options: Options) -> Form:
        """What the adapter that is copied states."""
        return self._copied.form(request, options) if isinstance(self._copied, StatesForm) else Form()

    async def close(self) -> None:
        """Stop all copies."""
        for task in self._keeping:
            task.cancel()
        await asyncio.gather(*self._keeping, return_exceptions=True)
        if self._after is not None:
            await self._after()

    def describe(self) -> Mapping[str, Any]:
        """What the first copy says about itself, how many there are, and how many ended."""
        about = next((place.about for place in self._places if place.about), {})
        return {**about, "replicas": len(self._places), "replicas_ended": self._lost}


def options_text(options: Options) -> str:
    """The options as JSON."""
    return json.dumps(asdict(options), sort_keys=True)


def _key(request: Request) -> str:
    parts = (part.text if isinstance(part, Text) else part.sha256 for part in request.prompt)
    return "\0".join([request.sample, *parts])

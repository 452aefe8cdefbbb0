"""A model that runs in this process: loaded once, asked in batches, freed at the end."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from mmeval import providers
from mmeval.engine.batching import Batcher, Memory
from mmeval.engine.cache import default_file
from mmeval.engine.room import Room
from mmeval.types import Reply

__all__ = ["LoadedModel", "LocalModel"]

T = TypeVar("T")
T_contra = TypeVar("T_contra", contravariant=True)


class LoadedModel(Protocol[T_contra]):
    """A model in memory. It is made, and answers, in the worker thread."""

    @property
    def ran(self) -> Mapping[str, Any]:
        """Device, precision and threads."""
        ...

    @property
    def memory(self) -> Memory:
        """The memory of its device."""
        ...

    @property
    def joins(self) -> bool:
        """Whether `answer` asks for more, so that items join others that are being answered."""
        ...

    @property
    def first_tokens(self) -> int:
        """Tokens in the first batch, before its memory has shown how many fit."""
        ...

    def prepare(self, batch: Sequence[T_contra]) -> Any:
        """What `answer` needs of a batch; runs in a thread of its own, while the batch before is answered."""
        ...

    def answer(self, prepared: Any, more: Callable[[], Any]) -> Iterator[tuple[int, Reply]]:
        """The place of each item in its batch, and its reply.

        Args:
            prepared: the batch.
            more: further items that have come, prepared, or None; their places count on from those before.
        """
        ...


class LocalModel(ABC, Generic[T]):
    """The part of an adapter that does not depend on the kind of model: queue, loading, errors, facts.

    `T` is what a batch consists of. The options have `batch_size` and `wait_ms`.
    """

    engine: str = "transformers"
    """The library that runs it."""

    def __init__(self, model: str, options: Any, folder: Path | None, *more: Path) -> None:
        """`more`: folders or files with further weights."""
        self.model = model
        self._options = options
        self._where = str(folder.resolve()) if folder else model
        digests = [providers.checkpoint_digest(one) for one in (folder, *more) if one]
        self.endpoint = f"local:{'+'.join(digests)}" if digests else "local"

    @abstractmethod
    def _load(self) -> LoadedModel[T]:
        """Load the model, in the worker thread; raises UsageError with advice."""

    def _length(self, item: T) -> int:
        """Tokens of an item, roughly; items of similar length share a batch."""
        del item
        return 1

    def _group(self, item: T) -> Hashable:
        """Only items of the same group share a batch."""
        del item
        return None

    async def connect(self) -> None:
        """Load the model in the worker thread; raises UsageError with advice."""
        self._batcher: Batcher[T, Any, Reply] = Batcher(
            lambda batch: self._loaded.prepare(batch),
            lambda prepared, more: self._loaded.answer(prepared, more),
            size=self._options.batch_size,
            wait_s=self._options.wait_ms / 1000,
            length=self._length,
            group=self._group,
            too_large=providers.too_large,
        )
        try:
            self._loaded = await self._batcher.run(self._load)
        except BaseException:
            await self._batcher.close()
            raise
        self._ran = self._loaded.ran
        name = " ".join(map(str, (self.endpoint, self.model, *self._ran.values())))
        self._batcher.room = Room(default_file().parent / "batches.json", name, self._loaded.first_tokens)
        self._batcher.memory, self._batcher.joins = self._loaded.memory, self._loaded.joins

    async def close(self) -> None:
        """Finish the current batch, remember how large batches can be, and free the memory."""
        await self._batcher.close()
        self._batcher.room.keep()
        del self._loaded, self._batcher.memory

    async def _answer(self, item: T) -> Reply:
        """Answer in a batch with other waiting items; raises FatalError or MediaError."""
        try:
            return await self._batcher.submit(item)
        except Exception as error:
            raise providers.local_failure(self.model, error) from error

    def describe(self) -> Mapping[str, Any]:
        """Libraries, device, precision, threads, batches, and the digest of the weights."""
        clock = self._batcher.clock
        idle = None if clock.idle is None else round(clock.idle, 4)
        batches = {"largest_batch": clock.largest, "device_idle": idle}
        engine = {"engine": self.engine, "version": f"{version(self.engine)}, torch {version('torch')}"}
        return {**engine, **self._ran, **batches, "weights": self.endpoint.partition(":")[2] or None}

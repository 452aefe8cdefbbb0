"""A model that runs in this process: loaded once, asked in batches, freed at the end."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Mapping, Sequence
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from mmeval import providers
from mmeval.engine.batching import Batcher
from mmeval.types import Reply

__all__ = ["LoadedModel", "LocalModel"]

T = TypeVar("T")
T_contra = TypeVar("T_contra", contravariant=True)


class LoadedModel(Protocol[T_contra]):
    """A model in memory. All methods run in the worker thread."""

    @property
    def ran(self) -> Mapping[str, Any]:
        """Device, precision and threads."""
        ...

    def answer(self, batch: Sequence[T_contra]) -> Sequence[Reply]:
        """One reply for each item, in the same order."""
        ...


class LocalModel(ABC, Generic[T]):
    """The part of an adapter that does not depend on the kind of model: queue, loading, errors, facts.

    `T` is what a batch consists of. The options have `batch_size` and `wait_ms`.
    """

    def __init__(self, model: str, options: Any, folder: Path | None) -> None:
        self.model = model
        self._options = options
        self._where = str(folder.resolve()) if folder else model
        self.endpoint = f"local:{providers.checkpoint_digest(folder)}" if folder else "local"

    @abstractmethod
    def _load(self) -> LoadedModel[T]:
        """Load the model, in the worker thread; raises UsageError with advice."""

    def _length(self, item: T) -> int:
        """Length of an item; items of similar length share a batch."""
        del item
        return 0

    def _group(self, item: T) -> Hashable:
        """Only items of the same group share a batch."""
        del item
        return None

    async def connect(self) -> None:
        """Load the model in the worker thread; raises UsageError with advice."""
        self._batcher: Batcher[T, Reply] = Batcher(
            lambda batch: self._loaded.answer(batch),
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

    async def close(self) -> None:
        """Finish the current batch and free the memory."""
        await self._batcher.close()
        del self._loaded

    async def _answer(self, item: T) -> Reply:
        """Answer in a batch with other waiting items; raises FatalError or MediaError."""
        try:
            return await self._batcher.submit(item)
        except Exception as error:
            raise providers.local_failure(self.model, error) from error

    def describe(self) -> Mapping[str, Any]:
        """Device, precision, threads, and the digest of the weights."""
        return {**self._ran, "weights": self.endpoint.partition(":")[2] or None}

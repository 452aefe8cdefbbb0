"""A function of the running Python program as a model: `mmeval.model(answer, name="mine", version="1")`.

function/NAME@VERSION   NAME and VERSION say what the function is. Replies are cached and runs are resumed under them,
                        because code alone does not tell what a function depends on.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from mmeval import Capabilities, FatalError, Options, Reply, Request, UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionOptions(Options):
    """The options that every model has, which the function may read or ignore, and the function."""

    call: Callable[[Request, Options], Awaitable[str | Reply]] | None = None


class Adapter:
    """Awaits the function for each request."""

    capabilities = Capabilities(
        version="1",
        inputs=frozenset({"text", "image", "audio", "video"}),
        wants=frozenset({"text", "choice", "image", "audio", "video"}),
        options=FunctionOptions,
        transport_options=frozenset({"call"}),
        request_options=frozenset({"call"}),
    )

    def __init__(self, model: str, options: FunctionOptions) -> None:
        if options.call is None:
            raise UsageError(
                f"function/{model} is a function of a Python program; pass it to mmeval.run as "
                "mmeval.model(FUNCTION, name=...)"
            )
        self.model = model

    @property
    def endpoint(self) -> str:
        """Each function has a window of requests of its own."""
        return f"function:{self.model}"

    async def connect(self) -> None:
        """Nothing to do."""

    async def close(self) -> None:
        """Nothing to do."""

    async def ask(self, request: Request, options: FunctionOptions) -> Reply:
        """What the function returns; raises FatalError for anything but a text or a Reply."""
        assert options.call is not None, "checked when the adapter was made"
        start = time.perf_counter()
        said: object = await options.call(request, options)
        if isinstance(said, str):
            return Reply(text=said, finish="stop", latency_s=time.perf_counter() - start)
        if not isinstance(said, Reply):
            raise FatalError(f"the function returned {type(said).__name__}; expected a text or a Reply")
        return said if said.latency_s else replace(said, latency_s=time.perf_counter() - start)

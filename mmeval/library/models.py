"""Models to ask: by name, with options, or a function of this program."""

from __future__ import annotations

import inspect
import re
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from mmeval.definitions import Options
from mmeval.engine.options import split_model
from mmeval.errors import UsageError
from mmeval.runner import ModelSpec
from mmeval.types import Reply, Request

__all__ = ["Function", "model"]

Function: TypeAlias = Callable[..., Awaitable[str | Reply]]
"""`async def answer(request)`, or `async def answer(request, options)` to read system prompt, temperature and so on."""


def model(
    what: str | Function,
    /,
    *,
    name: str | None = None,
    version: str | None = None,
    recipe: str | None = None,
    **options: Any,
) -> ModelSpec:
    """A model with options of its own: `model("vllm/Qwen/Qwen3-VL-8B", gpus=4)`, or a function: `model(answer)`.

    A function is a coroutine function that takes a `Request` and returns a text or a `Reply`. It may raise
    `RetryableError` or `FatalError`; any other exception is this sample's failure. It is the model
    `function/NAME@VERSION`. Nobody but you knows when it answers differently, because it may call anything. So its
    replies are reused, and its runs resumed, only under a version that you state; without one, every call of `model`
    makes a new version.

    Args:
        what: `provider/model`, or a function.
        name: of a function; by default its own.
        version: of a function. Change it whenever the function answers differently.
        recipe: to follow, a name of `mmeval list recipes` (docs/recipes.md).
        **options: of the model's adapter; a function has `system`, `temperature`, `top_p`, `max_tokens` and `seed`.

    Raises:
        UsageError: the name is not `provider/model`, or the function is not a coroutine function or has no name.
    """
    if isinstance(what, str):
        split_model(what)
        if name is not None or version is not None:
            raise UsageError(f"{what}: `name` and `version` are for functions")
        return ModelSpec(what, options, recipe)
    called = str(name or getattr(what, "__name__", ""))
    if not re.fullmatch(r"[A-Za-z0-9_.-]+", called):
        raise UsageError(
            f"a function needs a name of letters, digits, _, . and -, as in model(f, name='mine') (got {called!r})"
        )
    return ModelSpec(f"function/{called}@{version or _unique()}", {**options, "call": _call(what, called)}, recipe)


def _unique() -> str:
    return f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(2)}"


def _call(function: Function, name: str) -> Callable[[Request, Options], Awaitable[str | Reply]]:
    """The function with two parameters; as a closure it is shared, never copied, with whatever it is bound to."""
    if not callable(function):
        raise UsageError(f"a model is a text or a function, not {type(function).__name__}")
    if not (inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(type(function).__call__)):
        raise UsageError(
            f"{name} is not a coroutine function; write `async def`, and wait for what blocks with "
            "`await asyncio.to_thread(...)`"
        )
    takes_options = len(inspect.signature(function).parameters) > 1

    async def call(request: Request, options: Options) -> str | Reply:
        return await (function(request, options) if takes_options else function(request))

    return call

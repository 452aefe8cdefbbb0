"""Stable names for scoring rules: the parameters of a function, and a digest of the code behind it."""

from __future__ import annotations

import functools
import hashlib
import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from types import FunctionType, MethodType
from typing import Any, Protocol, runtime_checkable

from mmeval.codedigest import modules_digest
from mmeval.errors import UsageError

__all__ = ["Stages", "call", "code_of", "describe", "joined", "parameters", "stages_of"]

WITHIN = ("mmeval.scorers.", "mmeval.metrics.", "mmeval.stats.")
"""Prefixes of the modules that are followed when code is digested."""
_PLAIN = re.compile(r"[A-Za-z0-9_.+-]+")


@runtime_checkable
class Stages(Protocol):
    """A rule that is composed of functions."""

    @property
    def stages(self) -> tuple[Any, ...]:
        """The functions, as partials if they have parameters."""
        ...


def stages_of(rule: Any) -> tuple[Any, ...]:
    """The functions of a rule; a rule that is a plain function is its own only stage."""
    return rule.stages if isinstance(rule, Stages) else (rule,)


def parameters(stage: Any) -> Iterator[str]:
    """`name=value` for each bound argument of a function that differs from the default."""
    for name, value in _bound(stage):
        yield f"{name}={describe(value)}" if name else describe(value)


def describe(value: Any) -> str:
    """A short, stable text for a value. Functions outside mmeval carry a digest of their code."""
    if isinstance(value, functools.partial):
        return call(_name(_function(value)), parameters(value))
    if isinstance(value, str):
        return value if _PLAIN.fullmatch(value) else ascii(value)
    if isinstance(value, Mapping):
        return "{" + ",".join(sorted(f"{describe(key)}:{describe(part)}" for key, part in value.items())) + "}"
    if isinstance(value, list | tuple | Set):
        parts = [describe(part) for part in value]
        return "[" + ",".join(sorted(parts) if isinstance(value, Set) else parts) + "]"
    # The default repr contains the address of the object.
    plain = not callable(value) and type(value).__repr__ is not object.__repr__  # type: ignore[comparison-overlap]
    return ascii(value) if plain else call(_name(value), parameters(value))


def call(name: str, arguments: Iterable[str]) -> str:
    """`name(a=1,b=2)`, or just the name if there are no arguments."""
    given = ",".join(arguments)
    return f"{name}({given})" if given else name


def code_of(stages: Iterable[Any]) -> str:
    """sha256 of the code of functions, of their arguments, and of the scoring modules that they import.

    Raises:
        UsageError: the source of a function is not available, as in an interactive console.
    """
    modules = {module for stage in stages for module in _modules(stage)}
    try:
        return modules_digest(modules, WITHIN)
    except (OSError, TypeError):
        raise UsageError(
            f"the code of {', '.join(sorted(modules))} cannot be read: give the scorer a version"
        ) from None


def _name(value: Any) -> str:
    known = getattr(value, "__name__", None) or type(value).__name__
    own = _module(value)
    return known if own.startswith("mmeval.") else f"{known}#{code_of([value])[:12]}"


def _module(value: Any) -> str:
    return str(getattr(value, "__module__", None) or type(value).__module__)


def _function(stage: Any) -> Any:
    return _function(stage.func) if isinstance(stage, functools.partial) else stage


def _bound(stage: Any) -> Iterator[tuple[str, Any]]:
    """Names and values of bound arguments, closure variables and attributes."""
    if isinstance(stage, functools.partial):
        yield from (("", value) for value in stage.args)
        defaults = _defaults(_function(stage))
        given = sorted(stage.keywords.items())
        yield from ((name, value) for name, value in given if name not in defaults or defaults[name] != value)
        yield from _bound(stage.func)
    elif isinstance(stage, FunctionType):
        cells = zip(stage.__code__.co_freevars, stage.__closure__ or (), strict=True)
        yield from ((name, cell.cell_contents) for name, cell in cells if cell.cell_contents is not stage)
    elif isinstance(stage, MethodType):
        yield from _bound(stage.__self__)
    elif not isinstance(stage, type) and not inspect.isroutine(stage):
        slots = [name for kind in type(stage).__mro__ for name in getattr(kind, "__slots__", ())]
        held = {name: getattr(stage, name) for name in slots} | getattr(stage, "__dict__", {})
        yield from sorted(held.items())


def _defaults(function: Callable[..., Any]) -> dict[str, Any]:
    known = inspect.signature(function).parameters.values()
    return {one.name: one.default for one in known if one.default is not one.empty}


def _modules(stage: Any) -> Iterator[str]:
    """The modules of a function and of the functions among its arguments."""
    yield _module(_function(stage))
    for _, value in _bound(stage):
        if callable(value):
            yield from _modules(value)


def joined(parts: Iterable[str]) -> str:
    """sha256 of several texts, hexadecimal."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()

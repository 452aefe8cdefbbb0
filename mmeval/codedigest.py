"""Digests of Python code that ignore comments, docstrings and formatting.

The syntax tree is written out by hand, because the output of `ast.dump` differs between versions of Python.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import importlib
import inspect
from collections.abc import Iterable
from types import ModuleType

__all__ = ["code_digest", "modules_behind", "modules_digest"]

_FORMATTING = frozenset(("ctx", "kind", "type_comment", "type_ignores"))
"""Fields that follow from the position of a node, or that do not change what the code does."""


@functools.lru_cache(maxsize=1024)
def code_digest(source: str) -> str:
    """sha256 of what a source text does, hexadecimal; text that is not valid Python counts as it stands."""
    try:
        written = _write(ast.parse(source))
    except (SyntaxError, ValueError):
        written = source
    return hashlib.sha256(written.encode("utf-8", "surrogatepass")).hexdigest()


def _write(value: object) -> str:
    if isinstance(value, ast.AST):
        fields = ((name, part) for name, part in ast.iter_fields(value) if name not in _FORMATTING)
        known = ((name, _kept(part)) for name, part in fields)
        # Empty fields are left out, so that an optional field of a later Python changes no digest.
        return f"{type(value).__name__}({','.join(f'{n}={_write(p)}' for n, p in known if p not in (None, []))})"
    if isinstance(value, list):
        return f"[{','.join(map(_write, value))}]"
    return ascii(value)


def _kept(field: object) -> object:
    """The field without statements that do nothing: docstrings, other bare constants, and `pass`."""
    if not isinstance(field, list):
        return field
    return [node for node in field if not isinstance(node, ast.Pass) and not _is_constant(node)]


def _is_constant(node: object) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def source_of(module: str) -> str:
    """Source text of an imported module; raises OSError or TypeError where it has none, as in a console."""
    return inspect.getsource(importlib.import_module(module))


def modules_digest(modules: Iterable[str], within: tuple[str, ...]) -> str:
    """sha256 over the code of modules and of the modules that they import, hexadecimal.

    Args:
        modules: dotted names; imported where they are not yet.
        within: imports are followed where the name starts with one of these.

    Raises:
        OSError, TypeError: a module has no source.
    """
    found = sorted(modules_behind(modules, within))
    parts = [f"{name if name.startswith(within) else ''}={code_digest(source_of(name))}" for name in found]
    return hashlib.sha256("\0".join(sorted(parts)).encode()).hexdigest()


def modules_behind(modules: Iterable[str], within: tuple[str, ...]) -> set[str]:
    """The modules and all that they import below `within`, directly or not."""
    found: set[str] = set()
    waiting = list(modules)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [used for used in _imports(source_of(name)) if used.startswith(within)]
    return found


@functools.lru_cache(maxsize=1024)
def _imports(source: str) -> frozenset[str]:
    """Names of the modules that hold what a source text imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {_home(node.module, alias.name) for alias in node.names if node.module.startswith("mmeval")}
    return frozenset(found)


def _home(module: str, name: str) -> str:
    """The module in which `from module import name` finds its object; packages pass on what they import."""
    value = getattr(importlib.import_module(module), name, None)
    if isinstance(value, ModuleType):
        return value.__name__
    if not hasattr(importlib.import_module(module), "__path__"):
        return module
    for node in ast.walk(ast.parse(source_of(module))):
        if isinstance(node, ast.ImportFrom) and node.module and any(x.name == name for x in node.names):
            return _home(node.module, name)
    return module

"""Reads the documents that people give: JSON, TOML and YAML. Whatever is wrong with one is an error that names it."""

from __future__ import annotations

import json
import math
import stat
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmeval.errors import MMEvalError

if TYPE_CHECKING:
    from yaml import Node

__all__ = ["MALFORMED", "read_json", "read_toml", "read_yaml", "special", "why"]

MALFORMED = (ValueError, RecursionError)
"""What parsers raise: RecursionError for deep nesting, ValueError for wrong syntax, encoding and long integers."""
MOST_VALUES = 100_000
"""Values that a YAML document may stand for, with those behind an alias counted at each use."""
_KINDS = {
    stat.S_IFDIR: "a folder", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device", stat.S_IFBLK: "a device",
}  # fmt: skip


def special(file: Path) -> str | None:
    """`a folder`, `a pipe`, `a socket` or `a device`; None for a regular file.

    Reading a pipe or a device may never end, so ask before opening a file that somebody else names.

    Raises:
        OSError: the file does not exist or cannot be examined.
    """
    return _KINDS.get(stat.S_IFMT(file.stat().st_mode))


def why(problem: BaseException) -> str:
    """One of MALFORMED as one line."""
    if isinstance(problem, RecursionError):
        return "nested too deeply"
    text = " ".join(str(problem).split())
    return "an integer has too many digits" if "integer string conversion" in text else text


def read_json(file: Path, error: type[MMEvalError]) -> Any:
    """The value of a JSON file; raises `error` with the name of the file and the reason."""
    return _read(file, json.loads, "JSON", error)


def read_toml(file: Path, error: type[MMEvalError]) -> dict[str, Any]:
    """The table of a TOML file; raises `error` with the name of the file and the reason."""
    found: dict[str, Any] = _read(file, _toml, "TOML", error)
    return found


def read_yaml(file: Path, error: type[MMEvalError]) -> Any:
    """The value of a YAML file; raises `error` with the name of the file and the reason."""
    return _read(file, _yaml, "YAML", error)


def _read(file: Path, parse: Callable[[str], Any], form: str, error: type[MMEvalError]) -> Any:
    try:
        kind = special(file)
        if kind not in (None, "a pipe"):  # the shell's `<(command)` is a pipe
            raise error(f"{file} is {kind}, not a file")
        return parse(file.read_text(encoding="utf-8"))
    except OSError as problem:
        raise error(f"{file}: {problem.strerror or problem}") from None
    except MALFORMED as problem:
        raise error(f"{file}: not valid {form}: {why(problem)}") from None


def _toml(text: str) -> dict[str, Any]:
    found = tomllib.loads(text)
    repr(found)  # fails for a hexadecimal integer of any length, which could never be printed
    return found


def _yaml(text: str) -> Any:
    import yaml

    try:
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        if node is None:
            return None
        if _size(node, {}) > MOST_VALUES:
            raise ValueError(f"its aliases stand for more than {MOST_VALUES:,} values")
        found = loader.construct_document(node)
        repr(found)  # as for TOML
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from None
    except (LookupError, AttributeError, TypeError, ArithmeticError) as error:
        # PyYAML lets through what a tag's constructor raises, such as the IndexError of `!!int ""`.
        raise ValueError(f"a value does not fit its tag: {error}") from None
    return found


def _size(node: Node, known: dict[int, float]) -> float:
    """Values below a node; infinite for a node that contains itself."""
    if id(node) not in known:
        known[id(node)] = math.inf
        known[id(node)] = 1 + sum(_size(child, known) for child in _children(node))
    return known[id(node)]


def _children(node: Node) -> Iterator[Node]:
    for entry in node.value if isinstance(node.value, list) else ():
        yield from entry if isinstance(entry, tuple) else (entry,)

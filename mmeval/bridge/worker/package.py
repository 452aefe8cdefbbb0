"""The installed lmms-eval: an index of its tasks, and their files read."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import re
import sys
import types
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

__all__ = ["CLIENTS", "Fault", "Package", "asks", "installed"]

NAMED = re.compile(r"^task[ \t]*:[ \t]*[\"']?([^\s\"'\[\]#]+)", re.MULTILINE)
CLIENTS = {"openai", "anthropic", "azure", "google", "dashscope"}
"""Modules of the clients of judges."""
OUTSIDE = {*CLIENTS, "requests", "aiohttp", "httpx"}
"""Modules that a scoring function only needs to ask a judge."""


class Fault(Exception):  # noqa: N818 - it is an answer
    """What cannot be done, as the answer says it."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind


class Aside:
    """Before latex2sympy2 is imported, puts its folder first, in which it has the antlr4 that it needs."""

    @staticmethod
    def find_spec(name: str, *_: object) -> None:
        """Finds nothing; the finders after it look through `sys.path`."""
        folder = str(Path(sys.prefix) / "aside")
        if name == "latex2sympy2" and folder not in sys.path:
            sys.path.insert(0, folder)
            for loaded in [one for one in sys.modules if one.partition(".")[0] == "antlr4"]:
                del sys.modules[loaded]


class Package:
    """The installed lmms-eval: an index of its tasks, and their files read."""

    def __init__(self, folder: Path) -> None:
        self.tasks = folder / "tasks"
        self.loaded: dict[Path, types.ModuleType] = {}
        self.read_files: set[Path] = set()
        space: Any = types.ModuleType("lmms_eval.tasks")
        space.__path__ = [str(self.tasks)]  # a bare namespace: the package's own `__init__` imports torch
        model: Any = types.ModuleType("lmms_eval.api.model")
        model.lmms = model.CacheHook = type("lmms", (), {})  # bases of models, of which there are none here
        sys.meta_path.insert(0, Aside)
        sys.modules |= {"lmms_eval.tasks": space, "lmms_eval.api.model": model}

    @cached_property
    def index(self) -> dict[str, Path]:
        """The file of each task; of two with one name, the first path."""
        found: dict[str, Path] = {}
        for file in sorted(self.tasks.rglob("*.y*ml")):
            for name in NAMED.findall(file.read_text(encoding="utf-8", errors="replace"))[:1]:
                found.setdefault(name, file)
        return found

    def config(self, file: Path, *, code: bool) -> dict[str, Any]:
        """A task's keys with its `include`s; its functions are imported if `code` is set, else left out."""
        import yaml

        class Loader(yaml.SafeLoader):
            pass

        def function(loader: Any, node: Any) -> Any:
            name = loader.construct_scalar(node)
            return self.function(file.parent, name) if code else name

        Loader.add_constructor("!function", function)
        self.read_files.add(file)
        made = yaml.load(file.read_text(encoding="utf-8"), Loader) or {}  # noqa: S506 - a SafeLoader
        include = made.pop("include", None)
        for base in [include] if isinstance(include, str) else include or []:
            made = self.config((file.parent / base).resolve(), code=code) | made
        return dict(made)

    def function(self, folder: Path, name: str) -> Any:
        """The function `module.name` of a task folder, or of an installed module."""
        module, _, attribute = name.rpartition(".")
        file = (folder / f"{module.replace('.', '/')}.py").resolve()
        return getattr(self.module(file) if file.exists() else importlib.import_module(module), attribute)

    def module(self, file: Path) -> types.ModuleType:
        """A module of a task folder, under its name in the package, so that relative imports work."""
        self.read_files.add(file)
        if file not in self.loaded:
            parts = file.relative_to(self.tasks.resolve()).with_suffix("").parts
            if any("." in part for part in parts):
                spec = importlib.util.spec_from_file_location(f"lmms_task_{len(self.loaded)}", file)
                assert spec is not None
                assert spec.loader is not None
                made = importlib.util.module_from_spec(spec)
                spec.loader.exec_module(made)
            else:
                made = importlib.import_module(".".join(["lmms_eval.tasks", *parts]))
            self.loaded[file] = made
        return self.loaded[file]


def installed() -> Package:
    """The lmms-eval of this environment; it is not imported."""
    spec = importlib.util.find_spec("lmms_eval")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("no lmms_eval")
    return Package(Path(next(iter(spec.submodule_search_locations))))


def asks(function: Any, seen: set[int] | None = None) -> str | None:
    """The module through which a function, or one that it calls, would ask a judge."""
    seen = set() if seen is None else seen
    function = getattr(function, "func", getattr(function, "__func__", function))
    try:
        function = inspect.unwrap(function)
    except ValueError:  # it stands for something that is not installed, and answers to every name
        return None
    if id(function) in seen:
        return None
    seen.add(id(function))
    if not isinstance(function, types.FunctionType):
        own = function if isinstance(function, type) else type(function)
        if own.__module__.partition(".")[0] in OUTSIDE or own.__module__.startswith("lmms_eval.llm_judge"):
            return own.__module__
        parts = vars(own).values() if own.__module__.startswith(("lmms_eval.tasks", "lmms_task_")) else ()
        return next(filter(None, (asks(part, seen) for part in parts if inspect.isfunction(part))), None)
    if function.__module__ and function.__module__.startswith("lmms_eval.llm_judge"):
        return str(function.__module__)
    for name in names_of(function.__code__):
        value = function.__globals__.get(name)
        module = value.__name__ if isinstance(value, types.ModuleType) else name if value is None else ""
        if module.partition(".")[0] in OUTSIDE or module.startswith("lmms_eval.llm_judge"):
            return module
        if value is not None and not isinstance(value, types.ModuleType):
            found = asks(value, seen) if hasattr(value, "__module__") or hasattr(type(value), "__module__") else None
            if found:
                return found
    return None


def names_of(code: types.CodeType) -> Iterator[str]:
    """Every name that code uses, with that of the functions in it."""
    yield from code.co_names
    for part in code.co_consts:
        if isinstance(part, types.CodeType):
            yield from names_of(part)

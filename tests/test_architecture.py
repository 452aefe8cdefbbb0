"""The import graph: layers point down, no cycle, small modules, no heavy import at start."""

from __future__ import annotations

import ast
import functools
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "mmeval"
LAYERS = [
    {"errors", "version"},
    {"sampling"},
    {"parts"},
    {"types", "spill", "codedigest", "documents", "faults"},
    {"stats", "prompts", "draw", "formatting"},
    {"animate"},
    {"metrics", "scorers"},
    {"definitions"},
    {"media"},
    {"providers"},
    {"data", "catalog", "anatomy"},
    {"engine", "provenance", "store", "fresh", "generation", "bridge", "recipes"},
    {"comparable", "judging"},
    {"runner", "compare", "board", "interchange"},
    {"gate", "arena", "diagnosis", "probe"},
    {"report", "rescore", "sitegen"},
    {"library", "verify"},
    {"cli", "pytest_plugin"},
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
MODULES = sorted(PACKAGE.rglob("*.py"))


def unit(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def dotted(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@functools.cache
def parsed(file: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))


@functools.cache
def imports(file: Path) -> set[str]:
    """What a file imports, also inside functions and for type checkers alone."""
    found: set[str] = set()
    for node in parsed(file):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("mmeval"):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name.startswith("mmeval")}
    return found


def test_imports_point_down() -> None:
    for file in MODULES:
        own = unit(dotted(file))
        if own in ("", "__main__"):
            continue
        assert own in LEVEL, f"{own} has no layer"
        for name in imports(file):
            other = unit(name)
            if other in LEVEL and other != own:
                assert LEVEL[other] < LEVEL[own], f"{dotted(file)} must not import {name}"


def test_no_module_cycle() -> None:
    names = {dotted(f) for f in MODULES}
    graph = {dotted(f): {n if n in names else n.rpartition(".")[0] for n in imports(f)} & names for f in MODULES}
    graph = {name: edges - {name} for name, edges in graph.items()}
    done: set[str] = set()

    def walk(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " -> ".join([*path, name])
        if name not in done:
            for edge in graph[name]:
                walk(edge, (*path, name))
            done.add(name)

    for name in graph:
        walk(name, ())


def test_size() -> None:
    for file in MODULES:
        limit = 240 if file.name == "types.py" else 400
        assert file.read_text(encoding="utf-8").count("\n") <= limit, f"{dotted(file)} is too long"
        for node in parsed(file):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
                assert node.end_lineno - node.lineno < 60, f"{dotted(file)}.{node.name} is too long"


PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
NAMED = {
    "PIL": "pillow", "google": "google-genai", "mlflow": "mlflow-skinny", "skimage": "scikit-image", "yaml": "pyyaml",
    "requests": "google-generativeai",
}  # fmt: skip
"""Modules and the packages that bring them, where the names differ."""


def packages(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=]", one)[0] for one in requirements} - {"mmeval-harness"}


IMPORT = re.compile(r"^ *(?:import (\w+)|from (\w+)[\w.]* import )", re.MULTILINE)


def modules_of_others(file: Path) -> set[str]:
    """The packages that a file imports beside mmeval and the standard library."""
    found = {one or other for one, other in IMPORT.findall(file.read_text(encoding="utf-8"))}
    return found - sys.stdlib_module_names - {"mmeval"}


def test_every_package_that_is_imported_is_declared() -> None:
    """The bridge's worker runs in an environment of its own."""
    files = [file for file in MODULES if PACKAGE / "bridge" / "worker" not in file.parents]
    files += [*(ROOT / "adapters").rglob("*.py"), *(ROOT / "benchmarks").rglob("*.py")]
    imported = {NAMED.get(name, name).replace("_", "-") for file in files for name in modules_of_others(file)}
    base = packages(PROJECT["dependencies"])
    assert imported - base - {name for extra in EXTRAS.values() for name in packages(extra)} == set()
    assert base - imported == set(), "installed for everybody, and used by nobody"


def test_every_package_and_every_extra_has_its_line() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    told = set(re.findall(r"[\w-]+", page))
    assert packages([*PROJECT["dependencies"], *(one for extra in EXTRAS.values() for one in extra)]) - told == set()
    assert set(EXTRAS) - set(re.findall(r"`([\w-]+)`", page)) == set()


def test_the_extras_that_texts_name_exist() -> None:
    files = [*MODULES, *(ROOT / "adapters").glob("*.py"), *(ROOT / "docs").rglob("*.md"), ROOT / "README.md"]
    texts = "".join(file.read_text(encoding="utf-8") for file in files)
    named = re.findall(r"mmeval[-_]harness[\w.-]*\[([a-z,-]+)\]", texts) + re.findall(r'\bextra="([\w-]+)"', texts)
    assert {name for some in named for name in some.split(",")} - {*EXTRAS, "forbid", "ignore"} == set()


HEAVY = (
    "torch",
    "transformers",
    "datasets",
    "pandas",
    "openai",
    "anthropic",
    "google.genai",
    "google.generativeai",
    "pyarrow",
    "numpy",
    "scipy",
    "av",
)


HELP = "sys.argv = ['mmeval', '--help']; from mmeval.cli import app; app(standalone_mode=False)"


def test_the_help_page_imports_no_verb() -> None:
    script = f"import sys, atexit; atexit.register(lambda: print('pydantic' in sys.modules)); {HELP}"
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert "Fail when a model got worse" in out.stdout
    assert out.stdout.splitlines()[-1] == "False"


@pytest.mark.parametrize("code", ["import mmeval", "from mmeval.cli import app"])
def test_no_heavy_import(code: str) -> None:
    script = f"import sys; {code}; print([m for m in {HEAVY!r} if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert out.stdout.strip() == "[]"

"""The environment of a run: versions, git commit, machine and command line, without secrets."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from mmeval.version import __version__

__all__ = ["environment", "scrubbed"]

PACKAGES = ("datasets", "numpy", "pandas", "pillow", "pyarrow", "pydantic", "scipy", "torch", "transformers")
SECRET_FLAG = re.compile(r"(?i)(key|token|secret|password|authorization)")
SECRET_VALUE = re.compile(r"\b(sk|hf|gsk|xai|AIza|ghp|pat)[-_A-Za-z0-9]{12,}")


def environment(*, sdk: str | None = None) -> dict[str, Any]:
    """Versions, git state, machine and command line; `sdk` is the distribution that the adapter uses."""
    names = (*PACKAGES, sdk) if sdk else PACKAGES
    return {
        "mmeval": __version__,
        "git": _git(),
        "python": platform.python_version(),
        "os": platform.platform(),
        "machine": platform.machine(),
        "cpus": os.cpu_count(),
        "packages": {name: found for name in names if (found := _version(name)) is not None},
        "argv": scrubbed(_command_line()),
    }


def _command_line() -> list[str]:
    """The command line, without the folder of the program."""
    name = Path(sys.argv[0]).name
    return ["mmeval" if name == "__main__.py" else name, *sys.argv[1:]]


@cache
def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


@cache
def _git() -> dict[str, Any] | None:
    """Commit and dirty flag of the checkout that mmeval runs from; None if it is installed."""
    root = Path(__file__).parent.parent
    if not (root / ".git").exists():
        return None
    try:
        sha = _command(root, "rev-parse", "HEAD")
        return {"sha": sha, "dirty": bool(_command(root, "status", "--porcelain", "--untracked-files=no"))}
    except (OSError, subprocess.SubprocessError):
        return None


def _command(root: Path, *words: str) -> str:
    run = subprocess.run(["git", "-C", str(root), *words], capture_output=True, text=True, check=True, timeout=10)  # noqa: S603, S607
    return run.stdout.strip()


def scrubbed(words: Sequence[str]) -> list[str]:
    """A command line without values of options that are named like secrets, and without words that look like keys."""
    clean: list[str] = []
    for index, word in enumerate(words):
        name, equals, _ = word.partition("=")
        flag = words[index - 1] if index else ""
        if equals and SECRET_FLAG.search(name):
            clean.append(f"{name}=***")
        elif flag.startswith("--") and "=" not in flag and SECRET_FLAG.search(flag) and flag != "--max-tokens":
            clean.append("***")
        else:
            clean.append(SECRET_VALUE.sub("***", word))
    return clean

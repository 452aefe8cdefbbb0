"""The environment of lmms-eval: a virtual environment of its own in the user's cache folder."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path

from mmeval.errors import RunFailedError, UsageError

__all__ = ["INSTALL", "PACKAGES", "VERSION", "home", "install", "python"]

VERSION = "0.7.3"
INSTALL = "mmeval bridge lmms install"
PACKAGES = (
    "numpy", "pandas", "datasets", "pillow", "pyyaml", "loguru", "requests", "tqdm", "pytz", "aiohttp", "openai",
    "math-verify", "antlr4-python3-runtime==4.13.2", "latex2sympy2-extended", "editdistance", "sympy", "nltk",
    "sacrebleu", "jinja2", "scipy", "tenacity", "pycocoevalcap", "rouge", "Levenshtein", "anls", "pycocotools",
    "soundfile", "pdf2image", "word2number", "zhconv", "opencv-python-headless", "httpx", "packaging", "python-dotenv",
    "more-itertools",
)  # fmt: skip
"""What the code of most tasks imports. torch is not among them."""


def home() -> Path:
    """The folder of the environment."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "mmeval" / "bridge" / f"lmms-{VERSION}"


def python() -> Path:
    """The interpreter of the environment; raises UsageError, which says how to install it."""
    found = home() / "bin" / "python"
    if not (home() / "ready").exists():
        raise UsageError(f"the tasks of lmms-eval are not installed; run `{INSTALL}`")
    return found


def install(more: Sequence[str] = ()) -> Path:
    """Make the environment, or add packages to it; returns its folder. Needs a network.

    Raises:
        RunFailedError: a package cannot be installed; the message is pip's last line.
    """
    folder, ready = home(), home() / "ready"
    if not ready.exists():
        venv.create(folder, with_pip=True, clear=True)
        # The wheel asks for torch and about fifty other packages that its tasks do not need.
        _pip("--no-deps", f"lmms-eval=={VERSION}")
        _pip(*PACKAGES)
    if more:
        _pip(*more)
    ready.touch()
    return folder


def _pip(*what: str) -> None:
    command = [str(home() / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *what]
    done = subprocess.run(command, stdout=sys.stderr, stderr=subprocess.PIPE, text=True, check=False)  # noqa: S603
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        raise RunFailedError(f"{home()}: {next((x for x in lines if x.startswith('ERROR')), lines[-1])}")

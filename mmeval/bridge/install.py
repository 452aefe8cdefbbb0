"""The environment of lmms-eval: a virtual environment of its own in the user's cache folder."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
from collections.abc import Iterator, Sequence
from pathlib import Path

from mmeval.errors import RunFailedError, UsageError

__all__ = ["INSTALL", "PINS", "VERSION", "home", "install", "package", "python"]

VERSION = "0.7.3"
INSTALL = "mmeval bridge lmms install"
PINS = Path(__file__).with_name("lmms.txt")
"""lmms-eval and what the code of most of its tasks imports, each at one version; torch is not among them."""
ASIDE = ("latex2sympy2==1.9.1", "antlr4-python3-runtime==4.7.2")
"""For tasks that import latex2sympy2, whose antlr4 excludes that of everything else: in a folder of its own."""
DISTRIBUTIONS = {
    "FlagEmbedding": "FlagEmbedding", "PIL": "pillow", "bs4": "beautifulsoup4", "cv2": "opencv-python-headless",
    "fitz": "pymupdf", "google": "google-genai", "sam2": "sam2", "skimage": "scikit-image", "sklearn": "scikit-learn",
    "yaml": "pyyaml",
}  # fmt: skip
"""Packages that are installed under another name than they are imported."""


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


def package(module: str) -> str:
    """What pip calls the package with this module."""
    return DISTRIBUTIONS.get(module, module.replace("_", "-"))


def install(more: Sequence[str] = ()) -> Iterator[str]:
    """Make the environment, or add packages to it; says what it does before each step. Needs a network.

    It goes on where it was stopped: what is there at the right version is not installed again.

    Args:
        more: packages beside the pinned ones, as pip names them.

    Raises:
        RunFailedError: a step failed; the message is the reason in one line.
    """
    folder, ready = home(), home() / "ready"
    state = hashlib.sha256(PINS.read_bytes() + " ".join(ASIDE).encode()).hexdigest()
    if not _works(folder):
        yield f"environment {folder} with Python {sys.version_info.major}.{sys.version_info.minor}"
        _create(folder)
    if not ready.exists() or ready.read_text() != state:
        lines = [line for line in PINS.read_text().splitlines() if line and not line.startswith("#")]
        yield f"lmms-eval {VERSION} and {len(lines) - 1} packages at the versions of {PINS}"
        ready.unlink(missing_ok=True)
        # lmms-eval asks for torch and about fifty other packages that its tasks do not need, so nothing is resolved.
        _pip("--no-deps", "--requirement", str(PINS))
        _pip("--no-deps", "--upgrade", "--target", str(folder / "aside"), *ASIDE)
        ready.write_text(state)
    if more:
        yield f"{', '.join(more)}, and what they need"
        _pip("--constraint", str(PINS), *more)
    yield f"{folder} is ready; `mmeval bridge lmms list` names the tasks"


def _works(folder: Path) -> bool:
    """Whether the folder is an environment with pip; one that was stopped half made is not."""
    command = [str(folder / "bin" / "python"), "-I", "-m", "pip", "--version"]
    try:
        return subprocess.run(command, capture_output=True, check=False, timeout=60).returncode == 0  # noqa: S603
    except OSError:
        return False


def _create(folder: Path) -> None:
    try:
        venv.create(folder, with_pip=True, clear=True)
    except subprocess.CalledProcessError:
        raise RunFailedError(
            f"{folder}: this Python cannot make environments with pip; on Debian and Ubuntu, install python3-venv"
        ) from None
    except OSError as error:
        raise RunFailedError(f"{folder}: {error.strerror or error}") from None


def _pip(*what: str) -> None:
    options = ["--disable-pip-version-check", "--no-input", "--progress-bar", "off", "--quiet"]
    command = [str(home() / "bin" / "python"), "-I", "-m", "pip", "install", *options, *what]
    done = subprocess.run(command, stdout=sys.stderr, stderr=subprocess.PIPE, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise RunFailedError(f"{home()}: pip: {_reason(done.stderr)}")


def _reason(said: str) -> str:
    """The line of pip that says why: the connection if there was none, else its first error."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    lost = next((line for line in lines if "after connection broken by" in line), None)
    if lost:
        cause = lost.partition("after connection broken by")[2].rpartition(">: ")[2].partition("')'")[0]
        return f"no connection ({cause.strip()[:200]}); the same command goes on where it stopped"
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR")]
    return (errors or lines or ["no reason given"])[0][:300]

"""Runs of three models on a bundled benchmark, a voting page of them, and a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from mmeval.cli import app
from tests.once import once

MODELS = ("mock/echo", "baseline/random", "mock/scripted")
SAID = "I am gpt-4o. **Bold** <script>alert(1)</script>\n- one\n- mock/scripted says B"


def _make(root: Path) -> None:
    done = mmeval(
        root,
        "run",
        "bar_reading",
        "-m",
        "mock/echo",
        "-m",
        "baseline/random",
        "--limit",
        "12",
        "--cache-file",
        "c.sqlite",
    )
    assert done.exit_code == 0, done.output
    script = root / "script.json"
    script.write_text('{"*": ' + repr(SAID).replace("'", '"') + "}")
    done = mmeval(root, "run", "bar_reading", "-m", "mock/scripted", "-o", f"script={script}", "--limit", "12")
    assert done.exit_code == 0, done.output
    done = mmeval(root, "arena", "build", *runs(root), "--pairs", "9", "--out", "page")
    assert done.exit_code == 0, done.output
    (root / "said.txt").write_text(done.output)


def mmeval(root: Path, *words: str) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        patch.setenv("XDG_CACHE_HOME", str(root / "cache"))
        return CliRunner().invoke(app, list(words))


def runs(root: Path) -> list[str]:
    """As a shell expands `results/*/*/*`: the folder with the samples is among them."""
    return sorted(str(path.relative_to(root)) for path in root.glob("results/*/*/*"))


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the runs and the page; tests must not change it."""
    return once(tmp_path_factory, "arena", _make)

"""The wheel carries everything and nothing else, and works in a clean environment away from the checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from tests.once import once

ROOT = Path(__file__).parent.parent

pytestmark = [pytest.mark.slow, pytest.mark.wheel]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", str(ROOT), "--outdir"]
    out = once(
        tmp_path_factory, "dist", lambda out: subprocess.run([*build, str(out)], check=True, capture_output=True)
    )
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A venv with only the wheel in it; the dependencies come from the test environment by path."""

    def fill(home: Path) -> None:
        venv.create(home, with_pip=False)
        site = home / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
        zipfile.ZipFile(wheel).extractall(site)
        # A path added by a .pth file has its own .pth files ignored: the checkout's editable install stays out.
        (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")

    return once(tmp_path_factory, "clean", fill) / "bin" / "python"


def run(python: Path, *args: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    env = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "MMEVAL_PATH")}
    return subprocess.run(
        [str(python), "-m", "mmeval", *args], cwd=cwd, env=env, capture_output=True, text=True, check=False
    )


def test_top_level_is_the_package_alone(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"mmeval"}
    assert any(name.startswith("mmeval/_bundled/benchmarks/") for name in names)
    assert any(name.startswith("mmeval/_bundled/site/") for name in names)
    assert not any("__pycache__" in name or name.endswith(".pyc") for name in names)


def test_it_lists_the_bundled_benchmarks(installed: Path, tmp_path: Path) -> None:
    out = run(installed, "list", "--json", cwd=tmp_path)
    assert out.returncode == 0, out.stderr
    rows = json.loads(out.stdout)
    assert rows
    assert all("_bundled" in row["file"] for row in rows)


def test_a_project_of_ones_own_runs(installed: Path, tmp_path: Path) -> None:
    made = run(installed, "new", "benchmark", "flags", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    (tmp_path / "own.jsonl").write_text('{"question": "Say yes.", "answer": "yes"}\n', encoding="utf-8")
    out = run(installed, "run", "flags", "own.jsonl", "-m", "mock/echo", cwd=tmp_path)
    assert out.returncode == 0, out.stderr + out.stdout
    runs = json.loads(run(installed, "list", "runs", "--json", cwd=tmp_path).stdout)
    assert {row["status"] for row in runs} == {"complete"}
    assert len(runs) == 2

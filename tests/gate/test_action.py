"""The GitHub Action and the pytest fixture are thin: their own few lines, run for real."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from tests.gate.conftest import PROJECT, Command

ROOT = Path(__file__).parents[2]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
STEPS = {step.get("id", f"step{i}"): step for i, step in enumerate(ACTION["runs"]["steps"])}


def test_inputs_never_reach_a_shell_as_text() -> None:
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", ""), "an input inside a script is an injection"


def test_outputs_come_from_the_gate_step() -> None:
    for output in ACTION["outputs"].values():
        assert output["value"].startswith("${{ steps.gate.outputs.")


def tool(folder: Path, name: str, script: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/bash\n{script}\n")
    (folder / name).chmod(0o755)


def step(name: str, folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    path = f"{folder / 'bin'}:{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", STEPS[name]["run"]], cwd=folder, text=True, capture_output=True,
        env={"PATH": path, "GITHUB_OUTPUT": str(folder / "out"), **env}, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("code", [0, 1, 4, 5])
def test_the_gate_step_keeps_the_code_for_the_last_step(tmp_path: Path, code: int) -> None:
    tool(tmp_path / "bin", "mmeval", f'printf "%s\\n" "$@" > words; exit {code}')
    done = step("gate", tmp_path, CONFIG="a b.yaml", MODEL="x/$(touch hacked)", ARGS="--max-cost 5")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out").read_text() == f"code={code}\n"
    assert (tmp_path / "words").read_text().splitlines() == [
        "gate", "run", "--config", "a b.yaml", "--github", "--report", "mmeval-gate", "--model", "x/$(touch hacked)",
        "--max-cost", "5",
    ]  # fmt: skip
    assert not (tmp_path / "hacked").exists()
    last = list(STEPS)[-1]
    assert step(last, tmp_path, CODE=str(code)).returncode == code
    assert step(last, tmp_path, CODE="").returncode == 5, "a gate that did not end fails"


@pytest.mark.parametrize(("there", "method"), [("77", "PATCH"), ("", "POST")])
def test_the_comment_is_sticky(tmp_path: Path, there: str, method: str) -> None:
    (tmp_path / "mmeval-gate").mkdir()
    (tmp_path / "mmeval-gate" / "gate.comment.md").write_text("<!-- mmeval-gate:gate -->\n### ok\n")
    tool(tmp_path / "bin", "gh", f'echo "$@" >> calls; if [[ "$*" == *--jq* ]]; then echo {there}; fi')
    done = step("comment", tmp_path, GH_TOKEN="t", REPOSITORY="a/b", NUMBER="3")
    assert done.returncode == 0, done.stderr
    calls = (tmp_path / "calls").read_text().splitlines()
    assert calls[0].startswith("api repos/a/b/issues/3/comments --paginate")
    assert method in calls[1]
    assert ("comments/77" in calls[1]) == (method == "PATCH")


TEST = """
def test_{name}(mmeval_gate):
    assert mmeval_gate("gate.yaml", model="{model}").decision == "pass"
"""


def run_pytest(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "MMEVAL_PATH": str(PROJECT), "MMEVAL_CACHE": str(folder / "c.sqlite"), "PYTHONPATH": str(ROOT)}
    made = [sys.executable, "-m", "pytest", *words]
    return subprocess.run(made, cwd=folder, env=env, check=False, capture_output=True, text=True)


@pytest.mark.slow
def test_fixture(mmeval: Command, tmp_path: Path) -> None:
    """One project, three tests: as good as before, worse, and nobody."""
    assert mmeval("run", "quiz", "-m", "quizzer/base", "--limit", "200").code == 0
    run = next((tmp_path / "results").glob("*/*/*/run.json")).parent
    (tmp_path / "gate.yaml").write_text("version: 1\nbenchmarks: {quiz: {margin: 0.05}}\n")
    assert mmeval("gate", "accept", str(run), "--reason", "x").code == 0
    models = {"same": "quizzer/base", "worse": "quizzer/worse-40", "nobody": "nobody/x"}
    (tmp_path / "test_it.py").write_text("".join(TEST.format(name=k, model=v) for k, v in models.items()))
    done = run_pytest(tmp_path, "-q", "-p", "no:cacheprovider", "--junitxml", "out.xml")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "1 passed" in done.stdout
    assert "2 failed" in done.stdout
    assert "FAIL: quiz: a drop" in done.stdout
    assert "mmeval gate: " in done.stdout
    assert 'name="mmeval_verdict" value="pass"' in (tmp_path / "out.xml").read_text()


def test_the_plugin_is_announced() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["entry-points"]["pytest11"] == {"mmeval": "mmeval.pytest_plugin"}

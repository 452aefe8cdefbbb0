"""The GitHub Action and the pytest fixture are thin: their own few lines, run for real."""

from __future__ import annotations

import os
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

from tests.gate.conftest import PROJECT

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
def test_gate(mmeval_gate):
    assert mmeval_gate("gate.yaml", model="{model}").decision == "pass"
"""


@pytest.mark.parametrize(
    ("model", "code", "message"),
    [("quizzer/base", 0, "1 passed"), ("quizzer/worse-40", 1, "FAIL: quiz: a drop"), ("nobody/x", 1, "mmeval gate: ")],
)
def test_fixture(tmp_path: Path, model: str, code: int, message: str) -> None:
    made = {"model": "quizzer/base"}
    subprocess.run(["true"], check=True)
    env = {
        **os.environ,
        "MMEVAL_PATH": str(PROJECT),
        "MMEVAL_CACHE": str(tmp_path / "c.sqlite"),
        "PYTHONPATH": str(ROOT),
    }
    python = [os.sys.executable, "-m"]
    command = [*python, "mmeval", "run", "quiz", "-m", made["model"], "--limit", "200", "--results", "base"]
    subprocess.run(command, cwd=tmp_path, env=env, check=True, capture_output=True)
    run = next((tmp_path / "base").glob("*/*/*/run.json")).parent
    (tmp_path / "gate.yaml").write_text("version: 1\nbenchmarks: {quiz: {margin: 0.05}}\n")
    accept = [*python, "mmeval", "gate", "accept", str(run), "--reason", "x"]
    subprocess.run(accept, cwd=tmp_path, env=env, check=True, capture_output=True)
    (tmp_path / "test_it.py").write_text(TEST.format(model=model))
    done = subprocess.run(
        [*python, "pytest", "-q", "-p", "mmeval.pytest_plugin", "-p", "no:cacheprovider", "--rootdir", "."],
        cwd=tmp_path, env=env, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, message in done.stdout) == (code, True), done.stdout + done.stderr


def test_the_plugin_is_announced() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["entry-points"]["pytest11"] == {"mmeval": "mmeval.pytest_plugin"}

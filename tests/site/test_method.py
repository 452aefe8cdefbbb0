"""The pages that explain: ranks in words and a picture, and how a run is submitted."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
Visit = Callable[..., Any]


def test_the_drawn_ranks_follow_from_the_drawn_pairs(visit: Visit) -> None:
    """Best: one more than the clearly better; worst: also those that are neither better nor worse."""
    tab = visit("method.html")
    cells = [
        text.text_content()
        for text in tab.locator(".ranks svg .name, .ranks svg text:not(.name, .title, [text-anchor])").all()
    ]
    rows = [cells[i : i + 3] for i in range(0, len(cells), 3)]
    above = {name: set(re.findall(r"[A-Z]", better)) for name, better, _ in rows}
    for name, _, rank in rows:
        best = 1 + len(above[name])
        tied = [other for other in above if other != name and other not in above[name] and name not in above[other]]
        assert rank == (f"{best}–{best + len(tied)}" if tied else f"{best}")
    filled = tab.locator(".ranks .dot").count()
    assert filled == sum(not better for better in above.values())


@pytest.mark.parametrize("page", ["method", "submit"])
def test_both_languages_have_the_same_parts(site: Path, page: str) -> None:
    texts = [(site / folder / f"{page}.html").read_text(encoding="utf-8") for folder in ("", "zh")]
    shapes = [
        re.findall(r"<(h2(?: id=.\w+)?|li|pre|p|figure|code)\b", text.partition('<main id="main"')[2]) for text in texts
    ]
    assert shapes[0] == shapes[1]
    assert len(shapes[0]) > 15


def steps_of(job: str) -> list[dict[str, Any]]:
    flow = yaml.safe_load((ROOT / ".github" / "workflows" / "submission.yml").read_text(encoding="utf-8"))
    assert flow["permissions"] == {"contents": "read"}
    found: list[dict[str, Any]] = flow["jobs"][job]["steps"]
    return found


def test_a_submission_is_read_and_never_executed() -> None:
    first, second, *rest = steps_of("verify")
    assert first["with"]["ref"].endswith("base.sha }}"), "rules come from the base branch"
    assert second["with"]["path"] == "submission"
    assert all(step["with"]["persist-credentials"] is False for step in (first, second))
    assert not any("cd submission" in step.get("run", "") or "working-directory" in step for step in rest)


def git(root: Path, *words: str) -> str:
    who = ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "init.defaultBranch=main"]
    return subprocess.run(["git", *who, *words], cwd=root, check=True, capture_output=True, text=True).stdout.strip()


@pytest.mark.parametrize(
    ("files", "code", "verified"),
    [
        (["results/m/b@1/abc/run.json", "results/m/b@1/abc/scores.csv"], 0, ["results/m/b@1/abc/run.json", "results/m/b@1/abc/scores.csv"]),
        (["results/m/b@1/abc/run.json", "results/m/b@1/abc/verified.json"], 1, []),
        (["README.md"], 0, []),
    ],
    ids=["run", "verifies-itself", "no-run"],
)  # fmt: skip
def test_the_workflow_finds_what_was_added(tmp_path: Path, files: list[str], code: int, verified: list[str]) -> None:
    fork = tmp_path / "submission"
    fork.mkdir()
    git(fork, "init", "-q")
    git(fork, "commit", "-q", "--allow-empty", "-m", "base")
    base = git(fork, "rev-parse", "HEAD")
    for name in files:
        (fork / name).parent.mkdir(parents=True, exist_ok=True)
        (fork / name).write_text("{}")
    git(fork, "add", "-A")
    git(fork, "commit", "-q", "-m", "run")
    (tmp_path / "mmeval").write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    (tmp_path / "mmeval").chmod(0o755)
    refuse, check = (step["run"] for step in steps_of("verify")[-2:])
    env = {"BASE": base, "PATH": f"{tmp_path}:/usr/bin:/bin"}
    said = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", refuse], cwd=tmp_path, env=env, capture_output=True, text=True
    )
    assert said.returncode == code
    if code == 0:
        done = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", check], cwd=tmp_path, env=env, capture_output=True, text=True
        )
        assert done.stdout.split() == (["verify"] if verified else []) + [f"submission/{name}" for name in verified]

"""The guide: what its pages tell a reader to do works, in order, and prints what the page shows."""

from __future__ import annotations

import io
import re
import shlex
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path

import pytest
import yaml

import mmeval
from mmeval import catalog
from mmeval.gate.policy import read_policy
from mmeval.store import COLUMNS, RunInfo, Spec
from mmeval.types import STATUSES
from scripts.walkthrough import Command, File, Python, steps
from tests.cli.test_verbs import command

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
HOWTOS = sorted((DOCS / "howto").glob("*.md"))
VARIES = re.compile(r"[0-9a-f]{12,}|\d[\d.,]*k?( ms| s| min)?")


def likeness(line: str) -> str:
    """A line without what differs between machines: digests, numbers, times and the width of columns."""
    return " ".join(VARIES.sub("#", line).split())


def spread(word: str, cwd: Path) -> list[str]:
    """What a shell makes of a pattern."""
    return [str(path.relative_to(cwd)) for path in sorted(cwd.glob(word))] if "*" in word else [word]


def run(step: Command, cwd: Path) -> tuple[int, str]:
    words = [found for word in shlex.split(step.line) for found in spread(word, cwd)]
    if words[0] == "mmeval":
        catalog._index.cache_clear()  # as in a new process
        done = command(*words[1:], cwd=cwd)
    else:
        line = step.line.replace("python ", f"{sys.executable} ", 1) if words[0] == "python" else step.line
        done = subprocess.run(line, shell=True, cwd=cwd, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def missing(step: Command, out: str) -> list[str]:
    """Lines that the page shows and the command did not print; `...` stands for any."""
    printed = [likeness(line) for line in out.splitlines()]
    wanted = [likeness(line).removesuffix("...").rstrip() for line in step.shown]
    return [line for line in wanted if not any(one.startswith(line) for one in printed)]


def save(step: File, cwd: Path) -> None:
    path = cwd / step.name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(step.content, encoding="utf-8")


def follow(page: Path, cwd: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(cwd)
    monkeypatch.setenv("HOME", str(cwd))
    monkeypatch.delenv("MMEVAL_CACHE", raising=False)
    names: dict[str, object] = {}
    for step in steps(page):
        if isinstance(step, File):
            save(step, cwd)
        elif isinstance(step, Python):
            with redirect_stdout(io.StringIO()):
                exec(compile(step.code, page.name, "exec"), names)
        else:
            code, out = run(step, cwd)
            assert code == step.code, f"$ {step.line}\n{out}"
            assert not missing(step, out), f"$ {step.line}\n{out}"


@pytest.mark.slow
def test_the_tutorial_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    follow(DOCS / "tutorial.md", tmp_path, monkeypatch)
    assert sum(isinstance(step, Command) for step in steps(DOCS / "tutorial.md")) >= 12
    workflow = yaml.safe_load((tmp_path / ".github" / "workflows" / "gate.yml").read_text(encoding="utf-8"))
    given = workflow["jobs"]["gate"]["steps"][1]["with"]
    known = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))["inputs"]
    assert given.keys() <= known.keys()


@pytest.mark.slow
@pytest.mark.parametrize("page", HOWTOS, ids=lambda page: page.stem)
def test_a_how_to_works(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    follow(page, tmp_path, monkeypatch)
    assert any(isinstance(step, Command | Python) for step in steps(page))


@pytest.mark.parametrize("page", [ROOT / "README.md", DOCS / "tutorial.md", DOCS / "howto" / "prompt.md"])
def test_the_gates_are_valid_and_decide(page: Path, tmp_path: Path) -> None:
    blocks = re.findall(r"^```yaml.*\n(version:[^`]*)^```$", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert blocks
    for block in blocks:
        (tmp_path / "gate.yaml").write_text(block, encoding="utf-8")
        assert read_policy(tmp_path / "gate.yaml").on_inconclusive == "fail"


def pages(nav: object) -> list[str]:
    """The files that a navigation names."""
    if isinstance(nav, str):
        return [nav]
    return [page for part in (nav.values() if isinstance(nav, dict) else nav) for page in pages(part)]


def test_every_page_is_in_the_navigation_once() -> None:
    nav = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["nav"]
    assert sorted(pages(nav)) == sorted(str(path.relative_to(DOCS)) for path in DOCS.rglob("*.md"))


def named(page: str) -> set[str]:
    """What stands in code style on a page of the reference."""
    return set(re.findall(r"`([^`\n]+)`", (DOCS / "reference" / page).read_text(encoding="utf-8")))


def test_the_reference_is_complete() -> None:
    api = (DOCS / "reference" / "api.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^::: mmeval\.(\w+)$", api, re.MULTILINE)) == {*mmeval.__all__} - {"__version__"}
    assert {*RunInfo.model_fields, *Spec.model_fields, *COLUMNS} <= named("files.md")
    assert {*STATUSES} <= named("statuses.md")

"""The commands of the README and of CONTRIBUTING work as written, in their order, in an empty folder."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?://)([^)#\s]*)(?:#([^)\s]+))?\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md"]


def commands(page: Path) -> list[str]:
    blocks = BLOCK.findall(page.read_text(encoding="utf-8"))
    return [line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ ")]


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_run(page: Path, tmp_path: Path) -> None:
    shims = tmp_path / "bin"
    shims.mkdir()
    (shims / "mmeval").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m mmeval "$@"\n', encoding="utf-8")
    (shims / "mmeval").chmod(0o755)
    env = {**os.environ, "PATH": f"{shims}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT), "CI": "true"}
    work = tmp_path / "work"
    work.mkdir()
    found = commands(page)
    assert found
    for line in found:
        out = subprocess.run(line, shell=True, cwd=work, env=env, capture_output=True, text=True, check=False)
        assert out.returncode == 0, f"$ {line}\n{out.stdout}\n{out.stderr}"


def anchors(page: Path) -> set[str]:
    """What `#...` may name: the headings, as GitHub and the guide write them."""
    text = page.read_text(encoding="utf-8")
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in HEADING.findall(text)}


@pytest.mark.parametrize("page", sorted([*PAGES, *ROOT.glob("docs/**/*.md")]), ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    inside = ROOT / "docs" if page.is_relative_to(ROOT / "docs") else ROOT
    for name, anchor in LINK.findall(page.read_text(encoding="utf-8")):
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), f"{page.name} links to {name}"
        assert target.is_relative_to(inside), f"{page.name} links to {name}, which is not in the guide"
        assert not anchor or target.suffix != ".md" or anchor in anchors(target), f"{page.name}: {name}#{anchor}"


def test_the_command_line_page_is_current() -> None:
    made = subprocess.run(
        [sys.executable, "-m", "typer", "mmeval.cli", "utils", "docs", "--name", "mmeval", "--title", "Command line"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    written = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    assert written.strip() == made.stdout.strip(), "run `make docs`"

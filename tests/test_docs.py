"""The commands of the README and of CONTRIBUTING work as written, in their order, in an empty folder."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from mmeval.cli import app
from scripts.walkthrough import Command
from tests.test_guide import run

ROOT = Path(__file__).parent.parent
BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?://)([^)#\s]*)(?:#([^)\s]+))?\)")
CODE = re.compile(r"^```(?:sh|console)?\n(.*?)^```$|^( {4}mmeval [^\n]*\n)", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^(?:\$ | {4})?mmeval (.+)$", re.MULTILINE)
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md"]


def commands(page: Path) -> list[str]:
    blocks = BLOCK.findall(page.read_text(encoding="utf-8"))
    return [line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ ")]


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_run(page: Path, tmp_path: Path) -> None:
    found = commands(page)
    assert found
    for line in found:
        code, out = run(Command(line, 0, ()), tmp_path)
        assert code == 0, f"$ {line}\n{out}"


def parse(words: list[str]) -> None:
    """Read a command line as the program does, without running it."""
    command: Any = get_command(app)
    context = command.make_context("mmeval", words)
    while hasattr(command, "resolve_command") and (rest := [*context._protected_args, *context.args]):
        name, command, words = command.resolve_command(context, rest)
        context = command.make_context(name, words, parent=context)


@pytest.mark.parametrize(
    "page", sorted({*PAGES, *ROOT.glob("docs/**/*.md")} - {ROOT / "docs" / "cli.md"}), ids=lambda page: page.stem
)
def test_the_commands_exist(page: Path) -> None:
    code = "".join(fenced + plain for fenced, plain in CODE.findall(page.read_text(encoding="utf-8")))
    for line in COMMAND.findall(code):
        try:
            parse(shlex.split(line, comments=True))
        except Exception as error:
            raise AssertionError(f"{page.name}: mmeval {line}: {error}") from error


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

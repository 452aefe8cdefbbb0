"""What the pages of the guide tell a reader to do, as steps; and a command that does them in a new environment.

`python -m scripts.walkthrough docs/tutorial.md` makes a virtual environment, installs this repository into it as the
page says, and follows the page in an empty folder. `--here` uses the Python that runs it instead.

- A `console` block holds commands (`$ ...`) and what they print; `# exit code 1` behind a command is a promise, too.
- A block with a `title` is a file that the reader saves.
- A `python` block runs in one program with the other ones of its page.
- Other blocks, such as `sh`, are for reading: they need a key, a network or a GPU.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
FENCE = re.compile(r"^( *)```(\w+)(?: title=\"([^\"]+)\")?\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
EXIT = re.compile(r"\s+# exit code (\d+)$")
EXTRAS = "transformers,plot"


@dataclass(frozen=True, slots=True)
class File:
    """Something that the reader saves."""

    name: str
    content: str


@dataclass(frozen=True, slots=True)
class Command:
    """A line for the shell, its exit code, and lines that it prints."""

    line: str
    code: int
    shown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Python:
    """Lines for a program that goes on through the whole page."""

    code: str


Step = File | Command | Python


def steps(page: Path) -> list[Step]:
    """What to do, in the order of the page."""
    return [step for block in FENCE.findall(page.read_text(encoding="utf-8")) for step in _block(*block)]


def _block(indent: str, language: str, title: str, body: str) -> Iterator[Step]:
    text = "".join(line.removeprefix(indent) for line in body.splitlines(keepends=True))
    if title:
        yield File(title, text)
    elif language == "python":
        yield Python(text)
    elif language == "console":
        yield from _commands(text)


def _commands(text: str) -> Iterator[Command]:
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        line, *shown = part.rstrip().splitlines()
        code = EXIT.search(line)
        yield Command(EXIT.sub("", line), int(code[1]) if code else 0, tuple(shown))


def _shell(line: str, env: dict[str, str], cwd: Path) -> int:
    print(f"$ {line}", flush=True)
    return subprocess.run(line, shell=True, cwd=cwd, env=env, check=False).returncode


def follow(page: Path, cwd: Path, env: dict[str, str]) -> None:
    """Do in `cwd` what the page says; stops at the first command that ends otherwise than it says."""
    program = ""
    for step in steps(page):
        if isinstance(step, File):
            (cwd / step.name).parent.mkdir(parents=True, exist_ok=True)
            (cwd / step.name).write_text(step.content, encoding="utf-8")
        elif isinstance(step, Command):
            code = _shell(step.line, env, cwd)
            if code != step.code:
                sys.exit(f"{page.name}: exit code {code} instead of {step.code}: {step.line}")
        else:
            program += step.code
            subprocess.run([f"{env['BIN']}/python", "-c", program], cwd=cwd, env=env, check=True)


def install(folder: Path) -> Path:
    """Make the environment that the tutorial makes; returns its folder of programs."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    pip = [str(folder / "bin" / "pip"), "install", "--quiet", "--constraint", str(ROOT / "constraints.txt")]
    subprocess.run([*pip, f"{ROOT}[{EXTRAS}]"], check=True)
    return folder / "bin"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", nargs="+", type=Path)
    parser.add_argument("--here", action="store_true", help="install nothing; use this Python")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        made = Path(sys.executable).parent if args.here else install(Path(name) / "venv")
        env = {
            **os.environ,
            "BIN": str(made),
            "PATH": f"{made}:{os.environ['PATH']}",
            "MMEVAL_CACHE": f"{name}/cache.sqlite",
        }
        if not args.here:
            env.pop("PYTHONPATH", None)  # what was installed is what counts
        for number, page in enumerate(args.pages):
            cwd = Path(name) / f"page-{number}"
            cwd.mkdir()
            follow(page.resolve(), cwd, env)
    print("done")


if __name__ == "__main__":
    main()

"""What ends a command: known faults of the machine and of files have their message and code, everything else is 70."""

from __future__ import annotations

import errno
import io
import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from rich.table import Table

from mmeval import store
from mmeval.cli import main
from mmeval.cli._runs import console
from mmeval.report.console import PlainConsole
from mmeval.store import RunInfo, Spec
from mmeval.types import Failure, Record, Reply
from tests.cli.test_verbs import ROOT, command

HOSTILE = "\x1b[2J\x1b]0;owned\x07red\x9b31m\r\x08 \u202ebackwards"
"""Clears the screen, sets the title of the window, writes over the line, and turns the text around."""
ACTS = ("\x1b", "\x9b", "\x07", "\x08", "\r", "\u202e")


def failing(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def fails(*_: object) -> None:
        raise error

    monkeypatch.setattr("mmeval.catalog.Catalog.benchmarks", fails)


@pytest.mark.parametrize(
    ("error", "code", "says"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "results/x"), 5,
         "results/x: No space left on device; free some space and run the same command again"),
        (OSError(errno.ENOSPC, "No space left on device"), 5, "No space left on device; free some space"),
        (OSError(errno.EMFILE, "Too many open files", "a.png"), 5, "a.png: Too many open files; raise `ulimit -n`"),
        (OSError(errno.EROFS, "Read-only file system", "x"), 2, "x: Read-only file system; choose a folder"),
        (MemoryError(), 5, "not enough memory; raise `ulimit -v`"),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), 5, "not enough memory"),
        (RuntimeError("can't start new thread"), 5, "not enough memory"),
        (KeyboardInterrupt(), 130, ""),
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), 141, ""),
    ],
)  # fmt: skip
def test_a_fault_of_the_machine_has_its_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, says: str
) -> None:
    failing(monkeypatch, error)
    out = command("list", cwd=tmp_path)
    assert (out.returncode, out.stdout) == (code, "")
    assert out.stderr.count("\n") == (1 if says else 0)
    assert out.stderr.startswith(f"mmeval: {says}" if says else "")


def test_any_other_error_is_70_with_a_private_scrubbed_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("OPENAI_API_KEY", "correct-horse-battery")
    failing(monkeypatch, ValueError("bad thing\nsent with correct-horse-battery and sk-abcdefghijklmnop"))
    out = command("list", "--match", "x", cwd=tmp_path)
    assert out.returncode == 70
    (file,) = tmp_path.glob("mmeval-crash-*.txt")
    assert out.stderr == (
        "mmeval: internal error: ValueError: bad thing sent with [key] and [key]; "
        f"the traceback is in {file}: please report it with that file\n"
    )
    text = file.read_text(encoding="utf-8")
    assert "Traceback (most recent call last)" in text
    assert "mmeval list --match x" in text.splitlines()[0]
    assert "horse" not in text
    assert "sk-abc" not in text
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_traceback_that_cannot_be_written_does_not_hide_the_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    failing(monkeypatch, ValueError("x"))
    out = command("list", cwd=tmp_path)
    assert out.returncode == 70
    assert out.stderr == ("mmeval: internal error: ValueError; its traceback could not be written: FileNotFoundError\n")


def test_a_full_disk_at_the_start_of_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make = Path.mkdir

    def full(path: Path, *args: object, **how: object) -> None:
        if "results" in path.parts:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        make(path, *args, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "mkdir", full)
    # An absolute path, because the thread that reads ahead outlives the command and its working directory.
    where = ["--results", str(tmp_path / "results"), "--cache", "off"]
    out = command("run", "bar_reading", "--limit", "2", "-m", "mock/echo", *where, cwd=tmp_path)
    assert out.returncode == 5
    assert "No space left on device; free some space and run the same command again" in out.stderr
    assert "Traceback" not in out.stderr


@pytest.mark.parametrize(
    "args",
    ["run bar_reading --limit 2 -m mock/echo --cache off --results my.csv", "list runs --results my.csv",
     "show x --results my.csv", "site build --results my.csv", "run folder.jsonl -m mock/echo",
     "run bar_reading -m mock/echo --config folder.jsonl", "gate plan -c folder.jsonl", "import folder.jsonl"],
)  # fmt: skip
def test_a_file_for_a_folder_and_the_reverse(tmp_path: Path, args: str) -> None:
    (tmp_path / "my.csv").write_text("question,answer\n")
    (tmp_path / "folder.jsonl").mkdir()
    out = command(*args.split(), cwd=tmp_path)
    assert out.returncode == 2, out.stderr
    line = out.stderr.splitlines()[-1].lower()
    assert "my.csv" in line or "folder.jsonl" in line
    assert "folder" in line or "dir '" in line
    assert "internal error" not in line


DIGITS, DEEP = "9" * 5000, "[" * 100_000
QUESTIONS = "run questions.jsonl -m mock/echo"


@pytest.mark.parametrize(
    ("file", "content", "args"),
    [
        ("questions.jsonl", '{"question": "x", "answer": %s}', QUESTIONS),
        ("run.toml", "limit = %s", "run bar_reading -m mock/echo --config run.toml"),
        ("run.toml", "[options]\nx = %s", "run bar_reading -m mock/echo --config run.toml"),
        ("gate.yaml", "version: %s", "gate plan"),
        ("benchmarks/suites.toml", "[x]\nlimit = %s", "list suites"),
        ("adapters/models.toml", "[x]\nparameters = %s", "list models"),
        ("script.json", '{"*": %s}', "run bar_reading -m mock/scripted -o script=script.json"),
        ("x_MMStar.json", "[%s]", "import x_MMStar.json"),
        ("x_samples_mmmu_val.jsonl", '{"doc_id": %s}', "import x_samples_mmmu_val.jsonl"),
        ("OpenVLM.json", '{"results": %s}', "import --form openvlm OpenVLM.json"),
    ],
)
@pytest.mark.parametrize("value", [DIGITS, DEEP, f"0x{DIGITS}"], ids=["digits", "deep", "hexadecimal"])
def test_endless_numbers_and_nesting_are_refused(
    tmp_path: Path, file: str, content: str, args: str, value: str
) -> None:
    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / file).write_text(content % value)
    out = command(*args.split(), cwd=tmp_path)
    assert out.returncode == 2, out.stderr
    assert Path(file).name in out.stderr
    assert out.stderr.count("\n") == 1
    assert len(out.stderr) < 400


def test_a_bomb_of_yaml_aliases_is_refused_at_once(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x]", *(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 30))]
    (tmp_path / "gate.yaml").write_text("\n".join(["version: 1", *lines]))
    out = command("gate", "plan", cwd=tmp_path)
    assert out.returncode == 2
    assert out.stderr == ("mmeval: gate.yaml: not valid YAML: its aliases stand for more than 100,000 values\n")


@pytest.mark.slow
def test_a_reader_that_has_gone_ends_the_command_quietly(tmp_path: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "mmeval", "list"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "HOME": str(tmp_path)},
    )  # fmt: skip
    assert child.stdout is not None
    child.stdout.close()
    assert child.stderr is not None
    said = child.stderr.read()
    child.stderr.close()
    assert (child.wait(60), said) == (141, b"")


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """Two runs in which every text comes from an enemy."""
    for limit in (1, 2):
        spec = Spec(
            model=f"m/{HOSTILE}", benchmark="colours", version="1", profile="p", endpoint="local", limit=limit,
            definition_digest="d", adapter_digest="a", scorer=HOSTILE,
        )  # fmt: skip
        folder = store.run_path(tmp_path / "results", spec)
        record = Record(
            id=HOSTILE, epoch=1, status="error", reply=Reply(text=HOSTILE, finish="stop"),
            failure=Failure(kind=HOSTILE, message=HOSTILE),
        )  # fmt: skip
        info = RunInfo(status="failed", spec=spec, planned=1, counts={"error": 1}, reason=HOSTILE)
        store.write_info(folder, info)
        store.write_journal(folder / "records.jsonl", [record])
        store.write_scores(folder / "scores.csv", [store.ScoreRow.of(record, None)])
    return tmp_path


@pytest.mark.parametrize(
    "args", ["list runs", "show {0} --errors", "show {0} --errors --json", "diff {0} {1}", "show m"]
)
def test_no_text_steers_the_terminal(hostile: Path, args: str) -> None:
    runs = [str(info.parent) for info in sorted(hostile.glob("results/*/*/*/run.json"))]
    out = command(*args.format(*runs).split(), cwd=hostile)
    assert not any(act in out.stdout + out.stderr for act in ACTS)
    if args.startswith("show {0}"):
        assert "backwards" in out.stdout


def test_an_error_message_is_one_line_whatever_it_quotes(tmp_path: Path) -> None:
    out = command("show", f"{HOSTILE}\n::error::x", cwd=tmp_path)
    assert out.stderr.count("\n") == 1
    assert not any(act in out.stderr for act in ACTS)


def test_a_surrogate_can_be_printed(hostile: Path) -> None:
    file = next(hostile.glob("results/*/*/*/records.jsonl"))
    half = Record(id="half", epoch=1, status="error", reply=Reply(text="half \ud83d", finish="stop"))
    store.write_journal(file, [half])
    for flags in (["--json"], []):
        out = command("show", str(file.parent), "--errors", *flags, cwd=hostile)
        assert (out.returncode, "half " in out.stdout) == (0, True)


def test_a_terminal_that_knows_few_characters_gets_all_of_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "argv", ["mmeval", "--help"])
    with pytest.raises(SystemExit):
        main()
    out.flush()
    assert rb"0 pass \xb7 1 gate failed" in out.buffer.getvalue()  # type: ignore[attr-defined]


def test_the_live_display_keeps_its_own_colours_only() -> None:
    out = io.StringIO()
    shown = PlainConsole(file=out, force_terminal=True, width=80, color_system="standard")
    table = Table("model")
    table.add_row(HOSTILE)
    shown.print(table)
    shown.print("[red]warning[/red]")
    assert "\x1b[31mwarning\x1b[0m" in out.getvalue()
    assert not any(act in out.getvalue() for act in ("\x1b[2J", "\x1b]", "\x9b", "\x07", "\r", "\u202e"))
    assert isinstance(console(), PlainConsole)

"""The verbs that only read or scaffold, through the real command line."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
from collections import Counter
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from mmeval import store
from mmeval.cli import app, main
from mmeval.cli._options import PANELS
from mmeval.engine.options import Settings
from mmeval.store import RunInfo, Spec
from mmeval.types import Record, Reply, Score

ROOT = Path(__file__).parent.parent.parent


def command(*args: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command line in this process, as if it were started in `cwd` by somebody without settings."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "argv", ["mmeval", *args])
        patch.chdir(cwd)
        for name, value in (("COLUMNS", "200"), ("HOME", str(cwd))):
            patch.setenv(name, value)
        for name in ("MMEVAL_PATH", "MMEVAL_CACHE"):
            patch.delenv(name, raising=False)
        with pytest.raises(SystemExit) as end:
            sys.exit(main())
    return subprocess.CompletedProcess(args, int(end.value.code or 0), out.getvalue(), err.getvalue())


@pytest.fixture
def results(tmp_path: Path) -> Path:
    spec = Spec(
        model="mock/echo", benchmark="colours", version="1", profile="mmeval", endpoint="local",
        definition_digest="d", adapter_digest="a", scorer="choice/official@1",
    )  # fmt: skip
    folder = store.run_path(tmp_path / "results", spec)
    info = RunInfo(status="complete", spec=spec, planned=2, counts={"ok": 2}, unparsed=1)
    store.write_info(folder, info)
    right = Record(
        id="q1", epoch=0, status="ok", reply=Reply(text="red", finish="stop"), score=Score(value=1, answer="red")
    )
    wrong = Record(
        id="q2", epoch=0, status="ok", reply=Reply(text="[b]<i>", finish="stop"), score=Score(value=0, answer=None)
    )
    lines = "".join(store.dump_record(record) + "\n" for record in (right, wrong))
    (folder / "records.jsonl").write_text(lines, encoding="utf-8")
    return tmp_path / "results"


@pytest.mark.parametrize(
    ("args", "shown", "hidden"),
    [
        ([], ["mock/echo", "complete", "2/2 samples", "cost n/a"], ["q1"]),
        (["--wrong"], ["q2", "[b]<i>"], ["q1"]),
        (["--unparsed"], ["q2"], ["q1"]),
        (["--errors"], ["no sample matches"], ["q1", "q2"]),
        (["--id", "q1"], ["q1", "red"], ["q2"]),
    ],
)
def test_show(results: Path, args: list[str], shown: list[str], hidden: list[str]) -> None:
    out = command("show", "mock__echo", *args, cwd=results.parent)
    assert out.returncode == 0, out.stderr
    assert all(text in out.stdout for text in shown)
    assert not any(text in out.stdout for text in hidden)


def test_show_json_is_the_stored_run(results: Path) -> None:
    out = json.loads(command("show", "mock__echo", "--wrong", "--json", cwd=results.parent).stdout)
    assert out["run"]["spec"]["benchmark"] == "colours"
    assert [sample["id"] for sample in out["samples"]] == ["q2"]


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["show", "nothing"], "no run 'nothing': there is no folder results; name the results folder with --results"),
        (["show", "nothing", "--results", "."], "no run in . matches 'nothing'; `mmeval list runs` lists all runs"),
        (["list", "nonsense"], "nonsense"),
        (["new", "benchmark", "Bad Name"], "is not a valid name"),
        (["list", "--path", "nowhere"], "search path nowhere is not a folder"),
    ],
)
def test_a_mistake_is_one_line_and_exit_2(tmp_path: Path, args: list[str], says: str) -> None:
    out = command(*args, cwd=tmp_path)
    assert out.returncode == 2
    assert says in out.stderr
    assert "Traceback" not in out.stderr


def test_a_run_of_another_version_is_named(results: Path) -> None:
    file = next(results.glob("*/*/*/run.json"))
    file.write_text(
        file.read_text(encoding="utf-8").replace('"schema_version": 2', '"schema_version": 99'), encoding="utf-8"
    )
    out = command("show", "mock__echo", cwd=results.parent)
    assert out.returncode == 2
    assert "schema version 99; this mmeval reads 1 to 2" in out.stderr
    rows = json.loads(command("list", "runs", "--json", cwd=results.parent).stdout)
    assert rows[0]["status"] == "unreadable"


def test_doctor_never_prints_a_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY", "GOOGLE_API_KEY"):
        monkeypatch.setenv(variable, "sk-secret-value")
    out = CliRunner().invoke(app, ["doctor", "--results", str(tmp_path)])
    assert out.exit_code == 0, out.output
    assert "sk-secret-value" not in out.output


def test_doctor_names_a_broken_definition(tmp_path: Path) -> None:
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "benchmarks" / "broken_one.py").write_text("1/0\n", encoding="utf-8")
    out = command("doctor", cwd=tmp_path)
    assert out.returncode == 2
    assert "ZeroDivisionError" in out.stdout


def test_every_option_has_a_help_text() -> None:
    group = typer.main.get_group(app)
    context = group.make_context("mmeval", [], resilient_parsing=True)
    verbs = {name: group.get_command(context, name) for name in group.list_commands(context)}
    assert len(verbs) >= 16
    for name, verb in verbs.items():
        for one in [verb, *getattr(verb, "commands", {}).values()]:
            assert one.help, f"{name} {one.name} has no help text"
            assert all(p.help for p in one.params), f"{name} {one.name} has an option without help text"


def test_every_setting_is_an_option_of_run_in_one_panel() -> None:
    assert Counter(name for names in PANELS.values() for name in names) == Counter(list(Settings.model_fields))
    group = typer.main.get_group(app)
    run = group.get_command(group.make_context("mmeval", [], resilient_parsing=True), "run")
    options = {param.name: param for param in run.params}
    for name, field in Settings.model_fields.items():
        assert options[name].help == field.description
    shown = CliRunner().invoke(app, ["run", "--help"], env={"COLUMNS": "200"}).stdout
    assert [panel for panel in PANELS if panel and f"─ {panel} ─" not in shown] == []


@pytest.mark.parametrize(
    ("args", "says"),
    [
        ("rnu bar_reading", "no such command 'rnu'; did you mean 'run'?; see `mmeval --help`"),
        ("gate rnu", "no such command 'rnu'; did you mean 'run'?; see `mmeval gate --help`"),
        ("run", "missing argument 'BENCHMARK|SUITE|FILE...'; see `mmeval run --help`"),
        ("run bar_reading", "missing option '-m' / '--model'; see `mmeval run --help`"),
        ("run bar_reading -m a/b --atempts 3", "no such option: --atempts; did you mean --attempts"),
        ("run bar_reading -m a/b --limit ten", "invalid value for '--limit': expected a whole number"),
        ("run bar_reading -m a/b --cache maybe", "invalid value for '--cache': 'maybe' is not one of 'on', 'off'"),
        ("run bar_reading -m a/b --timeout 0", "--timeout: must be greater than 0 (got 0.0)"),
        ("run bar_reading -m a/b --columns x", "--columns x: expected key=value"),
        ("run bar_reading -m a/b --judge-options x", "--judge-options x: expected key=value"),
        ("list --match", "option '--match' requires an argument"),
    ],
)
def test_a_usage_error_is_one_line_and_exit_2(tmp_path: Path, args: str, says: str) -> None:
    out = command(*args.split(), cwd=tmp_path)
    assert (out.returncode, out.stdout, out.stderr.count("\n")) == (2, "", 1)
    assert out.stderr.startswith(f"mmeval: {says}")


@pytest.mark.parametrize("args", [[], ["gate"], ["data"]])
def test_no_verb_prints_the_help_page(tmp_path: Path, args: list[str]) -> None:
    out = command(*args, cwd=tmp_path)
    assert (out.returncode, out.stderr) == (2, "")
    assert "Usage: mmeval" in out.stdout


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ([], {"epochs": 2, "batch": True, "options": {"a": 1}, "path": ()}),
        (["--epochs", "3", "--no-batch"], {"epochs": 3, "batch": False}),
        (["-o", "a=2", "-o", "b=x=y"], {"options": {"a": "2", "b": "x=y"}}),
        (["--columns", "question=q", "--columns", "answer=a"], {"columns": {"question": "q", "answer": "a"}}),
        (["--judge-options", "seed=1"], {"judge_options": {"seed": "1"}}),
        (["--path", "one", "--path", "two"], {"path": (Path("one"), Path("two"))}),
        (["--ablate", "blind", "--offline"], {"ablate": "blind", "offline": True}),
    ],
)
def test_options_of_run_win_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flags: list[str], expected: dict[str, object]
) -> None:
    seen: list[Settings] = []
    monkeypatch.setattr("mmeval.cli.run.execute", lambda config, **_: seen.append(config.settings) or 0)
    file = tmp_path / "run.toml"
    file.write_text("epochs = 2\nbatch = true\n[options]\na = 1\n", encoding="utf-8")
    out = CliRunner().invoke(app, ["run", "bar_reading", "-m", "mock/echo", "--config", str(file), *flags])
    assert out.exit_code == 0, out.output
    assert {name: getattr(seen[0], name) for name in expected} == expected


@pytest.mark.slow
@pytest.mark.local
def test_quickstart_builds_the_board_and_a_second_call_asks_nothing(tmp_path: Path) -> None:
    first = command("quickstart", "--limit", "3", cwd=tmp_path)
    assert first.returncode == 0, first.stderr
    page = (tmp_path / "_site" / "index.html").read_text(encoding="utf-8")
    assert "demo-vlm" in page or "Demo VLM" in page
    files = {file: file.stat().st_mtime_ns for file in (tmp_path / "_quickstart").rglob("records.jsonl")}
    assert len(files) == 20
    old = min(files).parent  # as an earlier version of mmeval has left it
    shutil.copytree(old, old.with_name("0" * 12))
    second = command("quickstart", "--limit", "3", cwd=tmp_path)
    assert second.returncode == 0, second.stderr
    assert second.stderr.count("already complete") == 20
    assert {file: file.stat().st_mtime_ns for file in files} == files

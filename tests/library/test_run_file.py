"""Run files: a whole run in one file, from the command line and from Python; and the templates of `mmeval new`."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

import mmeval
from mmeval.cli import app
from mmeval.engine.options import Settings
from mmeval.runner import ModelSpec, read_config

WHOLE = """
benchmarks = ["q.csv", {name = "shape_sequence", limit = 1}]
max-error-rate = 0.5
limit = 2
judge = "mock/echo"

[options]
seed = 3
temperature = 0.0

[judge_options]
reply = "yes"

[[models]]
name = "mock/echo"
options = {reply = "4", seed = 4}

[[models]]
name = "baseline/random"
"""


@pytest.fixture
def file(project: Path) -> Path:
    (project / "q.csv").write_text("question,answer\n2 + 2?,4\n3 + 3?,6\n1 + 1?,2\n", encoding="utf-8")
    (project / "run.toml").write_text(WHOLE, encoding="utf-8")
    return project / "run.toml"


def invoke(*words: str):
    return CliRunner().invoke(app, list(words))


def specs(runs: list[dict]) -> list[tuple]:
    return [(run["spec"]["model"], run["spec"]["benchmark"], run["spec"]["limit"], run["planned"]) for run in runs]


def test_a_file_is_a_whole_run_for_the_command_line_and_for_python(file: Path) -> None:
    done = invoke("run", "-c", "run.toml", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert specs(told) == [
        ("mock/echo", "q", 2, 2), ("mock/echo", "shape_sequence", 1, 1),
        ("baseline/random", "q", 2, 2), ("baseline/random", "shape_sequence", 1, 1),
    ]  # fmt: skip
    seeds = [(run["spec"]["options"]["seed"], run["spec"]["options"].get("reply")) for run in told]
    assert seeds == [(4, "4"), (4, "4"), (3, None), (3, None)], "a model's own options win over those of all"
    again = mmeval.run("run.toml", progress=False)
    assert [str(run.path) for run in again] == [run["path"] for run in told]


@pytest.mark.parametrize(
    ("given", "models", "expected"),
    [
        ({}, [], {"mock/echo": {"reply": "4", "seed": 4}, "baseline/random": {}}),
        ({"seed": "9"}, [], {"mock/echo": {"reply": "4", "seed": "9"}, "baseline/random": {"seed": "9"}}),
        ({"mock/echo:seed": "9"}, [], {"mock/echo": {"reply": "4", "seed": "9"}, "baseline/random": {}}),
        ({}, ["mock/echo"], {"mock/echo": {"reply": "4", "seed": 4}}),
        ({}, ["mock/flaky", "mock/flaky"], {"mock/flaky": {}}),
        ({"seed": 9}, [ModelSpec("mock/echo", {"reply": "5"})], {"mock/echo": {"reply": "5", "seed": 9}}),
        ({"mock/echo:seed": 9}, [ModelSpec("mock/echo", {"seed": 1})], {"mock/echo": {"seed": 9}}),
    ],
)
def test_what_the_caller_says_wins(file: Path, given: dict, models: list, expected: dict) -> None:
    found = read_config(file, {"options": given, "limit": 7}, models=models)
    assert {spec.name: dict(spec.options) for spec in found.models} == expected
    assert (found.settings.limit, found.settings.max_error_rate) == (7, 0.5)
    assert found.settings.judge_options == {"reply": "yes"}
    assert found.settings.options["temperature"] == 0.0


def test_one_model_with_several_options(file: Path) -> None:
    file.write_text(
        'benchmarks = ["q.csv"]\nmodels = [{name = "mock/echo", options = {reply = "4"}}, "mock/echo", "mock/echo"]\n'
    )
    runs = mmeval.run("run.toml", progress=False, seed=1)
    assert [run.info.spec.options["reply"] for run in runs] == ["4", None]
    assert [options["reply"] for options in runs.to_dataframe()["options"]] == ["4", None]
    assert len(read_config(file, {}, models=["mock/echo"]).models) == 2
    models = [mmeval.model("mock/echo", reply=reply) for reply in ("1", "2", "1")]
    models.append(mmeval.model("mock/echo", reply="2", seed=None))
    assert len(mmeval.run("q.csv", models, progress=False)) == 2


def test_options_are_merged_one_by_one(file: Path) -> None:
    found = read_config(file, {"judge_options": {"seed": 1}, "options": {"temperature": 1}}, benchmarks=["bar_reading"])
    assert found.settings.judge_options == {"reply": "yes", "seed": 1}
    assert found.settings.options == {"seed": 3, "temperature": 1}
    assert found.benchmarks == ("bar_reading",)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('limit = "twenty"', "run.toml: limit: "),
        ("max-error-rate = 2", "run.toml: max_error_rate: "),
        ("limt = 3", "run.toml: no setting 'limt'; did you mean limit"),
        ("benchmarks = 3", 'run.toml: benchmarks: expected a list of names, as in benchmarks = ["..."] (got 3)'),
        ("benchmarks = [3]", "run.toml: benchmarks[1]: expected a name, or a table with `name` (got 3)"),
        ("benchmarks = [{limit = 3}]", "run.toml: benchmarks[1]: expected a name, or a table with `name`"),
        ('benchmarks = [{name = "q.csv", limit = 0}]', "run.toml: benchmarks[1].limit: expected a number of samples"),
        ('benchmarks = [{name = "q.csv", profile = 1}]', "run.toml: benchmarks[1].profile: expected a name (got 1)"),
        ('[[models]]\nname = "a/b"\nlimit = 3', "models[1]: no key 'limit'; an entry has name, options, recipe; `limit` belongs"),
        ('[[models]]\nname = "a/b"\nopions = 3', "models[1]: no key 'opions'; an entry has name, options, recipe; did you mean"),
        ('models = [{name = "a/b", options = 3}]', "run.toml: models[1].options: expected a table, as in options = {"),
        ('benchmarks = ["q.csv"]\nmodels = ["mock"]', "-m mock: expected PROVIDER/MODEL"),
        ('[mine]\nbenchmarks = ["bar_reading"]', "run.toml: [mine] is a suite; put it into benchmarks/suites.toml"),
        ('benchmarks = ["q.csv"]', "run.toml names no models; add models = [...]"),
        ('models = ["mock/echo"]', "run.toml names no benchmarks; add benchmarks = [...]"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_file_names_the_file_and_the_key(file: Path, text: str, says: str) -> None:
    file.write_text(text, encoding="utf-8")
    done = invoke("run", "-c", "run.toml")
    assert done.exception.exit_code == 2
    assert says in str(done.exception)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["-o", "reply=5"], "-o reply: baseline/random has no such option, but mock/echo has; write -o mock/echo:reply=5"),
        (["-o", "replly=5"], "-o replly: mock has no such option; did you mean reply"),
        (["-o", "mock/eco:reply=5"], "-o mock/eco:reply: no model 'mock/eco'; did you mean mock/echo"),
        (["--limit", "0"], "--limit: "),
        (["-m", "mock/nothing"], "no model mock/nothing"),
    ],
)  # fmt: skip
def test_a_mistake_on_the_command_line_names_the_flag(file: Path, words: list[str], says: str) -> None:
    done = invoke("run", "-c", "run.toml", *words)
    assert done.exception.exit_code == 2
    assert says in str(done.exception)


def test_an_option_of_one_model_on_the_command_line(file: Path) -> None:
    words = ["run", "q.csv", "-m", "mock/echo", "-m", "baseline/random", "-o", "mock/echo:reply=6", "--json"]
    told = json.loads(invoke(*words).stdout)
    assert [run["spec"]["options"].get("reply") for run in told] == ["6", None]


def test_python_names_its_keywords(file: Path) -> None:
    with pytest.raises(mmeval.UsageError, match=r"^limit=: "):
        mmeval.run("run.toml", limit=0)
    with pytest.raises(mmeval.UsageError, match="a run file stands alone"):
        mmeval.run(["run.toml", "q.csv"], "mock/echo")


@pytest.mark.parametrize(
    ("what", "file", "command"),
    [
        ("run", "nightly.toml", "run -c nightly.toml"),
        ("suite", "benchmarks/suites.toml", "run nightly -m baseline/majority --limit 2"),
        ("benchmark", "benchmarks/nightly.py", "run nightly -m mock/echo"),
        ("adapter", "adapters/nightly.py", "run q.csv -m nightly/any"),
        ("gate", "gate.yaml", "gate schema"),
    ],
)
def test_what_new_writes_works(project: Path, what: str, file: str, command: str) -> None:
    (project / "q.csv").write_text("question,answer\n2 + 2?,4\n", encoding="utf-8")
    made = invoke("new", what, "nightly")
    assert made.exit_code == 0, made.output
    assert f"wrote {file}\n" in made.stdout
    done = invoke(*command.split())
    assert done.exit_code == 0, done.output
    again = invoke("new", what, "nightly")
    assert again.exception.exit_code == 2
    assert file in str(again.exception)


def test_a_new_gate_plans_and_passes(project: Path, many: str) -> None:
    invoke("new", "gate", "checks")
    file = project / "gate.yaml"
    text = file.read_text(encoding="utf-8")
    assert text.count("bar_reading") == 1
    file.write_text(text.replace("bar_reading", many), encoding="utf-8")  # which draws no pictures
    assert invoke("run", many, "-m", "baseline/majority").exit_code == 0
    (run,) = project.glob("results/*/*/*/run.json")
    for command in (f"accept {run.parent} --reason first", "plan", "run"):
        done = invoke("gate", *command.split())
        assert done.exit_code == 0, done.output
    assert done.stdout.startswith("PASS")


def test_suites_are_added_to_the_same_file(project: Path) -> None:
    assert [invoke("new", "suite", name).exit_code for name in ("one", "two")] == [0, 0]
    assert invoke("run", "two", "-m", "baseline/first", "--limit", "1").exit_code == 0


def test_every_line_that_the_template_leaves_out_can_be_put_in(project: Path) -> None:
    invoke("new", "run", "nightly")
    text = (project / "nightly.toml").read_text(encoding="utf-8")
    whole = re.sub(r"^( *)# (?=[\[{\"]|\w+ = )", r"\1", text, flags=re.MULTILINE)
    assert whole.count("\n# ") < text.count("\n# ") - 8
    (project / "nightly.toml").write_text(whole, encoding="utf-8")
    found = read_config(project / "nightly.toml", {})
    assert len(found.benchmarks) == 3
    assert found.models[1] == ModelSpec("openai/gpt-4o", {"max_tokens": 256})
    assert found.settings.judge == "openai/gpt-4o-mini"
    assert found.settings.max_cost == 5.0
    assert found.settings != Settings()

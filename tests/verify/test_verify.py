"""`mmeval verify`: an honest run is verified, and each way to edit one is found by the check that is named."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mmeval import store
from mmeval.cli import app
from mmeval.data import from_file
from mmeval.rescore import open_source
from mmeval.runner import run_one
from mmeval.types import Failure
from mmeval.verify import record, verify

CHECKS = ["files", "counts", "definition", "samples", "scores", "totals", "headline"]


def cli(project, *words: str):
    run = ["verify", str(project.run.path), "--path", str(project.root), *words]
    return CliRunner().invoke(app, run, catch_exceptions=False)


def results_of(report) -> dict[str, str]:
    return {check.name: check.result for check in report.checks}


def test_an_honest_run_is_verified(project):
    found = cli(project, "--ask", "5", "--json")
    assert found.exit_code == 0, found.output
    (told,) = json.loads(found.output)
    assert (told["verdict"], told["asked"], list(told["checks"])) == ("verified", 5, [*CHECKS, "ask"])
    assert told["checks"]["ask"]["reason"] == "5 of 5 replies are the same"
    assert store.mark(project.run) == "verified"
    assert store.read_verification(project.run).asked == 5


def right(one):
    return replace(one, score=replace(one.score, value=1.0)) if one.score else one


def pair(project) -> None:
    """scores.csv and run.json, edited together and consistent with each other."""
    project.forge(right, journal=False)


def scores_in_journal(project) -> None:
    """The same, with the scores in the journal."""
    project.forge(right)


def reply(project) -> None:
    """Everything, down to the replies: only asking again finds it."""
    source = open_source(project.run, catalog=project.settings.catalog)
    scoring = source.scoring("mmeval")

    def change(one):
        said = replace(one.reply, text=str(source.samples[one.id].target))
        return scoring(replace(one, reply=said))

    project.forge(change)


def broken_line(project) -> None:
    journal = project.run.files.journal
    journal.write_bytes(journal.read_bytes().replace(b'"text":"A"', b'"text":"B"', 1))


def metric(project) -> None:
    metrics = dict(project.run.info.metrics)
    metrics["accuracy"] = metrics["accuracy"].model_copy(update={"value": 0.9, "high": 0.99})
    project.edit(metrics=metrics)


def interval(project) -> None:
    metrics = dict(project.run.info.metrics)
    metrics["accuracy"] = metrics["accuracy"].model_copy(update={"low": metrics["accuracy"].value})
    project.edit(metrics=metrics)


def slice_(project) -> None:
    metrics = project.run.info.metrics
    project.edit(metrics={**metrics, "accuracy/category=Z": metrics["accuracy"]})


def prompt(project) -> None:
    (file,) = (project.results / "_samples").rglob("*.jsonl")
    file.write_text(file.read_text().replace("The answer is C", "Say C"))


def target(project) -> None:
    (file,) = (project.results / "_samples").rglob("*.jsonl")
    file.write_text(file.read_text().replace('"target":"A"', '"target":"B"'))


def dropped(project) -> None:
    """The samples that went wrong are left out, everywhere."""
    run = project.run
    kept = [one for one in run.records() if one.score.value == 1]
    store.write_journal(run.files.journal, kept)
    project.edit(planned=len(kept))
    project.forge(lambda one: one)


SETTINGS = [
    ("an edited pair of files", pair, {"scores": "differs"}),
    ("edited scores in the journal too", scores_in_journal, {"scores": "differs"}),
    ("an edited reply", reply, {"ask": "differs"}),
    ("a broken line of the journal", broken_line, {"scores": "differs"}),
    ("an edited headline", metric, {"headline": "differs"}),
    ("an edited interval", interval, {"headline": "differs"}),
    ("an invented slice", slice_, {"headline": "differs"}),
    ("another prompt in the stored samples", prompt, {"samples": "differs"}),
    ("another target in the stored samples", target, {"samples": "differs"}),
    ("samples left out", dropped, {"samples": "differs"}),
    ("another count", lambda p: p.edit(counts={"ok": 23, "error": 1}), {"counts": "differs", "totals": "differs"}),
    ("fewer planned", lambda p: p.edit(planned=20), {"counts": "differs"}),
    ("other unparsed", lambda p: p.edit(unparsed=0), {"totals": "differs"}),
    ("another headline metric", lambda p: p.edit(primary_metric="x"), {"definition": "differs"}),
    ("a path as samples_digest", lambda p: p.edit(samples_digest="../../x"), {"counts": "differs"}),
    ("no digest", lambda p: p.edit(scores_digest=None), {"files": "not checkable"}),
    ("no journal", lambda p: p.run.files.journal.unlink(),
     {"scores": "not checkable", "totals": "not checkable", "ask": "not checkable"}),
    ("another definition", lambda p: p.definition.write_text(p.definition.read_text().replace("plum", "fig")),
     dict.fromkeys([*CHECKS[2:], "ask"], "not checkable")),
    ("no definition", lambda p: p.definition.unlink(), dict.fromkeys([*CHECKS[2:], "ask"], "not checkable")),
]  # fmt: skip


@pytest.mark.parametrize(("tamper", "expected"), [pytest.param(*row[1:], id=row[0]) for row in SETTINGS])
def test_what_was_edited_is_found_by_its_check(project, tamper, expected):
    tamper(project)
    report = verify(project.run.path, project.settings, ask=24 if "ask" in expected else 0)
    found = results_of(report)
    assert {name: result for name, result in found.items() if name in expected} == expected
    if "differs" in expected.values():
        assert report.verdict == "differs"
    else:
        assert report.verdict == "incomplete"
        assert "differs" not in found.values()


def test_the_reason_names_the_sample_and_both_scores(project):
    pair(project)
    found = cli(project)
    assert found.exit_code == 1
    assert "differs from what it says" in found.output
    assert "score 1.0, the reply gives 0.0" in found.output
    assert store.read_verification(project.run).verdict == "differs"
    assert store.mark(project.run) == ""


def test_scores_only_exits_with_3_and_has_its_mark(project):
    project.run.files.journal.unlink()
    assert cli(project).exit_code == 3
    assert store.mark(project.run) == "scores only"


def test_a_run_that_goes_on_is_not_checked(project):
    project.edit(status="running")
    project.run.files.scores.unlink()
    assert results_of(verify(project.run.path, project.settings)) == {"files": "not checkable"}


def test_a_renamed_folder_differs(project):
    run = project.run.path
    run.rename(run.with_name("0123456789ab"))
    assert results_of(verify(project.run.path, project.settings))["files"] == "differs"


@pytest.mark.parametrize("edit", [metric, pair, scores_in_journal])
def test_an_edit_voids_the_record(project, edit):
    record(verify(project.run.path, project.settings))
    assert store.mark(project.run) == "verified"
    edit(project)
    assert store.mark(project.run) == ""


def test_a_record_stays_valid_where_the_journal_is_not_published(project):
    record(verify(project.run.path, project.settings))
    project.run.files.journal.unlink()
    assert store.mark(project.run) == "verified"


def test_a_run_without_the_checks_of_its_files_is_not_marked(project):
    record(verify(project.run.path, project.settings))
    file = project.run.files.verified
    file.write_text(json.dumps({**json.loads(file.read_text()), "files": {}}))
    assert store.mark(project.run) == ""


@pytest.mark.parametrize("name", ["records.jsonl", "scores.csv", "run.json", "media"])
def test_nothing_outside_the_run_folder_is_read(project, tmp_path, name):
    folder = project.run.path
    secret = tmp_path / "secret"
    secret.mkdir() if name == "media" else secret.write_text("a secret")
    (folder / name).unlink(missing_ok=True)
    (folder / name).symlink_to(secret)
    report = verify(folder, project.settings)
    assert [(check.name, check.reason) for check in report.checks] == [("files", f"{name} is a link")]


def test_questions_of_a_file_are_read_only_where_the_user_says(project, tmp_path):
    questions = tmp_path / "q.jsonl"
    questions.write_text('{"question": "A", "answer": "A"}\n{"question": "B", "answer": "A"}\n')
    run = run_one(from_file(questions), "mock/echo", project.settings)
    found = results_of(verify(run.path, project.settings))
    assert found["definition"] == "not checkable"
    assert verify(run.path, project.settings, questions=questions).verdict == "verified"


def test_a_run_behind_a_link_is_refused(project, tmp_path):
    (tmp_path / "elsewhere").symlink_to(project.run.path)
    assert verify(tmp_path / "elsewhere", project.settings).verdict == "differs"


def test_the_definition_of_a_submission_is_never_executed(project):
    planted = project.run.path / "benchmarks" / "fruit.py"
    planted.parent.mkdir()
    planted.write_text("raise SystemExit('executed')")
    assert verify(project.run.path, project.settings).verdict == "verified"


@pytest.mark.parametrize(
    ("model", "options", "said"),
    [
        ("openai/gpt-4o", {"base_url": "http://127.0.0.1:1/v1", "temperature": 0.0}, "endpoint"),
        ("transformers/x", {"trust_remote_code": True}, "options"),
        ("nobody/x", {}, "no adapter"),
    ],
)
def test_asking_takes_no_address_and_no_code_from_a_run(project, model, options, said):
    run = project.run
    endpoint = options.get("base_url", "local")
    spec = run.info.spec.model_copy(update={"model": model, "options": options, "endpoint": endpoint})
    project.edit(spec=spec)
    report = verify(run.path, project.settings, ask=3)
    (asked,) = (check for check in report.checks if check.name == "ask")
    assert asked.result == "not checkable"
    assert said in asked.reason


def test_the_budget_of_asking_is_kept(project):
    settings = project.settings.model_copy(update={"max_tokens": 1})
    report = verify(project.run.path, settings, ask=20)
    assert 0 < report.asked < 20


@pytest.mark.parametrize(
    ("wrong", "said"), [(0, "p = 1"), (12, "fewer than 1%")], ids=["an unchanged model", "a worse one"]
)
def test_a_model_that_varies_is_compared_by_its_scores(project, wrong, said):
    from mmeval.verify.asking import _compared

    first = list(project.run.records())[:16]
    old = [replace(one, score=replace(one.score, value=1.0)) for one in first]
    new = [replace(one, score=replace(one.score, value=float(i >= wrong))) for i, one in enumerate(old)]
    pairs = list(zip(old, new, strict=True))
    if wrong:
        with pytest.raises(Exception, match=said):
            _compared(pairs, exact=False)
    else:
        assert said in _compared(pairs, exact=False)


def test_runs_with_epochs_limits_and_shards_are_verified(project):
    ids = sorted(row.id for row in project.run.scores())[:7]
    for change in ({"epochs": 2}, {"limit": 5, "ablate": "blind"}, {"shard": "2/3", "profile": "official"}):
        run = run_one("fruit", "mock/echo", project.settings.model_copy(update=change))
        report = verify(run.path, project.settings, ask=3)
        assert report.verdict == "verified", (change, report)
    subset = run_one("fruit", "baseline/majority", project.settings, ids=ids)
    assert verify(subset.path, project.settings, ask=3).verdict == "verified"


def test_a_judged_run_is_not_verified_by_its_own_word(project):
    text = project.definition.read_text().replace("import choice", "import correctness").replace(
        "score=choice()", "score=correctness()").replace('profile="mmeval"', 'profile="official"')  # fmt: skip
    project.definition.write_text(text.replace('"fruit"', '"judged"'))
    project.definition.rename(project.definition.with_name("judged.py"))
    settings = project.settings.model_copy(update={"judge": "mock/echo"})
    run = run_one("judged", "mock/echo", settings)
    report = verify(run.path, project.settings)
    assert results_of(report)["judge"] == "not checkable"
    assert report.verdict == "incomplete"


def test_a_results_folder_is_all_its_runs(project):
    shutil.copytree(project.run.path, project.results / "mock__echo" / "fruit@1" / "0123456789ab")
    words = ["verify", str(project.results), "--path", str(project.root), "--json", "--no-record"]
    found = CliRunner().invoke(app, words, catch_exceptions=False)
    assert found.exit_code == 1
    assert sorted(one["verdict"] for one in json.loads(found.output)) == ["differs", "verified"]
    assert not list(project.results.rglob("verified.json"))


@pytest.mark.parametrize("inside", [".", "_samples/fruit@1"], ids=["nothing", "samples alone"])
def test_a_folder_without_runs_is_one_line(tmp_path: Path, inside: str):
    (tmp_path / inside).mkdir(parents=True, exist_ok=True)
    found = CliRunner().invoke(app, ["verify", str(tmp_path / inside), "--results", str(tmp_path)])
    assert "no run in" in str(found.exception)


def failing(one):
    """A record without a reply."""
    failure = Failure(kind="server", message="x", attempts=1)
    return replace(one, status="error", reply=None, score=None, failure=failure) if one.id.endswith("3") else one


def test_missing_samples_are_part_of_the_check(project):
    project.forge(failing)
    assert verify(project.run.path, project.settings).verdict == "verified"
    bounds = project.run.info.bounds
    project.edit(bounds=bounds.model_copy(update={"wrong": bounds.right}))
    assert results_of(verify(project.run.path, project.settings))["totals"] == "differs"


def test_what_a_stranger_wrote_can_be_printed_and_stored(project):
    raw = json.loads(project.run.files.info.read_text())
    raw["primary_metric"] = "\x1b[31m\ud800" + "x" * 5000
    project.run.files.info.write_text(json.dumps(raw))
    report = verify(project.run.path, project.settings)
    record(report)
    assert report.verdict == "differs"
    assert all("\x1b" not in check.reason and len(check.reason) < 1000 for check in report.checks)
    assert store.read_verification(project.run).verdict == "differs"


def test_replies_that_are_scores_of_options_or_hidden_are_verified(project):
    text = project.definition.read_text()
    changes = {
        "likely": text.replace("import choice", "import best_choice")
        .replace("score=choice()", 'score=best_choice(), want="choice"')
        .replace('profile="mmeval"', 'profile="official"'),
        "hidden": text.replace("rows=24,", 'rows=24, labels="hidden",'),
    }
    for name, changed in changes.items():
        project.definition.with_name(f"{name}.py").write_text(changed.replace('"fruit"', f'"{name}"'))
    script = {"script": json.dumps({"*": {"scores": [0.1, 0.7, 0.2]}})}
    likely = run_one("likely", "mock/scripted", project.settings.model_copy(update={"options": script}))
    assert likely.info.counts == {"ok": 24}
    for run in (likely, run_one("hidden", "mock/echo", project.settings)):
        report = verify(run.path, project.settings)
        assert report.verdict == "verified", report

"""What a new user meets in the first hour: own questions, a run that fails, its reasons, its samples, its page."""

from __future__ import annotations

import http.client
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import typer
from PIL import Image

from mmeval.cli import VERBS, app
from mmeval.engine.options import Settings
from mmeval.report.samples import grouped
from mmeval.report.served import CSP, Viewer
from mmeval.report.view import page
from mmeval.runner import jobs, run_one
from mmeval.store import Run, read_run, write_info
from mmeval.types import Failure, Record
from tests.cli.test_verbs import command

ROWS = (
    {"id": 1, "question": "What colour is <b>it</b>?", "answer": "green", "image": "pics/g.png"},
    {"id": 2, "question": "2+3", "answer": 5},
    {"id": 3, "question": "Which?", "answer": "B", "options": ["x", "y"]},
)
SCRIPT = {"colour": "<script>alert(1)</script>", "2+3": "about 5.1", "Which": "(B)"}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pics").mkdir()
    Image.new("RGB", (32, 20), "green").save(tmp_path / "pics" / "g.png")
    (tmp_path / "q.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS), encoding="utf-8")
    (tmp_path / "script.json").write_text(json.dumps(SCRIPT), encoding="utf-8")
    return tmp_path


def asked(model: str = "mock/scripted", **options: object) -> Run:
    settings = Settings(cache="off", options=options or {"script": "script.json"})
    return run_one(jobs(["q.jsonl"], settings)[0].benchmark, model, settings)


def test_show_prints_labelled_lines(project: Path) -> None:
    asked()
    out = command("show", "latest", "--id", "1", cwd=project).stdout
    assert out.partition("\n1 · ok\n")[2].splitlines() == [
        "  image     pics/g.png (32x20)",
        "  question  What colour is <b>it</b>?",
        "            Answer the question using a single word or phrase.",
        "  reply     <script>alert(1)</script>",
        "  target    green",
        "  answer    <script>alert(1)</script>",
        "  rule      whole-reply (target green)",
        "  score     0",
    ]


@pytest.mark.parametrize(
    ("kind", "limit", "fails"),
    [("auth", 400, 40), ("not_found", 400, 40), ("bad_request", 400, 40), ("auth", 1, 1)],
)
def test_a_run_that_cannot_succeed_ends_early_with_the_reason(project: Path, kind: str, limit: int, fails: int) -> None:
    rows = "".join(json.dumps({"question": f"{i}?", "answer": "x"}) + "\n" for i in range(400))
    (project / "many.jsonl").write_text(rows, encoding="utf-8")
    script = json.dumps({"*": {"error": kind}})
    words = ["run", "many.jsonl", "-m", "mock/scripted", "--cache", "off", "--limit", str(limit), "-o"]
    out = command(*words, f"script={script}", cwd=project)
    assert out.returncode == 5
    lines = out.stdout.splitlines()
    (told,) = [line for line in lines if f"mock: {kind}" in line and "resume" not in line]
    n, planned = map(int, told.partition(":")[0].split(" of "))
    assert 1 <= n <= fails
    assert n <= planned <= limit
    (run,) = Path("results").glob("*/*/*")
    assert lines[-2] == f"  next: mmeval show {run} --errors"
    assert lines[-1].startswith("  resume: mmeval run many.jsonl")
    shown = command("show", "latest", "--errors", "--limit", "1", cwd=project).stdout
    assert f"{n} of {planned}: mock: {kind} [error]" in shown
    assert "  question  " in shown
    again = asked_again(limit, script)
    assert sum(again.info.counts.values()) <= 2 * fails  # nothing was recorded twice


def asked_again(limit: int, script: str) -> Run:
    settings = Settings(cache="off", limit=limit, options={"script": script})
    return run_one(jobs(["many.jsonl"], settings)[0].benchmark, "mock/scripted", settings)


def test_equal_failures_are_one_group() -> None:
    def failed(name: str, message: str) -> Record:
        return Record(id=name, epoch=1, status="error", failure=Failure(kind="server", message=message))

    records = [failed("a", "status 500: request 1f2e3d4c5b"), failed("b", "status 500: request 99aabbccdd"),
               failed("c", "status 400: too large"), failed("d", "x"), Record(id="d", epoch=1, status="ok"),
               Record(id="e", epoch=1, status="refused")]  # fmt: skip
    found = [(group.n, group.message) for group in grouped(records)]
    assert found == [
        (2, "status 500: request 1f2e3d4c5b"),
        (1, "the model refused to answer"),
        (1, "status 400: too large"),
    ]


def test_one_number_has_one_interval(project: Path) -> None:
    out = command("run", "q.jsonl", "-m", "mock/scripted", "-o", "script=script.json", cwd=project)
    (run,) = Path("results").glob("mock*/*/*")
    head = read_run(run).info.metrics["accuracy"]
    number = f"33.3 [{100 * head.low:.1f}, {100 * head.high:.1f}]"
    assert number in out.stdout
    assert number in out.stderr
    assert number in command("list", "runs", cwd=project).stdout
    assert f"accuracy {number}" in command("rescore", "latest", "--profile", "lmms-0.7.3", cwd=project).stdout


def test_questions_are_read_as_others_read_them(project: Path) -> None:
    asked()
    out = command("diff", "q@", "--profiles", "mmeval,vlmevalkit-2026-08", cwd=project)
    assert out.returncode == 0, out.stderr
    assert "mmeval                   accuracy 33.3" in out.stdout  # B by its letter; 5.1 is not 5
    assert "vlmevalkit-2026-08       accuracy 33.3" in out.stdout  # 'about 5.1' is not a number
    second = asked(script=json.dumps({**SCRIPT, "2+3": "5.1"}))
    out = command("diff", str(second.path), "--profiles", "mmeval,vlmevalkit-2026-08", cwd=project).stdout
    assert "vlmevalkit-2026-08       accuracy 66.7" in out  # within five percent


def test_a_file_that_moved_is_said_and_can_be_named(project: Path) -> None:
    asked()
    (project / "q.jsonl").rename(project / "pics" / "q.jsonl")
    profiles = ["diff", "latest", "--profiles", "mmeval,lmms-0.7.3"]
    out = command(*profiles, cwd=project)
    assert (out.returncode, "is of q.jsonl, which is not there; name the file with --file" in out.stderr) == (2, True)
    (project / "pics" / "pics").symlink_to(project / "pics", target_is_directory=True)
    assert command(*profiles, "--file", "pics/q.jsonl", cwd=project).returncode == 0


def test_data_check_names_every_bad_row(project: Path) -> None:
    (project / "q.csv").write_text("question,answer,A,B\na,B,x,y\n,1,,\nb,F,x,y\nc,2,,\n", encoding="utf-8")
    out = command("data", "check", "q.csv", cwd=project)
    assert out.returncode == 2
    assert [line.split(": ")[0] for line in out.stdout.splitlines()] == ["q.csv:3", "q.csv:4"]


def test_a_start_that_fails_leaves_nothing_behind(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    assert command("run", "q.jsonl", "-m", "openai/gpt-4o", cwd=project).returncode == 2
    assert list((project / "results").iterdir()) == []


@pytest.mark.parametrize(("harm", "says"), [("unlink", "was deleted"), ("truncate", "was changed")])
def test_a_journal_that_somebody_deletes_is_said(project: Path, harm: str, says: str) -> None:
    def meddle(record: Record) -> None:
        if record.id == "2":
            (journal,) = Path("results").glob("*/*/*/records.jsonl")
            journal.unlink() if harm == "unlink" else os.truncate(journal, 0)

    settings = Settings(cache="off", concurrency=1, options={"script": "script.json"})
    (made,) = jobs(["q.jsonl"], settings)
    with pytest.raises(Exception, match=rf"records\.jsonl: {says} while the run was writing it; run the same command"):
        run_one(made.benchmark, "mock/scripted", settings, on_record=meddle)


@pytest.fixture
def viewer(project: Path) -> Iterator[Viewer]:
    with Viewer(asked().path) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


def fetched(viewer: Viewer, path: str, host: str | None = None) -> tuple[int, http.client.HTTPMessage, bytes]:
    url = urlsplit(viewer.url)
    connection = http.client.HTTPConnection("127.0.0.1", url.port)
    connection.request("GET", path, headers={"Host": host or url.netloc})
    answer = connection.getresponse()
    found = answer.status, answer.msg, answer.read()
    connection.close()
    return found


def test_the_page_of_a_run(viewer: Viewer) -> None:
    root = urlsplit(viewer.url).path
    status, headers, body = fetched(viewer, f"{root}?show=wrong")
    assert (status, headers["Content-Security-Policy"]) == (200, CSP)
    text = body.decode()
    assert "&lt;script&gt;alert(1)" in text
    assert "<script" not in text
    assert "<b>it" not in text
    assert "wrong (2)" in text
    assert 'http-equiv="refresh"' not in text  # the run has ended
    picture = text.partition('src="')[2].partition('"')[0]
    assert fetched(viewer, root + picture)[1]["Content-Type"] == "image/png"
    assert fetched(viewer, f"{root}style.css")[0] == 200


@pytest.mark.parametrize(
    ("path", "host"),
    [("/", None), ("/wrong-token/", None), ("TOKEN", "evil.example"), ("TOKENpicture/../../etc/passwd", None),
     ("TOKENpicture/" + "0" * 64, None), ("TOKENq.jsonl", None)],
)  # fmt: skip
def test_the_page_is_for_this_machine_alone(viewer: Viewer, path: str, host: str | None) -> None:
    status, _, body = fetched(viewer, path.replace("TOKEN", urlsplit(viewer.url).path), host)
    assert (status, body) == (404, b"not found\n")


def test_a_strange_record_costs_the_page_and_not_the_server(viewer: Viewer) -> None:
    line = read_run(viewer.folder).files.journal.read_text().splitlines()[0].replace('"value":0.0', '"value":"x<y"')
    read_run(viewer.folder).files.journal.write_text(line.rpartition(',"crc"')[0] + "}\n")
    status, _, body = fetched(viewer, urlsplit(viewer.url).path)
    assert status == 500
    assert b"<y" not in body
    assert fetched(viewer, f"{urlsplit(viewer.url).path}style.css")[0] == 200


def test_the_page_of_a_run_that_goes_on_renews_itself(project: Path) -> None:
    run = asked()
    changes = {"status": "running", "metrics": {}, "counts": {}, "scores_digest": None}
    write_info(run.path, run.info.model_copy(update=changes))
    with run.files.journal.open("ab") as journal:
        journal.write(b'{"id": "4", "torn')
    text = page(run.path).html
    assert '<meta http-equiv="refresh" content="2">' in text
    assert "running · 3/3 samples · score 33.3 [" in text
    assert read_run(run.path).info.status == "running"


def test_the_help_page_says_what_the_verbs_say() -> None:
    group = typer.main.get_group(app)
    context = group.make_context("mmeval", [], resilient_parsing=True)
    for name, summary in VERBS.items():
        said = group.get_command(context, name).get_short_help_str(200)
        assert said.removesuffix(".") == summary.removesuffix("."), name


@pytest.mark.parametrize(
    ("words", "offers"),
    [("mmeval show ", {"latest"}), ("mmeval run bar_", {"bar_reading"}), ("mmeval run q.j", {"q.jsonl"}),
     ("mmeval run q -m openai/gpt-4o", {"openai/gpt-4o", "openai/gpt-4o-mini"}), ("mmeval re", {"rescore", "repair"}),
     ("mmeval run q -m a/b --judge gemini/", {"gemini/"})],
)  # fmt: skip
def test_the_shell_completes(project: Path, monkeypatch: pytest.MonkeyPatch, words: str, offers: set[str]) -> None:
    run = asked()
    monkeypatch.setenv("_MMEVAL_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(len(words.split(" ")) - 1))
    found = set(command(cwd=project).stdout.split())
    assert offers <= found
    assert (run.path.name in found) == ("show" in words)

"""`mmeval run`, `mmeval cache` and `mmeval merge` on the command line."""

from __future__ import annotations

import json
import logging
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mmeval.cli import app
from mmeval.errors import MMEvalError
from mmeval.report.logs import logged

SUMS = """
from mmeval import Benchmark, Sample, Text
from mmeval.data import jsonl
from mmeval.metrics import accuracy
from mmeval.scorers import numeric

benchmark = Benchmark(
    name="sums", version="1", title="Sums", about="Two sums.", data=jsonl("sums.jsonl"),
    to_sample=lambda row: Sample(id=row["question"], prompt=(Text(row["question"]),), target=row["answer"]),
    score=numeric(), profile="mmeval", metric=accuracy(), cluster=None, license=None, url=None, paper=None,
    rows=2, chance=None,
)
"""
QUESTIONS = '{"question": "2 + 2?", "answer": "4"}\n{"question": "3 + 3?", "answer": "6"}\n'


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MMEVAL_CACHE", str(tmp_path / "cache.sqlite"))
    (tmp_path / "sums.jsonl").write_text(QUESTIONS)
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "benchmarks" / "sums.py").write_text(SUMS)
    return tmp_path


def invoke(*words):
    return CliRunner().invoke(app, list(words))


def test_a_user_benchmark_runs(project):
    done = invoke("run", "sums", "-m", "mock/echo", "-o", "reply=4")
    assert done.exit_code == 0, done.output
    assert re.search(r"mock/echo +sums +complete +50\.0 ", done.stdout)
    assert "next: mmeval show results/mock__echo/sums@" in done.stdout


def test_json_output(project):
    done = invoke("run", "sums", "-m", "mock/echo", "--limit", "1", "--json")
    (run,) = json.loads(done.stdout)
    assert (run["status"], run["planned"], run["spec"]["limit"]) == ("complete", 1, 1)


def test_settings_come_from_flags_and_a_file(project):
    (project / "run.toml").write_text('epochs = 2\nmax-error-rate = 0.5\n[options]\nreply = "6"\n')
    done = invoke("run", "sums", "-m", "mock/echo", "--config", "run.toml", "--shard", "2/2", "--json")
    (run,) = json.loads(done.stdout)
    assert (run["spec"]["epochs"], run["spec"]["shard"], run["metrics"]["accuracy"]["value"]) == (2, "2/2", 1.0)


@pytest.mark.parametrize("name", ["run.log", "run.jsonl"])
def test_the_log_tells_what_happened(project, name):
    words = ["run", "sums", "-m", "mock/flaky", "-o", "error_rate=0.9", "--attempts", "2", "--max-error-rate", "1"]
    invoke(*words, "--log", name)
    lines = (project / name).read_text(encoding="utf-8").splitlines()
    events = [json.loads(line)["event"] for line in lines] if name.endswith("l") else [line[30:] for line in lines]
    assert events[0].startswith("run starts")
    assert events[-1].startswith("run ends")
    assert any(event.startswith("asked again") for event in events)
    invoke("run", "sums", "-m", "mock/echo", "--log", name)
    assert (project / name).read_text(encoding="utf-8").splitlines()[: len(lines)] == lines, "a log is appended to"


def test_a_log_that_cannot_be_written_does_not_end_the_run(project):
    done = invoke("run", "sums", "-m", "mock/echo", "--log", "/dev/full")
    assert done.exit_code == 0, done.output
    assert done.stderr.count("--log /dev/full: [Errno 28] No space left on device; the run continues without it") == 1
    assert "Traceback" not in done.stderr


def test_secrets_and_media_do_not_reach_the_log(project):
    key, media = "sk-abcdefghijklmnop", "A" * 200
    with logged(project / "log.jsonl"):
        logging.getLogger("mmeval.engine").info(
            "asked again", extra={"why": f"bad key {key} in {media}", "wait_s": None}
        )
    (event,) = (project / "log.jsonl").read_text().splitlines()
    assert json.loads(event)["why"] == "bad key [key] in [media]"
    assert "wait_s" not in event


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["sums", "-m", "mock/echo", "--log", "no/such/folder/run.log"], "--log no/such/folder/run.log"),
        (["sums", "-m", "mock"], "expected PROVIDER/MODEL"),
        (["sums", "-m", "mok/echo"], "did you mean mock"),
        (["sums", "-m", "mock/echo", "--limt", "3"], "did you mean --limit"),
        (["sums", "-m", "mock/echo", "--limit", "0"], "--limit"),
        (["sums", "-m", "mock/echo", "--shard", "0/2"], "--shard"),
        (["sums", "-m", "mock/echo", "--seed"], "'--seed' requires an argument"),
        (["sums", "-m", "mock/echo", "-o", "reply"], "expected key=value"),
        (["sums", "-m", "mock/echo", "-o", "replly=4"], "did you mean reply"),
        (["sums", "-m", "mock/echo", "-o", "temperature=hot"], "temperature"),
        (["sums", "-m", "mock/echo", "--config", "none.toml"], "none.toml"),
        (["sums", "-m", "mock/echo", "--profile", "no"], "has no profile"),
        (["nothing.jsonl", "-m", "mock/echo"], "no such file"),
        (["shape_sequenc", "-m", "mock/echo"], "did you mean shape_sequence"),
    ],
)
def test_user_errors_are_one_line(project, words, message):
    done = invoke("run", *words)
    assert isinstance(done.exception, MMEvalError)
    assert done.exception.exit_code == 2
    assert message in str(done.exception)
    assert "\n" not in str(done.exception)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["-o", "reply=4"], 0),
        (["-o", "reply=4", "--max-tokens", "1", "--cache", "off", "--concurrency", "1"], 6),
        (["-o", "empty_rate=1"], 5),
        (["-o", "bad_request_rate=1"], 5),
    ],
)
def test_exit_codes(project, words, code):
    model = "mock/flaky" if any("rate" in word for word in words) else "mock/echo"
    done = invoke("run", "sums", "-m", model, *words)
    assert done.exit_code == code, done.output
    if code:
        assert "resume: mmeval" in done.stdout


def test_plan_sends_no_request(project):
    done = invoke("run", "shape_sequence", "-m", "mock/echo", "--limit", "3", "--plan", "--json")
    (found,) = json.loads(done.stdout)
    assert (found["samples"], found["images"] > 0, found["cost_low"]) == (3, True, None)
    assert not (project / "results").exists()


def test_cache_info_and_prune(project):
    invoke("run", "sums", "-m", "mock/echo")
    assert json.loads(invoke("cache", "info", "--json").stdout)["models"] == {"mock/echo": 2}
    assert invoke("cache", "prune", "--model", "mock/other").stdout == "deleted 0 replies\n"
    assert invoke("cache", "prune", "--all").stdout == "deleted 2 replies\n"
    assert json.loads(invoke("cache", "info", "--json").stdout)["replies"] == 0


@pytest.mark.slow
def test_merged_shards_equal_the_run_of_one_machine(project):
    words = ["run", "shape_sequence", "-m", "mock/echo", "--limit", "31", "--json"]
    (whole,) = json.loads(invoke(*words).stdout)
    shards = []
    for index in (1, 2, 3):
        (run,) = json.loads(invoke(*words, "--shard", f"{index}/3", "--results", f"machine{index}").stdout)
        shards.append(run["path"])
    assert [len(list(read_scores(shard))) for shard in shards] == [11, 10, 10]
    done = invoke("merge", *shards[::-1], "--results", "together", "--json")
    merged = json.loads(done.stdout)
    assert (merged["planned"], merged["metrics"], merged["samples_digest"]) == (
        31,
        whole["metrics"],
        whole["samples_digest"],
    )
    assert read_bytes(merged) == read_bytes(whole)
    (other,) = json.loads(invoke(*words, "-o", "reply=other", "--shard", "2/3", "--results", "other").stdout)
    with pytest.raises(MMEvalError, match=r"not shards of one run: options\.reply"):
        raise invoke("merge", shards[0], other["path"], shards[2]).exception
    with pytest.raises(MMEvalError, match=r"\[2\] missing"):
        raise invoke("merge", shards[0], shards[2]).exception
    with pytest.raises(MMEvalError, match="not of a file of questions"):
        raise invoke("merge", *shards, "--file", "sums.jsonl").exception
    with pytest.raises(MMEvalError, match="none of these is a run: results/_samples/x"):
        raise invoke("merge", "results/_samples/x").exception


def test_shards_of_a_file_of_questions(project):
    (project / "own").mkdir()
    rows = [json.dumps({"ask": f"{i} + 1?", "answer": str(i + 1)}) for i in range(20)]
    (project / "own" / "plus.jsonl").write_text("\n".join(rows))
    words = ["run", "own/plus.jsonl", "--columns", "question=ask", "-m", "mock/echo", "-o", "reply=6", "--json"]
    (whole,) = json.loads(invoke(*words).stdout)
    shards = [json.loads(invoke(*words, "--shard", f"{i}/2").stdout)[0]["path"] for i in (1, 2)]
    (project / "own").rename(project / "moved")
    with pytest.raises(MMEvalError, match=r"is of own/plus\.jsonl, which is not there; name the file with --file"):
        raise invoke("merge", *shards).exception
    (project / "other.jsonl").write_text("\n".join(rows[1:]))
    with pytest.raises(MMEvalError, match=r"other\.jsonl has changed since the run"):
        raise invoke("merge", *shards, "--file", "other.jsonl").exception
    asked = [str(file) for file in project.glob("results/_samples/plus@*/*")]
    assert asked
    done = invoke("merge", *shards, *asked, "--file", "moved/plus.jsonl", "--results", "one", "--json")
    merged = json.loads(done.stdout)
    assert merged["metrics"] == whole["metrics"]
    assert read_bytes(merged) == read_bytes(whole)


def read_scores(run):
    return (Path(run) / "scores.csv").read_text().splitlines()[1:]


def read_bytes(run):
    return (Path(run["path"]) / "scores.csv").read_bytes()


def test_one_bad_benchmark_does_not_stop_the_others(project):
    (project / "benchmarks" / "torn.py").write_text(
        SUMS.replace('"sums"', '"torn"').replace("sums.jsonl", "torn.jsonl")
    )
    (project / "torn.jsonl").write_text('{"question": "2 + 2?", "answer": "4"}\n{"answer": "6"}\n')
    done = invoke("run", "torn", "sums", "-m", "mock/echo", "--json")
    assert done.exit_code == 2
    assert [run["spec"]["benchmark"] for run in json.loads(done.stdout)] == ["sums"]
    assert "question" in done.stderr

"""Runs from Python: what can be run, what comes back, and that the numbers are those of the command line."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import threading
from importlib import import_module
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image
from typer.testing import CliRunner

import mmeval
from mmeval import FatalError, Reply, RetryableError, UsageError
from mmeval.cli import app
from mmeval.report.flat import SAMPLE_COLUMNS
from mmeval.scorers import correctness
from tests.library import example

HOSTILE = "<script>alert()</script>\x1b[J"
ROWS = [
    {"id": "a", "question": "2 + 2?", "answer": "4", "category": "sums"},
    {"id": "b", "question": "What colour?", "answer": "red", "image": Image.new("RGB", (8, 8), "red")},
    {"id": "c", "question": "Which?", "answer": "cat", "options": ["dog", "cat"]},
]
MANY = [
    *ROWS,
    {"id": "e", "question": "Repeat it.", "answer": HOSTILE},
    *({"id": f"d{i:03}", "question": f"{i} + 0?", "answer": str(i)} for i in range(116)),
]


async def four(request):
    return "4"


async def rude(request):
    return Reply(text=HOSTILE, finish="stop")


def cli(*words: str):
    done = CliRunner().invoke(app, list(words))
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


@pytest.fixture
def rows():
    return mmeval.benchmark(ROWS, name="three")


@pytest.fixture
def two():
    """Two finished runs of one benchmark of 120 samples."""
    return mmeval.run(
        mmeval.benchmark(MANY, name="many"),
        [mmeval.model(four, version="1"), mmeval.model(rude, version="1")],
        progress=False,
    )


def test_the_example_of_the_type_checker_runs() -> None:
    runs, comparison = example.main()
    assert [run.info.metrics["accuracy"].value for run in runs] == [0.0, 0.5]
    assert comparison.difference.value == 0.5


def test_public_names_are_sorted_and_load() -> None:
    assert list(mmeval.__all__) == sorted(mmeval.__all__)
    assert all(getattr(mmeval, name) is not None for name in mmeval.__all__)
    assert import_module("mmeval.compare").compare is not mmeval.compare
    assert {mmeval.compare.__module__, mmeval.gate.__module__} == {"mmeval.library.decisions"}
    assert mmeval.gate is not import_module("mmeval.gate")


def test_what_can_be_run(rows, project: Path) -> None:
    (project / "data").mkdir()
    (project / "data" / "q.csv").write_text("question,answer,image\nIs it?,yes,red.png\n", encoding="utf-8")
    Image.new("RGB", (8, 8), "red").save(project / "data" / "red.png")
    frame = pd.DataFrame([{"question": "1 + 1?", "answer": 2, "hint": None}, {"question": "2?", "answer": 2}])
    runs = mmeval.run(
        [rows, project / "data/q.csv", "data/q.csv", mmeval.benchmark(frame, name="frame"), "bar_reading"],
        ["mock/echo", mmeval.model("mock/flaky", reply="2")],
        limit=2, progress=False,
    )  # fmt: skip
    names = ["three", "q", "frame", "bar_reading"]
    assert [run.info.spec.benchmark for run in runs] == names * 2
    assert [run.info.spec.model for run in runs] == ["mock/echo"] * 4 + ["mock/flaky"] * 4
    assert {run.info.status for run in runs} == {"complete"}
    assert {run.info.spec.limit for run in runs} == {2}
    assert runs.to_dataframe().query("benchmark == 'frame'")["score"].tolist() == [0.0, 1.0]
    assert runs[1:2].samples()["media"].tolist() == [["data/red.png"]], "a path that can be opened"


def test_tables(two) -> None:
    frame = two.to_dataframe()
    assert frame["model"].tolist() == ["function/four@1", "function/rude@1"]
    assert frame[["n", "planned", "metric"]].values.tolist() == [[120, 120, "accuracy"]] * 2
    samples = two.samples()
    assert list(samples.columns) == list(SAMPLE_COLUMNS)
    first = samples.iloc[0]
    assert (first["id"], first["target"], first["reply"], first["score"], first["status"]) == ("a", "4", "4", 1.0, "ok")
    assert first["question"].startswith("2 + 2?")
    assert first["tags"] == {"category": "sums"}
    assert samples.iloc[1]["media"] == ["many row 2"]
    assert samples.iloc[2]["choices"] == ["dog", "cat"]
    assert samples["reply"].tolist()[120:] == [HOSTILE] * 120


def test_replies_are_escaped_wherever_they_are_shown(two) -> None:
    comparison = mmeval.compare(*two)
    shown = [two._repr_html_(), comparison._repr_html_(), mmeval.gate(base=two[:1], candidate=two[1:])._repr_html_()]
    assert all("<script" not in text and "\x1b" not in text and "<table" in text for text in shown)
    assert any("&lt;script&gt;" in text for text in shown)
    assert "\x1b" not in f"{two!r}{comparison!r}"


def test_the_same_numbers_as_the_command_line(two) -> None:
    paths = [str(run.path) for run in two]
    told = cli("diff", *paths, "--json")
    found = mmeval.compare(*paths)
    assert told["difference"] == json.loads(json.dumps(vars_of(found.difference)))
    assert found.to_dataframe().query("change != 0")["id"].tolist() == ["a", "d004", "e"]
    told = cli("gate", "compare", *paths, "--exit-zero", "--json")
    verdict = mmeval.gate(base=paths[0], candidate=two[1:])
    assert (verdict.decision, verdict.exit_code, verdict.summary) == tuple(
        told[key] for key in ("decision", "exit_code", "summary")
    )


def vars_of(value) -> dict:
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


def test_a_gate_asks_the_candidate(project: Path, many: str) -> None:
    (project / "gate.yaml").write_text("version: 1\nsubject: model\nbenchmarks: {many: {margin: 0.04}}\n")
    (base,) = mmeval.run(many, mmeval.model(four, version="1"), progress=False)
    done = CliRunner().invoke(app, ["gate", "accept", str(base.path), "--reason", "first"])
    assert done.exit_code == 0, done.output
    for model, decision in ((four, "pass"), (rude, "fail")):
        verdict = mmeval.gate(model=mmeval.model(model, version="2"), progress=False)
        assert verdict.decision == decision
        assert verdict.summary in repr(verdict)


def test_loading_filters_by_pattern(two) -> None:
    assert [run.path for run in mmeval.load()] == [run.path for run in two]
    assert len(mmeval.load(model="function/r*")) == 1
    assert len(mmeval.load(model=["mock/*", "function/f*"], status="complete")) == 1
    assert len(mmeval.load(benchmark="other")) == 0
    assert mmeval.load(two[0].path)[0].info == two[0].info
    (two[0].path / "run.json").write_text("{", encoding="utf-8")
    found = mmeval.load()
    assert (len(found), len(found.problems)) == (1, 1)
    assert "not JSON" in repr(found)


def test_without_a_journal_the_scores_remain(two) -> None:
    two[0].files.journal.unlink()
    samples = two[:1].samples()
    assert samples["score"].tolist()[:3] == [1.0, 0.0, 0.0]
    assert samples["reply"].isna().all()


async def test_inside_an_event_loop(rows) -> None:
    answered = []

    async def slow(request):
        answered.append(request.sample)
        await asyncio.sleep(0)
        return "4"

    model = mmeval.model(slow, version="1")
    first = await mmeval.arun(rows, model, progress=False)
    again = mmeval.run(rows, model, progress=False)  # as in a notebook, whose thread has a loop
    assert [run.info.status for run in (*first, *again)] == ["complete"] * 2
    assert sorted(answered) == ["a", "b", "c"], "a stated version resumes"


def test_a_function_without_version_is_asked_again(rows) -> None:
    runs = [mmeval.run(rows, mmeval.model(four), progress=False)[0] for _ in range(2)]
    assert runs[0].path != runs[1].path
    assert [run.info.totals.cached for run in runs] == [0, 0]
    model = mmeval.model(four)
    assert mmeval.run(rows, model, progress=False)[0].path == mmeval.run(rows, model, progress=False)[0].path


@pytest.fixture
def interruptible():
    """Python's own handler of Ctrl-C: a process that a script has started in the background ignores the signal."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("in_loop", [False, True], ids=["script", "notebook"])
def test_an_interrupt_stores_what_was_answered(rows, in_loop: bool) -> None:
    async def interrupts(request):
        if request.sample == "b":
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
        await asyncio.sleep(0.05)
        return "4"

    async def notebook():
        return mmeval.run(rows, model, progress=False, concurrency=1)

    model, before = mmeval.model(interrupts), [signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)]
    with pytest.raises(KeyboardInterrupt), asyncio.Runner() as runner:
        # In a notebook the loop's own handler is off, so that the stop button reaches the code of the cell.
        runner.get_loop().run_until_complete(notebook()) if in_loop else mmeval.run(
            rows, model, progress=False, concurrency=1
        )
    (run,) = mmeval.load(status="cancelled")
    assert run.info.counts == {"ok": 2}
    assert [signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)] == before


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (ValueError("boom"), "error", "adapter: ValueError: boom"),
        (RetryableError("slow down", kind="rate_limit"), "error", "rate_limit: slow down"),
        (FatalError("no", kind="unsupported"), "unsupported", "unsupported: no"),
        (None, "error", "error: the function returned int; expected a text or a Reply"),
    ],
)
def test_failures_of_a_function_are_data(rows, error, status, message) -> None:
    async def fails(request):
        if error is not None:
            raise error
        return 7

    runs = mmeval.run(rows, mmeval.model(fails), progress=False, attempts=1, limit=1)
    sample = runs.samples().iloc[0]
    assert (sample["status"], sample["failure"]) == (status, message)
    assert runs.to_dataframe()["score"].isna().all()
    assert runs[0].info.reason in repr(runs)
    assert "failed" in repr(runs[0])


def test_a_function_can_read_the_options(rows) -> None:
    class Client:
        async def answer(self, request, options):
            return f"{options.system} {options.max_tokens}"

    client = Client()
    client.lock = object.__new__(type(asyncio.Lock()))  # what cannot be copied stays shared
    made = mmeval.benchmark(ROWS[:1], name="one", system="Be brief.")
    runs = mmeval.run(made, mmeval.model(client.answer, name="mine", max_tokens=9), progress=False)
    assert runs.samples()["reply"].tolist() == ["Be brief. 9"]


def test_a_function_can_judge() -> None:
    async def judge(request):
        return '{"verdict": "correct"}'

    made = mmeval.benchmark(ROWS[:1], name="judged", score=correctness())
    (run,) = mmeval.run(made, "mock/echo", judge=mmeval.model(judge, version="1"), progress=False)
    assert (run.info.spec.judge, run.info.spec.profile) == ("function/judge@1", "mmeval")
    assert run.info.metrics["accuracy"].value == 1.0


async def test_cancelling_stores_what_was_answered(rows) -> None:
    started = asyncio.Event()

    async def waits(request):
        started.set()
        await asyncio.sleep(0 if request.sample == "a" else 60)
        return "4"

    task = asyncio.ensure_future(mmeval.arun(rows, mmeval.model(waits), concurrency=1, progress=False))
    await started.wait()
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [record.id for record in mmeval.load()[0].records()] == ["a"]


def test_rows_of_any_form(project: Path) -> None:
    made = mmeval.benchmark(
        [{"n": 4}], name="own", version="7", to_sample=lambda row: mmeval.Sample(
            id=str(row["n"]), prompt=(mmeval.Text("Say 4."),), target=str(row["n"])),
    )  # fmt: skip
    (run,) = mmeval.run(made, mmeval.model(four), progress=False)
    assert (run.info.spec.version, run.info.metrics["accuracy"].value) == ("7", 1.0)
    changed = [mmeval.benchmark([{"question": "a", "answer": text}], name="q").version for text in ("1", "2", "1")]
    assert changed[0] == changed[2] != changed[1]


def test_runs_without_a_result_are_problems(rows, project: Path) -> None:
    locked = mmeval.run(rows, "mock/echo", progress=False)[0].path
    (locked / "run.json").write_text('{"schema_version": 99}')
    runs = mmeval.run(rows, ["mock/echo", "mock/flaky"], progress=False)
    assert [run.info.spec.model for run in runs] == ["mock/flaky"]
    assert "mock/echo three: " in str(runs.problems[0])
    assert "schema version 99" in runs._repr_html_()
    with pytest.raises(mmeval.StoreError, match="schema version 99"):
        mmeval.run(rows, "mock/echo", progress=False)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: mmeval.run("nothing_here", "mock/echo"), "no benchmark, suite or file 'nothing_here'"),
        (lambda: mmeval.run("bar_reading"), "no model to run; name one"),
        (lambda: mmeval.run([], "mock/echo"), "no benchmark to run; name one"),
        (lambda: mmeval.run("bar_reading", four), "a model is a function; write mmeval.model(function, name=...)"),
        (lambda: mmeval.run(pd.DataFrame(ROWS[:1]), "mock/echo"), "a benchmark is a DataFrame; write mmeval.bench"),
        (lambda: mmeval.run(ROWS, "mock/echo"), "a benchmark is a dict; write mmeval.benchmark(rows, name=...)"),
        (lambda: mmeval.run("bar_reading", "mock/echo", limit=0), "limit=: "),
        (lambda: mmeval.run("bar_reading", "mock/echo", limt=3), "no setting 'limt'; did you mean limit"),
        (lambda: mmeval.run("bar_reading", mmeval.model("mock/echo", replly="a")), "-o replly: mock has no such option; did you mean reply"),
        (lambda: mmeval.model("gpt-4o"), "expected PROVIDER/MODEL"),
        (lambda: mmeval.model("mock/echo", version="1"), "`name` and `version` are for functions"),
        (lambda: mmeval.model(lambda request: "4"), "a function needs a name"),
        (lambda: mmeval.model(print), "print is not a coroutine function; write `async def`"),
        (lambda: mmeval.load("nowhere"), "nowhere: no such folder"),
        (lambda: mmeval.gate(base="results"), "give both `base` and `candidate`"),
        (lambda: mmeval.compare(mmeval.Runs(), mmeval.Runs()), "expected one run, found 0"),
        (lambda: mmeval.Runs().plot(), "nothing to plot"),
        (lambda: mmeval.benchmark([], name="x"), "x: no rows"),
        (lambda: mmeval.benchmark("q.csv", name="x"), "'q.csv' is not a list of rows; pass a file of questions to mmeval"),
        (lambda: mmeval.benchmark(pd.DataFrame([[1, 2]], columns=["a", "a"]), name="x"), "two columns of the DataFrame"),
        (lambda: mmeval.benchmark(["a"], name="x"), "x row 1: a row is str, expected a mapping"),
        (lambda: mmeval.benchmark([{"question": "a"}], name="x"), "map one with columns={\"answer\": NAME}"),
        (lambda: mmeval.benchmark([{"question": "a", "answer": object()}], name="x"), "x row 1: 'answer' is object"),
        (lambda: mmeval.benchmark(ROWS, name="x", mtric=1), "benchmark 'x': no field 'mtric'; did you mean metric?"),
    ],
)  # fmt: skip
def test_mistakes_name_the_way_out(call, message: str) -> None:
    with pytest.raises((UsageError, mmeval.DataError)) as caught:
        call()
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_without_matplotlib_a_plot_says_what_to_install(two, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.axes", None)
    monkeypatch.delitem(sys.modules, "mmeval.library.plots", raising=False)
    with pytest.raises(UsageError, match=r"pip install 'mmeval-harness\[plot\]'"):
        two.plot()


def test_a_plot_shows_each_run_with_its_interval(two) -> None:
    figure = two.plot()
    (axes,) = figure.axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["function/rude@1", "function/four@1"]
    (bars,) = axes.containers
    low, high = bars.lines[2][0].get_segments()[1][:, 0]
    number = two[0].info.metrics["accuracy"]
    assert (low, high) == pytest.approx((100 * number.low, 100 * number.high))
    assert figure._repr_png_().startswith(b"\x89PNG")

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from datasets import Dataset, Features, Image, Value
from typer.testing import CliRunner

from mmeval.bridge import benchmark, install, lmms
from mmeval.bridge.child import Child, TaskError
from mmeval.cli import app
from mmeval.errors import MMEvalError
from mmeval.store import read_records, read_run
from mmeval.store.layout import run_folders
from tests.benchmarks.twins_video import archive, film
from tests.data.fakehub import Hub
from tests.data.pictures import png

QUESTIONS = ("first", "second", "dropped", "exits", "third", "fourth")
REPLIES = {"first": "red", "second": "exit", "third": "die", "fourth": "green"}


def put(hub: Hub) -> None:
    rows = [
        {"question": text, "image": {"bytes": png(n), "path": None}, "answer": "red", "picture": f"p{n % 2}"}
        for n, text in enumerate(QUESTIONS)
    ]
    text = Value("string")
    features = Features({"question": text, "image": Image(), "answer": text, "picture": text})
    folder = hub.root / "acme/colours/data"
    folder.mkdir(parents=True)
    Dataset.from_list(rows, features=features).to_parquet(folder / "test-00000-of-00001.parquet")


def put_films(hub: Hub) -> None:
    rows = [{"question": f"{name}?", "video": f"{name}.mp4", "answers": "['red', 'Blu']"} for name in ("one", "two")]
    folder = hub.root / "acme/films"
    folder.mkdir(parents=True)
    Dataset.from_list(rows).to_parquet(folder / "test-00000-of-00001.parquet")
    (folder / "films.zip").write_bytes(archive({"one.mp4": film(10)}))


@pytest.mark.slow
@pytest.mark.usefixtures("lmms_eval")
def test_a_task_runs_with_its_own_prompts_and_scores_and_its_faults_stay_with_their_samples(hub: Hub, tmp_path: Path):
    put(hub)
    put_films(hub)
    replies = {f"{text} One word.": reply for text, reply in REPLIES.items()}
    script = json.dumps({**replies, "one?": "<think>red?</think>blue sky"})
    asked = ["run", "lmms:colours", "lmms:films", "-m", "mock/scripted", "-o", f"script={script}"]
    first = CliRunner().invoke(app, [*asked, "--max-error-rate", "1"])
    folder, films = sorted(run_folders(tmp_path / "results"))
    run = read_run(folder)
    records = {one.id: one for one in read_records(folder / "records.jsonl")}
    assert first.exit_code == 0, first.output
    assert folder.parent.name == "lmms-eval.colours@0.7.3"
    assert run.info.origin == "third-party"
    assert run.info.spec.data["task"] == "colours"
    assert {key: (one.status, one.score and one.score.value) for key, one in records.items()} == {
        "0": ("ok", 1.0),
        "1": ("error", None),
        "2": ("invalid_input", None),
        "3": ("error", None),
        "4": ("ok", 0.0),
    }
    assert "exit(3)" in str(records["1"].failure)
    assert "exit(3)" in str(records["2"].failure)
    assert "ended its process" in str(records["3"].failure)
    assert {name: one.value for name, one in run.info.metrics.items()} == {
        "score": 0.5,
        "score/lmms-eval:acc": 0.5,
        "score/lmms-eval:percent": 0.5,
    }
    assert (records["0"].cluster, records["1"].cluster) == ("p0", "p1")
    check_films(films)
    assert not [*tmp_path.rglob("litter.txt"), *tmp_path.rglob("*.seen")]


def check_films(folder: Path) -> None:
    """Films come from the archive beside the data; the reply passes the filter and the metric of lmms-eval."""
    run, records = read_run(folder), sorted(read_records(folder / "records.jsonl"), key=lambda one: one.id)
    assert [(one.status, one.score and one.score.value) for one in records] == [("ok", 1.0), ("invalid_input", None)]
    assert "there is no film two.mp4" in str(records[1].failure)
    assert run.info.spec.data["archives"] == ["*"]
    assert run.info.metrics["score/lmms-eval:exact_match"].value == 1.0
    assert not lmms.benchmark("films").metric.higher_is_better


@pytest.mark.usefixtures("lmms_eval")
@pytest.mark.parametrize(
    ("task", "message"),
    [
        ("colour", "no task lmms:colour; did you mean lmms:colours"),
        ("judged", r"asks a judge \(requests\) about all replies at once"),
        ("lacking", "run `mmeval bridge lmms install --with no-such-package`"),
        ("client", "asks a judge through azure"),
        ("leaving", r"its code cannot be loaded: its code ended the process: exit\('no key'\)"),
        ("scored", "wants multiple_choice"),
        ("repeated", "scores 8 replies to each question together"),
        ("tubed", "from YouTube"),
        ("oddly", "read in a way that the bridge lacks: skipinitialspace"),
        ("elsewhere", r"not one split of a data set on the hub \(parquet"),
    ],
)
def test_what_cannot_be_run_says_why(task: str, message: str):
    with pytest.raises(MMEvalError, match=message):
        benchmark(task)


@pytest.fixture
def first(lmms_eval: None, tmp_path: Path) -> Iterator[Callable[[str], Child]]:
    """Starts a task with one document."""
    Dataset.from_list([{"question": "first", "answer": "red", "picture": "p"}]).to_parquet(tmp_path / "rows.parquet")
    files = {"files": [str(tmp_path / "rows.parquet")], "format": "parquet", "split": "test"}
    with ExitStack() as stack:
        yield lambda task: stack.enter_context(
            closing(Child(install.python(), [{"op": "about", "task": task}, {"op": "open", **files}]))
        )


def test_a_right_letter_is_worth_one_whatever_the_aggregation_divides_by(first: Callable[[str], Child]):
    child = first("lettered")
    said = [child.ask({"op": "score", "index": 0, "reply": reply}, seconds=30)["value"] for reply in ("B", "A", "")]
    assert said == [1.0, 0.0, 0.0]
    with pytest.raises(TaskError, match="wants the network"):
        child.ask({"op": "score", "index": 0, "reply": "online"}, seconds=30)


def test_what_a_task_asks_a_judge_is_asked_outside_and_scoring_runs_again(first: Callable[[str], Child]):
    child = first("asking")
    request = {"op": "score", "index": 0, "reply": "crimson"}
    told = [child.ask({**request, "verdicts": said}, seconds=30) for said in ([], ["yes"], ["yes", "yes"], ["no"])]
    assert [[part["text"] for part in one["ask"]] for one in told[:2]] == [["Is crimson red?"], ["Be strict.", "Sure?"]]
    assert [one["value"] for one in told[2:]] == [1.0, 0.0]
    made = child.ask({"op": "aggregate", "replies": [[0, "crimson", None, ["yes", "yes"]]]}, seconds=60)
    assert made["metrics"]["acc"]["value"] == 1.0
    with pytest.raises(TaskError, match="asked for more than before"):
        child.ask({"op": "aggregate", "replies": [[0, "crimson", None, ["yes"]]]}, seconds=60)


@pytest.mark.usefixtures("lmms_eval")
def test_code_that_hangs_is_ended():
    child = Child(install.python())
    with pytest.raises(TaskError, match="took longer than 1 s"):
        child.ask({"op": "about", "task": "stuck"}, seconds=1)
    assert "colours" in child.ask({"op": "list"}, seconds=30)["tasks"]
    child.close()


def test_a_user_who_has_not_installed_it_is_told_how(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(MMEvalError, match="run `mmeval bridge lmms install`"):
        benchmark("never_seen")

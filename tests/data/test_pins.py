"""benchmarks.lock: written by the first load, obeyed by later ones, moved on purpose."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mmeval import Benchmark, DataError, Row, Sample, Text, data
from mmeval.cli import app
from mmeval.data.hub import Hub as Source
from mmeval.data.pins import Entry, read_lock, write_entry
from mmeval.errors import UsageError
from mmeval.metrics import accuracy
from mmeval.scorers import exact_text
from tests.data.fakehub import Hub
from tests.data.test_hub import put


def to_sample(row: Row) -> Sample:
    return Sample(id=str(row["row"]), prompt=(data.picture(row), Text(row["question"])), target="x")


def benchmark(rows: int | None = None, version: str = "1", revision: str | None = None) -> Benchmark:
    return Benchmark(
        name="minivqa", version=version, title="Mini", about="Mini.", to_sample=to_sample, score=exact_text(),
        data=data.hub("acme/minivqa", split="test", revision=revision, columns={"question": str, "image": dict}),
        profile="mmeval", metric=accuracy(), cluster=None, license=None, url=None, paper=None, rows=rows, chance=None,
    )  # fmt: skip


FILE = """
from mmeval import Benchmark, Sample, Text, data
from mmeval.metrics import accuracy
from mmeval.scorers import exact_text

benchmark = Benchmark(
    name="minivqa", version="1", title="Mini", about="Mini.", score=exact_text(), profile="mmeval", metric=accuracy(),
    to_sample=lambda row: Sample(id=str(row["row"]), prompt=(data.picture(row), Text(row["question"])), target="x"),
    data=data.hub("acme/minivqa", split="test", revision=None, columns={"question": str, "image": dict}),
    cluster=None, license=None, url=None, paper=None, rows=None, chance=None,
)
"""


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    return tmp_path / "benchmarks.lock"


def test_the_first_load_writes_and_later_ones_obey(hub: Hub, lock: Path):
    put(hub, "acme/minivqa")
    first = data.pinned(benchmark(rows=3), lock=lock)
    entry = read_lock(lock)["minivqa"]
    old = hub.commit("acme/minivqa")
    assert (entry.rows, entry.sources[0]["revision"]) == (3, old)
    assert first.data.describe()["sha256"] == entry.sha256
    put(hub, "acme/minivqa", count=5)  # the branch moves on; the lock does not, and needs no network
    hub.requests.clear()
    again = data.pinned(benchmark(rows=3), lock=lock, offline=True)
    assert len(list(data.samples(again, offline=True))) == 3
    assert hub.requests == []
    assert again.data.describe() == first.data.describe()


def test_other_content_is_refused_with_both_digests(hub: Hub, lock: Path, tmp_path: Path):
    put(hub, "acme/minivqa")
    data.pinned(benchmark(), lock=lock)
    pinned = read_lock(lock)["minivqa"].sha256
    (blob,) = (p for p in (tmp_path / "cache").rglob("*.parquet"))
    blob.resolve().write_bytes(blob.read_bytes() + b"x")
    with pytest.raises(
        DataError, match=rf"minivqa: the data has sha256 \w+, .*benchmarks.lock pins {pinned[:16]}; .*data update"
    ):
        data.pinned(benchmark(), lock=lock)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rows": 4}, r"minivqa: 3 rows at \w{12}, the benchmark declares 4; `mmeval data update minivqa` accepts"),
        ({"revision": "f" * 40}, r"minivqa: acme/minivqa@ffffffffffff test: "),
    ],
)
def test_a_broken_promise_is_one_line_and_writes_no_lock(hub: Hub, lock: Path, change, message):
    put(hub, "acme/minivqa")
    with pytest.raises(DataError, match=message) as caught:
        data.pinned(benchmark(**change), lock=lock)
    assert "\n" not in str(caught.value)
    assert not lock.exists()


def test_offline_without_a_lock(hub: Hub, lock: Path):
    put(hub, "acme/minivqa")
    with pytest.raises(DataError, match="minivqa: not in the lock, and offline; run `mmeval data fetch minivqa`"):
        data.pinned(benchmark(), lock=lock, offline=True)
    assert hub.requests == []


def test_a_revision_that_is_gone(hub: Hub, lock: Path, tmp_path: Path):
    import shutil

    put(hub, "acme/minivqa")
    data.pinned(benchmark(), lock=lock)
    shutil.rmtree(tmp_path / "cache")
    put(hub, "acme/minivqa", count=4)
    with pytest.raises(DataError, match=r"minivqa: acme/minivqa@\w{12} test: .*(Revision|revision)"):
        data.pinned(benchmark(), lock=lock)


def test_a_new_version_of_the_benchmark_is_pinned_anew(hub: Hub, lock: Path):
    put(hub, "acme/minivqa")
    data.pinned(benchmark(), lock=lock)
    put(hub, "acme/minivqa", count=5)
    assert data.pinned(benchmark(version="2"), lock=lock).data.describe()["rows"] == 5


def test_writers_wait_for_each_other(lock: Path):
    entry = Entry(version="1", rows=1, sha256="0" * 64, sources=[{"id": "x"}])
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: write_entry(lock, f"b{n}", entry), range(40)))
    assert set(read_lock(lock)) == {f"b{n}" for n in range(40)}


def test_drawn_data_is_not_pinned(lock: Path):
    drawn = replace(benchmark(), data=data.generated(lambda rng: {"question": "q"}, n=2, seed=1))
    assert data.pinned(drawn, lock=lock) is drawn
    assert not lock.exists()


@pytest.mark.parametrize("text", ["[minivqa", "[minivqa]\nrows = 3\n", "[minivqa]\nversion = 1\n"])
def test_a_damaged_lock_is_one_line(lock: Path, text: str):
    lock.write_text(text)
    with pytest.raises(DataError, match=r"benchmarks\.lock: ") as caught:
        data.pinned(benchmark(), lock=lock)
    assert "\n" not in str(caught.value)


def test_the_verbs(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "benchmarks" / "minivqa.py").write_text(FILE)
    put(hub, "acme/minivqa")
    call = CliRunner().invoke
    assert "minivqa: ok, 3 rows, sha256" in call(app, ["data", "check", "minivqa"]).stdout
    assert "minivqa: ready, 3 rows" in call(app, ["data", "fetch", "minivqa"]).stdout
    put(hub, "acme/minivqa", count=4)
    moved = call(app, ["data", "update", "minivqa"])
    assert "3 rows, sha256" in moved.stdout
    assert "-> 4 rows" in moved.stdout
    bad = call(app, ["data", "check", "minivqa", "shape_sequence", "--offline"])
    assert (bad.exit_code, "shape_sequence: ok" in bad.stdout) == (2, True)


def test_one_table_of_all_data(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(
        "mmeval.catalog.Catalog.benchmarks", lambda self: {"minivqa": None, "gone": None, "drawn": None}
    )
    made = {
        "minivqa": benchmark(rows=3),
        "gone": replace(benchmark(), name="gone", data=data.hub("acme/gone", split="test", revision=None)),
        "drawn": replace(benchmark(), data=data.generated(lambda rng: {"question": "q"}, n=2, seed=1)),
    }
    monkeypatch.setattr("mmeval.catalog.Catalog.benchmark", lambda self, name: made[name])
    monkeypatch.chdir(tmp_path)
    put(hub, "acme/minivqa")
    hub.cards["acme/minivqa"] = {"gated": "auto", "cardData": {"license": "mit"}}
    out = CliRunner().invoke(app, ["data", "check", "--all"])
    assert out.exit_code == 2
    head, _, gone, mini = out.stdout.splitlines()
    assert head.startswith("benchmark | data | licence | gated")
    assert gone.startswith("gone | acme/gone |")
    assert mini.startswith("minivqa | acme/minivqa | mit | auto | 3 | question: str, image: media | ok, sha256 ")
    assert list(read_lock(tmp_path / "benchmarks.lock")) == ["minivqa"]
    del made["gone"]
    monkeypatch.setattr("mmeval.catalog.Catalog.benchmarks", lambda self: dict.fromkeys(made))
    monkeypatch.setattr(Source, "listing", lambda self: {"a": 2_000_000_000})
    large = CliRunner().invoke(app, ["data", "check", "--all"])
    assert (large.exit_code, "first row only, 2.00 GB" in large.stdout) == (0, True)
    assert isinstance(CliRunner().invoke(app, ["data", "check"]).exception, UsageError)


@pytest.mark.parametrize("verb", ["check", "fetch", "update"])
def test_without_a_network_a_verb_says_one_line(verb: str, hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:1")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "benchmarks" / "minivqa.py").write_text(FILE)
    out = CliRunner().invoke(app, ["data", verb, "minivqa"])
    assert out.exit_code == 2
    (line,) = (out.stdout + out.stderr).splitlines()
    assert line.startswith("minivqa: acme/minivqa@main test: ")


def test_a_picture_that_cannot_be_read_is_named(hub: Hub, lock: Path):
    from datasets import Dataset, Features, Image, Value

    from mmeval.data.inspect import inspect

    folder = hub.root / "acme/minivqa/data"
    folder.mkdir(parents=True)
    rows = [{"question": "q", "image": {"bytes": b"no picture", "path": None}}]
    Dataset.from_list(rows, features=Features({"question": Value("string"), "image": Image()})).to_parquet(
        folder / "test-00000-of-00001.parquet"
    )
    (problem,) = inspect(benchmark(), offline=False).problems
    assert "row 0 image" in problem

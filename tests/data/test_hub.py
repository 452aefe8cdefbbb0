from pathlib import Path

import pytest
from datasets import Dataset, Features, Image, Value

from mmeval.data.hub import Hub as Source
from mmeval.data.hub import hub as source
from mmeval.errors import DataError
from tests.data.fakehub import Hub
from tests.data.pictures import png


def put(hub: Hub, repo: str, count: int = 3) -> None:
    folder = hub.root / repo / "data"
    folder.mkdir(parents=True, exist_ok=True)
    rows = [{"question": f"q{i}", "image": {"bytes": png(i), "path": None}} for i in range(count)]
    features = Features({"question": Value("string"), "image": Image()})
    Dataset.from_list(rows, features=features).to_parquet(folder / "test-00000-of-00001.parquet")


def test_streams_pictures_as_the_bytes_they_came_in(hub: Hub):
    put(hub, "acme/minivqa")
    rows = list(source("acme/minivqa", split="test", revision=None, columns={"question": str, "image": dict}).rows())
    assert [r["question"] for r in rows] == ["q0", "q1", "q2"]
    assert [r["image"]["bytes"] for r in rows] == [png(0), png(1), png(2)]


def test_a_fetched_set_needs_no_network(hub: Hub):
    put(hub, "acme/minivqa")
    found = source("acme/minivqa", split="test", revision=None).resolve()
    assert (found.revision, found.files) == (hub.commit("acme/minivqa"), ("data/test-00000-of-00001.parquet",))
    with pytest.raises(DataError, match="not on this machine, and offline"):
        list(found.rows(offline=True))
    found.fetch()
    hub.requests.clear()
    assert len(list(found.rows(offline=True))) == 3
    assert hub.requests == []


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"id": "acme/none"}, r"acme/none@main test: .*doesn't exist"),
        ({"split": "val"}, r"acme/minivqa@main val: .*val"),
        ({"revision": "f" * 40}, r"acme/minivqa@ffffffffffff test: .*doesn't exist"),
        ({"config": "zz"}, r"acme/minivqa@main zz test: .*'zz' not found"),
        ({"columns": {"answer": str}}, r"acme/minivqa@main test: no column 'answer'; it has question, image"),
    ],
    ids=["id", "split", "revision", "config", "column"],
)
def test_what_is_not_there_is_one_line(hub: Hub, wrong: dict, message: str):
    put(hub, "acme/minivqa")
    given = {"id": "acme/minivqa", "split": "test", "revision": None, "config": None, **wrong}
    with pytest.raises(DataError, match=message) as caught:
        list(Source(**given).rows())
    assert "\n" not in str(caught.value)


def test_a_damaged_file_is_one_line(hub: Hub, tmp_path: Path):
    put(hub, "acme/minivqa")
    (hub.root / "acme/minivqa/data/test-00000-of-00001.parquet").write_bytes(b"PAR1" * 5)
    with pytest.raises(DataError, match="acme/minivqa@main test: "):
        list(source("acme/minivqa", split="test", revision=None).rows())

"""A cache that is damaged, foreign or cannot be written never stops a run."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmeval import Reply, StoreError
from mmeval.engine import cachefile, salvage
from mmeval.engine.cache import Cache
from mmeval.runner import run_one

from .conftest import make_benchmark


def filled(file: Path, n: int = 400) -> Path:
    """A cache of many pages; some replies are so long that they need pages of their own."""
    with closing(cachefile.connect(file)) as connection:
        row = '{"text": "%s", "finish": "stop", "usage": {}}'
        rows = [(b"%06d" % i, "m", 1.0, row % (f"{i} " * (2000 if i % 50 == 7 else 50))) for i in range(n)]
        connection.executemany("INSERT INTO replies VALUES (?, ?, ?, ?)", rows)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return file


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def garbage(file: Path) -> None:
    data = bytearray(file.read_bytes())
    middle = len(data) // 2 // 4096 * 4096
    data[middle : middle + 4096] = b"\xa5" * 4096
    file.write_bytes(data)


def header(file: Path) -> None:
    file.write_bytes(b"\0" * 100 + file.read_bytes()[100:])


DAMAGE = {"cut": cut, "a page of garbage": garbage, "the header is gone": header}


def everything(cache: Cache) -> dict[bytes, Reply]:
    return cache.get([b"%06d" % i for i in range(400)])


@pytest.mark.parametrize("damage", DAMAGE)
async def test_a_damaged_file_is_set_aside_and_replaced(tmp_path, monkeypatch, damage):
    file = filled(tmp_path / "c.sqlite")
    monkeypatch.setenv("MMEVAL_CACHE", str(file))
    DAMAGE[damage](file)
    cache = Cache(file)
    everything(cache)
    cache.put(b"new", "m", Reply(text="B", finish="stop"))
    await cache.close()
    (warning,) = cache.warnings
    assert "is damaged" in warning
    (aside,) = (file for file in tmp_path.glob("c.sqlite.damaged-*") if file.name[-4:] not in ("-wal", "-shm"))
    assert f"mmeval cache repair {aside}" in warning
    again = Cache(file)
    assert (again.warnings, again.problem, [*again.get([b"new"])]) == ([], None, [b"new"])
    await again.close()


@pytest.mark.parametrize(("damage", "least"), [("cut", 150), ("a page of garbage", 350), ("the header is gone", 400)])
def test_what_can_be_read_is_saved(tmp_path, damage, least):
    file = filled(tmp_path / "c.sqlite")
    DAMAGE[damage](file)
    assert not cachefile.check(file).clean
    saved = cachefile.repair(file, tmp_path / "new.sqlite")
    assert least <= saved <= 400
    found = cachefile.check(tmp_path / "new.sqlite")
    assert (found.clean, found.replies) == (True, saved)


BAD_ROWS = [
    "not JSON",
    "[]",
    '{"text": 3, "finish": "stop", "usage": {}}',
    '{"text": "A", "finish": "stop"}',
    '{"text": "A", "finish": "stop", "usage": {"tokens": 1}}',
    '{"text": "A", "finish": "stop", "usage": {}, "colour": 1}',
    "[" * 100_000,
    b"\xff\xfe",
    7,
]


@pytest.mark.parametrize("row", BAD_ROWS, ids=lambda row: str(row)[:30])
async def test_a_damaged_row_is_asked_again(tmp_path, row):
    file = filled(tmp_path / "c.sqlite", n=3)
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE replies SET reply = ? WHERE key = ?", (row, b"000001"))
    cache = Cache(file)
    assert [*cache.get([b"000000", b"000001", b"000002"])] == [b"000000", b"000002"]
    cache.put(b"000001", "m", Reply(text="B", finish="stop"))
    await cache.flush()
    assert cache.get([b"000001"])[b"000001"].text == "B"
    await cache.close()
    assert (cache.warnings, cache.problem) == ([], None)


def not_a_database(file: Path) -> None:
    file.write_text("id,answer\n" * 100)


def another_database(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TABLE contacts (name TEXT)")


@pytest.mark.parametrize(
    ("make", "why"),
    [(not_a_database, "not a response cache"), (another_database, "not a response cache: it has contacts")],
)
def test_a_file_that_was_never_a_cache_is_left_alone(tmp_path, make, why):
    file = tmp_path / "mine"
    make(file)
    before = file.read_bytes()
    with pytest.raises(StoreError, match=why):
        Cache(file)
    assert (file.read_bytes(), [one.name for one in tmp_path.iterdir()]) == (before, ["mine"])


@pytest.mark.parametrize("place", ["/dev/null/c.sqlite", "/proc/c.sqlite"])
def test_a_place_that_cannot_be_written_costs_the_cache_and_not_the_run(settings, place):
    run = run_one(make_benchmark(4), "mock/echo", settings.model_copy(update={"cache_file": Path(place)}))
    assert (run.info.status, run.info.counts) == ("complete", {"ok": 4})


async def test_a_full_disk_costs_the_cache_and_not_the_replies(tmp_path):
    cache = Cache(filled(tmp_path / "c.sqlite", n=3))
    cache._writer.execute("PRAGMA max_page_count = 4")
    for i in range(50):
        cache.put(b"x%d" % i, "m", Reply(text="long " * 2000, finish="stop"))
    await cache.flush()
    assert "full" in cache.problem
    assert len(cache.get([b"000000"])) == 1
    await cache.close()


def test_check_says_what_is_wrong_with_a_missing_file(tmp_path):
    with pytest.raises(StoreError, match="no such file"):
        cachefile.check(tmp_path / "none.sqlite")
    assert cachefile.info(tmp_path / "none.sqlite").replies == 0


def test_every_row_is_found_without_the_tree(tmp_path):
    file = filled(tmp_path / "c.sqlite")
    with closing(sqlite3.connect(file)) as connection:
        stored = set(connection.execute("SELECT key, model, at, reply FROM replies"))
    assert set(salvage.rows(file, columns=4)) == stored


@given(data=st.binary(max_size=3000), size=st.sampled_from([512, 1024, 4096]))
def test_garbage_is_no_row_and_no_error(tmp_path_factory, data, size):
    file = tmp_path_factory.mktemp("garbage") / "c.sqlite"
    file.write_bytes(cachefile.MAGIC + size.to_bytes(2, "big") + bytes(size - 18) + data * 2)
    assert [row for row in salvage.rows(file, columns=4) if isinstance(row[0], bytes) and len(row[0]) == 32] == []

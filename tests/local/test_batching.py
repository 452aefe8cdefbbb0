"""Batching: who shares a batch, who waits how long, and who bears an error."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from mmeval.engine.batching import Batcher
from mmeval.engine.room import Room

FIRST = 4096


class Work:
    """Answers each item with its text in capitals and keeps what it was given."""

    def __init__(self, *, fits: int = 99, poison: str = "") -> None:
        self.batches: list[list[str]] = []
        self.fits, self.poison = fits, poison

    def __call__(self, items: Sequence[str], more=None) -> Iterator[tuple[int, str]]:
        self.batches.append(list(items))
        if len(items) > self.fits:
            raise MemoryError("too many")
        if self.poison and self.poison in items:
            raise ValueError(f"cannot read {self.poison}")
        return enumerate([item.upper() for item in items])


class Plenty:
    """Memory that holds `rows` items."""

    def __init__(self, rows: float = 1e9) -> None:
        self.rows, self.relieved = rows, 0

    def begin(self) -> None: ...

    def seen(self) -> tuple[float, float]:
        return 1.0, self.rows

    def relieve(self) -> None:
        self.relieved += 1


def batcher_of(work, file: Path, *, size: int = 4, wait_s: float = 0.02, prepare=list, **how) -> Batcher:
    batcher: Batcher[str, list[str], str] = Batcher(prepare, work, size=size, wait_s=wait_s, **how)
    batcher.room, batcher.memory = Room(file / "batches.json", "model", FIRST), Plenty()
    return batcher


async def ask_all(batcher: Batcher, items: Sequence[str]):
    replies = await asyncio.gather(*(batcher.submit(item) for item in items), return_exceptions=True)
    await batcher.close()
    return replies


async def test_full_batches_do_not_wait(tmp_path):
    work = Work()
    async with asyncio.timeout(2):
        replies = await ask_all(batcher_of(work, tmp_path, wait_s=60), list("abcdefgh"))
    assert replies == list("ABCDEFGH")
    assert [len(batch) for batch in work.batches] == [4, 4]


async def test_a_lone_question_is_answered_after_its_wait(tmp_path):
    loop = asyncio.get_running_loop()
    began = loop.time()
    assert await ask_all(batcher_of(Work(), tmp_path, wait_s=0.05), ["a"]) == ["A"]
    assert 0.04 < loop.time() - began < 1


async def test_like_lengths_share_a_batch(tmp_path):
    work = Work()
    items = ["a", "bbbb", "c", "dddd", "e", "ffff", "g", "hhhh"]
    await ask_all(batcher_of(work, tmp_path, length=len), items)
    assert sorted(map(sorted, work.batches)) == [["a", "c", "e", "g"], ["bbbb", "dddd", "ffff", "hhhh"]]


async def test_the_oldest_is_never_passed_over(tmp_path):
    work = Work()
    batcher = batcher_of(work, tmp_path, size=2, length=len)
    await ask_all(batcher, ["x" * 50, *"yyyyyy"])
    assert "x" * 50 in work.batches[0]


async def test_a_batch_has_no_more_tokens_than_there_is_room_for(tmp_path):
    work = Work()
    batcher = batcher_of(work, tmp_path, size=99, length=len)
    batcher.room.tokens = 12
    await ask_all(batcher, ["aaaa", "bbb", "cccc", "ddddd", "e" * 40, "f"])
    assert max(len(batch) * max(map(len, batch)) for batch in work.batches if "e" * 40 not in batch) <= 12
    assert ["e" * 40] in work.batches  # it has to be tried alone


class OneByOne(Work):
    """Answers the oldest item that it has, then asks for more; a number is how long an item stays."""

    def __call__(self, items: Sequence[str], more=None) -> Iterator[tuple[int, str]]:
        places, known = list(enumerate(items)), len(items)
        self.batches.append(list(items))
        while places:
            place, item = places.pop(0)
            if item == self.poison:
                raise ValueError(f"cannot read {item}")
            yield place, item.upper()
            time.sleep(0.02)  # the next batch is prepared meanwhile
            new = more() or []
            if new:
                self.batches[-1] += ["+", *new]
            places += enumerate(new, known)
            known += len(new)


async def test_what_is_done_makes_room_for_others(tmp_path):
    work = OneByOne()
    batcher = batcher_of(work, tmp_path, size=8)
    batcher.joins = True
    assert await ask_all(batcher, list("abcdefghijkl")) == list("ABCDEFGHIJKL")
    assert work.batches == [[*"abcdefgh", "+", *"ij", "+", *"kl"]]
    assert batcher.clock.largest == 8


@pytest.mark.parametrize(
    ("change", "joined"),
    [
        ({}, True),
        ({"group": lambda item: item in "ab"}, False),
        ({"length": lambda item: 1 + 99 * (item in "cd")}, False),
    ],
    ids=["alike", "another group", "no room"],
)
async def test_only_those_join_that_fit(change, joined, tmp_path):
    work = OneByOne()
    batcher = batcher_of(work, tmp_path, size=2, **change)
    batcher.joins, batcher.room.tokens, batcher.memory.rows = True, 2, 1.0
    await ask_all(batcher, list("abcd"))
    assert (len(work.batches) == 1) == joined


async def test_who_joins_and_fails_takes_nobody_along(tmp_path):
    batcher = batcher_of(OneByOne(poison="g"), tmp_path, size=4)
    batcher.joins = True
    replies = await ask_all(batcher, list("abcdefgh"))
    assert [str(reply) for reply in replies] == [*"ABCDEF", "cannot read g", "H"]


async def test_a_reply_does_not_wait_for_the_others_of_its_batch(tmp_path):
    free = threading.Event()

    def work(items: Sequence[str], _) -> Iterator[tuple[int, str]]:
        yield 0, items[0]
        free.wait(5)
        yield 1, items[1]

    batcher = batcher_of(work, tmp_path, size=2)
    first, second = (asyncio.create_task(batcher.submit(item)) for item in "ab")
    assert await asyncio.wait_for(first, 2) == "a"
    assert not second.done()
    free.set()
    assert await second == "b"
    await batcher.close()


async def test_groups_do_not_mix(tmp_path):
    work = Work()
    await ask_all(batcher_of(work, tmp_path, group=lambda item: item[1]), ["a1", "b2", "c1", "d2"])
    assert sorted(map(sorted, work.batches)) == [["a1", "c1"], ["b2", "d2"]]


@pytest.mark.parametrize("where", ["prepare", "work"])
async def test_one_bad_question_fails_alone(where, tmp_path):
    bad, good = Work(poison="c"), Work()
    how = {"prepare": lambda items: bad(items) and list(items)} if where == "prepare" else {}
    replies = await ask_all(batcher_of(good if how else bad, tmp_path, **how), list("abcd"))
    assert [str(reply) for reply in replies] == ["A", "B", "cannot read c", "D"]


def test_a_batch_is_prepared_while_the_one_before_is_answered(tmp_path):
    """Each side waits for the other: one thread alone would never get further."""
    prepared, answered = threading.Semaphore(0), []

    def prepare(items: Sequence[str]) -> list[str]:
        prepared.release()
        return list(items)

    def work(items: Sequence[str], _) -> Iterator[tuple[int, str]]:
        if not answered:
            assert prepared.acquire(timeout=5)  # its own
            assert prepared.acquire(timeout=5)  # that of the next batch
        answered.append(items)
        return enumerate(items)

    async def main() -> None:
        await ask_all(batcher_of(work, tmp_path, prepare=prepare), list("abcdefgh"))

    asyncio.run(main())
    assert answered == [list("abcd"), list("efgh")]


@pytest.mark.parametrize("fits", [3, 2, 1])
async def test_later_batches_are_as_small_as_memory_wants_them(fits, tmp_path):
    work = Work(fits=fits)
    batcher = batcher_of(work, tmp_path, too_large=lambda error: isinstance(error, MemoryError))
    assert await ask_all(batcher, list("abcdefghijklmnopqrstuvwx")) == list("ABCDEFGHIJKLMNOPQRSTUVWX")
    assert batcher.room.tokens <= fits
    assert sum(len(batch) > fits for batch in work.batches) <= 6
    assert batcher.memory.relieved == sum(len(batch) > fits for batch in work.batches)


async def test_one_that_never_fits_gets_the_error(tmp_path):
    batcher = batcher_of(Work(fits=0), tmp_path, too_large=lambda error: isinstance(error, MemoryError))
    assert isinstance((await ask_all(batcher, ["a"]))[0], MemoryError)


async def test_batches_grow_until_memory_says_stop(tmp_path):
    work = Work()
    batcher = batcher_of(work, tmp_path, size=99)
    batcher.room.tokens, batcher.memory = 2, Plenty(1.5)
    await ask_all(batcher, ["a"] * 60)
    sizes = [len(batch) for batch in work.batches]
    assert sizes[0] == 2
    assert sizes == sorted(sizes[:-1]) + sizes[-1:]
    assert all(after <= 1.5 * before for before, after in pairwise(sizes))


def test_what_a_model_found_out_is_remembered(tmp_path):
    file = tmp_path / "cache" / "batches.json"
    first = Room(file, "a on cuda:0", FIRST)
    first.fitted(first.tokens, need=1, free=9, seconds=1)
    first.overflowed(6000)
    first.keep()
    again = Room(file, "a on cuda:0", FIRST)
    assert (again.tokens, again.tokens < 6000) == (first.tokens, True)
    again.fitted(again.tokens, need=1, free=9, seconds=1)
    assert again.tokens == 4500
    assert Room(file, "another", FIRST).tokens == Room(file.parent / "none", "a on cuda:0", FIRST).tokens == FIRST


@pytest.mark.parametrize(
    "text", ["", "[", "[1]", '{"a": 3}', '{"a": [0, null]}', '{"a": [true, 1]}', '{"a": [1, 2, 3]}']
)
def test_a_damaged_memory_of_batches_is_none(text, tmp_path):
    (tmp_path / "batches.json").write_text(text)
    assert Room(tmp_path / "batches.json", "a", FIRST).tokens == FIRST


@pytest.mark.parametrize(("cost", "seconds"), [(FIRST // 3, 1.0), (FIRST, 60.0)], ids=["half empty", "slow"])
def test_what_says_nothing_about_memory_changes_nothing(cost, seconds, tmp_path):
    room = Room(tmp_path / "batches.json", "a", FIRST)
    room.fitted(cost, need=1, free=9, seconds=seconds)
    assert room.tokens == FIRST


async def test_who_gave_up_is_not_asked(tmp_path):
    work = Work()
    batcher = batcher_of(work, tmp_path, wait_s=0.05)
    gone = asyncio.create_task(batcher.submit("gone"))
    kept = asyncio.create_task(batcher.submit("kept"))
    await asyncio.sleep(0)
    gone.cancel()
    assert await kept == "KEPT"
    await batcher.close()
    assert work.batches == [["kept"]]


@pytest.mark.parametrize("size", [1, 4], ids=["prepared", "waiting"])
async def test_closing_cancels_who_waits(size, tmp_path):
    busy = threading.Event()
    batcher = batcher_of(lambda items, _: enumerate(busy.wait(0.1) or items), tmp_path, size=size, wait_s=60)
    waiting = [asyncio.create_task(batcher.submit(item)) for item in "abc"]
    await asyncio.sleep(0.01)
    await batcher.close()
    done = await asyncio.gather(*waiting, return_exceptions=True)
    assert all(isinstance(one, asyncio.CancelledError) for one in done)


async def test_all_work_is_done_by_one_thread(tmp_path):
    seen = set()

    def work(items: Sequence[str], _) -> Iterator[tuple[int, str]]:
        seen.add(threading.get_ident())
        return enumerate(items)

    batcher = batcher_of(work, tmp_path, size=1, wait_s=0)
    await asyncio.gather(batcher.run(lambda: work([""], None)), *(batcher.submit(c) for c in "abc"))
    await batcher.close()
    assert len(seen) == 1
    assert threading.get_ident() not in seen


async def test_the_time_without_work_is_counted(tmp_path):
    batcher = batcher_of(lambda items, _: enumerate(time.sleep(0.02) or items), tmp_path, size=1, wait_s=0)
    await asyncio.gather(*(batcher.submit(c) for c in "abc"))
    assert batcher.clock.idle < 0.5
    await asyncio.sleep(0.2)
    await batcher.submit("d")
    await batcher.close()
    assert batcher.clock.idle > 0.5

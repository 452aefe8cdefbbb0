"""Batching: who shares a batch, who waits how long, and who bears an error."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence

import pytest

from mmeval.engine.batching import Batcher


class Work:
    """Answers each item with its text in capitals and keeps what it was given."""

    def __init__(self, *, fits: int = 99, poison: str = "") -> None:
        self.batches: list[list[str]] = []
        self.fits, self.poison = fits, poison

    def __call__(self, items: Sequence[str]) -> list[str]:
        self.batches.append(list(items))
        if len(items) > self.fits:
            raise MemoryError("too many")
        if self.poison and self.poison in items:
            raise ValueError(f"cannot read {self.poison}")
        return [item.upper() for item in items]


async def ask_all(work: Work, items: Sequence[str], *, size: int = 4, wait_s: float = 0.02, **how):
    batcher: Batcher[str, str] = Batcher(work, size=size, wait_s=wait_s, **how)
    replies = await asyncio.gather(*(batcher.submit(item) for item in items), return_exceptions=True)
    await batcher.close()
    return replies, batcher


async def test_full_batches_do_not_wait():
    work = Work()
    async with asyncio.timeout(2):
        replies, _ = await ask_all(work, list("abcdefgh"), wait_s=60)
    assert replies == list("ABCDEFGH")
    assert [len(batch) for batch in work.batches] == [4, 4]


async def test_a_lone_question_is_answered_after_its_wait():
    loop = asyncio.get_running_loop()
    began = loop.time()
    replies, _ = await ask_all(Work(), ["a"], wait_s=0.05)
    assert replies == ["A"]
    assert 0.04 < loop.time() - began < 1


async def test_like_lengths_share_a_batch():
    work = Work()
    await ask_all(work, ["a", "bbbb", "c", "dddd", "e", "ffff", "g", "hhhh"], length=len)
    assert sorted(map(sorted, work.batches)) == [["a", "c", "e", "g"], ["bbbb", "dddd", "ffff", "hhhh"]]


async def test_the_oldest_is_never_passed_over():
    work = Work()
    batcher: Batcher[str, str] = Batcher(work, size=2, wait_s=0.01, length=len)
    first = asyncio.create_task(batcher.submit("x" * 50))
    await asyncio.sleep(0)
    others = [asyncio.create_task(batcher.submit("y")) for _ in range(6)]
    await asyncio.gather(first, *others)
    await batcher.close()
    assert "x" * 50 in work.batches[0]


async def test_groups_do_not_mix():
    work = Work()
    await ask_all(work, ["a1", "b2", "c1", "d2"], size=4, group=lambda item: item[1])
    assert sorted(map(sorted, work.batches)) == [["a1", "c1"], ["b2", "d2"]]


async def test_one_bad_question_fails_alone():
    replies, _ = await ask_all(Work(poison="c"), list("abcd"))
    assert [str(reply) for reply in replies] == ["A", "B", "cannot read c", "D"]


@pytest.mark.parametrize(("fits", "size_after"), [(3, 2), (2, 2), (1, 1)])
async def test_what_does_not_fit_is_halved_for_good(fits, size_after):
    work = Work(fits=fits)
    replies, batcher = await ask_all(
        work, list("abcdefgh"), size=4, too_large=lambda error: isinstance(error, MemoryError)
    )
    assert replies == list("ABCDEFGH")
    assert batcher.size == size_after
    assert sum(len(batch) > fits for batch in work.batches) <= 3


async def test_one_that_never_fits_gets_the_error():
    replies, _ = await ask_all(Work(fits=0), ["a"], too_large=lambda error: isinstance(error, MemoryError))
    assert isinstance(replies[0], MemoryError)


async def test_who_gave_up_is_not_asked():
    work = Work()
    batcher: Batcher[str, str] = Batcher(work, size=4, wait_s=0.05)
    gone = asyncio.create_task(batcher.submit("gone"))
    kept = asyncio.create_task(batcher.submit("kept"))
    await asyncio.sleep(0)
    gone.cancel()
    assert await kept == "KEPT"
    await batcher.close()
    assert work.batches == [["kept"]]


async def test_closing_cancels_who_waits():
    batcher: Batcher[str, str] = Batcher(Work(), size=4, wait_s=60)
    waiting = asyncio.create_task(batcher.submit("a"))
    await asyncio.sleep(0.01)
    await batcher.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_all_work_is_done_by_one_thread():
    seen = set()

    def work(items: Sequence[str]) -> list[str]:
        seen.add(threading.get_ident())
        return list(items)

    batcher: Batcher[str, str] = Batcher(work, size=1, wait_s=0)
    await asyncio.gather(batcher.run(lambda: work([""])[0]), *(batcher.submit(c) for c in "abc"))
    await batcher.close()
    assert len(seen) == 1
    assert threading.get_ident() not in seen

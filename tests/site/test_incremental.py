"""A build that only does what is left to do gives the bytes of a build from nothing."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from mmeval.board import vectorfile
from mmeval.board.filedigests import FileDigests
from tests import ledger
from tests.site.conftest import make

SHAPE = ledger.Shape(models=3, benchmarks=2, samples=12)
OWN = """from mmeval.sitegen.site import Page


def pages(site):
    yield Page("own.html", "own.html", lambda lang: {"n": len(site.board.columns)})
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger of two benchmarks with a page of its own, and its site."""
    root = tmp_path_factory.mktemp("small")
    ledger.write(root, SHAPE)
    put(root / "site" / "pages" / "own.py", OWN)
    put(root / "site" / "templates" / "own.html", "<p>{{ n }} {{ t('own') }}</p>")
    put(root / "site" / "messages" / "en.toml", '[messages]\nown = "benchmarks"\n')
    make(root, langs=("en",))
    return root


def put(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def journals(root: Path) -> list[Path]:
    return sorted(root.glob("results/[!_n]*/*/*/records.jsonl"))


def new_run(root: Path) -> None:
    samples = ledger.stored_samples("toy_chartqa", SHAPE)
    ledger.write_run(root / "results", "new/model", "toy_chartqa", samples, [0.9] * SHAPE.samples, SHAPE)


def touched(root: Path) -> None:
    for file in root.glob("results/*/*/*/*"):
        os.utime(file)


def same_size_and_time(root: Path) -> None:
    """A reply that changes neither the size nor the time of its file."""
    file = journals(root)[0]
    before = file.stat()
    text = file.read_text(encoding="utf-8", errors="surrogateescape")
    file.write_text(text.replace("answer", "ANSWER"), encoding="utf-8", errors="surrogateescape")
    assert (file.stat().st_size, file.read_text(errors="ignore") == text) == (before.st_size, False)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def replies_gone(root: Path) -> None:
    journals(root)[1].unlink()


def run_gone(root: Path) -> None:
    shutil.rmtree(journals(root)[2].parents[2])


def another_definition(root: Path) -> None:
    (file, *_) = sorted(root.glob("benchmarks/*/toy_*.py"))
    text = file.read_text()
    file.write_text(text.replace('title="', 'title="Now ', 1))
    assert file.read_text() != text


def other_facts(root: Path) -> None:
    file = root / "adapters" / "models.toml"
    file.write_text(file.read_text().replace('organization = "', 'organization = "New '))


def other_words(root: Path) -> None:
    put(root / "site" / "messages" / "en.toml", '[messages]\nown = "boards"\n')


def another_page(root: Path) -> None:
    put(root / "site" / "pages" / "own.py", OWN.replace("len(site.board.columns)", "7"))


def bytes_of(folder: Path) -> dict[str, str]:
    files = (file for file in folder.rglob("*") if file.is_file())
    return {str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def test_nothing_is_written_where_nothing_has_changed(small: Path) -> None:
    touched(small)
    assert make(small, langs=("en",)).written == 0


@pytest.mark.parametrize(
    "changes",
    [
        [new_run, same_size_and_time, other_words],
        [run_gone, replies_gone, another_definition, other_facts, another_page],
    ],
    ids=["new", "gone"],
)
def test_what_is_left_to_do_gives_the_bytes_of_a_build_from_nothing(
    small: Path, tmp_path: Path, changes: list[Callable[[Path], None]]
) -> None:
    before = bytes_of(small / "_site")
    for change in changes:
        change(small)
    made = make(small, langs=("en",))
    after = bytes_of(small / "_site")
    make(small, langs=("en",), out=tmp_path / "again", cache=tmp_path / "cache")
    assert after == bytes_of(tmp_path / "again")
    runs = {name.split("r/")[1].split("/")[0] for name in after if "r/" in name and after[name] != before.get(name)}
    if new_run in changes:
        assert runs == {"new__model", journals(small)[0].parts[-4]}
    else:
        assert made.removed > 0


def test_a_damaged_table_is_no_table(tmp_path: Path) -> None:
    file, table = tmp_path / "file", tmp_path / "table"
    file.write_text("x")
    os.utime(file, (1, 1))
    found = FileDigests(table)
    digest = found.of(str(file))
    found.found[str(file)] = found.found[str(file)]._replace(settled=True)
    found.keep()
    assert FileDigests(table).known(str(file)) == digest == hashlib.sha256(b"x").hexdigest()
    whole = table.read_text()
    for damaged in (
        "",
        whole[:-9],
        whole.replace(digest[:8], "00000000"),
        whole.replace('"version": 1', '"version": 0'),
    ):
        table.write_text(damaged)
        assert FileDigests(table).known(str(file)) is None, damaged


def test_a_file_that_was_just_written_is_read_again(tmp_path: Path) -> None:
    file, table = tmp_path / "file", tmp_path / "table"
    file.write_text("x")
    found = FileDigests(table)
    found.of(str(file))
    found.keep()
    assert FileDigests(table).known(str(file)) is None
    assert FileDigests(table).known(str(tmp_path / "none")) == ""


@pytest.mark.parametrize("place", [3, 20, -1])
def test_a_damaged_vector_is_read_again(small: Path, place: int) -> None:
    """Neither its checksum, nor its numbers, nor its answers may be wrong."""
    cache = small / ".cache"
    file = next(iter((cache / "runs").iterdir()))
    raw = file.read_bytes()
    found = vectorfile.load(str(file), str(cache / "ids"))
    assert found is not None
    assert len(found.ids) == len(found.answers) == len(found.outcomes) == SHAPE.samples
    for damaged in (raw[:place], raw[:place] + b"?" + raw[place:][1:]):
        file.write_bytes(damaged)
        assert vectorfile.load(str(file), str(cache / "ids")) is None
    file.write_bytes(raw)

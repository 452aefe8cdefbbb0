"""What a licence keeps off the site is linked at its home, and only to the hub."""

from __future__ import annotations

from pathlib import Path

import pytest

from mmeval.media import THUMBNAIL_BYTES
from mmeval.sitegen.sources import HUB, data_url, row_url
from mmeval.types import JSON
from tests import ledger
from tests.site.conftest import make

REVISION = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("source", "url"),
    [
        ("lmms-lab/ai2d@0123456789ab test row 12 image", f"{HUB}/lmms-lab/ai2d/viewer/default/test?row=12"),
        ("a/b@main chart-2.0 val row 0 images[3]", f"{HUB}/a/b/viewer/chart-2.0/val?row=0"),
        ("squad@0123456 train row 7 image", f"{HUB}/squad/viewer/default/train?row=7"),
        ("shape_sequence 0.1", ""),
        ("image", ""),
        ("pictures/one.png", ""),
        ("javascript:alert(1)@main test row 1", ""),
        ('a/b"onclick=x@main test row 1', ""),
        ("a/b@main te/../st row 1", ""),
        ("a/../../evil@main test row 1", ""),
        ("../b@main test row 1", ""),
        ("а/b@main test row 1", ""),  # a Cyrillic letter
    ],
)
def test_row_url(source: str, url: str) -> None:
    assert row_url(source) == url


@pytest.mark.parametrize(
    ("data", "url"),
    [
        ({"kind": "hub", "id": "a/b", "revision": REVISION}, f"{HUB}/a/b/tree/{REVISION}"),
        ({"kind": "hub", "id": "a/b", "revision": None}, f"{HUB}/a/b/tree/main"),
        ({"kind": "hub", "id": "a/b?x", "revision": REVISION}, ""),
        ({"kind": "jsonl", "id": "a/b"}, ""),
        ({}, ""),
    ],
)
def test_data_url(data: dict[str, JSON], url: str) -> None:
    assert data_url(data) == url


SHAPE = ledger.Shape(models=2, benchmarks=1, samples=4, references=False)


def page(root: Path) -> str:
    make(root, langs=("en",))
    return min((root / "_site" / "r").rglob("1.html")).read_text()


def test_media_that_may_not_be_shown_lead_to_their_row(tmp_path: Path) -> None:
    ledger.write(tmp_path, SHAPE)
    (shared,) = (tmp_path / "results" / "_samples").glob("*/all.jsonl")
    text = shared.read_text().replace("synthetic/toy_mmbench_v11@0123456:", "lab/pictures@0123456 test row ")
    shared.with_name("all.local.jsonl").write_text(text)
    shared.unlink()
    found = page(tmp_path)
    assert (
        f'<a href="{HUB}/lab/pictures/viewer/default/test?row=3" rel="nofollow noopener">lab/pictures@0123456 test'
        in found
    )
    assert "<img" not in found
    assert "how many shapes" not in found
    assert not (tmp_path / "_site" / "t").exists()


def test_what_was_asked_is_not_here_at_all(tmp_path: Path) -> None:
    ledger.write(tmp_path, SHAPE)
    for file in (tmp_path / "results" / "_samples").rglob("*.jsonl"):
        file.unlink()
    assert "The question is not published here." in page(tmp_path)


def test_thumbnails_are_small(tmp_path: Path, site: Path) -> None:
    thumbs = list((site / "t").iterdir())
    assert thumbs
    assert max(file.stat().st_size for file in thumbs) <= THUMBNAIL_BYTES == 25_000
    ledger.write(tmp_path, SHAPE)
    large = min((tmp_path / "results" / "_samples").rglob("*.webp"))
    large.write_bytes(large.read_bytes() + b"\0" * THUMBNAIL_BYTES)
    found = page(tmp_path)
    assert f"t/{large.name}" not in found
    assert "This site has no copy of the file." in found
    assert not (tmp_path / "_site" / "t" / large.name).exists()

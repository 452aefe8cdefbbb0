"""Progressive matrices: sheets drawn from npz problems that the user has unpacked."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mmeval import DataError, data
from mmeval.catalog import Catalog
from mmeval.data.matrices import CONFIGURATIONS


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MMEVAL_DATA", str(tmp_path))
    for number, name in enumerate(CONFIGURATIONS):
        (tmp_path / "raven" / name).mkdir(parents=True)
        put(tmp_path / "raven" / name / f"RAVEN_{number}_test.npz", target=number)
        put(tmp_path / "raven" / name / f"RAVEN_{number}_train.npz", target=0)
    return tmp_path / "raven"


def put(file: Path, *, target: int, shape: tuple[int, ...] = (16, 160, 160)) -> None:
    panels = np.zeros(shape, dtype=np.uint8)
    panels += np.arange(shape[0], dtype=np.uint8).reshape(-1, 1, 1) * 10
    np.savez(file, image=panels, target=np.int64(target), meta_matrix=np.zeros((8, 9)))


def test_sheets_targets_and_score(folder: Path):
    benchmark = Catalog().benchmark("raven")
    samples = list(data.samples(benchmark))
    assert [s.target for s in samples] == list("ABCDEFG")
    assert [s.tags["category"] for s in samples] == list(CONFIGURATIONS)
    matrix, candidates, text = samples[0].prompt
    assert ((matrix.width, matrix.height), (candidates.width, candidates.height)) == ((512, 512), (680, 392))
    assert "A to H" in text.text
    drawn = {name: open_image(part.data) for name, part in (("matrix", matrix), ("candidates", candidates))}
    # Panel 7 stands in the last row's second place, the ninth place has a question mark and no panel.
    assert drawn["matrix"].getpixel((8 + 168 + 5, 8 + 2 * 168 + 5)) == 70
    assert drawn["matrix"].getpixel((8 + 2 * 168 + 5, 8 + 2 * 168 + 5)) == 200
    # Candidate A is panel 8, H is panel 15.
    assert drawn["candidates"].getpixel((8 + 5, 8 + 24 + 5)) == 80
    assert drawn["candidates"].getpixel((8 + 3 * 168 + 5, 8 + 192 + 24 + 5)) == 150


def open_image(content: bytes) -> Image.Image:
    import io

    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda file: put(file, target=9), r"raven: .*RAVEN_0_test\.npz: panels of shape .* target 9"),
        (lambda file: put(file, target=1, shape=(15, 160, 160)), r"panels of shape \(15, 160, 160\)"),
        (lambda file: file.write_bytes(b"no npz"), r"RAVEN_0_test\.npz: "),
        (lambda file: np.savez(file, image=np.array([{}], dtype=object), target=1), r"RAVEN_0_test\.npz: ValueError"),
    ],
)
def test_damaged_problems_are_named(folder: Path, damage, message):
    damage(folder / CONFIGURATIONS[0] / "RAVEN_0_test.npz")
    with pytest.raises(DataError, match=message):
        list(data.samples(Catalog().benchmark("raven")))


@pytest.mark.parametrize("name", ["raven", "iraven", "rebus", "enigmaeval", "algopuzzlevqa"])
def test_data_that_the_user_has_not_brought(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MMEVAL_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(DataError, match=rf"{name}: .*nowhere/{name}/.* does not exist; ") as caught:
        data.pinned(Catalog().benchmark(name), lock=tmp_path / "benchmarks.lock")
    assert "\n" not in str(caught.value)

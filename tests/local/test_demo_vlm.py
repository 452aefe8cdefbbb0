"""The shipped models reach their cards' figures through the ordinary adapter and runner; their training repeats."""

from __future__ import annotations

import re

import pytest

from mmeval import catalog
from mmeval.catalog import Catalog
from mmeval.runner import Settings, run_one

pytestmark = pytest.mark.local

WEIGHTS = catalog.bundled() / "adapters" / "weights"
FOLDER = WEIGHTS / "demo-vlm"
NAMES = ("shape_sequence", "bar_reading", "drawn_scenes")
SEEING, SMALL, BLIND = "demo-vlm", "demo-vlm-small", "baseline/blind:transformers/demo-vlm"


def card(model: str = SEEING) -> dict[str, tuple[float, float]]:
    """Accuracy in percent with and without the picture, by benchmark, as the card's table states it."""
    text = (WEIGHTS / model / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| ([\d.]+)[^|]*\| ([\d.]+)[^|]*\|", text, re.MULTILINE)
    return {name: (float(seen), float(blind)) for name, seen, blind in rows}


@pytest.fixture(scope="module")
def accuracy(tmp_path_factory):
    settings = Settings(results=tmp_path_factory.mktemp("runs"), cache="off", offline=True, limit=60)

    def measured(name: str, model: str):
        run = run_one(name, model, settings)
        assert run.info.status == "complete"
        assert run.info.counts == {"ok": 60}
        return run.info.metrics["accuracy"]

    return measured


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("model", "asked", "column"),
    [(SEEING, f"transformers/{SEEING}", 0), (SEEING, BLIND, 1), (SMALL, f"transformers/{SMALL}", 0)],
)
def test_the_card_is_true(name, model, asked, column, accuracy):
    found = accuracy(name, asked)
    assert found.low <= card(model)[name][column] / 100 <= found.high + 1e-9


@pytest.mark.parametrize("name", NAMES)
def test_they_see_and_the_small_one_sees_less(name):
    seen, blind = card()[name]
    less, blinder = card(SMALL)[name]
    chance = 100 * Catalog().benchmark(name).chance
    assert seen > 90
    assert chance + 20 < less < seen - 5
    assert max(blind, blinder) < chance + 10


def test_they_are_small():
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) < 5_000_000
    assert sum(file.stat().st_size for file in (WEIGHTS / SMALL).iterdir()) < 1_000_000


@pytest.mark.slow
def test_training_repeats_to_the_bit(tmp_path):
    import torch

    from scripts.demo_vlm.language import Writer, train_language
    from scripts.demo_vlm.model import build, save, tokenizer, vocabulary
    from scripts.demo_vlm.pictures import TRAIN_SEED, VALID_SEED, corpus
    from scripts.demo_vlm.tower import train_tower

    data, valid, vocab = corpus(TRAIN_SEED, 24), corpus(VALID_SEED, 1), vocabulary()
    weights = []
    for name in ("one", "two"):
        torch.manual_seed(0)
        words, model = tokenizer(vocab), build(vocab)
        train_tower(model, data, 2, 0)
        best = train_language(model, Writer(words, vocab), data, valid, 2, 0)
        model.load_state_dict(best.weights)
        save(model, words, tmp_path / name)
        weights.append((tmp_path / name / "model.safetensors").read_bytes())
    assert weights[0] == weights[1]
    made = {file.name for file in (tmp_path / "one").iterdir()}
    for model in (SEEING, SMALL):
        assert {file.name for file in (WEIGHTS / model).iterdir()} == made | {"README.md"}


@pytest.mark.slow
def test_no_benchmark_picture_is_trained_on():
    from scripts.demo_vlm.pictures import TRAIN_SEED, corpus

    sizes = [Catalog().benchmark(name).data.n for name in NAMES]
    held_out = frozenset(corpus(None, 0).digests)
    assert len(held_out) == sum(sizes)
    assert not corpus(TRAIN_SEED, 30, forbidden=held_out).digests & held_out
    # From the benchmarks' own seed only what they do not hold is left.
    again = corpus(Catalog().benchmark(NAMES[0]).data.seed, max(sizes) + 1, forbidden=held_out)
    assert len(again.digests) == sum(max(sizes) + 1 - size for size in sizes)
    assert not again.digests & held_out

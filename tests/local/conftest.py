"""Local models are tested with Pillow alone: torchvision, where installed, may belong to another build of torch."""

import sys

import pytest

sys.modules["torchvision"] = None  # type: ignore[assignment]


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    """What a model remembers of its batches stays in the test."""
    monkeypatch.setenv("MMEVAL_CACHE", str(tmp_path / "cache" / "replies.sqlite"))

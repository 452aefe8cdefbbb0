"""What commands say when something goes wrong is what the golden file holds, read and found good by people."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.messages import GOLDEN, everything


@pytest.mark.slow
def test_every_message_is_the_golden_one(tmp_path: Path) -> None:
    assert everything(tmp_path) == GOLDEN.read_text(encoding="utf-8"), "see tests/cli/messages.py"

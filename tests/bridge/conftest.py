from collections.abc import Iterator
from pathlib import Path

import pytest

from mmeval.bridge import install, lmms
from tests.bridge import wheel
from tests.data.hubs import hub

__all__ = ["hub"]


@pytest.fixture
def lmms_eval(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "user"))
    monkeypatch.setenv("SECRET_API_KEY", "secret")
    monkeypatch.setenv("MMEVAL_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    wheel.build(install.home())
    yield
    for task in ("colours", "films"):
        lmms._child(task).close()
    lmms._child.cache_clear()
    lmms._about.cache_clear()

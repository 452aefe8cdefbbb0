"""`--path`: a folder of one's own definitions, found by every verb and by adapters that wrap another one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mmeval import CatalogError, Options
from mmeval.catalog import Catalog
from tests.cli.test_verbs import command

MINE = """
from mmeval import Capabilities, Options, Reply


class Adapter:
    capabilities = Capabilities(version="1", inputs=frozenset({"text", "image"}), options=Options)
    endpoint = "local"

    def __init__(self, model, options):
        self.model = model

    async def connect(self): ...
    async def close(self): ...

    async def ask(self, request, options):
        return Reply(text=f"{self.model} saw {','.join(sorted({type(part).__name__ for part in request.prompt}))}", finish="stop")
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "own" / "adapters").mkdir(parents=True)
    (tmp_path / "own" / "adapters" / "mine.py").write_text(MINE, encoding="utf-8")
    return tmp_path / "own"


@pytest.mark.parametrize(("model", "says"), [("mine/x", "x saw Image,Text"), ("baseline/blind:mine/x", "x saw Text")])
def test_run_finds_an_adapter_there(project: Path, model: str, says: str) -> None:
    args = ("run", "bar_reading", "--limit", "3", "-m", model, "--path", str(project), "--json")
    out = command(*args, cwd=project.parent)
    assert out.returncode == 0, out.stderr
    folder = project.parent / json.loads(out.stdout)[0]["path"]
    records = [json.loads(line) for line in (folder / "records.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [record["reply"]["text"] for record in records] == [says] * 3


def test_two_catalogs_do_not_see_each_other(project: Path) -> None:
    own, bundled = Catalog((project,)).adapter("baseline"), Catalog().adapter("baseline")
    assert own("blind:mine/x", Options()).endpoint == "local"
    with pytest.raises(CatalogError, match="no adapter 'mine'"):
        bundled("blind:mine/x", Options())
    assert Catalog((project,)).adapter("baseline") is own


def test_a_catalog_follows_the_working_directory(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    catalog = Catalog()
    assert "mine" not in catalog.adapters()
    monkeypatch.chdir(project)
    assert "mine" in catalog.adapters()
    monkeypatch.chdir(project.parent)
    monkeypatch.setenv("MMEVAL_PATH", str(project))
    assert "mine" in catalog.adapters()

"""docs/python.ipynb: its cells run, and show what they show in the file. A kernel made that: scripts/notebook.py."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

import mmeval
from mmeval.library.runs import RUN_COLUMNS
from mmeval.report.flat import SAMPLE_COLUMNS
from mmeval.report.notebook import Notebook
from mmeval.runner import Progress, read_config

NOTEBOOK = Path(__file__).parent.parent.parent / "docs" / "python.ipynb"
TIME = re.compile(r"\s+(\d+ (ms|s)|time)\b")


def last_value(source: str, names: dict) -> object:
    """Run a cell; the value of its last line, if that is an expression."""
    body = ast.parse(source).body
    last = body.pop() if isinstance(body[-1], ast.Expr) else None
    exec(compile(ast.Module(body, []), "cell", "exec"), names)
    return eval(compile(ast.Expression(last.value), "cell", "eval"), names) if last else None


@pytest.mark.slow
def test_the_notebook_is_current() -> None:
    cells = [cell for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]
    names: dict[str, object] = {}
    shown = 0
    for cell in cells:
        value = last_value("".join(cell["source"]), names)
        for output in cell["outputs"]:
            shown += 1
            stored = "".join(output["data"]["text/plain"])
            assert TIME.sub("", repr(value)) == TIME.sub("", stored), "run `python -m scripts.notebook`"
            assert ("image/png" in output["data"]) == hasattr(value, "_repr_png_")
            assert "text/html" in output["data"] or not isinstance(value, mmeval.Runs | mmeval.Comparison)
    assert shown >= 9


def test_progress_in_a_notebook_is_escaped_and_goes_away(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []

    class Display:
        HTML = str

        def display(self, text: str, *, display_id: bool) -> Display:
            assert display_id
            return self

        def update(self, text: str) -> None:
            shown.append(text)

    monkeypatch.setattr("mmeval.report.notebook.import_module", lambda name: Display())
    made = Notebook()
    line = Progress("function/<b>", "q", 10, state="running", done=3)
    made.tick([line])
    made.tick([line])
    assert len(shown) == 1, "at most twice a second"
    assert '<progress value="3" max="10">' in shown[0]
    assert "function/&lt;b&gt;" in shown[0]
    made.close()
    assert shown[1] == ""


def test_progress_is_shown_unless_it_is_not_wanted(capsys: pytest.CaptureFixture[str]) -> None:
    rows = mmeval.benchmark([{"question": "a", "answer": "b"}], name="one")
    mmeval.run(rows, "mock/echo")
    assert "mock/echo one complete 1/1" in capsys.readouterr().err
    mmeval.run(rows, "mock/echo", progress=False)
    assert capsys.readouterr() == ("", "")


def test_the_guide_names_every_public_name_and_its_code_is_valid() -> None:
    text = (NOTEBOOK.parent / "python.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([\w]+)`", text))
    assert set(mmeval.__all__) - named == {"__version__"}
    assert set(SAMPLE_COLUMNS) | set(RUN_COLUMNS) <= named
    for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        ast.parse(block)
    (toml,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    Path("guide.toml").write_text(toml, encoding="utf-8")
    assert [spec.options for spec in read_config(Path("guide.toml"), {}).models] == [{}, {"gpus": 4}]

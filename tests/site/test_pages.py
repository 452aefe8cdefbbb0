"""A project adds a page of its own with one module, a template and messages; nothing is overridden by accident."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mmeval.cli import app
from mmeval.errors import UsageError
from tests import ledger
from tests.site.conftest import make
from tests.site.test_build import bytes_of, links

FILES = {
    "pages/makers.py": """
from collections import Counter

from mmeval.sitegen import File, Nav, Page

NAV = Nav("more/makers.html", "nav.makers", 25)


def pages(site):
    names = [card.organization for name, card in site.board.models.items() if card.organization]
    yield Page(NAV.path, "makers.html", lambda lang: {"makers": sorted(Counter(names).items()), "code": lang.code})
    yield File("data/makers.csv", "".join(f"{name}\\n" for name in sorted(set(names))))
""",
    "templates/makers.html": """{% extends "base.html" %}
{% block title %}{{ t("nav.makers") }}{% endblock %}
{% block main %}
<h1>{{ t("nav.makers") }}</h1>
<ul lang="{{ code }}">{% for name, n in makers %}<li>{{ t("makers.models", name=name, n=n) }}</li>{% endfor %}</ul>
<p><a href="{{ asset("data/makers.csv") }}">CSV</a> <a href="{{ link("compare.html") }}">{{ t("nav.compare") }}</a></p>
{% endblock %}
""",
    "messages/en.toml": '[messages]\n"nav.makers" = "Makers"\n"makers.models" = "{name}: {n} models"\n',
    "messages/zh.toml": '[messages]\n"nav.makers" = "机构"\n"makers.models" = "{name}：{n} 个模型"\n',
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with results and a page of its own."""
    ledger.write(tmp_path, ledger.Shape(models=2, benchmarks=1, samples=4, references=False, holes=0))
    for name, text in FILES.items():
        file = tmp_path / "site" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return tmp_path


def test_a_project_adds_a_page(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    done = CliRunner().invoke(app, ["site", "build"])
    assert done.exit_code == 0, done.output
    site = project / "_site"
    for lang, title, item in [("", "Makers", "Alder Lab: 1 models"), ("zh/", "机构", "Alder Lab：1 个模型")]:
        page = site / lang / "more" / "makers.html"
        text = page.read_text(encoding="utf-8")
        assert f"<h1>{title}</h1>" in text
        assert f"<li>{item}</li>" in text
        assert f'<a href="../more/makers.html" aria-current="page">{title}</a>' in text
        assert [target for target, _ in links(page, text) if not target.is_file()] == []
        for other in (site / lang).glob("*.html"):
            found = links(other, other.read_text(encoding="utf-8"))
            assert page.resolve() in {target for target, _ in found}, "every page leads to it"
    nav = (site / "index.html").read_text(encoding="utf-8").partition("<nav")[2].partition("</nav>")[0]
    assert nav.index("benchmarks.html") < nav.index("makers.html") < nav.index("compare.html")
    assert (site / "data" / "makers.csv").read_text() == "Alder Lab\nBirch Lab\n"


def test_a_changed_template_is_noticed(project: Path) -> None:
    make(project)
    assert make(project).written == 0
    file = project / "site" / "templates" / "makers.html"
    file.write_text(file.read_text(encoding="utf-8").replace("CSV", "Table"), encoding="utf-8")
    before = bytes_of(project / "_site")
    make(project)
    after = bytes_of(project / "_site")
    assert {name for name in after if after[name] != before[name]} == {"more/makers.html", "zh/more/makers.html"}


def rename(old: str, new: str) -> Callable[[Path], None]:
    return lambda site: (site / old).replace(site / new)


def edit(name: str, old: str, new: str) -> Callable[[Path], None]:
    def apply(site: Path) -> None:
        text = (site / name).read_text(encoding="utf-8")
        assert old in text
        (site / name).write_text(text.replace(old, new), encoding="utf-8")

    return apply


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param(
            rename("pages/makers.py", "pages/plots.py"), "two page modules are named 'plots'", id="module-exists"
        ),
        pytest.param(
            rename("templates/makers.html", "templates/base.html"),
            "two templates are named base.html",
            id="template-exists",
        ),
        pytest.param(
            edit("messages/en.toml", "makers.models", "nav.compare"),
            "message 'nav.compare' exists already",
            id="message-exists",
        ),
        pytest.param(
            edit("pages/makers.py", "more/makers.html", "compare.html"), "two pages write compare.html", id="page-exists"
        ),
        pytest.param(
            edit("pages/makers.py", "data/makers.csv", "data/board.csv"), "two pages write data/board.csv", id="file-exists"
        ),
        pytest.param(edit("messages/zh.toml", "nav.makers", "nav.other"), "no message 'nav.makers' in 中文", id="untranslated"),
        pytest.param(edit("messages/zh.toml", "[messages]", "[messages"), "not valid TOML", id="broken-messages"),
        pytest.param(edit("pages/makers.py", "def pages", "def page"), "defines no function `pages(site)`", id="no-function"),
        pytest.param(edit("pages/makers.py", "NAV = Nav(", "NAV = tuple("), "makers.py", id="broken-module"),
        pytest.param(edit("pages/makers.py", 'NAV = Nav("more/makers.html", "nav.makers", 25)', "NAV = 25"), "`NAV` is not a Nav", id="no-nav"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(project: Path, change: Callable[[Path], None], said: str) -> None:
    change(project / "site")
    with pytest.raises(UsageError) as raised:
        make(project)
    assert said in str(raised.value)


def test_a_folder_named_site_without_pages_is_not_used(project: Path) -> None:
    """Other tools write a `site/` too."""
    (project / "site" / "pages" / "makers.py").unlink()
    (project / "site" / "pages").rmdir()
    (project / "site" / "templates" / "base.html").write_text("not ours")
    make(project)
    assert "not ours" not in (project / "_site" / "index.html").read_text(encoding="utf-8")


def test_the_example_in_the_docs(tmp_path: Path) -> None:
    ledger.write(tmp_path, ledger.Shape(models=1, benchmarks=1, samples=4, references=False))
    text = (Path(__file__).parent.parent.parent / "docs" / "site.md").read_text(encoding="utf-8")
    for block in re.findall(r"```(?:python|html|toml)\n(.*?)```", text, re.DOTALL):
        name = re.search(r"site/[\w./]+", block.partition("\n")[0])
        assert name is not None
        file = tmp_path / name[0]
        file.parent.mkdir(parents=True)
        file.write_text(block, encoding="utf-8")
    make(tmp_path, langs=("en",))
    assert "<h1>Makers</h1><ul><li>Alder Lab</li></ul>" in (tmp_path / "_site" / "makers.html").read_text()


def test_without_votes_the_arena_says_how_to_get_some(site: Path) -> None:
    assert "mmeval arena build RUN RUN" in (site / "arena.html").read_text()

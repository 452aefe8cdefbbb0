"""Capabilities that every bundled benchmark must state, and the size that a file may have."""

import ast
import tomllib

import pytest

from mmeval import catalog
from mmeval.catalog import Catalog
from scripts import benchmark_table

NAMES = sorted(Catalog().benchmarks())


def code_lines(source: str) -> int:
    """Lines with code: no blank ones, comments, docstrings, or lone closing brackets."""
    tree = ast.parse(source)
    texts = {
        line
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    lines = [line.strip() for number, line in enumerate(source.splitlines(), 1) if number not in texts]
    return sum(bool(line) and not line.startswith("#") and line.strip(")]},") != "" for line in lines)


@pytest.mark.parametrize("name", NAMES)
def test_a_file_is_small_and_says_what_it_promises(name: str):
    definition = Catalog().definition("benchmarks", name)
    benchmark = Catalog().benchmark(name)
    assert code_lines(definition.path.read_text()) <= 40
    assert benchmark.about
    assert benchmark.about.splitlines()[0].endswith((".", "?")) or "\n" in benchmark.about
    assert benchmark.profile in benchmark.score.rules
    assert benchmark.metric.low < benchmark.metric.high
    assert benchmark.url is None or benchmark.url.startswith("https://")
    assert benchmark.paper is None or benchmark.paper.startswith("https://arxiv.org/abs/")
    assert benchmark.chance is None or benchmark.metric.low <= benchmark.chance <= benchmark.metric.high
    assert benchmark.score.needs_judge(benchmark.profile) == ("judge" in benchmark.tags)


@pytest.mark.parametrize("name", NAMES)
def test_hub_data_is_pinned_or_says_who_pins_it(name: str):
    source = Catalog().definition("benchmarks", name).path.read_text()
    if "revision=None" in source:
        assert "pinned by the first load" in source
    if "md5=None" in source and "general/mmbench" not in str(Catalog().definition("benchmarks", name).path):
        assert "vlmevalkit" in source


def test_suites_name_benchmarks_that_are_there():
    suites = tomllib.loads((catalog.bundled() / "benchmarks" / "suites.toml").read_text())
    for suite in suites.values():
        for member in suite["benchmarks"]:
            assert (member if isinstance(member, str) else member["name"]) in NAMES


def test_the_table_in_the_docs_is_in_step():
    written = benchmark_table.DOC.read_text(encoding="utf-8")
    assert benchmark_table.written() == written, "run: python -m scripts.benchmark_table"

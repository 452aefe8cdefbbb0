"""One verdict, seven forms: valid for those who read them, and safe with hostile answers."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from mmeval.errors import UsageError
from mmeval.gate.verdict import BenchmarkVerdict, Decision, Flip, GuardResult, Verdict
from mmeval.report.gate_files import write_reports
from mmeval.report.github import outputs, workflow_commands, write_job_files
from mmeval.report.html import html
from mmeval.report.junit import junit
from mmeval.report.markdown import LIMIT, comment, markdown
from mmeval.report.terminal import print_verdict
from mmeval.stats.paired import difference

HOSTILE = "</td><script>alert(1)</script> | `x` ]]> \x00\x1b[31m @everyone [a](http://e.vil) ::error::x\r\n%0A\u202e"
DELTA = difference([-1.0] * 60 + [1.0] * 12 + [0.0] * 928)


def bench(
    name: str = "chartqa", decision: Decision = "fail", *, flips: int = 3, text: str = "A", **more
) -> BenchmarkVerdict:
    return BenchmarkVerdict(
        name=name, tier=more.pop("tier", "critical"), decision=decision, reasons=(f"because {text}",),
        margin=0.03, base=0.71, candidate=0.662, difference=DELTA, p_adjusted=0.001, planned=1000, asked=1000,
        flips=tuple(Flip(f"s{i}{text}", 1.0, 0.0, text, text, question=text) for i in range(flips)),
        guards=(
            GuardResult(rule="refusal_rate", decision="fail", unit="share", base=0.01, candidate=0.05, limit=0.01,
                        p_value=0.0005, p_adjusted=0.001),
            GuardResult(rule="latency_p95", decision="pass", unit="s", base=1.5, candidate=1.6, limit=0.2, p_value=0.6,
                        p_adjusted=1.0),
        ), cost=0.42, **more,
    )  # fmt: skip


def verdict(*benchmarks: BenchmarkVerdict, decision: Decision = "fail", text: str = "A") -> Verdict:
    return Verdict(
        name="gate", decision=decision, exit_code=1, summary=f"{decision.upper()}: {text}", benchmarks=benchmarks,
        subject="model", alpha=0.05, seed=0, policy_digest="a" * 64, command="mmeval gate run -m x/y", seconds=1.5,
    )  # fmt: skip


ALL: tuple[Decision, ...] = ("pass", "fail", "inconclusive", "not comparable", "incomplete", "budget")


def everything(text: str = "A") -> Verdict:
    found = [bench(f"bench{i}", decision, text=text) for i, decision in enumerate(ALL)]
    bare = BenchmarkVerdict(name="bare", tier="critical", decision="not comparable", reasons=("no baseline",))
    return verdict(*found, bench("extra", "fail", tier="advisory"), bare, text=text)


def test_json_is_plain_and_versioned() -> None:
    made = json.loads(json.dumps(everything().as_json(), allow_nan=False))
    assert made["schema_version"] == 2
    assert made["benchmarks"][1]["difference"]["losses"] == 60
    assert made["cost"] is None, "one cost is unknown, so is the sum"


def test_junit_counts_and_kinds() -> None:
    root = ET.fromstring(junit(everything()))
    suites = root.findall("testsuite")
    assert len(suites) == 8
    for suite in [root, *suites]:
        cases = list(suite.iter("testcase"))
        for key, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(suite.get(key, "")) == sum(case.find(tag) is not None for case in cases)
        assert int(suite.get("tests", "")) == len(cases)
    by_name = {suite.get("name"): suite.find("testcase") for suite in suites}
    kinds = {name: [child.tag for child in case] for name, case in by_name.items() if case is not None}
    assert kinds == {
        "bench0": [], "bench1": ["failure"], "bench2": ["skipped"], "bench3": ["error"], "bench4": ["error"],
        "bench5": ["error"], "extra": ["skipped"], "bare": ["error"],
    }  # fmt: skip


@pytest.mark.parametrize("render", [markdown, html, junit, "terminal", "json"])
def test_guards_show_value_limit_and_p(render) -> None:
    made, out = verdict(bench()), StringIO()
    if render == "terminal":
        print_verdict(made, Console(file=out, width=200, force_terminal=False))
    found = out.getvalue() or (json.dumps(made.as_json()) if render == "json" else render(made))
    for text in ("refusal_rate", "1.0%", "5.0%", "+1 pp", "worse (p = 0.001)", "latency_p95", "1.5 s", "+20 %",
                 "not shown to be worse (p = 1)"):  # fmt: skip
        assert text in found.replace("\\_", "_"), text
    assert render != "json" or made.as_json()["benchmarks"][0]["guards"][0]["p_adjusted"] == 0.001


def test_junit_takes_any_text() -> None:
    made = junit(verdict(bench(text=HOSTILE), text=HOSTILE))
    root = ET.fromstring(made)
    case = root.find("testsuite/testcase/failure")
    assert case is not None
    assert "<script>" in (case.get("message") or "")
    assert "\x1b" not in made


def test_junit_lists_fifty_samples_at_most() -> None:
    root = ET.fromstring(junit(verdict(bench(flips=90))))
    assert len([case for case in root.iter("testcase") if case.get("classname") == "chartqa.samples"]) == 50


@pytest.mark.parametrize("flips", [3, 50])
@pytest.mark.parametrize("benchmarks", [1, 30])
def test_markdown_fits_a_comment(flips: int, benchmarks: int) -> None:
    made = verdict(*(bench(f"b{i}", flips=flips, text="ü|" * 400) for i in range(benchmarks)))
    for text in (markdown(made), comment(made)):
        assert len(text.encode()) <= LIMIT
    assert comment(made).startswith("<!-- mmeval-gate:gate -->\n### ❌ mmeval gate: FAIL")


def test_markdown_table_holds_its_columns() -> None:
    lines = [line for line in markdown(everything(HOSTILE)).splitlines() if line.startswith("| ")]
    table = [line for line in lines if line.count(" | ") > 6]
    assert len(table) == 9
    assert {line.replace("\\|", "").count("|") for line in table} == {10}


@pytest.mark.parametrize("render", [markdown, comment, html])
def test_hostile_answers_stay_text(render) -> None:
    made = render(verdict(bench(text=HOSTILE), text=HOSTILE))
    assert "<script" not in made
    assert "\x1b" not in made or render is html
    if render is not html:
        assert "@everyone" not in made
        assert "http://" not in made
        assert "[a](" not in made


class Strict(HTMLParser):
    """Balanced tags, no script, no request."""

    VOID = frozenset({"meta", "img", "!doctype"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.pictures = 0

    def handle_starttag(self, tag, attrs) -> None:
        assert tag not in ("script", "link", "iframe")
        assert not any(name.startswith("on") for name, _ in attrs)
        for name, value in attrs:
            if name in ("src", "href"):
                assert value.startswith("data:image/webp;base64,")
                self.pictures += 1
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag) -> None:
        assert self.open.pop() == tag


def test_html_stands_alone(tmp_path: Path) -> None:
    small, large = tmp_path / "a.webp", tmp_path / "b.webp"
    small.write_bytes(b"RIFF0000WEBP")
    large.write_bytes(b"x" * 70_000)
    flip = Flip("s", 1.0, 0.0, HOSTILE, None, HOSTILE, (str(small), str(large)))
    parser = Strict()
    parser.feed(html(verdict(replace(bench(), flips=(flip, replace(flip, base=0.0, candidate=1.0))))))
    assert parser.open == []
    assert parser.pictures == 2, "too large ones are left out"


def test_annotations_are_ten_and_escaped() -> None:
    made = workflow_commands(verdict(*(bench(f"b{i}", text=HOSTILE) for i in range(30))))
    assert len(made) == 10
    assert all("\n" not in line and "\r" not in line for line in made)
    assert made[0].startswith("::error file=gate.yaml,title=b0%3A fail::because")
    assert workflow_commands(verdict(bench(decision="pass"))) == []
    kinds = [line.split(" ")[0] for line in workflow_commands(everything())]
    assert kinds == ["::error", "::notice", "::error", "::error", "::error", "::error", "::warning"]


def test_job_files(tmp_path: Path) -> None:
    names = {key: str(tmp_path / key) for key in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT")}
    made = verdict(bench(), text="two\nlines")
    write_job_files(made, names)
    write_job_files(made, {})
    assert (tmp_path / "GITHUB_OUTPUT").read_text() == outputs(made)
    assert outputs(made).splitlines()[:3] == ["verdict=fail", "exit-code=1", "summary=FAIL: two lines"]
    assert (tmp_path / "GITHUB_STEP_SUMMARY").read_text() == markdown(made)
    with pytest.raises(UsageError, match="GITHUB_OUTPUT"):
        write_job_files(made, {"GITHUB_OUTPUT": str(tmp_path)})


def test_terminal_prints_hostile_text_plainly() -> None:
    out = StringIO()
    print_verdict(everything(HOSTILE), Console(file=out, width=160, force_terminal=False))
    assert "\x1b" not in out.getvalue()
    assert "bench0" in out.getvalue()


def test_all_files(tmp_path: Path) -> None:
    write_reports(everything(), tmp_path / "out")
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == [
        "gate.comment.md", "gate.html", "gate.json", "gate.junit.xml", "gate.md",
    ]  # fmt: skip
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="--report"):
        write_reports(everything(), tmp_path / "file")

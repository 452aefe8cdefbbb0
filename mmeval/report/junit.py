"""A verdict as JUnit XML for GitHub, GitLab and Jenkins: one suite per benchmark, one case per rule."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

from mmeval.gate.verdict import BenchmarkVerdict, Verdict
from mmeval.report.verdicts import row

__all__ = ["junit"]

ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
ITEMS = 50
"""At most this many regressed samples become cases; they are skipped cases, so that a drop counts once."""


def junit(verdict: Verdict) -> str:
    """The XML: a failure for FAIL, an error if nothing could be measured or compared, skipped if undecided."""
    root = ET.Element("testsuites", name=_clean(f"mmeval {verdict.name}"))
    totals = dict.fromkeys(("tests", "failures", "errors", "skipped"), 0)
    for bench in verdict.benchmarks:
        suite = _suite(bench)
        root.append(suite)
        for key in totals:
            totals[key] += int(suite.get(key, "0"))
    for key, value in totals.items():
        root.set(key, str(value))
    root.set("time", f"{verdict.seconds or 0:.3f}")
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suite(bench: BenchmarkVerdict) -> ET.Element:
    suite = ET.Element("testsuite", name=_clean(bench.name), time="0")
    properties = ET.SubElement(suite, "properties")
    names = ("tier", "base", "candidate", "difference", "flips", "margin", "verdict", "cost")
    for key, value in zip(names, row(bench)[1:], strict=True):
        ET.SubElement(properties, "property", name=key, value=_clean(value))
    case = ET.SubElement(suite, "testcase", classname=_clean(bench.name), name="score", time="0")
    _outcome(case, bench)
    for guard in bench.guards:
        case = ET.SubElement(suite, "testcase", classname=_clean(bench.name), name=guard.rule, time="0")
        if guard.decision == "fail" and bench.gated:
            ET.SubElement(case, "failure", message=_clean(guard.text), type="guard")
        elif guard.decision != "pass":
            ET.SubElement(case, "skipped", message=_clean(guard.text))
        else:
            ET.SubElement(case, "system-out").text = _clean(guard.text)
    for flip in [flip for flip in bench.flips if flip.candidate < flip.base][:ITEMS]:
        case = ET.SubElement(
            suite, "testcase", classname=_clean(f"{bench.name}.samples"), name=_clean(flip.id), time="0"
        )
        text = f"was {flip.base:g} ({flip.base_answer}), is {flip.candidate:g} ({flip.candidate_answer})"
        ET.SubElement(case, "skipped", message=_clean(text))
    cases = suite.findall("testcase")
    suite.set("tests", str(len(cases)))
    for key, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(key, str(sum(found.find(tag) is not None for found in cases)))
    return suite


def _outcome(case: ET.Element, bench: BenchmarkVerdict) -> None:
    text = _clean("; ".join(bench.reasons))
    if bench.decision == "pass":
        return
    if not bench.gated or bench.decision == "inconclusive":
        ET.SubElement(case, "skipped", message=f"{bench.decision}: {text}")
    elif bench.decision == "fail":
        ET.SubElement(case, "failure", message=text, type="regression").text = text
    else:
        ET.SubElement(case, "error", message=text, type=bench.decision).text = text


def _clean(text: str) -> str:
    """Replace the characters that XML 1.0 cannot represent."""
    return ILLEGAL.sub("\ufffd", text)

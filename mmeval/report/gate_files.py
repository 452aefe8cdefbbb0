"""The report files of a verdict."""

from __future__ import annotations

import json
from pathlib import Path

from mmeval.errors import UsageError
from mmeval.gate.verdict import Verdict
from mmeval.report.html import html
from mmeval.report.junit import junit
from mmeval.report.markdown import comment, markdown
from mmeval.store import write_atomic

__all__ = ["write_reports"]


def write_reports(verdict: Verdict, folder: Path) -> None:
    """Write gate.json, gate.md, gate.comment.md, gate.junit.xml and gate.html; raises UsageError if it cannot."""
    texts = {
        "gate.json": json.dumps(verdict.as_json(), ensure_ascii=False, indent=1) + "\n",
        "gate.md": markdown(verdict),
        "gate.comment.md": comment(verdict),
        "gate.junit.xml": junit(verdict),
        "gate.html": html(verdict),
    }
    try:
        for name, text in texts.items():
            write_atomic(folder / name, text)
    except OSError as error:
        raise UsageError(f"--report {folder}: {error.strerror}") from None

"""A verdict as one self-contained HTML file: no scripts, no requests, thumbnails embedded."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape as escape_html
from pathlib import Path

from mmeval.formatting import plain
from mmeval.gate.verdict import BenchmarkVerdict, Flip, Verdict
from mmeval.report.verdicts import COLUMNS, GUARDS, footer, guard_rows, row

__all__ = ["body", "escape", "html"]

STYLE = """
:root { color-scheme: light dark; --line: #8886; --bad: #b3261e; --good: #17703c; --mute: #777; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; } .wide { overflow-x: auto; }
th, td { border-bottom: 1px solid var(--line); padding: .35rem .6rem; text-align: left; vertical-align: top; }
td.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.fail, .incomplete, .not-comparable, .budget { color: var(--bad); } .pass { color: var(--good); }
h1 { font-size: 1.3rem; } h2 { font-size: 1.1rem; margin-top: 2rem; } code, pre { font-size: .9em; }
pre { overflow-x: auto; border: 1px solid var(--line); padding: .6rem; }
img { max-width: 10rem; max-height: 10rem; } td.q { white-space: pre-wrap; overflow-wrap: anywhere; }
footer { color: var(--mute); margin-top: 2rem; }
@media (prefers-color-scheme: dark) { :root { --bad: #ff8a80; --good: #7ddc9b; } }
"""
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
PICTURE = 60_000
"""Largest thumbnail that is embedded, in bytes."""


def html(verdict: Verdict) -> str:
    """The page. Every text is escaped, because answers may be hostile."""
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(verdict.name)}: {escape(verdict.decision)}</title><style>{STYLE}</style></head>",
        f"<body>{body(verdict)}</body></html>",
    ]
    return "\n".join(parts) + "\n"


def body(verdict: Verdict) -> str:
    """The verdict without the page around it: for a notebook, too."""
    parts = [
        f'<h1><span class="{_class(verdict.decision)}">{escape(verdict.summary)}</span></h1>',
        _table(verdict),
        _guards(verdict),
        *map(_section, verdict.benchmarks),
        "<footer>",
        *(f"<p>{escape(line)}</p>" for line in footer(verdict)),
        f"<pre>{escape(verdict.command)}</pre></footer>",
    ]
    return "\n".join(parts)


def escape(text: str) -> str:
    """Escape text for HTML, without its control characters."""
    return escape_html(plain(text))


def _class(decision: str) -> str:
    return decision.replace(" ", "-")


def _table(verdict: Verdict) -> str:
    head = "".join(f'<th scope="col">{name}</th>' for name in COLUMNS)
    rows = []
    for bench in verdict.benchmarks:
        cells = [f"<td>{escape(text)}</td>" for text in row(bench)]
        for i in (2, 3, 4, 5, 6, 8):
            cells[i] = cells[i].replace("<td>", '<td class="n">')
        cells[7] = cells[7].replace("<td>", f'<td class="{_class(bench.decision)}">')
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'


def _guards(verdict: Verdict) -> str:
    rows = guard_rows(verdict)
    if not rows:
        return ""
    marks = [guard.decision for bench in verdict.benchmarks for guard in bench.guards]
    head = "".join(f'<th scope="col">{name}</th>' for name in GUARDS)
    lines = []
    for cells, mark in zip(rows, marks, strict=True):
        names = ("", "", "n", "n", "n", mark)
        parts = (f'<td class="{name}">{escape(text)}</td>' for name, text in zip(names, cells, strict=True))
        lines.append(f"<tr>{''.join(parts)}</tr>")
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{"".join(lines)}</tbody></table></div>'


def _section(bench: BenchmarkVerdict) -> str:
    lines = [f"<h2>{escape(bench.name)}</h2>", *(f"<p>{escape(reason)}</p>" for reason in bench.reasons)]
    losses = [flip for flip in bench.flips if flip.candidate < flip.base]
    gains = [flip for flip in bench.flips if flip.candidate > flip.base]
    for title, flips, shown in (("Regressed", losses, " open"), ("Improved", gains, "")):
        if flips:
            lines.append(f"<details{shown}><summary>{title}: {len(flips)} samples</summary>{_flips(flips)}</details>")
    return "\n".join(lines)


def _flips(flips: Sequence[Flip]) -> str:
    rows = "".join(
        f"<tr><td>{''.join(map(_picture, flip.thumbnails))}</td><td><code>{escape(flip.id)}</code></td>"
        f'<td class="q">{escape(flip.question or "")}</td>'
        f"<td>{escape(flip.base_answer or '(none)')} ({flip.base:g})</td>"
        f"<td>{escape(flip.candidate_answer or '(none)')} ({flip.candidate:g})</td></tr>"
        for flip in flips
    )
    head = "".join(f'<th scope="col">{name}</th>' for name in ("", "sample", "question", "before", "after"))
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'


def _picture(path: str) -> str:
    data = Path(path).read_bytes()
    if len(data) > PICTURE:
        return ""
    return f'<img alt="" src="data:image/webp;base64,{base64.b64encode(data).decode()}">'

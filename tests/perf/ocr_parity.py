"""Our scores of OCRBench v2 and those of lmms-eval, for replies to random tables, charts, outlines, forms and boxes.

    python -m tests.perf.ocr_parity

Needs `mmeval bridge lmms install`. Prints how many replies of each kind get another score.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from datasets import Dataset, disable_progress_bars

from mmeval import Reply
from mmeval.bridge.child import Child
from mmeval.bridge.install import python
from mmeval.catalog import Catalog
from tests.benchmarks.twin import pic

TIMES = 120
R = random.Random(4)
CELLS = ("one", "two", "Café", "3.5", "red & blue", "<b>bold</b>", "x", "", "total sum", "12 %")
FRAMES = (
    "<table>{}</table>", "<table><thead><tr><td>h</td></tr></thead><tbody>{}</tbody></table>",
    "<html><body><table border=1>{}</table></body></html>", "<body><table>{}</table></body>",
)  # fmt: skip
LINES = ("# Title", "## Part a", "## Part b", "text one", "", "* item", "| a | b |", "\\begin {table} x")
TEXTS = ("Open House", "the quick brown fox jumps over", "10", "a, b, c, d, e", "三")
VALUES: tuple[Any, ...] = ("v", "V 2", ["p", "q r"])


def table() -> str:
    def cell() -> str:
        tag, span = R.choice(("td", "td", "td", "th")), R.choice(("", "", "", ' colspan="2"', " rowspan='2'"))
        return f"<{tag}{span}>{R.choice(CELLS)}</{tag}>"

    rows = "".join(f"<tr>{''.join(cell() for _ in range(R.randint(1, 4)))}</tr>" for _ in range(R.randint(1, 4)))
    return R.choice(FRAMES).format(rows)


def damaged(text: str) -> str:
    forms = (
        text, f"Here it is:\n```html\n{text}\n```", text.replace("</td>", "", 1), text.replace("</table>", ""),
        text.replace("one", "ones").replace("two", "<br>tw"), table(),
    )  # fmt: skip
    return R.choice(forms)


def markdown() -> str:
    width = R.randint(1, 4)
    rows = ["|".join(R.choice(("a", "b c", "", "12", " ")) for _ in range(width)) for _ in range(R.randint(1, 4))]
    lines = [f"|{row}|" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * width, *lines[1:]])


def chart() -> dict[str, Any]:
    return {f"{R.choice('abcd')}{i}": R.choice(("x", "1.5", {"q": "2", "r": 3}, 4)) for i in range(R.randint(1, 4))}


def form(values: tuple[Any, ...], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: R.choice(values) for name in names[: R.randint(1, len(names))]}


def cases() -> list[dict[str, Any]]:
    """Questions with an answer and a reply: of each kind one."""
    html, md, bars, same = table(), markdown(), chart(), R.random() < 0.5
    lines, other = ("\n".join(R.choices(LINES, k=R.randint(1, 9))) for _ in range(2))
    fields, said = form(VALUES, ("shop", "sum", "date")), form(("v", "v2", "P", "qr", "V 2"), ("shop", "sum", "tip"))
    drawn, box = bars if same else chart(), [R.randint(0, 50), R.randint(0, 50), R.randint(60, 300), R.randint(60, 300)]
    text, number, latex = R.choice(TEXTS), R.randint(1, 12), R.choice((r"\frac{1}{2} + x", r"\text{长} = 3"))
    near = R.choice((text, text.upper(), f"It is {text}", f"{text[:-2]}zz", "no"))
    written = (json.dumps(said), f"```json\n{json.dumps(said)}\n```", str(said), "shop: v\nsum: V2", "[1]")
    found: list[tuple[str, str, str | None, list[str], str]] = [
        ("table parsing cn", "", None, [html], damaged(html)), ("table parsing en", "html", None, [html], damaged(html)),
        ("table parsing en", "markdown", None, [md], R.choice((md, f"```markdown\n{md}\n```", markdown()))),
        ("chart parsing en", "", None, [str(bars)], R.choice((str(drawn), f"```python\ndata = {drawn}\n```", "no"))),
        (f"document parsing {R.choice(('en', 'cn'))}", "", None, [lines], R.choice((lines, other))),
        ("key information extraction en", "", None, [json.dumps(fields)], R.choice(written)),
        ("key information extraction cn", "", None, [str(fields)], R.choice(written)),
        ("text grounding en", "", None, [*map(str, box)], R.choice((str(tuple(box)), f"{box} (0, 0, 99, 80)", "none"))),
        ("VQA with position en", "", None, ["Open"], R.choice(('{"answer":"open","bbox":[1,2,99,90]}', "answer: shut"))),
        ("text counting en", "", R.choice(("exact match", "regression")), [str(number)], f"There are {R.randint(0, 20)}"),
        (f"formula recognition {R.choice(('en', 'cn'))}", "", None, [latex], R.choice((f"$${latex}$$", "长=3", "x"))),
        ("handwritten answer extraction cn", "", None, [R.choice(("A", "BCD"))], R.choice(("A", "B、C、D", "BD"))),
    ]  # fmt: skip
    for kind in ("text recognition en", "cognition VQA en", "cognition VQA cn", "reasoning VQA cn"):
        found += [(kind, "", way, [text], near) for way in (None, "case sensitive", "multiple choice")]
    names = ("type", "question", "eval", "answers", "reply")
    return [{**dict(zip(names, one, strict=True)), "reply": one[-1].strip(), "bbox": box} for one in found]


def main() -> None:
    disable_progress_bars()
    rows = [case for _ in range(TIMES) for case in cases()]
    benchmark, differ, n = Catalog().benchmark("ocrbench_v2"), Counter[str](), Counter[str]()
    with TemporaryDirectory() as room:
        file = Path(room) / "rows.parquet"
        Dataset.from_list(rows).to_parquet(file)
        files = {"files": [str(file)], "format": "parquet", "split": "test"}
        with closing(Child(python(), [{"op": "about", "task": "ocrbench_v2"}, {"op": "open", **files}])) as child:
            for index, row in enumerate(rows):
                sample = benchmark.to_sample({"id": index, "image": pic(1), **row})
                rule: Any = benchmark.score.rule("official")
                ours = rule(sample, Reply(text=row["reply"], finish="stop")).value
                theirs = child.ask({"op": "score", "index": index, "reply": row["reply"]}, seconds=60)["value"]
                n[row["type"]] += 1
                differ[row["type"]] += abs(ours - theirs) > 1e-6
    for kind, count in n.items():
        print(f"{kind}: {differ[kind]} of {count} differ")
    print(f"all: {differ.total()} of {n.total()} differ")


if __name__ == "__main__":
    main()

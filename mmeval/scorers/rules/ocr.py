"""The tasks of OCRBench v2 (Fu et al., 2024): each has a rule of its own, which the tag `kind` names.

The target is `{"answers": [..], "box": [x1, y1, x2, y2]}`, the box in thousandths of the picture, as the questions ask
for it. Long answers and long texts are compared by normalised edit similarity, tables and outlines as trees.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from mmeval.scorers.base import Extraction, Grade, Scorer, Staged
from mmeval.scorers.rules.text import levenshtein
from mmeval.scorers.rules.trees import Node, similarity, teds
from mmeval.types import Sample

__all__ = ["ABILITIES", "KINDS", "kind_of", "ocr_task"]

LONGEST = 20_000
"""Characters of a reply that are read as a dictionary, a table or an outline."""
MOST_LINES = 1_500
"""Lines of an outline that are compared; a reply with more has no similarity."""
FEW_WORDS, FEW_PARTS = 5, 4
"""A shorter answer must occur in the reply; a longer one may differ a little."""
HALF = 0.5
_BOX = re.compile(
    r"[(\[]\s{0,8}(\d{1,9})\s{0,8},\s{0,8}(\d{1,9})\s{0,8},\s{0,8}(\d{1,9})\s{0,8},\s{0,8}(\d{1,9})\s{0,8}[)\]]"
)
_PAIR = re.compile(r"[\"']?([\w\s]{1,200})[\"']?\s{0,8}[:=]\s{0,8}[\"']?([^\n,\"'{}]{1,2000})[\"']?")
_TEXT = re.compile(r"\\text\{([^{}]*)\}")
_NUMBER = re.compile(r"\d{1,18}")
_JOINTS = ("", ".", ". ", ",", ", ", "、", ";", "; ", " ", "和")


def _lowered(text: str) -> str:
    return text.lower().strip().replace("\n", " ")


def _stripped(text: str) -> str:
    return text.strip().replace("\n", " ")


def _tight(text: str) -> str:
    return _lowered(text).replace(" ", "")


def _within(said: str, answers: Sequence[str], clean: Callable[[str], str], *, parts: str | None = None) -> float:
    """The best of the answers: 1 if a short one occurs in the reply, else the similarity from one half on."""
    best, reply = 0.0, clean(said)
    for answer in map(clean, answers):
        short = len(answer.split(parts)) < (FEW_PARTS if parts else FEW_WORDS)
        best = max(best, float(answer in reply) if short else _similar(reply, answer))
    return best


def _similar(one: str, two: str) -> float:
    longest = max(len(one), len(two))
    found = 1 - levenshtein(one, two) / longest if longest else 1.0
    return found if found >= HALF else 0.0


def letters(said: str, target: Mapping[str, Any]) -> float:
    """All letters of the reply together are the answer."""
    return float("".join(filter(str.isalpha, said)) == target["answers"][0])


def words(said: str, target: Mapping[str, Any]) -> float:
    """An answer of less than five words occurs in the reply, whatever its case; a longer one resembles it."""
    return _within(said, target["answers"], _lowered)


def cased(said: str, target: Mapping[str, Any]) -> float:
    """As `words`, with the case of the answer."""
    return _within(said, target["answers"], _stripped)


def characters(said: str, target: Mapping[str, Any]) -> float:
    """As `words`, without blanks; an answer is short if it has less than four parts between commas."""
    return _within(said, target["answers"], _tight, parts=",")


def formula(said: str, target: Mapping[str, Any]) -> float:
    """The formula occurs in the reply, blanks aside."""
    plain = [_stripped(answer).replace(" ", "") for answer in target["answers"]]
    return float(any(answer in _stripped(said).replace(" ", "") for answer in plain))


def formula_cn(said: str, target: Mapping[str, Any]) -> float:
    r"""As `formula`, with what is in `\text{}` out of it."""
    answers = [_TEXT.sub(r"\1", answer) for answer in target["answers"]]
    return formula(_TEXT.sub(r"\1", said), {"answers": answers})


def selection(said: str, target: Mapping[str, Any]) -> float:
    """The letters of the answer occur in the reply, side by side or with one of ten things between them."""
    return float(any(joint.join(target["answers"][0]) in said for joint in _JOINTS))


def occurring(said: str, target: Mapping[str, Any]) -> float:
    """An answer in lower case occurs in the reply."""
    return float(any(_lowered(answer) in said for answer in target["answers"]))


def counted(said: str, target: Mapping[str, Any]) -> float:
    """1 minus the relative error of the first number of the reply, if that is more than one half."""
    number = _NUMBER.search(said)
    errors = [abs(int(number[0]) - int(want)) / int(want) for want in target["answers"]] if number else []
    best = max((1 - error for error in errors), default=0.0)
    return best if number and int(number[0]) and best > HALF else 0.0


def located(said: str, target: Mapping[str, Any]) -> float:
    """The intersection over union of the last box of whole thousandths."""
    boxes = [[int(number) for number in found] for found in _BOX.findall(said)]
    boxes = [box for box in boxes if max(box) <= 1000]
    return _overlap(boxes[-1], target["box"]) if boxes else 0.0


def answered_and_located(said: str, target: Mapping[str, Any]) -> float:
    """Half for the `answer`, half for the `bbox` of a dictionary."""
    found = dictionary(said)
    text = words(found["answer"], target) if "answer" in found else 0.0
    box = _literal(found.get("bbox", ""))
    return (text + (_overlap(box, target["box"]) if isinstance(box, list | tuple) else 0.0)) / 2


def _overlap(one: Sequence[Any], two: Sequence[Any]) -> float:
    try:
        (a, b, c, d), (e, f, g, h) = ([int(number) for number in box] for box in (one, two))
    except (TypeError, ValueError, OverflowError):
        return 0.0
    shared = max(0, min(c, g) - max(a, e)) * max(0, min(d, h) - max(b, f))
    union = (c - a) * (d - b) + (g - e) * (h - f) - shared
    return shared / union if union > 0 else 0.0


def keys(said: str, target: Mapping[str, Any]) -> float:
    """The share of the keys of either dictionary whose value is one of the wanted ones, case and blanks aside."""
    found, want = dictionary(said), _wanted(target["answers"][0])
    if not isinstance(want, dict):
        return 0.0
    names = {*found, *want}
    hits = [name in found and name in want and _tight(found[name]) in _variants(want[name]) for name in names]
    return sum(hits) / len(hits) if hits else 0.0


def _wanted(answer: str) -> Any:
    want = _literal(answer.strip('"'))
    return _literal(want) if isinstance(want, str) else want


def _first_values(answer: str) -> dict[str, Any]:
    want = _wanted(answer)
    pairs = want.items() if isinstance(want, dict) else ()
    return {name: value[0] if isinstance(value, list) and value else value for name, value in pairs}


def _variants(value: Any) -> list[str]:
    return [_tight(str(one)) for one in (value if isinstance(value, list) else [value])]


def dictionary(text: str) -> dict[str, str]:
    """What a reply says as JSON, as a literal of Python, or as pairs of names and values."""
    content = next(_fenced(text[:LONGEST]), text[:LONGEST].strip())
    found = _literal(content)
    if not isinstance(found, dict | list):
        found = {name.strip(): value.strip() for name, value in _PAIR.findall(content)}
    items = found.items() if isinstance(found, dict) else ()
    return {str(name).strip(): str(value).strip() for name, value in items}


def _fenced(text: str) -> Iterator[str]:
    """What is in fences of Python, JSON or nothing, from one to the next."""
    parts = text.split("```")
    for part in parts[1:-1]:
        head, line, rest = part.partition("\n")
        if line and head.strip().lower() in ("", "python", "json"):
            yield rest.removesuffix("\n")


def _literal(text: str) -> Any:
    """A value of JSON or a literal of Python; None for anything else. No code is evaluated."""
    for read in (json.loads, ast.literal_eval):
        try:
            return read(text[:LONGEST])
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            continue
    return None


def table_html(said: str, target: Mapping[str, Any]) -> float:
    """TEDS of a table in HTML, from its first `<body` or else `<table`."""
    flat = said[:LONGEST].replace("\n", "")
    start = flat.find("<body") if "<body" in flat else flat.find("<table")
    return _teds(_wrapped(flat[start:]), _wrapped(target["answers"][0])) if start >= 0 else 0.0


def _wrapped(text: str) -> str:
    flat = text.replace("\n", "")
    before, after = "" if "<table" in flat else "<table>", "" if "</table>" in flat else "</table>"
    return f"{before}{flat}{after}"


def _teds(said: str, want: str) -> float:
    try:
        return teds(said, want)
    except ValueError:
        return 0.0


def table_markdown(said: str, target: Mapping[str, Any]) -> float:
    """TEDS of a table in Markdown; its second line is not read."""
    return _teds(_markdown(said[:LONGEST]), _markdown(target["answers"][0]))


def _markdown(text: str) -> str:
    lines = text.strip("`markdown").strip("`").strip().split("\n")
    rows = [
        [cell.strip() or " " * bool(cell) for cell in line.strip().split("|")[1:-1]] for line in lines[:1] + lines[2:]
    ]
    return _rows(rows)


def _rows(rows: Sequence[Sequence[str]]) -> str:
    return f"<table>{''.join(f'<tr>{_row(row)}</tr>' for row in rows)}</table>"


def _row(cells: Sequence[str]) -> str:
    return "".join(f"<td>{cell}</td>" for cell in cells)


def chart(said: str, target: Mapping[str, Any]) -> float:
    """TEDS of two dictionaries as tables of two columns; the characters of a value stand apart."""
    want, found = _chart(target["answers"][0]), _chart(said)
    return _teds(_charted(found), _charted(want)) if found else 0.0


def _chart(text: str) -> dict[Any, Any]:
    content = max(_fenced(text[:LONGEST]), key=len, default=text[:LONGEST].strip())
    content = re.sub(r"#.*", "", re.sub(r"^\s*\w+\s*=\s*", "", content.strip(), count=1))
    try:
        found = ast.literal_eval(content[: content.rfind("}") + 1] or content)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _charted(values: Mapping[Any, Any]) -> str:
    return _rows([(str(name), " ".join(str(value))) for name, value in values.items()])


def outline(said: str, target: Mapping[str, Any]) -> float:
    """Similarity of outlines, lines under titles. As in the authors' code, only whether a line is blank is compared."""
    if said[:LONGEST].count("\n") > MOST_LINES:
        return 0.0
    one, two = _outline(said[:LONGEST]), _outline(target["answers"][0])
    return max(0.0, similarity(one, two, _blank, sizes=[sum(1 for _ in tree.walk()) for tree in (one, two)]))


def _blank(one: Node, two: Node) -> float:
    return float(not one.label.split() or not two.label.split())


_CLEANED = (
    (r"<bos>|<eos>|<pad>|<unk>", ""), (r"\s##(\S)", r"\1"), (r"\\\s", r"\\"), (r"\s\*\s\*\s", "**"), (r"{\s", "{"),
    (r"\s}", "}"), (r"\s}", "}"), (r"\\(begin|end)\s", r"\\\1"), (r"\\end{table}", r"\\end{table}   "), (r"[*_]", " "),
)  # fmt: skip


def _outline(text: str) -> Node:
    root = Node("ROOT", children=[Node("TITLE")])
    title, under = "", root.children[0]
    for line in text.split("\n"):
        for pattern, by in _CLEANED:
            line = re.sub(pattern, by, line)
        if line.startswith("#"):
            title = line.replace("#", "")
            root.children.append(Node(title))
            under = _first(root, title) if title else root.children[0]
        else:
            under.children.append(Node(line))
    return root


def _first(root: Node, label: str) -> Node:
    """The first node with a label, parents before children."""
    stack = [root]
    while stack:
        node = stack.pop()
        if node.label == label:
            return node
        stack += reversed(node.children)
    return root


KINDS: Mapping[str, Callable[[str, Mapping[str, Any]], float]] = {
    "letters": letters, "words": words, "cased": cased, "characters": characters, "formula": formula,
    "formula-cn": formula_cn, "selection": selection, "occurring": occurring, "counted": counted, "located": located,
    "answered-and-located": answered_and_located, "keys": keys, "table-html": table_html,
    "table-markdown": table_markdown, "chart": chart, "outline": outline,
}  # fmt: skip


ABILITIES: Mapping[str, tuple[str, ...]] = {
    "en-recognition": ("text recognition en",),
    "en-location": ("text grounding en", "VQA with position en"),
    "en-extraction": ("key information extraction en", "key information mapping en"),
    "en-parsing": ("document parsing en", "chart parsing en", "table parsing en", "formula recognition en"),
    "en-calculation": ("math QA en", "text counting en"),
    "en-understanding": ("document classification en", "cognition VQA en", "diagram QA en"),
    "en-reasoning": ("reasoning VQA en", "science QA en", "APP agent en", "ASCII art classification en"),
    "cn-extraction": ("key information extraction cn", "handwritten answer extraction cn"),
    "cn-parsing": ("document parsing cn", "table parsing cn", "formula recognition cn"),
    "cn-understanding": ("cognition VQA cn",),
    "cn-reasoning": ("reasoning VQA cn",),
}
"""The tasks of each ability, without those whose rules are not here."""
_TASKS = {
    "text grounding en": "located", "VQA with position en": "answered-and-located", "formula recognition en": "formula",
    "formula recognition cn": "formula-cn", "chart parsing en": "chart", "document parsing en": "outline",
    "document parsing cn": "outline", "table parsing cn": "table-html", "handwritten answer extraction cn": "selection",
    "key information extraction en": "keys", "key information mapping en": "keys",
    "key information extraction cn": "keys",
}  # fmt: skip
_WAYS = {"multiple choice": "letters", "case sensitive": "cased"}


def kind_of(task: str, way: str | None, question: str) -> str | None:
    """The kind of a question by its task, its column `eval` and its text; None if its rule is not here."""
    if not any(task in tasks for tasks in ABILITIES.values()):
        return None
    if task == "table parsing en":
        return "table-html" if "html" in question.lower() else "table-markdown"
    if task == "text counting en":
        return {"exact match": "occurring", "regression": "counted"}.get(way or "")
    if task == "handwritten answer extraction cn" and "简答" in question:  # a short answer, which needs sentence scores
        return None
    return _TASKS.get(task) or _WAYS.get(way or "") or ("characters" if task.endswith("cn") else "words")


def ocr_task() -> Scorer:
    """The task that the tag `kind` names, by the authors' rule for it."""
    return Scorer(
        name="ocr_task", version=1, rules=dict.fromkeys(("mmeval", "official"), Staged(_as_it_is, _graded, _written))
    )


def _as_it_is(text: str, sample: Sample) -> Extraction:
    """The whole reply; a blank line at its ends is a line of an outline."""
    return Extraction(text, "whole-reply", (0, len(text)))


def _graded(answer: str, sample: Sample) -> Grade:
    kind = _kind(sample)
    return Grade(min(1.0, max(0.0, KINDS[kind](answer, _target(sample)))), kind)


def _written(sample: Sample) -> list[str]:
    kind, target = _kind(sample), _target(sample)
    answers = [str(answer) for answer in target["answers"]]
    if kind == "keys":
        return [json.dumps(_first_values(answer), ensure_ascii=False) for answer in answers]
    box = [int(side) for side in target["box"]] if kind in ("located", "answered-and-located") else []
    if kind == "answered-and-located":
        return [json.dumps({"answer": answer, "bbox": box}, ensure_ascii=False) for answer in answers]
    return [str(box)] if box else answers


def _kind(sample: Sample) -> str:
    return sample.tags.get("kind", "words")


def _target(sample: Sample) -> Mapping[str, Any]:
    return sample.target if isinstance(sample.target, dict) else {"answers": [str(sample.target)]}

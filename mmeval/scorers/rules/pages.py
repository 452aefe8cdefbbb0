"""Whole pages as Markdown, element by element: text, formulas, tables and reading order, as OmniDocBench has them.

A page and a reply are lists of elements: blocks of text, display formulas, tables. Elements of a kind are matched, the
closest first; a block that continues in its neighbours, on either side, is joined with them where that makes the match
closer. That is the idea of the authors' "quick match" (Ouyang et al., 2025, OmniDocBench, section 4.2), not their code.
Similarities are 1 minus the normalised edit distance: all edits of a page over all its characters, as published.
"""

from __future__ import annotations

import ast
import json
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mmeval.errors import DataError
from mmeval.scorers.base import Scorer
from mmeval.scorers.readers import thinking
from mmeval.scorers.rules.text import levenshtein
from mmeval.scorers.rules.trees import teds
from mmeval.types import JSON, Reply, Sample, Score

__all__ = ["BESIDE", "MEAN", "page_elements", "parts_of", "read_page"]

MEAN, BESIDE = ("text", "formulas", "tables", "order"), ("table-text",)
"""What a page is scored by, in the mean and beside it; a page has the parts for which it has elements."""
REFUSED = "the published score renders formulas (CDM), and only the authors' code defines how elements are matched"
LONGEST, MOST_BLOCKS = 60_000, 1_000
"""Characters of a reply that are read, and blocks of one kind; what comes after the last counts as part of it."""
CANDIDATES, CLOSE, FAR = 3, 0.05, 0.7
"""Elements that one is compared with; distances below which no neighbours are tried, and from which nothing matches."""
MOST_JOINED, LONG = 13, 5_000
"""Elements of a match with neighbours, and characters of either side; without a limit a long reply takes minutes."""
Element = tuple[str, str]
"""Kind and content."""

_TEXTS = ("text_block", "title", "code_txt", "code_txt_caption", "reference")
_ASIDES = (
    "equation_caption", "figure_caption", "figure_footnote", "table_caption", "table_footnote", "code_algorithm",
    "code_algorithm_caption", "header", "footer", "page_footnote", "page_number",
)  # fmt: skip
"""Text that a reply may have or not: it is matched, and then left out."""
_KINDS = {
    **dict.fromkeys(_TEXTS, ("text", "text")), **dict.fromkeys(_ASIDES, ("aside", "text")),
    "equation_isolated": ("formula", "latex"), "table": ("table", "html"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it is annotated."""

    elements: list[Element]
    """In reading order; a paragraph that was cut in two is one."""
    name: str
    """Of the picture."""
    attributes: Mapping[str, str]
    """Such as `language`, `data_source` and `layout`."""

    @property
    def document(self) -> str | None:
        """The PDF that the page is from, as far as its name says."""
        before, pdf, _ = self.name.rpartition(".pdf_")
        return before if pdf else None


def read_page(annotation: str) -> Page:
    """A page of the data set, from JSON or a literal of Python; raises DataError for anything else."""
    page = _literal(annotation)
    info = page.get("page_info") or {}
    attributes = {key: str(value) for key, value in (info.get("page_attribute") or {}).items()}
    return Page(_annotated(page), str(info.get("image_path") or ""), attributes)


def _annotated(page: Mapping[str, Any]) -> list[Element]:
    found = {item["anno_id"]: item for item in page["layout_dets"] if item["category_type"] in _KINDS}
    start = {key: key for key in found}
    for relation in (page.get("extra") or {}).get("relation") or ():
        ends = relation["source_anno_id"], relation["target_anno_id"]
        if relation.get("relation_type") == "truncated" and all(end in start for end in ends):
            one, two = (start[end] for end in ends)
            start = {key: one if to == two else to for key, to in start.items()}
    joined: dict[Any, list[Mapping[str, Any]]] = defaultdict(list)
    for key, item in sorted(found.items(), key=lambda pair: pair[1].get("order") or 0):
        joined[start[key]].append(item)
    elements = ((_KINDS[items[0]["category_type"]], items) for items in joined.values())
    texts = ((kind, "".join(str(item.get(key) or "") for item in items)) for (kind, key), items in elements)
    return [(kind, text) for kind, text in texts if text.strip()]


def _literal(text: str) -> Any:
    for read in (json.loads, ast.literal_eval):
        try:
            page = read(text)
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            continue
        if isinstance(page, dict) and isinstance(page.get("layout_dets"), list):
            return page
    raise DataError(f"{text[:60]!r} is not the annotation of a page")


def parts_of(target: Iterable[Sequence[str]]) -> list[str]:
    """The parts that a page with these elements is scored by."""
    kinds = {kind for kind, _ in target}
    needs = {"text": "text", "formulas": "formula", "tables": "table", "order": "text", "table-text": "table"}
    return [part for part in (*MEAN, *BESIDE) if needs[part] in kinds]


def page_elements() -> Scorer:
    """The mean similarity of a page's text, formulas, tables (TEDS) and reading order, of those that it has.

    The target is the elements of `read_page`. The answer has each part: `text 0.912000, order 1.000000`, which the
    metric `page_parts` reads. `table-text`, the similarity of tables as texts, is not in the mean.
    """
    return Scorer(name="page_elements", version=1, rules={"mmeval": _Page()}, refused={"official": REFUSED})


@dataclass(frozen=True, slots=True)
class _Page:
    def __call__(self, sample: Sample, reply: Reply) -> Score:
        said = elements(thinking.split(reply.text).answer)
        want = list(_elements(sample.target))
        found = _text(want, said) | _formulas(want, said) | _tables(want, said)
        parts = {part: found[part] for part in parts_of(want)}
        mean = [parts[part] for part in MEAN if part in parts]
        answer = ", ".join(f"{part} {value:.6f}" for part, value in parts.items())
        return Score(value=sum(mean) / len(mean) if mean else 0.0, answer=answer or None, rule="elements")

    def write(self, sample: Sample) -> list[str]:
        """The page as Markdown."""
        return ["\n\n".join(text for _, text in _elements(sample.target))]


def _elements(target: JSON) -> Iterator[Element]:
    for element in target if isinstance(target, list) else ():
        if isinstance(element, list) and len(element) == 2:
            yield str(element[0]), str(element[1])


_OPENS = re.compile(r"<table|\\\[|\$\$")
_CLOSES = {"<table": "</table>", "\\[": "\\]", "$$": "$$"}
_PICTURE = re.compile(r"!\[[^\]\n]{0,500}\]\([^)\n]{0,2000}\)")
_FENCE = re.compile(r"^[^\S\n]{0,8}```\w{0,20}[^\S\n]{0,8}$", re.MULTILINE)
_RULE = frozenset("|:- \t")


def elements(markdown: str) -> list[Element]:
    r"""The elements of a reply, in order: tables in HTML or with bars, formulas in `\[ \]` or `$$`, blocks of text."""
    text = _PICTURE.sub("", _FENCE.sub("", markdown[:LONGEST]))
    found: list[Element] = []
    start, open_ended = 0, set()
    for opens in _OPENS.finditer(text):
        mark = opens[0]
        if opens.start() < start or mark in open_ended:
            continue
        end = text.find(_CLOSES[mark], opens.end())
        if end < 0:
            open_ended.add(mark)
            continue
        found += _blocks(text[start : opens.start()])
        start = end + len(_CLOSES[mark])
        table = mark == "<table"
        found.append(("table", text[opens.start() : start]) if table else ("formula", text[opens.end() : end]))
    return [*found, *_blocks(text[start:])]


def _blocks(text: str) -> Iterator[Element]:
    """Blocks between blank lines; lines, if there are no blank ones. A heading is a block of its own."""
    parted = re.search(r"\n\s*?\n", text.strip()) is not None
    block: list[str] = []
    for line in [*(line.strip() for line in text.split("\n")), ""]:
        alone = line.startswith("#") or (not parted and not line.startswith("|"))
        if block and (not line or alone or (line[0] == "|") != (block[0][0] == "|")):
            yield _block(block)
            block = []
        if line and alone:
            yield _block([line])
        elif line:
            block.append(line)


def _block(lines: list[str]) -> Element:
    if len(lines) > 1 and lines[0].startswith("|") and "-" in lines[1] and _RULE.issuperset(lines[1]):
        rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in [lines[0], *lines[2:]]]
        cells = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
        return "table", f"<table>{cells}</table>"
    text = "\n".join(lines)
    alone = len(text) > 2 and text[0] == text[-1] == "$" and "$" not in text[1:-1]
    return ("formula", text[1:-1]) if alone else ("text", text)


def _letters(text: str) -> str:
    """Letters, digits and ideographs; formulas within lose their signs on both sides."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text)))


_STYLES = re.compile(
    r"\\(?:math(?:bf|rm|normal|it|bb|cal|scr|frak|sf|tt)|text(?:bf)?|bold(?:math|symbol)|operatorname|bm|notag|left|right|"
    r"displaystyle|q?quad|thinspace)(?![a-zA-Z])|\\[,;!:]|\\(?:tag|hspace|begin|end|label)\{[^{}]{0,200}\}|[\s{}$]"
)


def _latex(text: str) -> str:
    """A formula without fonts, spaces, braces, numbers and environments, in lower case."""
    bare = text.strip().removeprefix("\\[").removesuffix("\\]")
    return _STYLES.sub("", bare).strip(".,").lower()


_HEADS = re.compile(r"</?(?:thead|tbody|tfoot|sup|sub|span|div|p|b|strong|i|em)(?:\s[^<>]{0,500})?>", re.IGNORECASE)
_CELL = re.compile(r"<(/?)t[hd]\b([^<>]{0,500})>", re.IGNORECASE)
_SPAN = re.compile(r"\b(?:col|row)span\s{0,3}=\s{0,3}[\"']?\d{1,4}[\"']?", re.IGNORECASE)


def _html(text: str) -> str:
    """A table without what only styles it: cells are `td` and have spans alone."""
    bare = _HEADS.sub("", unicodedata.normalize("NFKC", text)).replace("\n", "")
    plain = _CELL.sub(lambda cell: f"<{' '.join([cell[1] + 'td', *_SPAN.findall(cell[2])])}>", bare)
    bare = re.sub(r"<(table|tr)\s[^<>]{0,500}>", r"<\1>", " ".join(plain.split()))
    return bare.replace(" <", "<").replace("> ", ">")


@dataclass(frozen=True, slots=True)
class Match:
    """Elements of the page and of the reply that belong together, by their places, with their edits."""

    want: range
    said: range
    edits: int
    longest: int

    @property
    def distance(self) -> float:
        """Edits over the length of the longer text."""
        return self.edits / self.longest if self.longest else 0.0


def matched(want: Sequence[str], said: Sequence[str], *, joined: bool) -> list[Match]:
    """Pairs, the closest first, in which each element occurs once at most; with neighbours if `joined`."""
    pairs = [
        _grown(want, said, pair) if joined else pair
        for at, near in enumerate(_near(want, said))
        for pair in (_pair(want, said, range(at, at + 1), range(one, one + 1)) for one in near)
    ]
    kept: list[Match] = []
    taken: tuple[set[int], set[int]] = set(), set()
    for pair in sorted(pairs, key=lambda one: (one.distance, one.want.start, one.said.start)):
        if pair.distance < FAR and taken[0].isdisjoint(pair.want) and taken[1].isdisjoint(pair.said):
            kept.append(pair)
            taken[0].update(pair.want)
            taken[1].update(pair.said)
    return kept


def _pair(want: Sequence[str], said: Sequence[str], wants: range, saids: range) -> Match:
    texts = "".join(want[at] for at in wants), "".join(said[at] for at in saids)
    short, long = sorted(texts, key=len)
    hopeless = len(long) > LONG and len(short) < (1 - FAR) * len(long)
    return Match(wants, saids, len(long) if hopeless else levenshtein(long, short), len(long))


def _near(want: Sequence[str], said: Sequence[str]) -> Iterator[list[int]]:
    """For each wanted text the ones said that share most pairs of characters with it, by the size of the text."""
    holders: dict[str, list[int]] = defaultdict(list)
    for at, text in enumerate(said):
        for gram in _grams(text):
            holders[gram].append(at)
    for text in want:
        shared = Counter(at for gram in _grams(text) for at in holders.get(gram, ()))
        ranked = sorted(shared, key=lambda at: (-shared[at] / (len(text) + len(said[at])), at))
        yield ranked[:CANDIDATES]


def _grams(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(max(1, len(text) - 1))}


def _grown(want: Sequence[str], said: Sequence[str], pair: Match) -> Match:
    """The pair with neighbours on one side, as long as that makes it closer."""
    while pair.distance > CLOSE:
        wants, saids = pair.want, pair.said
        tries = [(wants, side) for side in _wider(saids, len(said)) if len(wants) == 1]
        tries += [(side, saids) for side in _wider(wants, len(want)) if len(saids) == 1]
        found = [_pair(want, said, *one) for one in tries if _fits(want, said, *one)]
        best = min(found, key=lambda one: one.distance, default=pair)
        if best.distance >= pair.distance:
            break
        pair = best
    return pair


def _wider(places: range, size: int) -> list[range]:
    sides = range(places.start - 1, places.stop), range(places.start, places.stop + 1)
    return [side for side in sides if side.start >= 0 and side.stop <= size]


def _fits(want: Sequence[str], said: Sequence[str], wants: range, saids: range) -> bool:
    """Whether the joined side is not much longer than the single one: only then it can be closer."""
    one, two = sum(len(want[at]) for at in wants), sum(len(said[at]) for at in saids)
    joined, single = (two, one) if len(wants) == 1 else (one, two)
    return len(wants) + len(saids) <= MOST_JOINED and max(one, two) <= LONG and joined <= 1.5 * single + 20


def _contents(items: Iterable[Element], kinds: Sequence[str], clean: Any) -> list[tuple[str, str]]:
    """Kind and cleaned content of the elements of some kinds that have any; at most so many, the rest in the last."""
    found = [(kind, text) for kind, text in ((kind, clean(text)) for kind, text in items if kind in kinds) if text]
    rest = "".join(text for _, text in found[MOST_BLOCKS - 1 :])
    return [*found[: MOST_BLOCKS - 1], (found[-1][0], rest)] if rest else found


def _text(want: Sequence[Element], said: Sequence[Element]) -> dict[str, float]:
    """Similarity of the text, and of its order. Text that is nowhere on the page counts as edits."""
    wanted, found = _contents(want, ("text", "aside"), _letters), [t for _, t in _contents(said, ("text",), _letters)]
    pairs = matched([text for _, text in wanted], found, joined=True)
    body = {at for at, (kind, _) in enumerate(wanted) if kind == "text"}
    counted = [pair for pair in pairs if not body.isdisjoint(pair.want)]
    used = {at for pair in pairs for at in pair.said}
    lost = sum(len(wanted[at][1]) for at in body - {at for pair in pairs for at in pair.want})
    made_up = sum(len(text) for at, text in enumerate(found) if at not in used)
    edits = lost + made_up + sum(pair.edits for pair in counted)
    length = lost + made_up + sum(pair.longest for pair in counted)
    read = [at for pair in sorted(counted, key=lambda one: one.said.start) for at in pair.want if at in body]
    return {"text": 1 - edits / length if length else 1.0, "order": _ordered(read, sorted(body))}


def _ordered(read: Sequence[int], right: Sequence[int]) -> float:
    """Similarity of two orders: 1 minus the edits over the longer one."""
    one, two = ("".join(chr(0x20000 + at) for at in places) for places in (read, right))
    return 1 - levenshtein(one, two) / max(len(one), len(two), 1)


def _formulas(want: Sequence[Element], said: Sequence[Element]) -> dict[str, float]:
    """Similarity of the display formulas; those that the page does not have do not count."""
    wanted, found = ([t for _, t in _contents(items, ("formula",), _latex)] for items in (want, said))
    pairs = matched(wanted, found, joined=True)
    lost = sum(len(text) for at, text in enumerate(wanted) if not any(at in pair.want for pair in pairs))
    length = lost + sum(pair.longest for pair in pairs)
    return {"formulas": 1 - (lost + sum(pair.edits for pair in pairs)) / length if length else 1.0}


def _tables(want: Sequence[Element], said: Sequence[Element]) -> dict[str, float]:
    """TEDS of the tables, and their similarity as texts: a mean over the tables of the page."""
    wanted, found = ([t for _, t in _contents(items, ("table",), _html)] for items in (want, said))
    pairs = matched(wanted, found, joined=False)
    trees = [_teds(found[pair.said.start], wanted[pair.want.start]) for pair in pairs]
    lost = sum(len(text) for at, text in enumerate(wanted) if not any(at in pair.want for pair in pairs))
    length = lost + sum(pair.longest for pair in pairs)
    likeness = 1 - (lost + sum(pair.edits for pair in pairs)) / length if length else 1.0
    return {"tables": sum(trees) / max(1, len(wanted)), "table-text": likeness}


def _teds(said: str, want: str) -> float:
    try:
        return max(0.0, teds(said, want))
    except ValueError:
        return 0.0

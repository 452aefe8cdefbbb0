"""Similarity of tables and of outlines as trees: 1 minus the edit distance over the number of nodes of the larger one.

The distance is that of ordered trees (Zhang and Shasha, 1989, SIAM Journal on Computing 18, 1245-1262). For tables it
is TEDS (Zhong et al., 2020, Image-based table recognition, section 4): adding or removing a node costs 1, as does
another tag or another span, and another text in a cell costs its normalised edit distance. Cells are `td`; the tags
within a cell are part of its text, and `th` is a node without text, as in the authors' code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

__all__ = ["MOST", "Node", "distance", "similarity", "table", "teds"]

MOST = 250_000
"""Most pairs of nodes that are compared; a reply whose tree is larger than that has no similarity."""
VOID = frozenset(("br", "hr", "img", "input", "col", "wbr"))
CLOSES = {
    "td": ("td", "th"), "th": ("td", "th"), "tr": ("td", "th", "tr"),
    **dict.fromkeys(("thead", "tbody", "tfoot"), ("td", "th", "tr", "thead", "tbody", "tfoot")),
}  # fmt: skip
"""Open elements that a new one ends."""


@dataclass(slots=True)
class Node:
    """A node with what it is compared by."""

    label: str
    spans: tuple[str, str] = ("1", "1")
    """Columns and rows of a cell."""
    text: list[str] = field(default_factory=list)
    """Of a cell: its characters, and the tags in it as one each."""
    children: list[Node] = field(default_factory=list)
    size: int = 0
    """Elements below it in the source, those within cells too."""

    def walk(self) -> Iterator[Node]:
        """The nodes in post-order."""
        stack: list[tuple[Node, bool]] = [(self, False)]
        while stack:
            node, seen = stack.pop()
            if seen:
                yield node
            else:
                stack += [(node, True), *((child, False) for child in reversed(node.children))]


Cost = Callable[[Node, Node], float]


def distance(one: Node, two: Node, rename: Cost) -> float:
    """The least cost of turning one tree into the other; adding and removing a node cost 1."""
    (first, lefts, keys), (second, rights, others) = _order(one), _order(two)
    found = [[0.0] * len(second) for _ in first]
    for i in keys:
        for j in others:
            _subtrees(i, j, (first, lefts), (second, rights), found, rename)
    return found[-1][-1]


def _order(root: Node) -> tuple[list[Node], list[int], list[int]]:
    """Nodes in post-order, the leftmost leaf below each, and the roots whose leftmost leaf no later node has."""
    nodes = list(root.walk())
    place = {id(node): at for at, node in enumerate(nodes)}
    lefts: list[int] = []
    for at, node in enumerate(nodes):
        lefts.append(lefts[place[id(node.children[0])]] if node.children else at)
    return nodes, lefts, sorted({left: at for at, left in enumerate(lefts)}.values())


def _subtrees(
    i: int, j: int, one: tuple[list[Node], list[int]], two: tuple[list[Node], list[int]], found: list[list[float]],
    rename: Cost,
) -> None:  # fmt: skip
    """Fill in the distances between the subtrees that end at two key roots."""
    (first, lefts), (second, rights) = one, two
    a, b = lefts[i], rights[j]
    rows = [[float(column) for column in range(j - b + 2)]]
    for x in range(a, i + 1):
        before, row = rows[-1], [rows[-1][0] + 1]
        rows.append(row)
        for y in range(b, j + 1):
            least = min(before[y - b + 1] + 1, row[y - b] + 1)
            if lefts[x] == a and rights[y] == b:
                least = min(least, before[y - b] + rename(first[x], second[y]))
                found[x][y] = least
            else:
                least = min(least, rows[lefts[x] - a][rights[y] - b] + found[x][y])
            row.append(least)


def similarity(said: Node, want: Node, rename: Cost, *, sizes: Sequence[int]) -> float:
    """1 minus the distance over the larger of two sizes; 0 for trees that are too large to compare."""
    if sum(1 for _ in said.walk()) * sum(1 for _ in want.walk()) > MOST:
        return 0.0
    return 1 - distance(said, want, rename) / max(1, *sizes)


def teds(said: str, want: str) -> float:
    """TEDS of the first tables of two documents; 0 without one in each. ValueError for a span that is no number."""
    one, two = table(said), table(want)
    if one is None or two is None:
        return 0.0
    for node in (*one.walk(), *two.walk()):
        tuple(map(int, node.spans))
    return similarity(one, two, _cells, sizes=(one.size, two.size))


def _cells(one: Node, two: Node) -> float:
    if one.label != two.label or (one.label == "td" and tuple(map(int, one.spans)) != tuple(map(int, two.spans))):
        return 1.0
    longest = max(len(one.text), len(two.text)) if one.label == "td" else 0
    return _edits(one.text, two.text) / longest if longest else 0.0


def _edits(one: Sequence[str], two: Sequence[str]) -> int:
    """The edit distance of two lists, row by row in arrays: a reply may hold one cell of thousands of characters."""
    import numpy as np

    numbers: dict[str, int] = {}
    left, right = (np.array([numbers.setdefault(token, len(numbers)) for token in text]) for text in (one, two))
    steps = np.arange(len(right) + 1)
    row = steps.copy()
    for at, token in enumerate(left, 1):
        least = np.minimum(row[1:] + 1, row[:-1] + (right != token))
        row = np.minimum.accumulate(np.concatenate(([at], least)) - steps) + steps
    return int(row[-1])


def table(text: str) -> Node | None:
    """The first table of a document in HTML, or None."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.root


class _Reader(HTMLParser):
    """Builds the tree of the first table. Elements end where a browser would end them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root: Node | None = None
        self.open: list[Node] = []
        self.inside: list[str] = []
        """Open elements within the cell."""
        self.done = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin an element."""
        if self.done or (self.root is None and tag != "table"):
            return
        if self.root is None:
            self.root = Node("table")
            self.open.append(self.root)
            return
        self._end_for(tag)
        self.root.size += 1
        if self.open[-1].label == "td":
            self.open[-1].text.append(f"<{tag}>")
            self.inside += [] if tag in VOID else [tag]
            self.open[-1].text += [f"</{tag}>"] if tag in VOID else []
            return
        said = {name: value or "1" for name, value in attrs}
        node = Node(tag, (said.get("colspan", "1"), said.get("rowspan", "1")))
        self.open[-1].children.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_endtag(self, tag: str) -> None:
        """End an element, and those in it that are still open."""
        if self.done or self.root is None:
            return
        if tag in self.inside:
            while self.inside:
                last = self.inside.pop()
                self.open[-1].text.append(f"</{last}>")
                if last == tag:
                    return
        elif any(node.label == tag for node in self.open):
            while self._pop() != tag:
                pass
            self.done = not self.open

    def handle_data(self, data: str) -> None:
        """The text of a cell; any other is ignored."""
        if not self.done and self.open and self.open[-1].label == "td":
            self.open[-1].text += data

    def _end_for(self, tag: str) -> None:
        while tag in CLOSES and self.open[-1].label in CLOSES[tag]:
            self._pop()

    def _pop(self) -> str:
        for last in reversed(self.inside):
            self.open[-1].text.append(f"</{last}>")
        self.inside = []
        return self.open.pop().label

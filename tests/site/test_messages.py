"""Every message is used, and every text that a page asks for is there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from mmeval.arena.said import MADE
from mmeval.arena.style import COUNTS
from mmeval.board.cards import PARTS, Reference
from mmeval.board.cell import MARKS, Kind, Unranked
from mmeval.board.settings import COMMON, OPTIONS
from mmeval.board.vectors import OUTCOMES
from mmeval.catalog import bundled
from mmeval.comparable import KEYS
from mmeval.definitions import Policy
from mmeval.diagnosis import Verdict
from mmeval.sitegen import discover
from mmeval.sitegen.env import languages, source_folder
from mmeval.sitegen.expected import NAMES
from mmeval.sitegen.pages import board, compare, gallery, plots, question, run
from mmeval.sitegen.understanding import TONES
from mmeval.types import STATUSES, Modality

PACKAGE = Path(discover.__file__).parent
FAMILIES = {
    "ref": get_args(Reference),
    "target": NAMES,
    "theme": ["auto", "light", "dark"],
    "outcome": OUTCOMES,
    "part": PARTS,
    "status": [status for status in STATUSES if status != "ok"],
    "plot": [name for name, _, _ in plots.PLOTS],
    "compare": compare.WORDS,
    "compared": ["jackknife", "samples"],
    "excluded": {key.name.partition(".")[0] for key in KEYS if key.column == "equal"} - {"benchmark"},
    "setting": {key.name.partition(".")[0] for key in KEYS if key.column == "setting"}
    | {key.rpartition(".")[2] for key in (*OPTIONS, *COMMON)},
    "mark": [(mark or "none").replace(" ", "-") for mark in MARKS] + ["asked"],
    "outside": [kind for kind in get_args(Kind) if kind not in ("measured", "reference")],
    "unranked": [why for why in get_args(Unranked) if why],
    "variants": ["about"],
    "limited": ["about"],
    "suspicious": ["about", "share"],
    "hardest": ["about", "share"],
    "understood": TONES,
    "diagnosis": [verdict.replace(", ", "-").replace(" ", "-") for verdict in get_args(Verdict)],
    "arena.effect": ["first", *COUNTS],
    "arena.made": [*MADE],
    "gallery": ["easy", "medium", "hard", "every", "nobody", "split", "doubt", "odd"],
    "blind": ["a", "b", "c", "d"],
    "modality": get_args(Modality),
    "policy": get_args(Policy),
}
"""Keys that are put together from a name and a value."""
NAMED = [
    "strong",
    "variants",
    "limited",
    "weak",
    "suspicious",
    "hardest",
    "view.about",
    "view.openvlm.about",
    "interval",
    "benchmark",
]
"""Keys that a template gets as a value."""


def written() -> set[str]:
    """Keys that templates and modules write out."""
    files = [*(source_folder() / "templates").glob("*.html"), *PACKAGE.rglob("*.py")]
    text = "\n".join(file.read_text(encoding="utf-8") for file in files)
    calls = re.findall(r"""\b(?:t|text|mark)\(["']([\w.]+)["']\s*[,)]""", text)
    choices = re.findall(r"""\bt(?:ext)?\(["']([\w.]+)["'] if .*? else ["']([\w.]+)["']\)""", text)
    facts = re.findall(r"""\(["'](fact\.\w+)["'], """, text)
    return {*calls, *facts, *(key for pair in choices for key in pair)}


def test_every_message_is_used_and_every_used_one_is_there() -> None:
    nav = {kind.nav.title for kind in discover.kinds() if kind.nav}
    families = {f"{name}.{value}" for name, values in FAMILIES.items() for value in values}
    used = written() | nav | families | {*NAMED, *board.WORDS, *gallery.WORDS, *question.WORDS, *run.WORDS}
    (english,) = languages(["en"], [source_folder()])
    groups = {key for key in english.messages if key.startswith("group.")}
    assert used | groups == set(english.messages)
    folders = {file.name for file in (bundled() / "benchmarks").iterdir() if file.is_dir()}
    assert {f"group.{name}" for name in (*folders, "other")} <= groups, "groups are folders with a name for people"


def test_every_macro_is_used() -> None:
    templates = {file.name: file.read_text(encoding="utf-8") for file in (source_folder() / "templates").glob("*.html")}
    for name in re.findall(r"macro (\w+)\(", templates["macros.html"]):
        assert any(re.search(rf"\b{name}\(", text) for file, text in templates.items() if file != "macros.html"), name

"""GenEval's rule here and in the authors' own code: the verdicts on detections drawn at random.

    git clone https://github.com/djghosh13/geneval
    python -m tests.perf.geneval geneval [--items 100000]

Their functions `evaluate` and `relative_position` are run as they are, with the selection of objects that their
`evaluate_image` makes with its defaults. Colours are drawn, too. Prompts are their own; so are the thresholds.
"""

from __future__ import annotations

import argparse
import ast
import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from mmeval import media
from mmeval.catalog import Catalog
from mmeval.scorers.judges.detections import COLOURS, SURE, SURE_OF_NUMBER, label
from mmeval.types import Reply
from tests.data.pictures import png

WANTED = ("relative_position", "evaluate")
MADE = Reply(text="", finish="stop", media=(media.image(png()),))


def theirs(folder: Path) -> dict[str, Any]:
    """Their functions, with colours that are known instead of CLIP's."""
    tree = ast.parse((folder / "evaluation" / "evaluate_images.py").read_text(encoding="utf-8"))
    kept = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name in WANTED]
    space: dict[str, Any] = {"np": np, "POSITION_THRESHOLD": 0.1, "COLORS": list(COLOURS)}
    space["color_classification"] = lambda image, objects, name: [image[tuple(box)] for box, _ in objects]
    exec(compile(ast.Module(kept, []), "evaluate_images.py", "exec"), space)
    return space


def drawn(rng: random.Random, asked: dict[str, Any]) -> list[dict[str, Any]]:
    """Objects of the kinds that are asked for, on a coarse grid, so that boxes touch, overlap and share middles."""
    things = []
    wanted = {one["class"]: one for one in asked["include"]}
    for _ in range(rng.choice((0, 1, 2, 2, 3, 4, 5, 20))):
        one = rng.choice(list(wanted.values()))
        left, top = rng.randrange(0, 400, 20), rng.randrange(0, 400, 20)
        box = (left, top, left + rng.randrange(20, 400, 20), top + rng.randrange(20, 400, 20))
        score = rng.choice((SURE, SURE_OF_NUMBER, rng.uniform(0.2, 1.0), rng.uniform(0.85, 1.0)))
        colour = one.get("color") if rng.random() < 0.7 else None
        fits = colour or rng.choice(COLOURS)
        things.append({"name": one["class"], "score": score, "box": box, "fits": fits})
    return things


def verdict(space: dict[str, Any], asked: dict[str, Any], things: list[dict[str, Any]]) -> bool:
    """Theirs: the objects above the threshold, best first, at most 16 of a kind; no suppression of overlaps."""
    least = SURE_OF_NUMBER if asked["tag"] == "counting" else SURE
    best = sorted((one for one in things if one["score"] > least), key=lambda one: -one["score"])
    objects: dict[str, list[Any]] = {}
    for one in best:
        row = (np.array([*one["box"], one["score"]]), None)
        if len(objects.setdefault(one["name"], [])) < 16:
            objects[one["name"]].append(row)
    colours = {(*one["box"], one["score"]): one["fits"] for one in things}
    return bool(space["evaluate"](colours, objects, asked)[0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--items", type=int, default=100_000)
    given = parser.parse_args()
    space, bench = theirs(given.folder), Catalog().benchmark("geneval")
    rule: Any = bench.score.rule("detector")
    lines = (given.folder / "prompts" / "evaluation_metadata.jsonl").read_text(encoding="utf-8").splitlines()
    prompts = [json.loads(line) for line in lines]
    rng, table = random.Random(1), Counter[tuple[str, bool, bool]]()
    for _ in range(given.items):
        asked = rng.choice(prompts)
        things = drawn(rng, asked)
        sample = bench.to_sample({**asked, "row": 0})
        said = json.dumps({"objects": [{**one, "name": label({"class": one["name"]})} for one in things]})
        ours = rule.parse(sample, MADE, Reply(text=said, finish="stop")).value == 1.0
        table[asked["tag"], verdict(space, asked, things), ours] += 1
    print(f"{'kind':<14} {'both right':>10} {'both wrong':>10} {'differ':>7}")
    for tag in dict.fromkeys(one["tag"] for one in prompts):
        right, wrong = table[tag, True, True], table[tag, False, False]
        print(f"{tag:<14} {right:10,} {wrong:10,} {table[tag, True, False] + table[tag, False, True]:7,}")


if __name__ == "__main__":
    main()

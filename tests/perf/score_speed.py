"""Replies scored per second on one core: `python tests/perf/score_speed.py [N] [--reference DIR]`.

Times every profile of a multiple-choice scorer over N stored replies (100,000 by default), mmeval's own readings of short and
of long replies, the rescoring of a run of 10,000, and, with the folder of a VLMEvalKit or lmms-eval checkout or wheel, their own functions on the same replies.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import random
import sys
import tempfile
import time
import types
from collections.abc import Callable
from pathlib import Path

from mmeval import Benchmark, Sample, Text
from mmeval.data import generated
from mmeval.engine.options import Settings
from mmeval.metrics import accuracy
from mmeval.rescore import open_source, profile_diff, rescore
from mmeval.runner import job, run_one
from mmeval.scorers import anls, choice, numeric, open_answer, vqa_accuracy, yes_no
from mmeval.scorers.readers import brackets, tokens
from mmeval.types import Reply

OPTIONS = ("a red apple on the table", "a green pear in a bowl", "a banana", "two oranges")
SHAPES = (
    "{x}", "({x})", "{x}.", "{x}. {text}", "The answer is {x}.", "**{x}**", "\\boxed{{{x}}}", "The correct answer is ({x}).",
    "Let me look at the picture. There is a table and a bowl on it, and something lies beside them. {text} fits best, "
    "since the others cannot be seen anywhere. So the answer is {x}.",
    "<think>Is it A? Or rather B? The colour speaks for it.</think>\n{x}", "I am not sure, it may be {text}", "It is a dog.",
)  # fmt: skip


def replies(n: int) -> list[tuple[Sample, Reply]]:
    """N replies as models write them, the same for each seed."""
    draw, out = random.Random(7), []
    for index in range(n):
        x, gold = draw.choice("ABCD"), draw.choice("ABCD")
        text = draw.choice(SHAPES).format(x=x, text=OPTIONS["ABCD".index(x)])
        sample = Sample(id=str(index), prompt=(), target=gold, choices=OPTIONS)
        out.append((sample, Reply(text=text, finish="stop")))
    return out


def timed(name: str, n: int, work: Callable[[], object]) -> None:
    """Run once, print replies per second of this process's own time."""
    start = time.process_time()
    work()
    seconds = time.process_time() - start
    print(f"{name:44} {n / seconds:12,.0f} replies/s   {seconds:7.2f} s for {n:,}")


READINGS = {
    "choice, short": (
        choice,
        OPTIONS,
        ("B", "(C)", "**A**", "D.", "The answer is B.", "B. a green pear in a bowl", "\\boxed{C}"),
    ),
    "choice, sentences": (
        choice,
        OPTIONS,
        ("I think it is B.", "The second option.", "Not A but C.", "A is wrong, so B", "答案不是A，而是B"),
    ),
    "choice, reasoning": (choice, OPTIONS, (f"{SHAPES[8].format(x='B', text=OPTIONS[1])} " * 4,)),
    "yes_no, short": (yes_no, (), ("Yes", "no.", "**Yes**", "No", "Yes.")),
    "yes_no, sentences": (
        yes_no,
        (),
        ("No, there is no dog.", "That is not correct.", "I see no dog in the image.", "没有狗"),
    ),
    "numeric, short": (numeric, (), ("42", "3.5", "The answer is 42.", "1000", "-7")),
    "numeric, sentences": (
        numeric,
        (),
        ("There are 42 cells.", "1.2 million", "about 12 cm", "twenty-one", "3 out of 5"),
    ),
    "open_answer, short": (open_answer, (), ("Baroque", "It is Baroque.", "Not Baroque")),
}
"""Scorer, options and replies for the profile `mmeval`."""


def readings(n: int) -> None:
    """mmeval's own readings, by kind of reply."""
    for name, (make, choices, texts) in READINGS.items():
        rule = make().rule("mmeval")
        target = "Baroque" if make is open_answer else "42" if make is numeric else "B"
        sample = Sample(id="1", prompt=(), target=target, choices=choices)
        pairs = [Reply(text=texts[index % len(texts)], finish="stop") for index in range(n)]
        timed(f"mmeval: {name}", n, lambda rule=rule, sample=sample, pairs=pairs: [rule(sample, one) for one in pairs])


def ours(n: int) -> None:
    """Every profile of our scorer."""
    pairs = replies(n)
    scorer = choice(official=brackets.bracketed, lmms=brackets.ranked)
    for profile in sorted(scorer.rules):
        rule = scorer.rule(profile)
        timed(f"choice/{profile}", n, lambda rule=rule: [rule(sample, reply) for sample, reply in pairs])
    table = [(reply.text, dict(zip("ABCD", OPTIONS, strict=True))) for _, reply in pairs]
    timed("the token matcher alone", n, lambda: [tokens.match_tokens(text, options, 3) for text, options in table])
    timed("the ranked forms alone", n, lambda: [brackets.ranked(text, options) for text, options in table])
    few = [(Sample(id=s.id, prompt=(), target=["a red apple"] * 9 + ["pear"]), r) for s, r in pairs[: n // 5]]
    for made in (vqa_accuracy(), anls()):
        rule = made.rule("official")
        timed(f"{made.name}/official", len(few), lambda rule=rule: [rule(sample, reply) for sample, reply in few])


def stored(n: int) -> None:
    """`rescore` and `diff --profiles` on a stored run."""

    def to_sample(row):
        return Sample(id=row["id"], prompt=(Text(row["says"]),), target=row["gold"], choices=OPTIONS)

    def make(draw):
        x = draw.choice("ABCD")
        return {"says": draw.choice(SHAPES).format(x=x, text=OPTIONS["ABCD".index(x)]), "gold": draw.choice("ABCD")}

    bench = Benchmark(
        name="speed", version="1", title="Speed", about="Replies.", data=generated(make, n=n, seed=1), to_sample=to_sample,
        score=choice(), profile="mmeval", metric=accuracy(), cluster=None, license=None, url=None, paper=None, rows=n, chance=0.25,
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(results=Path(folder) / "results", cache_file=Path(folder) / "cache.sqlite")
        run = run_one(bench, "mock/echo", settings)
        timed(
            "rescore, whole command",
            n,
            lambda: rescore(open_source(run, job=job(bench, settings)), "vlmevalkit-2026-08"),
        )
        source = open_source(run, job=job(bench, settings))
        timed("diff --profiles, both scorings", n, lambda: profile_diff(source, ("mmeval", "vlmevalkit-2024")))


def theirs(folder: Path, n: int) -> None:
    """The reference functions, loaded from their files alone."""
    table = [(reply.text, dict(zip("ABCD", OPTIONS, strict=True))) for _, reply in replies(n)]
    for file, name in (
        ("vlmeval/utils/matching_util.py", "can_infer"),
        ("lmms_eval/tasks/_task_utils/mcq_extract.py", "extract_mcq_answer"),
    ):
        path = folder / file
        if path.exists():
            function = getattr(_load(path), name)
            timed(
                f"{name} of {file.split('/')[0]}",
                n,
                lambda f=function: [f(text, dict(options)) for text, options in table],
            )


def _load(path: Path) -> types.ModuleType:
    for missing in ("vlmeval", "vlmeval.smp", "vlmeval.smp.log"):
        sys.modules.setdefault(missing, types.ModuleType(missing)).get_logger = lambda *_: None  # type: ignore[attr-defined]
    spec = importlib.util.spec_from_file_location(f"reference_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("n", nargs="?", type=int, default=100_000)
    parser.add_argument(
        "--reference", type=Path, action="append", default=[], help="folder that holds vlmeval/ or lmms_eval/"
    )
    given = parser.parse_args()
    print(f"one core of {os.cpu_count()}, Python {sys.version.split()[0]}")
    ours(given.n)
    readings(given.n)
    stored(min(given.n, 10_000))
    for folder in given.reference:
        theirs(folder, given.n)


if __name__ == "__main__":
    main()

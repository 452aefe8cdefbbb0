"""The tables of `gate plan`, `gate subset`, `gate calibrate` and `gate selftest`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from mmeval.formatting import money, points
from mmeval.gate.planning import FLIP_RATES, Noise, Plan
from mmeval.gate.selftest import Trial
from mmeval.gate.subset import Subset
from mmeval.report.terminal import print_rows, text_of

__all__ = ["print_noise", "print_plans", "print_subset", "print_trials"]


def print_plans(plans: Sequence[Plan], console: Console) -> None:
    """One row per benchmark and flip rate."""
    rows = []
    for plan in plans:
        for i, rate in enumerate(FLIP_RATES):
            first = (plan.name, plan.tier, points(plan.margin), str(plan.n), money(plan.cost)) if i == 0 else ("",) * 5
            seen = (f"{rate:.0%}", points(plan.detectable[i]), f"{plan.passes[i]:.0%}", str(plan.needed[i]))
            rows.append((*first, *seen))
    columns = ("benchmark", "tier", "margin", "samples", "cost", "flips", "sees", "passes", "needs")
    print_rows(columns, rows, console, right=(2, 3, 4, 5, 6, 7, 8))
    console.print(
        Text(
            "flips: share of samples whose score changes; sees: true drop in points that is detected with 80 %; "
            "passes: probability if nothing has changed; needs: samples to pass with 80 %.",
            style="dim",
        )
    )
    _print_green(plans, console)


def _print_green(plans: Sequence[Plan], console: Console) -> None:
    """How often the gate ends green, with a drop of which it should tell."""
    rows = []
    for plan in plans:
        for i, (rate, chances) in enumerate(zip(FLIP_RATES, plan.green, strict=False)):
            cells = [f"{points(one.drop)}: {one.strict:.0%} / {one.lenient:.0%}" for one in chances]
            rows.append((plan.name if i == 0 else "", f"{rate:.0%}", *cells))
    if not rows:
        return
    console.print()
    print_rows(("benchmark", "flips", "no drop", "half the margin", "the margin"), rows, console, right=(1, 2, 3, 4))
    console.print(
        Text(
            "Chance that the gate ends green if only this benchmark has dropped so many points: with "
            "`on_inconclusive: fail` / with warn or pass.",
            style="dim",
        )
    )


def print_subset(found: Subset, file: Path, console: Console) -> None:
    """What the subset costs, and how gate.yaml takes it."""
    cost = found.loss
    rows = [
        (f"all {found.of}", f"{cost.full:.0%}"),
        (f"these {found.units}", f"{cost.chosen:.0%}"),
        (f"{found.units} at random", f"{cost.random:.0%}"),
    ]
    print_rows(("samples", f"finds a drop of {points(found.margin)} points"), rows, console, right=(1,))
    lines = (
        f"Difference of these to all: {points(cost.chosen - cost.full, signed=True)} points of power "
        f"[{points(cost.low, signed=True)}, {points(cost.high, signed=True)}], on {cost.pairs} pairs of {cost.models} "
        "models that had no part in the choice.",
        f"Measured on the models that chose, it would be {cost.same:.0%}, which is too good to be true.",
        f"A drop of {points(found.margin)} points on all samples is {points(cost.drop)} on these, so in gate.yaml:",
        f"benchmarks: {{{found.benchmark}: {{ids: {file}, margin: {cost.drop:.3f}}}}}",
    )
    for text in lines:
        console.print(text_of(text), soft_wrap=True)


def print_noise(found: Sequence[Noise], console: Console) -> None:
    """One row per benchmark."""
    rows = [
        (
            noise.name,
            str(noise.repeats),
            str(noise.n),
            f"{noise.flip_rate:.1%}",
            points(noise.deviation),
            points(noise.detectable),
            f"{noise.passes}/{noise.pairs}",
            f"{noise.false_alarms}/{noise.pairs}",
        )
        for noise in found
    ]
    columns = ("benchmark", "repeats", "samples", "flips", "sd of runs", "sees", "passes", "false fails")
    print_rows(columns, rows, console, right=tuple(range(1, 8)))


def print_trials(trials: Sequence[Trial], console: Console) -> None:
    """One row per planted change."""
    rows = [
        (trial.benchmark, trial.planted, trial.expected, trial.found, "ok" if trial.passed else "WRONG")
        for trial in trials
    ]
    print_rows(("benchmark", "planted", "expected", "found", ""), rows, console)
    for trial in trials:
        if not trial.passed:
            console.print(Text(f"{trial.benchmark}: {trial.reason}", style="red"))

"""What the statistics promise, and what they keep: the tables of docs/statistics.md.

    python -m tests.perf.audit              # all tables, less than ten minutes on two cores
    python -m tests.perf.audit ranks        # those whose title has the word

Shares in the tables are of simulated samples and have an error of their own: with a true rate of 5 %, the worst of 40
cells of 2,000 samples each is likely to show 6 %.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from multiprocessing.pool import Pool
from typing import TypeAlias, TypeVar

from tests.perf import coverage, gate_errors, losses, separation

SEED = 1
Section: TypeAlias = Callable[[Pool], Iterable[str]]
"""Gives the lines of a table in Markdown."""
Row = TypeVar("Row")
Cell = TypeVar("Cell")


def intervals(pool: Pool) -> Iterator[str]:
    """Coverage of `intervals.mean`, over four shares of correct answers and three correlations in each row."""
    yield from table("cluster sizes", "clusters", "worst coverage", "mean coverage", "mean width", "marked as few")
    found = measured(pool, one_coverage, coverage.grid())
    for (kind, harder, clusters), cells in grouped(found, lambda cell: (cell.sizes, cell.harder, cell.clusters)):
        covered = [one.covered for one in cells]
        width, few = mean([one.width for one in cells]), mean([one.few for one in cells])
        name = f"{kind}, large ones harder" if harder else kind
        yield row(name, clusters, percent(min(covered)), percent(mean(covered)), f"{100 * width:.1f}", percent(few, 0))


def ranks(pool: Pool) -> Iterator[str]:
    """Boards of equal models with a false "better", over kinds of scores in each row."""
    yield from table("units", "number", "models", "worst", "mean")
    found = measured(pool, one_board, separation.grid())
    for (kind, units, models), shares in grouped(found, lambda cell: (cell.sizes, cell.units, cell.models)):
        name = f"clusters, {kind}" if kind else "samples"
        yield row(name, units, models, percent(max(shares)), percent(mean(shares)))


def bounds(pool: Pool) -> Iterator[str]:
    """How often the one-sided 95 % bound of partial scores is above the truth, over twelve distributions in each row."""
    yield from table("samples", "in clusters of", "worst", "mean", "worst of the t bound")
    found = measured(pool, one_bound, losses.grid())
    for (cluster, n), rates in grouped(found, lambda cell: (cell.cluster, cell.n)):
        ours, t = zip(*rates, strict=True)
        yield row(n, cluster, percent(max(ours)), percent(mean(ours)), percent(max(t)))


def gates(pool: Pool) -> Iterator[str]:
    """False PASS at a drop of the margin and false FAIL of an unchanged model, over the cells of gate_errors."""
    yield from table("samples", "benchmarks", "worst false PASS", "worst false FAIL")
    for title, rows in gate_errors.groups().items():
        found = measured(pool, one_gate, [cell for cells in rows for cell in cells])
        for (n, benchmarks), rates in grouped(found, lambda cell: (cell.n, cell.benchmarks)):
            passed, failed = zip(*rates, strict=True)
            yield row(f"{n}, {title.lower()}", benchmarks, percent(max(passed)), percent(max(failed)))


def guards(pool: Pool) -> Iterator[str]:
    """Gates with four guards on each benchmark that fail, over three rates of each guard; scores have not changed."""
    yield from table("rise of every rate", "benchmarks", "samples", "worst by guards", "worst of the whole gate")
    rows = [cell for cells in gate_errors.guarded() for cell in cells if cell.rise <= 0.01]
    found = measured(pool, one_guarded, rows)
    for (rise, benchmarks, n), shares in grouped(found, lambda cell: (cell.rise, cell.benchmarks, cell.n)):
        by_guards, whole = zip(*shares, strict=True)
        yield row(percent(rise, 0), benchmarks, n, percent(max(by_guards)), percent(max(whole)))


def partial_scores(pool: Pool) -> Iterator[str]:
    """False PASS of partial scores with rare large losses, and false FAIL of an unchanged model."""
    yield from table("samples", "worst false PASS", "with Tango's bound", "worst false FAIL")
    found = measured(pool, one_partial, [cell for cell in gate_errors.partials() if cell.n <= 200])
    for (n,), shares in grouped(found, lambda cell: (cell.n,)):
        passed, tango, failed = zip(*shares, strict=True)
        yield row(n, percent(max(passed)), percent(max(tango)), percent(max(failed)))


SECTIONS: tuple[tuple[str, Section], ...] = (
    ("Intervals over clusters", intervals),
    ("Ranks of equal models", ranks),
    ("Lower bounds with rare large losses", bounds),
    ("Gates", gates),
    ("Guards", guards),
    ("Gates of partial scores", partial_scores),
)
"""Title and function of each table. A new one is registered here."""


def one_coverage(cell: coverage.Coverage) -> coverage.Measured:
    return cell.measure(4000, seed=SEED)


def one_board(cell: separation.Equals) -> float:
    return cell.measure(1000 if cell.large else 2000, seed=SEED)


def one_bound(cell: losses.Losses) -> tuple[float, float]:
    return cell.measure(1500, seed=SEED)


def one_gate(cell: gate_errors.Cell) -> tuple[float, float]:
    bad, same = (gate_errors.rates(cell, delta, runs=1000, seed=SEED) for delta in (-cell.margin, 0.0))
    return bad.passed, same.failed


def one_guarded(cell: gate_errors.Guarded) -> tuple[float, float]:
    _, by_guards, whole = cell.measure(1000, seed=SEED)
    return by_guards, whole


def one_partial(cell: gate_errors.Partial) -> tuple[float, float, float]:
    return cell.measure(600, seed=SEED)


def measured(pool: Pool, function: Callable[[Cell], Row], cells: Sequence[Cell]) -> list[tuple[Cell, Row]]:
    return list(zip(cells, pool.map(function, cells, chunksize=1), strict=True))


def grouped(
    found: Sequence[tuple[Cell, Row]], key: Callable[[Cell], tuple[object, ...]]
) -> Iterable[tuple[tuple[object, ...], list[Row]]]:
    rows: dict[tuple[object, ...], list[Row]] = {}
    for cell, value in found:
        rows.setdefault(key(cell), []).append(value)
    return rows.items()


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def percent(share: float, digits: int = 1) -> str:
    return f"{100 * share:.{digits}f} %"


def row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def table(*heads: str) -> Iterator[str]:
    yield row(*heads)
    yield f"|{'---|' * len(heads)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("word", nargs="?", default="")
    wanted = parser.parse_args().word.lower()
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # read by the workers, which share the cores already
    with multiprocessing.get_context("spawn").Pool() as pool:
        for title, section in SECTIONS:
            if wanted in title.lower():
                start = time.perf_counter()
                print(f"\n**{title}.** {section.__doc__}\n")
                for line in section(pool):
                    print(line, flush=True)
                print(f"\n{time.perf_counter() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()

"""The board as it was at the end of an earlier month."""

from __future__ import annotations

from dataclasses import replace

from mmeval.board.cell import Board
from mmeval.board.seasons import by_season

MONTHS = 24
"""Number of earlier months, the newest first."""


def months(board: Board) -> list[str]:
    """Months (YYYY-MM) in which a run ended, newest first; the newest of all is left out, because it goes on."""
    found = {cell.finished[:7] for column in board.columns for cell in column.every if cell.finished}
    return sorted(found, reverse=True)[1 : MONTHS + 1]


def as_of(board: Board, month: str) -> Board:
    """The board from the runs that had ended by the end of a month."""
    columns = []
    for column in board.columns:
        then = [cell for cell in column.every if cell.finished and cell.finished[:7] <= month]
        if then:
            columns.append(by_season(column.card, then))
    return replace(board, columns=columns)

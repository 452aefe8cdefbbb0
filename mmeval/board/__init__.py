"""Builds the board from stored runs and the catalog: comparable runs in columns, averages, ranks."""

from __future__ import annotations

from mmeval.board.cards import BenchmarkCard, ModelCard
from mmeval.board.cell import Aside, Board, Cell, Column, run_key, run_time
from mmeval.board.collect import collect, read_checked

__all__ = [
    "Aside",
    "BenchmarkCard",
    "Board",
    "Cell",
    "Column",
    "ModelCard",
    "collect",
    "read_checked",
    "run_key",
    "run_time",
]

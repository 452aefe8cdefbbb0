"""Builds the board from stored runs and the catalog: comparable runs in columns, averages, ranks."""

from __future__ import annotations

from mmeval.board.cards import BenchmarkCard, ModelCard
from mmeval.board.collect import Board, Cell, Column, ExcludedRun, collect, read_checked, run_key, run_time

__all__ = [
    "BenchmarkCard",
    "Board",
    "Cell",
    "Column",
    "ExcludedRun",
    "ModelCard",
    "collect",
    "read_checked",
    "run_key",
    "run_time",
]

"""Runs and model cards become the board that the site shows; reads the store and the catalog, writes nothing."""

from __future__ import annotations

from mmeval.board.cards import BenchmarkCard, ModelCard
from mmeval.board.collect import Aside, Board, Cell, Column, collect, read_checked, run_key, run_time

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

"""Prompts for models that make images, sounds and films, with facts that are checked by rule."""

from mmeval.generation.bars import BARS
from mmeval.generation.clocks import CLOCKS
from mmeval.generation.dots import DOTS
from mmeval.generation.edits import EDITS
from mmeval.generation.flicker import flickering
from mmeval.generation.motion import moving
from mmeval.generation.shapes import SHAPES
from mmeval.generation.tasks import Task, benchmark_of, checked
from mmeval.generation.tones import TONES

__all__ = ["TASKS", "Task", "benchmark_of", "checked", "flickering", "moving"]

TASKS = {task.name: task for task in (SHAPES, EDITS, BARS, CLOCKS, TONES, DOTS)}

"""Finds out by asking what a model can take and give, and whether its replies depend on their batch."""

from mmeval.probe.asker import Asker, asking
from mmeval.probe.checks import CHECKS, Finding, probe
from mmeval.probe.invariance import Invariance, invariance

__all__ = ["CHECKS", "Asker", "Finding", "Invariance", "asking", "invariance", "probe"]

"""Tasks of other harnesses as benchmarks: their prompts and scores, our data, engine, store and site."""

from mmeval.bridge.lmms import benchmark, is_bridged, named

__all__ = ["benchmark", "is_bridged", "named"]

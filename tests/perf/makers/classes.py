"""What the adapter `diffusers` takes each pipeline of the library for, by what its class can be called with.

    python -m tests.perf.makers.classes

Compared with the fields of the outputs in the pipeline's own module: `images`, `frames` or `audios`. Nothing is built.
"""

from __future__ import annotations

import dataclasses
import inspect
import logging
import sys
import warnings
from collections.abc import Iterator
from typing import Any

from mmeval.catalog import Catalog

FIELDS = {"images": "image", "image": "image", "frames": "video", "audios": "audio"}


def pipelines() -> Iterator[tuple[str, Any]]:
    """Those that make something of a prompt or an image."""
    import diffusers

    for name in dir(diffusers):
        if not name.endswith("Pipeline") or "Modular" in name or "Onnx" in name:
            continue
        found = getattr(diffusers, name)
        takes = inspect.signature(found.__call__).parameters
        if found.__module__ in sys.modules and ("prompt" in takes or "image" in takes):
            yield name, found


def says(pipeline: Any) -> set[str]:
    """What the outputs in the module of a pipeline hold."""
    here = vars(sys.modules[pipeline.__module__]).items()
    outputs = [one for name, one in here if name.endswith("Output") and dataclasses.is_dataclass(one)]
    return {FIELDS[field.name] for one in outputs for field in dataclasses.fields(one) if field.name in FIELDS}


def main() -> None:
    warnings.simplefilter("ignore")
    logging.disable(logging.ERROR)
    adapter = sys.modules[Catalog().adapter("diffusers").__mro__[0].__module__]
    same, others, silent = 0, list[str](), 0
    for name, pipeline in pipelines():
        ours, theirs = adapter._makes(pipeline), says(pipeline)
        same += theirs == {ours}
        silent += not theirs
        if theirs and theirs != {ours}:
            others.append(f"{name}: {ours}, makes {' and '.join(sorted(theirs))}")
    print(f"{same} taken for what they make, {len(others)} not, {silent} whose module does not say")
    print("\n".join(others))


if __name__ == "__main__":
    main()

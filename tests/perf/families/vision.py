"""torchvision for tests: its wheel is made for CUDA, and cannot be imported beside a CPU build of torch."""

from __future__ import annotations

import sys
from importlib.machinery import PathFinder

SCHEMAS = (
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    *(
        f"{name}(Tensor input, Tensor rois, float scale, SymInt height, SymInt width{more}) -> {made}"
        for name, more, made in (
            ("roi_align", ", int sampling_ratio, bool aligned", "Tensor"),
            ("roi_pool", "", "(Tensor, Tensor)"),
            ("ps_roi_align", ", int sampling_ratio", "(Tensor, Tensor)"),
            ("ps_roi_pool", "", "(Tensor, Tensor)"),
        )
    ),
)
"""Operators that `import torchvision` looks for. Transforms, which are all that processors use, need none of them."""


def declare() -> None:
    """Let the pure Python part of torchvision be imported."""
    import torch

    library = torch.library.Library("torchvision", "DEF")
    for schema in SCHEMAS:
        library.define(schema)
    for name in ("_roi_align_backward", "_roi_pool_backward", "_ps_roi_align_backward", "_ps_roi_pool_backward"):
        library.define(f"{name}(Tensor grad) -> Tensor")
    library.define("deform_conv2d(Tensor input) -> Tensor")
    library.define("_deform_conv2d_backward(Tensor grad) -> Tensor")
    sys.modules["mmeval_tests_torchvision"] = library  # type: ignore[assignment]  # kept alive


def hide() -> None:
    """Make torchvision a package that is not installed; call it before `transformers` is imported."""
    found = PathFinder.find_spec

    def without(name: str, path=None, target=None):
        return None if name.partition(".")[0] == "torchvision" else found(name, path, target)

    PathFinder.find_spec = staticmethod(without)  # type: ignore[assignment]

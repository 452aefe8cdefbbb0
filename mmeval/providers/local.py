"""What adapters share that run a checkpoint in this process with torch and Hugging Face transformers."""

from __future__ import annotations

import io
import logging
import os
import re
from collections.abc import Callable
from typing import Any, TypeVar

from mmeval.errors import FatalError, MediaError, UsageError
from mmeval.providers.setup import sdk
from mmeval.types import Image

__all__ = ["card", "decoded", "first_device", "load_checkpoint", "local_failure", "threads_for", "too_large"]

SMALL = 10_000_000
"""Models up to this number of parameters are not faster on several threads than on one."""
LOUD = ("bitsandbytes", "torchao", "torch.utils._pytree", "torch._dynamo")
"""Loggers of libraries that any checkpoint may import, and that warn of what concerns their authors."""
LINE = 300
"""Most characters of a library's message."""
PIP = re.compile(r"pip install (?:-U |--upgrade )?([A-Za-z0-9_.\[\]-]{1,60})")
L = TypeVar("L")


def load_checkpoint(name: str, kind: str, load: Callable[[Any, Any], L]) -> L:
    """Call `load(torch, transformers)`, with both libraries quiet.

    Args:
        name: `provider/model`, for the error.
        kind: what the checkpoint has to be, such as `an image-text-to-text model`.
        load: loads the checkpoint.

    Raises:
        UsageError: a library is missing, or the checkpoint cannot be loaded; with the way out.
    """
    torch, library, hub = (sdk(one, extra="transformers") for one in ("torch", "transformers", "huggingface_hub"))
    for speaker in (library.logging, hub.utils.logging):
        speaker.set_verbosity_error()
    for one in LOUD:
        logging.getLogger(one).setLevel(logging.ERROR)
    library.logging.disable_progress_bar()
    try:
        return load(torch, library)
    except UsageError as error:
        raise UsageError(f"{name}: {error}") from error
    except Exception as error:  # the library raises what it likes for a checkpoint that it cannot load
        raise UsageError(f"{name}: {_advice(error, kind)}") from error


def _advice(error: Exception, kind: str) -> str:
    """Why a checkpoint cannot be loaded, in one line."""
    text = " ".join(str(error).split())
    if "trust_remote_code" in text:
        return "comes with Python code: read it, then add -o trust_remote_code=true -o revision=COMMIT"
    if "Unrecognized configuration class" in text:
        return f"is not {kind}"
    if "operator torchvision::" in text or "import module" in text:
        text = _deepest(error)
    return f"cannot be loaded: {type(error).__name__}: {_cut(text)}"


def _cut(text: str) -> str:
    """The beginning of a message, and the packages that it asks for."""
    asked = [name for name in dict.fromkeys(PIP.findall(text)) if f"pip install {name}" not in text[:LINE]]
    return text[:LINE] + "".join(f" (pip install {name})" for name in asked)


def _deepest(error: BaseException) -> str:
    """What the first error in a chain says; the later ones only name the module that could not be imported."""
    while (cause := error.__cause__ or error.__context__) is not None:
        error = cause
    text = " ".join(str(error).split())
    if "torchvision" in text:
        text += ": torchvision does not fit this torch; install the pair of one release, or remove torchvision"
    return text


def local_failure(model: str, error: Exception) -> Exception:
    """The error of one request as the engine knows it."""
    if isinstance(error, MediaError | FatalError):
        return error
    if too_large(error):
        return FatalError(f"{model}: this sample does not fit in memory, even alone", kind="too_large")
    line = str(error).strip().partition("\n")[0][:200]
    return FatalError(f"{model}: {type(error).__name__}: {line}", kind="bad_request")


def too_large(error: Exception) -> bool:
    """Whether a batch did not fit in memory."""
    text = str(error)
    return isinstance(error, MemoryError) or "out of memory" in text or "can't allocate memory" in text


def decoded(part: Image) -> Any:
    """The decoded image, upright, in RGB; raises MediaError."""
    from PIL import Image as Pillow
    from PIL import ImageOps

    try:
        with Pillow.open(io.BytesIO(part.read())) as opened:
            return ImageOps.exif_transpose(opened).convert("RGB")
    except (OSError, ValueError, SyntaxError, Pillow.DecompressionBombError) as error:
        raise MediaError(f"{part.source or part.sha256[:12]}: {error}") from None


def first_device(torch: Any) -> str:
    """cuda, mps or cpu: the first that is available."""
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def card(torch: Any, device: Any) -> str | None:
    """The name of the accelerator; None for a CPU."""
    return str(torch.cuda.get_device_name(device)) if device.type == "cuda" else None


def threads_for(model: Any) -> int:
    """One for a small model, otherwise one for each core that this process may use."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return 1 if model.num_parameters() <= SMALL else cores

"""The files of a checkpoint, in a folder or on the hub: configuration, tensor headers, licence. None is trusted."""

from __future__ import annotations

import json
import logging
import math
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from mmeval.documents import MALFORMED, read_json
from mmeval.errors import UsageError
from mmeval.providers import checkpoint_folder

__all__ = ["Checkpoint", "Tensor", "opened"]

MOST_HEADER = 100_000_000
"""Bytes; the format's own limit for a header."""


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor of a safetensors file."""

    shape: tuple[int, ...]
    dtype: str
    """Such as `BF16`."""

    @property
    def count(self) -> int:
        """Number of elements."""
        return math.prod(self.shape)


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint whose files are read when they are asked for."""

    name: str
    folder: Path | None
    """None: on the hub."""
    revision: str | None = None

    def path(self, file: str) -> Path | None:
        """A small file, fetched from the hub where it is there; None if the checkpoint has no such file."""
        if self.folder is not None:
            found = self.folder / file
            return found if found.is_file() else None
        from huggingface_hub import errors, hf_hub_download

        logging.getLogger("huggingface_hub").setLevel(logging.ERROR)
        try:
            return Path(hf_hub_download(self.name, file, revision=self.revision))
        except errors.LocalEntryNotFoundError:
            raise UsageError(f"{self.name}: is not on this machine, and the hub cannot be reached") from None
        except errors.EntryNotFoundError:
            return None
        except Exception as error:  # noqa: BLE001 - the library raises its own errors and those of its HTTP client
            reason = " ".join(str(error).split())[:300]
            raise UsageError(f"{self.name}: cannot be read from the hub: {type(error).__name__}: {reason}") from None

    @cached_property
    def config(self) -> dict[str, Any]:
        """The object of `config.json`; raises UsageError if there is none."""
        file = self.path("config.json")
        found = read_json(file, UsageError) if file else None
        if not isinstance(found, dict):
            raise UsageError(f"{self.name}: not a checkpoint (no config.json with an object)")
        return found

    @cached_property
    def tensors(self) -> Mapping[str, Tensor]:
        """All tensors by name, from the headers of the safetensors files; empty where there are none.

        Some checkpoints hold their weights twice: `consolidated.safetensors` has other names for the same tensors.

        Raises:
            UsageError: a file is cut off or damaged.
        """
        if self.folder is None:
            return dict(self._on_hub())
        files = sorted(self.folder.glob("*.safetensors"))
        library = [file for file in files if file.name.startswith("model")]  # what transformers and vLLM load
        return {name: tensor for file in library or files for name, tensor in _header(file)}

    def _on_hub(self) -> Iterator[tuple[str, Tensor]]:
        from huggingface_hub import HfApi, errors

        try:
            found = HfApi().get_safetensors_metadata(self.name, revision=self.revision)
        except errors.NotASafetensorsRepoError:
            return
        except Exception as error:  # noqa: BLE001 - the library raises its own errors and those of its HTTP client
            reason = " ".join(str(error).split())[:300]
            raise UsageError(f"{self.name}: its weights cannot be examined: {reason}") from None
        for file in found.files_metadata.values():
            for name, about in file.tensors.items():
                yield name, Tensor(tuple(about.shape), about.dtype)

    @property
    def licence(self) -> str | None:
        """What the model card says: the SPDX name or another one, or None."""
        file = self.path("README.md")
        text = file.read_text(encoding="utf-8", errors="replace") if file else ""
        head = text.split("\n---", 1)[0].removeprefix("---") if text.startswith("---") else ""
        words = dict(line.partition(":")[::2] for line in head.splitlines() if not line.startswith((" ", "-")))
        said = words.get("license", "").strip().strip("'\"")
        named = words.get("license_name", "").strip().strip("'\"")
        return (named if said == "other" and named else said) or None


def opened(model: str, revision: str | None = None) -> Checkpoint:
    """The checkpoint in a folder (`./`, `/`, `~`) or of this name on the hub; raises UsageError for a wrong folder."""
    return Checkpoint(model, checkpoint_folder("", model), revision)


def _header(file: Path) -> Iterator[tuple[str, Tensor]]:
    """Names and tensors of one safetensors file. Source: https://huggingface.co/docs/safetensors (format)."""
    size = file.stat().st_size
    with file.open("rb") as opened_file:
        start = opened_file.read(8)
        length = struct.unpack("<Q", start)[0] if len(start) == 8 else MOST_HEADER
        if length >= MOST_HEADER or 8 + length > size:
            raise UsageError(f"{file}: not a safetensors file, or cut off: fetch it again")
        text = opened_file.read(length)
    try:
        table = json.loads(text)
        table.pop("__metadata__", None)
        found = [(name, Tensor(tuple(map(int, one["shape"])), str(one["dtype"]))) for name, one in table.items()]
        end = max((one["data_offsets"][1] for one in table.values()), default=0)
    except (*MALFORMED, TypeError, KeyError, AttributeError, IndexError):
        raise UsageError(f"{file}: its header is damaged: fetch it again") from None
    if 8 + length + end != size:
        raise UsageError(f"{file}: {size} bytes, but its header promises {8 + length + end}: fetch it again")
    yield from found

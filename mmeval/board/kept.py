"""Values that are kept between builds: JSON below its digest, so that a damaged file counts as none."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from mmeval.store import write_atomic


def keep(file: Path, value: Any) -> None:
    """Store a value that is not None."""
    text = json.dumps(value)
    write_atomic(file, f"{hashlib.sha256(text.encode()).hexdigest()}\n{text}")


def kept(file: Path) -> Any:
    """What `keep` stored; None if there is nothing, or if the file is damaged."""
    try:
        digest, _, text = file.read_text(encoding="utf-8").partition("\n")
        return json.loads(text) if digest == hashlib.sha256(text.encode()).hexdigest() else None
    except (OSError, ValueError):
        return None

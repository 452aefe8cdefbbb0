"""The file that a Vector is cached in: a checksum, a line of JSON, and the arrays as they are in memory."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import zlib
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, overload

from pydantic import TypeAdapter

from mmeval.board.vectors import Vector
from mmeval.store import Number

PLAIN = ("counts", "rows", "digest", "mean", "missing", "wrong", "latency")
"""The fields of a Vector that are stored as they are."""
GIVEN = ("journal", "source")
"""Those that whoever reads it knows."""
_NUMBERS = TypeAdapter(dict[str, Number])


class Later(Sequence[str]):
    """Texts that are read when somebody asks for one: most builds need the answers of few runs."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """All of them."""
        return tuple(map(sys.intern, json.loads(self.raw)))

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[str]: ...
    def __getitem__(self, place: int | slice) -> str | Sequence[str]:
        return self.texts[place]

    def __len__(self) -> int:
        return len(self.texts)

    def __iter__(self) -> Iterator[str]:
        return iter(self.texts)


def keep(vector: Vector, file: Path, ids: Path) -> None:
    """Store a vector; its ids and clusters, which many runs share, go into a file of the folder `ids`."""
    shared = json.dumps([vector.ids, vector.clusters]).encode()
    name = hashlib.sha256(shared).hexdigest()[:40]
    if not (ids / name).is_file():
        _write(ids / name, shared)
    import numpy as np

    parts = [
        vector.values.tobytes(),
        vector.gaps.tobytes() if vector.missing else b"",
        np.array(vector.pseudo, dtype=np.float64).tobytes(),
        vector.outcomes.encode(),
        json.dumps(list(vector.answers)).encode(),
    ]
    ends = dict(zip(("wrong", "right"), vector.bounds or (), strict=False))
    head = {
        **{name: getattr(vector, name) for name in PLAIN},
        "ids": name,
        "sizes": list(map(len, parts)),
        "bounds": _NUMBERS.dump_python(ends),
        "metrics": _NUMBERS.dump_python(dict(vector.counted_metrics)),
    }
    body = json.dumps(head).encode() + b"\n" + b"".join(parts)
    _write(file, b"%08x" % zlib.crc32(body) + body)


def load(file: str, ids: str, **given: str) -> Vector | None:
    """A stored vector with these fields, which are not stored; None without one, or if it is damaged."""
    try:
        with open(file, "rb") as stored:
            raw = stored.read()
        if int(raw[:8], 16) != zlib.crc32(memoryview(raw)[8:]):
            return None
        end = raw.index(b"\n")
        head: dict[str, Any] = json.loads(raw[8:end].decode())
        shared, clusters = _ids(f"{ids}/{head['ids']}")
        return _vector(head | given, _cut(raw, end + 1, head["sizes"]), shared, clusters)
    except (OSError, ValueError, TypeError, LookupError):
        return None


def _vector(head: dict[str, Any], parts: Sequence[bytes], ids: tuple[str, ...], clusters: tuple[str, ...]) -> Vector:
    import numpy as np

    values, gaps, pseudo = (np.frombuffer(part, dtype=np.float64) for part in parts[:3])
    ends = _NUMBERS.validate_python(head["bounds"]) if head["bounds"] else {}
    return Vector(
        ids=ids,
        clusters=clusters,
        values=values,
        gaps=gaps if gaps.size else np.zeros(len(ids)),
        outcomes=parts[3].decode(),
        answers=Later(parts[4]),
        pseudo=tuple(pseudo.tolist()),
        counted_metrics=_NUMBERS.validate_python(head["metrics"]),
        bounds=(ends["wrong"], ends["right"]) if ends else None,
        **{name: head[name] for name in (*PLAIN, *GIVEN) if name in head},
    )


def _cut(raw: bytes, start: int, sizes: Sequence[int]) -> list[bytes]:
    parts = []
    for size in sizes:
        parts.append(raw[start : start + size])
        start += size
    return parts


@lru_cache(maxsize=256)
def _ids(file: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Ids and clusters; runs that share them share one copy in memory. Raises ValueError for another content."""
    raw = Path(file).read_bytes()
    if hashlib.sha256(raw).hexdigest()[:40] != Path(file).name:
        raise ValueError(f"{file} is damaged")
    ids, clusters = json.loads(raw)
    return tuple(ids), tuple(clusters)


def _write(file: Path, raw: bytes) -> None:
    """Replace a file as a whole. A crash may leave it damaged, which its checksum tells."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f".{file.name}.{os.getpid()}")
    part.write_bytes(raw)
    os.replace(part, file)

"""A Parquet file of multiple-choice questions, each with a noisy JPEG of 60 to 100 kB of its own."""

from __future__ import annotations

import io
import random
from pathlib import Path

SIZE = (512, 384)


def parquet(file: Path, n: int) -> Path:
    """Write `n` rows (id, image, question, A..D, answer), unless the file is there already."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if file.exists():
        return file
    image = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    schema = pa.schema(
        [("id", pa.string()), ("image", image), *((key, pa.string()) for key in (*"ABCD", "question", "answer"))]
    )
    file.parent.mkdir(parents=True, exist_ok=True)
    aside = file.with_suffix(".part")
    with pq.ParquetWriter(aside, schema) as writer:
        for start in range(0, n, 200):
            rows = [row(i) for i in range(start, min(n, start + 200))]
            writer.write_table(pa.Table.from_pylist(rows, schema=schema))
    aside.rename(file)
    return file


def row(i: int) -> dict[str, object]:
    draw = random.Random(i)
    texts = draw.sample(["a gradient", "a texture", "some waves", "a patch", "a band", "a corner"], 4)
    question = (
        f"Question {i}: what dominates this picture, considering colour, direction and the amount of noise in it?"
    )
    return {
        "id": f"{i:06d}", "image": {"bytes": jpeg(i), "path": None}, "question": question,
        **dict(zip("ABCD", texts, strict=True)), "answer": "ABCD"[i % 4],
    }  # fmt: skip


def jpeg(i: int) -> bytes:
    import numpy as np
    from PIL import Image

    draw = np.random.default_rng(i)
    y, x = np.mgrid[0 : SIZE[1], 0 : SIZE[0]]
    waves = 127 + 90 * np.sin(draw.uniform(-1, 1) * x / 60 + draw.uniform(-1, 1) * y / 60)
    noisy = waves[..., None] + draw.normal(0, draw.uniform(11, 18), (*SIZE[::-1], 3))
    out = io.BytesIO()
    Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8)).save(out, "JPEG", quality=88)
    return out.getvalue()

"""Which of two marked points is closer to the camera? Photographs and drawings of eight kinds (DA-2K).

The points are drawn into the picture as A and B. In the annotations the first point is always the closer one, so an
order that keeps it, with the coordinates in the text as VLMEvalKit asks, rewards whoever always says the first. Here a
digest of the row decides which point is A. The default is our own reading of the letter.
"""

import hashlib

from mmeval import Benchmark, Row, Sample, data, draw, media, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import choice

ASK = "Two points are marked in the picture, A and B. Which of them is closer to the camera?"
CLOSING = "Answer with the letter of the point only."


def to_sample(row: Row) -> Sample:
    original = data.beside(row)
    closer = row["closer_point"]
    points = [row[closer], row["point2" if closer == "point1" else "point1"]]
    name = f"{row['image']}-{row['part']}"
    swapped = hashlib.sha256(name.encode()).digest()[0] % 2
    ordered = reversed(points) if swapped else points
    marks = {letter: (across, down) for letter, (down, across) in zip("AB", ordered, strict=True)}
    return Sample(
        id=name,
        prompt=prompts.question_first(
            ASK, CLOSING, images=[media.image(draw.marked(original.read(), marks), source=original.source)]
        ),
        target="B" if swapped else "A",
        cluster=original.sha256[:16],
        tags={"category": row["image"].split("/")[1] if "/" in row["image"] else ""},
    )


benchmark = Benchmark(
    name="da2k", version="1", title="DA-2K", about=__doc__,
    data=data.annotated(
        "da2k", file="annotations.json", key="image",
        how="unpack DA-2K.zip of https://huggingface.co/datasets/depth-anything/DA-2K there",
        columns={"image": str, "point1": list, "point2": list, "closer_point": str},
    ),
    to_sample=to_sample, score=choice(letters="AB"), profile="mmeval", metric=accuracy(), cluster="image",
    license=None, url="https://depth-anything-v2.github.io", paper="https://arxiv.org/abs/2406.09414", rows=None,
    chance=0.5, labels="user-supplied", tags=("depth", "spatial", "multiple-choice"),
)  # fmt: skip

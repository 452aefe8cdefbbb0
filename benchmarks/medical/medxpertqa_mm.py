"""Board examinations of doctors with scans, photographs and findings, with five options (the part with pictures).

The default is our own reading of the letter; the authors let models think first and read the letter after a fixed
phrase.
"""

from mmeval import Benchmark, data
from mmeval.metrics import accuracy
from mmeval.scorers import choice

benchmark = Benchmark(
    name="medxpertqa_mm", version="1", title="MedXpertQA (MM)", about=__doc__,
    data=data.vlmevalkit(
        "MedXpertQA_MM_test", md5="73c12d28ebdfca97c5fd3c3be3fe357b",
        columns={
            "index": str | int, "question": str, "A": str, "B": str, "C": str, "D": str, "E": str, "answer": str,
            "image": dict | list,
        },
    ),
    to_sample=data.vlmevalkit_sample, score=choice(), profile="mmeval", metric=accuracy(), cluster="images",
    license="MIT", url="https://github.com/TsinghuaC3I/MedXpertQA", paper="https://arxiv.org/abs/2501.18362",
    rows=2_000, chance=0.2, tags=("medical", "knowledge", "multi-image", "multiple-choice"),
)  # fmt: skip

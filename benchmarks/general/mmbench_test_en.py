"""Twenty perception and reasoning abilities, multiple choice, English (V1.1, test split).

The answers of this split are not public: a run writes the file that mmbench.opencompass.org.cn scores, and no
number of its own (`mmeval export mmbench RUN`).
Every rotated copy is asked and must be in the file: a file with one row a question is scored without
the rotation, and nobody says so.
"""

from mmeval import Benchmark, data
from mmeval.metrics import circular
from mmeval.scorers import judged_choice
from mmeval.scorers.readers.brackets import affixed
from mmeval.scorers.readers.tokens import single_token

benchmark = Benchmark(
    name="mmbench_test_en", version="1.1", title="MMBench V1.1 (EN test)", about=__doc__,
    data=data.vlmevalkit(
        "MMBench_TEST_EN_V11", md5=None,  # the first load pins the content
        url="https://opencompass.openxlab.space/utils/benchmarks/MMBench/MMBench_TEST_EN_V11.tsv",
        columns={"index": str, "question": str, "A": str, "B": str, "category": str, "l2-category": str, "image": dict},
    ),
    to_sample=data.vlmevalkit_sample, score=judged_choice(official=single_token, lmms=affixed), profile="mmeval",
    metric=circular(by=["l2-category", "category"]), cluster="question", license="Apache-2.0",
    url="https://mmbench.opencompass.org.cn", paper="https://arxiv.org/abs/2307.06281", rows=None, chance=None,
    labels="hidden", tags=("general", "circular", "multiple-choice"),
)  # fmt: skip

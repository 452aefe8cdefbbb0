"""Twenty perception and reasoning abilities, multiple choice, English (V1.1, dev split).

Each question is asked once per option with the options rotated; it counts when every pass is right.
The default is our own reading of the letter: the public rule sends what it cannot resolve to a judge and,
when that fails three times, draws a letter.
"""

from mmeval import Benchmark, data
from mmeval.metrics import circular
from mmeval.scorers import judged_choice
from mmeval.scorers.readers.brackets import affixed
from mmeval.scorers.readers.tokens import single_token

benchmark = Benchmark(
    name="mmbench_dev_en", version="1.1", title="MMBench V1.1 (EN dev)", about=__doc__,
    data=data.vlmevalkit(
        "MMBench_DEV_EN_V11", md5=None,  # the first load pins the content
        url="https://opencompass.openxlab.space/utils/benchmarks/MMBench/MMBench_DEV_EN_V11.tsv",
        columns={
            "index": str, "question": str, "A": str, "B": str, "answer": str, "category": str, "l2-category": str,
            "image": dict,
        },
    ),
    to_sample=data.vlmevalkit_sample, score=judged_choice(official=single_token, lmms=affixed), profile="mmeval",
    metric=circular(by=["l2-category", "category"]), cluster="question", license="Apache-2.0",
    url="https://mmbench.opencompass.org.cn", paper="https://arxiv.org/abs/2307.06281", rows=None, chance=None,
    tags=("general", "circular", "multiple-choice"),
)  # fmt: skip

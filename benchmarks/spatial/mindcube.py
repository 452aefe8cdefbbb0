"""A room from a few views: what is where nobody has looked? Views from one spot, around, and among things (tiny set).

The prompt is the data set's own, with the pictures where it says. The default is our own reading of the letter: the
authors take the last letter with a full stop, wherever it stands.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import choice
from mmeval.scorers.readers.published import last_numbered

SETTINGS = ("rotation", "among", "around")


def to_sample(row: Row) -> Sample:
    images = list(data.pictures(row, "images").values())
    setting = next((name for name in SETTINGS if name in row["id"]), "other")
    return Sample(
        id=row["id"],
        prompt=prompts.in_order(row["input_prompt"], images),
        target=row["gt_answer"],
        cluster=data.seen(images),
        tags={"category": setting},
    )


benchmark = Benchmark(
    name="mindcube", version="1", title="MindCube (tiny)", about=__doc__,
    data=data.hub(
        "oscarqjh/MindCube_lmmseval", config="tiny", split="combined", revision=None,  # pinned by the first load
        columns={"id": str, "images": list, "input_prompt": str, "gt_answer": str},
    ),
    to_sample=to_sample, score=choice(letters="ABCDE", official=last_numbered), profile="mmeval", metric=accuracy(),
    cluster="images", license=None, url="https://github.com/mll-lab-nu/MindCube", paper="https://arxiv.org/abs/2506.21458",
    rows=None, chance=None, tags=("spatial", "multi-image", "multiple-choice"),
)  # fmt: skip

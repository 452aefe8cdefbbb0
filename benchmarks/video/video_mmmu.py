"""Lectures: what is seen in them, what is understood, and what can be applied to a new question.

The headline is the mean of the three tracks. The picture of an applied question is the last frame of its film, so the
default policy takes the last frame; one that does not loses the question. The authors look for `X.`, `X:`, `(X)` and
`X ` anywhere, then for the text of an option, and match open answers as MMMU does; the default is our own reading.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import choice, open_answer, routed
from mmeval.scorers.readers.brackets import stopped
from mmeval.scorers.targets import as_list
from mmeval.types import JSON, Text

LEARN = "You should watch and learn the video content. Then apply what you learned to answer the following "
QUESTION = " question. The image for this question is at the end of the video."
IGNORE = "Please ignore the Quiz question in last frame of the video."


def to_sample(row: Row) -> Sample:
    options = [str(option) for option in row["options"] or ()]
    lettered = all(option.startswith(f"{prompts.letter(n)}.") for n, option in enumerate(options))
    lines = "\n".join(options) if lettered else prompts.lettered(options)
    asked = f"{row['question']}\n{lines}" if options else row["question"]
    if row["track"] == "Adaptation":
        asked = f"{LEARN}{'multi-choice' if options else 'open-ended'}{QUESTION}\n{asked}"
    else:
        asked = f"{asked}\n{IGNORE}"
    answer: JSON = row["answer"]
    return Sample(
        id=f"{row['track']}-{row['id']}",
        prompt=(data.film(row, f"{row['id']}.mp4"), Text(asked)),
        target=as_list(answer) or answer if isinstance(answer, str) else answer,
        choices=tuple(option.partition(".")[2].strip() if lettered else option for option in options),
        cluster=str(row["id"]).partition("_")[2],
        tags={"track": row["track"], "subject": str(row["id"]).partition("_")[2].rpartition("_")[0]},
    )


benchmark = Benchmark(
    name="video_mmmu", version="1", title="Video-MMMU", about=__doc__, video="lmms-32",
    data=data.chained("track", {
        track: data.unpacked(
            data.hub(
                "lmms-lab/VideoMMMU", config=track, split="test", revision=None,  # pinned by the first load
                columns={"id": str, "question": str, "options": list | None, "answer": str | list},
            ),
            "*.zip",
        )
        for track in ("Perception", "Comprehension", "Adaptation")
    }),
    to_sample=to_sample, score=routed({"closed": choice(official=stopped), "open": open_answer()}), profile="mmeval",
    metric=accuracy(macro="track", by=["subject"]), cluster="film", license=None,
    url="https://videommmu.github.io", paper="https://arxiv.org/abs/2501.13826", rows=900, chance=None,
    tags=("video", "exam", "multiple-choice", "open"),
)  # fmt: skip

"""Web pages: describe, read and find elements, answer, and foresee what a click does; seven tasks.

The headline is the mean over tasks, as published: letters for three, and the overlap of words for the others, in
order for captions and readings and in any order for answers. The default is our own reading of the letter. Words are
compared in the whole text without case; the authors' package compares sentence by sentence.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import choice, overlap, routed
from mmeval.scorers.routed import by_kind

LETTER = "Answer with a single capital letter, without any explanation."
ASKS = {
    "web_caption": 'Describe this web page for its meta tag, in this form: <meta name="description" content="...">',
    "heading_ocr": "What does the main heading of this web page say? Answer with its text alone.",
    "webqa": "{question}\nAnswer in the fewest words possible, without any explanation.",
    "element_ocr": "What does the text in the red rectangle ({bbox}, as fractions) say? Answer with the text alone.",
    "element_ground": "Elements are labelled with letters. Which one fits this description: {elem_desc}\n" + LETTER,
    "action_prediction": "Which page appears after a click into the red rectangle ({bbox})?\n{options}\n" + LETTER,
    "action_ground": "Elements are labelled with letters. Which one is to be clicked for this: {instruction}\n"
    + LETTER,
}
KINDS = {"web_caption": "ordered", "heading_ocr": "ordered", "element_ocr": "ordered", "webqa": "unordered"}


def to_sample(row: Row) -> Sample:
    task, answer, image = row["task"], row["answer"], data.picture(row)
    kind = KINDS.get(task, "letter")
    return Sample(
        id=f"{task}-{row['id']}",
        prompt=prompts.question_first(ASKS[task].format_map(row), images=[image]),
        target=prompts.letter(int(answer)) if kind == "letter" else answer,
        cluster=str(row.get("website") or "") or data.seen([image]),
        tags={"task": task, "kind": kind},
    )


benchmark = Benchmark(
    name="visualwebbench", version="1", title="VisualWebBench", about=__doc__,
    data=data.chained("task", {  # each pinned by the first load
        task: data.hub(
            "lmms-lab-encoder/VisualWebBench", config=task, split="test", revision=None,
            columns={"id": str, "image": dict, "answer": str | int | list},
        )
        for task in ASKS
    }),
    to_sample=to_sample, profile="mmeval", cluster="site", metric=accuracy(by=(), macro="task"),
    score=routed(
        {"letter": choice(letters="ABCDEFGH"), "ordered": overlap(), "unordered": overlap(order=False)}, by=by_kind
    ),
    license=None, url="https://visualwebbench.github.io", paper="https://arxiv.org/abs/2404.05955", rows=None,
    chance=None, tags=("gui", "ocr", "multiple-choice", "open"),
)  # fmt: skip

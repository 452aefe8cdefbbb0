"""Questions about 135 documents of up to hundreds of pages; a fifth of them cannot be answered from the document.

All pages are shown, in order, one picture each; lmms-eval shows only the pages that hold the answer, and none where
there is none, which is another test. The headline is the authors' F1, which pays for answers and for saying that
there is none. Officially a judge writes down the answer and rules compare it; `mmeval` reads it without a judge.
"""

from pathlib import PurePosixPath

from mmeval import Benchmark, Row, Sample, Text, data
from mmeval.metrics import answered_f1
from mmeval.scorers import document_answer

CLOSING = "If the document does not hold the answer, say: Not answerable."
HOW = (
    "copy data/samples.json of https://github.com/mayubo2333/MMLongBench-Doc there, and draw the pages of each "
    "document NAME.pdf with `pdftoppm -r 144 -png NAME.pdf pages/NAME/page`"
)


def to_sample(row: Row) -> Sample:
    pages = data.stills(row, f"pages/{PurePosixPath(row['doc_id']).stem}")
    pages_needed = data.spelled(row["evidence_pages"], "evidence_pages")
    span = "none" if not pages_needed else "single" if len(pages_needed) == 1 else "several"
    return Sample(
        id=str(row["row"]),
        prompt=(*pages, Text(f"{row['question'].strip()}\n{CLOSING}")),
        target={"answer": str(row["answer"]), "format": row["answer_format"]},
        cluster=row["doc_id"],
        tags={"pages": span, "answerable": "no" if span == "none" else "yes", **data.tags(row, "doc_type")},
    )


benchmark = Benchmark(
    name="mmlongbench_doc", version="1", title="MMLongBench-Doc", about=__doc__,
    data=data.supplied(
        "mmlongbench_doc", file="samples.json", how=HOW,
        columns={
            "doc_id": str, "doc_type": str, "question": str, "answer": str | int | float | list,
            "evidence_pages": str | list, "answer_format": str,
        },
    ),
    to_sample=to_sample, score=document_answer(), profile="official", metric=answered_f1(), cluster="document",
    license="CC-BY-NC-4.0", url="https://github.com/mayubo2333/MMLongBench-Doc",
    paper="https://arxiv.org/abs/2407.01523", rows=None, chance=0.0, labels="user-supplied",
    tags=("document", "multi-image", "open", "judge"),
)  # fmt: skip

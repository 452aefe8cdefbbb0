"""Convert a page to Markdown: papers, books, slides, newspapers, examinations and notes, in English and Chinese.

Pages of version 1.5. Text and formulas are compared by edit distance, tables by TEDS, the reading order by edit
distance, each as a similarity. The headline is the mean of these four, each over the pages that have it. It is not the
published overall score, the mean of text, tables and CDM: CDM compares rendered formulas and is left out.
Elements are matched by our own rule, and tables in LaTeX count as text.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import page_parts
from mmeval.scorers import page_elements
from mmeval.scorers.rules.pages import BESIDE, MEAN, parts_of, read_page

PROMPT = (
    "Write this page as Markdown, all of its text in reading order, with a blank line between paragraphs. Write tables "
    "in HTML, from <table> to </table>. Write formulas in LaTeX: between \\[ and \\] if they stand alone, else between "
    "\\( and \\). Leave out pictures. Add no words of your own."
)


def to_sample(row: Row) -> Sample | None:
    image, page = data.picture(row), read_page(row["answer"])
    parts = parts_of(page.elements)
    if not parts:
        return None
    return Sample(
        id=str(row["index"]),
        prompt=prompts.question_first(PROMPT, images=[image]),
        target=[list(element) for element in page.elements],
        cluster=page.document or data.seen([image]),
        tags={"parts": ",".join(parts), **data.tags(page.attributes, "language", "data_source", "layout")},
    )


benchmark = Benchmark(
    name="omnidocbench", version="1", title="OmniDocBench 1.5 (without CDM)", about=__doc__,
    data=data.vlmevalkit(
        "OmniDocBench_v1_5", md5=None,
        url="https://huggingface.co/datasets/ouyanglinke/OmniDocBench_tsv/resolve/v1_5/OmniDocBench.tsv",
        columns={"index": str | int, "answer": str, "image": dict},
    ),
    to_sample=to_sample, score=page_elements(), profile="mmeval", cluster="document", license="research only",
    metric=page_parts(name="mean_without_cdm", mean=MEAN, beside=BESIDE, by=["language"]),
    url="https://github.com/opendatalab/OmniDocBench", paper="https://arxiv.org/abs/2412.07626",
    rows=None, chance=0.0, tags=("ocr", "documents", "multilingual", "open"),
)  # fmt: skip

"""Twins of the sets about documents, medicine, languages, mathematics and knowledge; rows are our own."""

from __future__ import annotations

import base64
import io
import json
import zipfile

from tests.benchmarks.twin import IMG, B, F, I, L, S, Twin, b64, pic
from tests.benchmarks.twins_catalog import PICK, lettered
from tests.data.pictures import png

LETTER = "Answer with the option's letter from the given choices directly."
BOX = "Solve the problem step by step and end with: So the final answer is \\boxed{answer}."
EXPERT = "You are an expert in Physics and need to solve the following question. The question is "
CORRECT, WRONG = '{"verdict": "correct"}', '{"verdict": "incorrect"}'


def archive(**pictures: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as members:
        for name, data in pictures.items():
            members.writestr(name.replace("__", "/") + ".png", data)
    return out.getvalue()


def page(task: str, **columns: object) -> tuple[dict, list[dict]]:
    """One task of VisualWebBench: columns and rows."""
    kinds = {"id": S, "image": IMG, "answer": S} | {name: S for name in columns if name != "answer"}
    if isinstance(columns["answer"], int):
        kinds["answer"] = I
    return kinds, [{"id": "1", "image": pic(41), **columns}]


MMMB = [
    {"index": str(n), "question": "Which?", "A": "cat", "B": "dog", "answer": "A", "category": "", "image": b64(34)}
    for n in (0, 1)
]
OLYMPIC = {"id": I, "question": S, "final_answer": L(S), "image_1": IMG, "image_2": IMG, "error": S, "subfield": S,
           "context": S}  # fmt: skip

PAGE = {
    "layout_dets": [
        {"category_type": kind, "anno_id": n, "order": n, key: text}
        for n, (kind, key, text) in enumerate(
            [
                ("title", "text", "Right"),
                ("text_block", "text", "The two halves"),
                ("figure", "text", ""),
                ("text_block", "text", " of one text."),
                ("page_number", "text", "12"),
                ("equation_isolated", "latex", "$$a = b$$"),
                ("table", "html", "<table><tr><th>5</th></tr></table>"),
            ]
        )
    ],
    "extra": {"relation": [{"relation_type": "truncated", "source_anno_id": 1, "target_anno_id": 3}]},
    "page_info": {"image_path": "a.pdf_1.jpg", "page_attribute": {"language": "english", "watermark": False}},
}

TWINS = {
    "slake": Twin(
        columns={
            "qid": I, "img_name": S, "question": S, "answer": S, "q_lang": S, "answer_type": S, "content_type": S,
            "modality": S,
        },
        rows=[
            {"qid": n, "img_name": "x1/s.png", "question": asked, "answer": gold, "q_lang": language,
             "answer_type": "CLOSED", "content_type": "Organ", "modality": "CT"}
            for n, (asked, gold, language) in enumerate(
                [("Is it healthy?", "No", "en"), ("有肿瘤吗?", "没有", "zh"), ("Which organ?", "Lung, Spinal Cord", "en")]
            )
        ],
        files={"imgs.zip": archive(imgs__x1__s=png(31))},
        prompt=[31, "Is it healthy?\nAnswer the question with a single word or phrase."],
        replies=["No.", "不是", "Lung"], value=2 / 3,
    ),
    "pmcvqa": Twin(
        columns={"Figure_path": S, "Question": S, "Choice A": S, "Choice B": S, "Choice C": S, "Choice D": S,
                 "Answer_label": S},
        rows=[{"Figure_path": "f.png", "Question": " Which scan? ", "Choice A": " A:CT ", "Choice B": " B:MRI ",
               "Choice C": "C: PET", "Choice D": "D: X-ray", "Answer_label": "B"}],
        files={"images.zip": archive(images__f=png(32))},
        prompt=[32, f"Which scan?\nA. CT\nB. MRI\nC. PET\nD. X-ray\n{LETTER}"], replies=["MRI"], value=1.0,
    ),
    "medxpertqa_mm": Twin(
        columns={"index": S, "question": S, "A": S, "B": S, "C": S, "D": S, "E": S, "answer": S, "image": S},
        rows=[{"index": "1", "question": "Next step?", "A": "wait", "B": "scan", "C": "cut", "D": "rest", "E": "call",
               "answer": "E", "image": b64(33)}],
        prompt=[33, f"Question: Next step?\nOptions:\nA. wait\nB. scan\nC. cut\nD. rest\nE. call\n{PICK}"],
        replies=["E"], value=1.0,
    ),
    "mtvqa": Twin(
        columns={"index": S, "question": S, "answer": S, "category": S, "image": S},
        rows=[{"index": str(n), "question": "Où?", "answer": "St. Malo", "category": "FR", "image": b64(35)} for n in (0, 1)],
        prompt=[35, "Où?\nAnswer the question using a word or phrase in the language of the question."],
        replies=["à st malo", "Brest"], value=0.5,
    ),
    "mmmb": Twin(
        columns=lettered(category=S),
        rows=MMMB,
        prompt=[34, f"Question: Which?\nOptions:\nA. cat\nB. dog\n{PICK}"], replies=["A", "B"], value=0.5,
    ),
    "exams_v": Twin(
        columns={"image": IMG, "answer_key": S, "language": S, "subject": S, "type": S},
        rows=[{"image": pic(36), "answer_key": "C", "language": "Bulgarian", "subject": "Biology", "type": "text"}],
        prompt=[36, "The picture shows an examination question with its options. Answer it with the letter of the right option only."],
        replies=["C)"], value=1.0,
    ),
    "kaleidoscope": Twin(
        columns={"question": S, "options": L(S), "answer": I, "image": S, "language": S, "category_en": S},
        rows=[
            {"question": "Welches?", "options": ["eins", "images/b.png"], "answer": 1, "image": "images/a.png",
             "language": "de", "category_en": "Maths"},
            {"question": "Quel?", "options": ["un", "deux"], "answer": 0, "image": None, "language": "fr",
             "category_en": "Maths"},
        ],
        files={"data.zip": archive(final_data__images__a=png(37), final_data__images__b=png(38))},
        prompt=[37, "Welches?", "A. eins", "B.", 38, LETTER], replies=["B", "deux"], value=0.5,
    ),
    "mantis_eval": Twin(
        columns={"id": S, "question_type": S, "question": S, "images": L(B), "options": L(S), "answer": S, "category": S},
        rows=[
            {"id": "1", "question_type": "multi-choice", "question": "In <image> and <image>, what grew?",
             "images": [png(39), png(40)], "options": ["(A) tree", "(B) house"], "answer": "(B)", "category": "size"},
            {"id": "2", "question_type": "short-answer", "question": "How many in all? <image>", "images": [png(39)],
             "options": [], "answer": "seven", "category": "count"},
        ],
        prompt=["In", 39, "and", 40, f", what grew?\n(A) tree\n(B) house\n{LETTER}"],
        replies=["the house", "Seven."], value=1.0,
    ),
    "mirb": Twin(
        columns={"question_id": S, "subset": S, "image_list": L(B), "questions": S, "answers": S},
        rows=[
            {"question_id": "1", "subset": "codeu", "image_list": [png(42), png(43)], "questions": "Which runs?", "answers": "A"},
            {"question_id": "2", "subset": "count", "image_list": [png(42)], "questions": "How many?", "answers": "12"},
        ],
        prompt=[42, 43, "Answer with the option symbol. Which runs?"], replies=["A", "There are 13."], value=0.5,
    ),
    "mmiu": Twin(
        columns={"task": S, "input_image_path": L(S), "question": S, "context": S, "options": S, "output": S},
        rows=[
            {"task": "order", "input_image_path": ["./2D-spatial/order/a.png", "./2D-spatial/order/b.png"], "context": "",
             "question": "Which is first?", "options": "A: left\nB: right", "output": output}
            for output in ("B", "G")
        ],
        files={"2D-spatial.zip": archive(order__a=png(44), order__b=png(45))},
        prompt=[44, 45, f"Which is first?\nA. left\nB. right\n{LETTER}"], replies=["right"], value=1.0,
    ),
    "ccocr": Twin(
        columns={"index": S, "question": S, "answer": S, "category": S, "l2-category": S, "split": S, "image": S},
        rows=[
            {"index": str(n), "question": "Read all text.", "answer": text, "category": track, "l2-category": "all",
             "split": name, "image": b64(46)}
            for n, (track, name, text) in enumerate([
                ("multi_scene_ocr", "IC15_500", "Café bar\nOPEN"), ("multi_lan_ocr", "Japanese", "東京 駅"),
                ("kie", "CORD_100", "{}"),
            ])
        ],
        prompt=[46, "Read all text."], replies=["open, caf", "東京"], value=(2 * 2 / 5 + 2 * 2 / 5) / 2,
    ),
    "omnidocbench": Twin(
        columns={"index": S, "image": S, "answer": S},
        rows=[{"index": "1", "image": b64(47), "answer": str(PAGE)},
              {"index": "2", "image": b64(48), "answer": json.dumps({**PAGE, "layout_dets": []})}],
        prompt=[47, "Write this page as Markdown, all of its text in reading order, with a blank line between paragraphs. "
                    "Write tables in HTML, from <table> to </table>. Write formulas in LaTeX: between \\[ and \\] if they "
                    "stand alone, else between \\( and \\). Leave out pictures. Add no words of your own."],
        replies=["The two halves of one text.\n\n# Right\n\n\\[a = c\\]\n<table><tr><td>4</td></tr></table>"],
        answers=["text 1.000000, formulas 0.666667, tables 0.500000, order 0.000000, table-text 0.970588"], value=13 / 24,
    ),
    "ocrbench_v2": Twin(
        columns={"id": I, "question": S, "type": S, "answers": L(S), "eval": S, "bbox": L(I), "image": IMG,
                 "dataset_name": S},
        rows=[
            {"id": n, "question": question, "type": task, "answers": answers, "eval": way, "bbox": None,
             "image": pic(46 + n), "dataset_name": "ours"}
            for n, (task, question, answers, way) in enumerate([
                ("text recognition en", "What is written?", ["Open House"], None),
                ("math QA en", "How much?\nA. 1\nB. 2", ["B"], "multiple choice"),
                ("text counting en", "How many words?", ["10"], "regression"),
                ("text grounding en", "Where is OPEN?", ["100", "100", "300", "200"], None),
                ("key information extraction en", "Give the fields.", ['{"shop": ["Café", "Cafe"], "sum": "3"}'], None),
                ("table parsing en", "Write the table in HTML.", ["<table><tr><td>one</td><td>2</td></tr></table>"], None),
                ("text spotting en", "Spot all text.", ["x"], None),
                ("cognition VQA cn", "多少?", ["三"], None),
                ("handwritten answer extraction cn", "简答题", ["长"], None),
            ])
        ],
        prompt=[46, "What is written?"],
        replies=["It says open house.", "B", "about 9", "(100, 100, 300, 300)", '```json\n{"shop": "CAFE", "sum": 4}\n```',
                 "<table><tr><td>one</td></tr></table>", "三个"],
        value=(1 + 0.5 + 0.5 + 2 / 3 + (1 + 0.9) / 2) / 5 * 0.5 / 7 * 5 / (5 * 0.5 / 7 + 0.5 / 4)
        + 0.5 / 4 / (5 * 0.5 / 7 + 0.5 / 4),
    ),
    "vcr_wiki": Twin(
        columns={"question_id": S, "stacked_image": IMG, "crossed_text": L(S), "caption": S},
        rows=[{"question_id": "1", "stacked_image": pic(47), "crossed_text": ["the old, red bridge", "in May"], "caption": ""}],
        prompt=[47, "What is the covered texts in the image? Please restore the covered texts without outputting the explanations."],
        replies=["1. The old red bridge\n2. in March"], value=0.5,
    ),
    "visualwebbench": Twin(
        columns={}, rows=[], key="none",
        more={
            "web_caption": page("web_caption", answer="Old books and maps"),
            "webqa": page("webqa", question="What is sold?", answer="['maps', 'old maps']"),
            "element_ground": page("element_ground", elem_desc="the cart", answer=2),
        },
        prompt=[41, 'Describe this web page for its meta tag, in this form: <meta name="description" content="...">'],
        replies=['<meta name="description" content="Books and old maps">', "maps old", "C"],
        value=(0.75 + 1 + 1) / 3,
    ),
    "geometry3k": Twin(
        columns={"images": L(B), "problem": S, "choices": L(S), "ground_truth": S},
        rows=[{"images": [png(48)], "problem": "<image>Find x.", "choices": ["1", "2", "3", "4"], "ground_truth": "D"}],
        prompt=[48, f"Find x.\nA. 1\nB. 2\nC. 3\nD. 4\n{LETTER}"], replies=["x = 4, so (D)"], value=1.0,
    ),
    "olympiadbench": Twin(
        key="OE_MM_maths_en_COMP",
        columns=OLYMPIC,
        rows=[
            {"id": n, "question": "Find r in <image_1>.", "final_answer": [gold], "image_1": pic(49), "image_2": None,
             "error": error, "subfield": "Geometry", "context": None}
            for n, (gold, error) in enumerate([("12.5", "1e-1"), ("$\\frac{1}{2}$", None), ("$x+1$", None)])
        ],
        prompt=["Find r in ", 49, f".\n{BOX}"],
        replies=["\\boxed{12.45}", "The final answer is \\boxed{0.5}.", "\\boxed{x-1}"], value=2 / 3,
    ),
    "phyx": Twin(
        columns={"index": S, "question": S, "answer": S, "category": S, "image": S},
        rows=[
            {"index": str(n), "question": "How fast?", "answer": "3 m/s", "category": "Mechanics", "image": b64(50)}
            for n in range(3)
        ],
        prompt=[50, "How fast?"], replies=["3 m/s", "It is 3.0 metres per second.", "5"], verdicts=[CORRECT, WRONG],
        value=2 / 3,
    ),
    "phyx_mc": Twin(
        columns={"index": S, "question": S, "answer": S, "category": S, "image": S},
        rows=[{"index": "1", "question": "How fast? A: 1 B: 2 C: 3 D: 4", "answer": "C", "category": "Optics", "image": b64(51)}],
        prompt=[51, "How fast? A: 1 B: 2 C: 3 D: 4"], replies=["\\boxed{C}"], value=1.0,
    ),
    "babyvision": Twin(
        columns={
            "taskId": I, "image": IMG, "question": S, "ansType": S, "options": L(S), "choiceAns": F, "blankAns": S,
            "type": S, "subtype": S,
        },
        rows=[
            {"taskId": 1, "image": pic(52), "question": "Which is odd?", "ansType": "choice", "options": ["left", "right"],
             "choiceAns": 1.0, "blankAns": None, "type": "Tracking", "subtype": "Maze"},
            {"taskId": 2, "image": pic(52), "question": "Where?", "ansType": "blank", "options": None, "choiceAns": None,
             "blankAns": "(2, 3)", "type": "Tracking", "subtype": "Maze"},
        ],
        prompt=[52, "Which is odd?\nChoices:\n(A) left\n(B) right\nThink about the question and give your final answer in \\boxed{Answer} format."],
        replies=["\\boxed{B}", "\\boxed{row 2, column 3}"], verdicts=[CORRECT], value=1.0,
    ),
    "worldvqa": Twin(
        columns={"index": S, "image": S, "question": S, "answer": S, "category": S, "language": S, "difficulty": S},
        rows=[
            {"index": str(n), "image": b64(53), "question": "Which breed?", "answer": "Borzoi", "category": "Nature",
             "language": "en", "difficulty": "hard"}
            for n in (0, 1)
        ],
        prompt=[53, "Which breed?"], replies=["A borzoi.", "A dog."],
        verdicts=[CORRECT, '{"verdict": "not_attempted"}'], value=2 / 3,
    ),
    "hle": Twin(
        columns={"id": S, "question": S, "image": S, "answer": S, "answer_type": S, "category": S},
        rows=[
            {"id": "a", "question": "Which rune?", "image": "data:image/png;base64," + base64.b64encode(png(54)).decode(),
             "answer": "fehu", "answer_type": "exactMatch", "category": "Humanities"},
            {"id": "b", "question": "Text only", "image": "", "answer": "1", "answer_type": "exactMatch", "category": "Math"},
        ],
        prompt=[
            54,
            "Which rune?\nYour response should be in the following format:\nExplanation: {your explanation}\n"
            "Exact Answer: {your final answer}\nConfidence: {your confidence score between 0% and 100% for your answer}",
        ],
        replies=["Exact Answer: Fehu\nConfidence: 90%"], verdicts=[CORRECT], value=1.0,
    ),
    "mmvet_v2": Twin(
        columns={"id": S, "question": S, "answer": S, "capability": S, "image_0": IMG, "image_1": IMG},
        rows=[{"id": "v2_0", "question": "From <IMG><image_0> to <IMG><image_1>?", "answer": "left <AND> up",
               "capability": "rec,seq", "image_0": pic(55), "image_1": pic(56)}],
        prompt=["From ", 55, " to ", 56, "?"], replies=["left"], verdicts=["0.5"], value=0.5,
    ),
    "sfe": Twin(
        columns={"index": S, "question": S, "question_type": S, "category": S, "answer": S, "A": S, "B": S, "image": S},
        rows=[
            {"index": "1", "question": "<image> Which peak?", "question_type": "mcq", "category": "Physics", "answer": "B",
             "A": "low", "B": "high", "image": b64(57)},
        ],
        prompt=[
            f"{EXPERT}a multiple-choice question. Answer with the option letter from the given choices.", 57,
            "Which peak?\nChoices are:\nA. low\nB. high",
        ],
        replies=["B"], verdicts=["1.0"], value=1.0,
    ),
    "mmlongbench_doc": Twin(
        columns={"doc_id": S, "doc_type": S, "question": S, "answer": S, "evidence_pages": S, "answer_format": S},
        rows=[
            {"doc_id": "a.pdf", "doc_type": "Report", "question": "How many?", "answer": gold, "evidence_pages": pages,
             "answer_format": kind}
            for gold, pages, kind in [
                ("12", "[3]", "Int"), ("0.5", "[1, 2]", "Float"), ("['x', 'y']", "[4]", "List"), ("Not answerable", "[]", "None"),
            ]
        ],
        files={"pages/a/page-1.png": png(59), "pages/a/page-2.png": png(60)},
        prompt=[59, 60, "How many?\nIf the document does not hold the answer, say: Not answerable."],
        replies=["Twelve", "50 percent", "y and x", "It is 7."], verdicts=["12", "50", '["y", "x"]', "7"],
        value=2 * 3 / (3 + 4),
    ),
    "mia_bench": Twin(
        columns={"image": IMG, "instruction": S, "components": L(S), "component_weight": L(I), "component_type": L(S)},
        rows=[{"image": pic(61), "instruction": "Describe it in two rhyming lines.", "components": ["describe", "rhyme"],
               "component_weight": [2, 8], "component_type": ["describe", "rhyme"]}],
        prompt=[61, "Describe it in two rhyming lines."], replies=["A cat"], verdicts=['{"points": [2, 3]}'], value=0.5,
    ),
    "mmhal": Twin(
        columns={"question_type": S, "image_id": S, "image_src": S, "image_content": L(S), "question": S, "gt_answer": S},
        rows=[{"question_type": "attribute", "image_id": "a", "image_src": "https://x/y/a.jpg", "image_content": ["Cat"],
               "question": "What colour?", "gt_answer": "Grey."}],
        files={"images/a.jpg": png(62)},
        prompt=[62, "What colour?"], replies=["Pink"], verdicts=['{"rating": 2}'], value=1 / 3,
    ),
    "vl_rewardbench": Twin(
        columns={"id": S, "query": S, "response": L(S), "image": IMG, "human_ranking": L(I)},
        rows=[
            {"id": name, "query": "What is it?", "response": ["a cat", "a dog"], "image": pic(58), "human_ranking": [1, 0]}
            for name in ("mathverse_1", "RLAIF-V-2")
        ],
        prompt=[
            58,
            "Question: What is it?\n\nAnswer A: a cat\n\nAnswer B: a dog\n\nWhich answer is better? Weigh how accurate it is "
            "for the picture, how complete, how clear and how relevant. Reply with the letter of the better answer only.",
        ],
        replies=["A", "A"], value=0.5,
    ),
}  # fmt: skip

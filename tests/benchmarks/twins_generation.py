"""Twins of the sets for models that make images; all rows are our own. A judge answers the questions."""

from math import log

from mmeval import Reply, media
from tests.benchmarks.twin import I, L, S, Twin
from tests.data.pictures import png

MADE = Reply(text="", finish="stop", media=(media.image(png()),))
FACT = {"item_id": S, "text": S, "proposition_id": S, "dependency": S, "question_natural_language": S}


def fact(item: str, number: int, needs: str, question: str) -> dict:
    return {
        "item_id": item,
        "text": f"A long text about {item}.",
        "proposition_id": str(number),
        "dependency": needs,
        "question_natural_language": question,
    }


TWINS = {
    "geneval": Twin(
        columns={"tag": S, "include": L(S), "exclude": L(S), "prompt": S},
        rows=[
            {"tag": "counting", "include": [{"class": "kite", "count": 2}], "exclude": [{"class": "kite", "count": 3}],
             "prompt": "a photo of two kites"},
            {"tag": "position", "prompt": "a photo of a mug left of a fork",
             "include": [{"class": "fork", "count": 1}, {"class": "mug", "count": 1, "position": ["left of", 0]}]},
            {"tag": "colors", "include": [{"class": "tent", "count": 1, "color": "green"}],
             "prompt": "a photo of a green tent"},
        ],
        prompt=["a photo of two kites"], replies=[MADE] * 3,
        verdicts=["2", "yes", "yes", "no", "no"], value=1 / 3, answers=["1 of 1", "2 of 3", "0 of 2"],
    ),
    "dpg_bench": Twin(
        columns=FACT,
        rows=[
            fact("a", 1, "0", "Is there a barn?"), fact("a", 2, "1", "Is the barn red?"), fact("a", 3, "0", "Is it night?"),
            fact("b", 1, "0", "Is there a boat?"), fact("b", 2, "1", "Is the boat small?"),
        ],
        prompt=["A long text about a."], replies=[MADE] * 2,
        verdicts=["yes", "no", "yes", "no"], value=(2 / 3 + 0) / 2, answers=["2 of 3", "0 of 2"],
    ),
    "geneval2": Twin(
        columns={"prompt": S, "atom_count": I, "vqa_list": L(L(S)), "skills": L(S)},
        rows=[{"prompt": "three wooden spoons and a kettle", "atom_count": 4, "skills": ["count", "attribute", "count"],
               "vqa_list": [["How many spoons are in the image?", "three"], ["Are the spoons wooden?", "Yes"],
                            ["How many kettles are in the image?", "one"]]}],
        prompt=["three wooden spoons and a kettle"], replies=[MADE],
        verdicts=[(log(0.4), log(0.3), log(0.1)), (log(0.7), log(0.2)), (log(0.05), log(0.02), log(0.02))],
        value=(0.8 * 0.9 * 0.09) ** (1 / 3), answers=[f"{(0.8 * 0.9 * 0.09) ** (1 / 3):.4f}"],
    ),
}  # fmt: skip

"""Twins of the sets for models that make images; all rows are our own. A judge answers the questions."""

from math import log

from mmeval import Reply, media
from tests.benchmarks.twin import I, L, S, Twin
from tests.data.pictures import exact_film, png

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


HINT = {"Prompt": S, "Explanation": S, "Category": S, "Subcategory": S, "prompt_id": I}


def hint(number: int, category: str) -> dict:
    return {"Prompt": f"Hint {number}.", "Explanation": f"Meaning {number}.", "Category": category,
            "Subcategory": "Things", "prompt_id": number}  # fmt: skip


ASKED = {"prompt_en": S, "dimension": L(S)}


def moving(*shades: int) -> Reply:
    return Reply(text="", finish="stop", media=(media.video(exact_film(*shades)),))


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
    "vbench_flickering": Twin(
        columns=ASKED, rows=[{"prompt_en": "a chair that stands still", "dimension": ["temporal_flickering"]},
                             {"prompt_en": "a red chair", "dimension": ["color"]}],
        prompt=["a chair that stands still"], replies=[moving(100, 100, 151)],
        value=(255 - 51 / 2) / 255, answers=["25.500 of 255 from frame to frame"],
    ),
    "vbench_semantics": Twin(
        columns={**ASKED, "auxiliary_info": {}},
        rows=[
            {"prompt_en": "a kettle", "dimension": ["object_class"],
             "auxiliary_info": {"object_class": {"object": "kettle"}}},
            {"prompt_en": "a teal umbrella", "dimension": ["color"], "auxiliary_info": {"color": {"color": "teal"}}},
            {"prompt_en": "A person is peeling a lemon", "dimension": ["human_action"]},
            {"prompt_en": "a fox in snow", "dimension": ["subject_consistency", "motion_smoothness"]},
            {"prompt_en": "a kettle and a lamp", "dimension": ["multiple_objects"],
             "auxiliary_info": {"multiple_objects": {"object": "kettle and lamp"}}},
            {"prompt_en": "a kettle on the left of a lamp, front view", "dimension": ["spatial_relationship"],
             "auxiliary_info": {"spatial_relationship": {"spatial_relationship": {
                 "object_a": "kettle", "object_b": "lamp", "relationship": "on the left of"}}}},
            {"prompt_en": "forge", "dimension": ["scene", "background_consistency"],
             "auxiliary_info": {"scene": {"scene": {"scene": "forge"}}}},
        ],
        prompt=["a kettle"], replies=[moving(100, 120)] * 6,
        verdicts=["yes", "no", "yes", "yes", "no", "yes", "yes", "no", "yes"], value=3 / 6,
        answers=["1 of 1", "0 of 2", "1 of 1", "1 of 2", "2 of 3", "1 of 1"],
    ),
    "t2i_compbench": Twin(
        columns={"text": S}, key="color_val.txt",
        rows=[{"text": "a green kettle and a pink lamp"}, {"text": "A pink kettle with a green lid."}],
        more={
            "spatial_val.txt": ({"text": S}, [{"text": "a fox on side of a lamp"}]),
            "3d_spatial_val.txt": ({"text": S}, [{"text": "an owl hidden by a kettle"}]),
            "numeracy_val.txt": ({"text": S}, [{"text": "three lamps, and one kettle stood by a fire"}]),
            "complex_val.txt": ({"text": S}, [{"text": "The tall lamp stood next to the round kettle."}]),
        },
        prompt=["a green kettle and a pink lamp"], replies=[MADE] * 6,
        verdicts=["yes", "no", "yes", "yes", "yes", "yes", "no", "no", "yes", "3", "yes", "One.", "yes"],
        value=(0.5 + 1 + 0 + 1 + 1) / 5, answers=["1 of 2", "1 of 1", "3 of 3", "0 of 3", "4 of 4", "1 of 1"],
    ),
    **{
        name: Twin(
            columns={**ASKED, "auxiliary_info": {}},
            rows=[{"prompt_en": "a fox, pencil sketch", "dimension": dimensions, "auxiliary_info":
                   {"appearance_style": {"appearance_style": "pencil sketch"}}},
                  {"prompt_en": "a red fox", "dimension": ["color"]}],
            prompt=["a fox, pencil sketch"], replies=[moving(100, 120)], verdicts=[cosines], value=value,
        )
        for name, dimensions, cosines, value in (
            ("vbench_subject", ["subject_consistency", "motion_smoothness"], (1.0, 1.0, 0.9, 0.7), 0.8),
            ("vbench_background", ["scene", "background_consistency"], (1.0, 1.0, 0.5, -0.1), 0.25),
            ("vbench_style", ["appearance_style"], (0.2, 0.3), 0.25),
            ("vbench_dynamic", ["subject_consistency", "dynamic_degree"], (0.0, 6.5), 1.0),
            ("vbench_aesthetic", ["aesthetic_quality"], (4.0, 10.0, 5.0, 10.0), 0.45),
            ("vbench_imaging", ["imaging_quality"], (70.0, 100.0, 60.0, 100.0), 0.65),
        )
    },
    "wise": Twin(
        columns=HINT, rows=[hint(7, "Cultural knowledge"), hint(8, "Cultural knowledge")],
        key="cultural_common_sense.json", more={"natural_science.json": (HINT, [hint(701, "Biology")])},
        prompt=["Hint 7."], replies=[MADE] * 3,
        verdicts=['{"consistency": 2, "realism": 1, "aesthetics": 1}', '```json\n{"consistency": 0, "realism": 2, '
                  '"aesthetics": 2}\n```', '{"consistency": 1, "realism": 0, "aesthetics": 2}'],
        value=(0.85 + 0.3 + 0.45) / 3,
        answers=["consistency 2, realism 1, aesthetics 1", "consistency 0, realism 2, aesthetics 2",
                 "consistency 1, realism 0, aesthetics 2"],
    ),
    "wise_verified": Twin(
        columns=HINT, rows=[hint(1, "Cultural knowledge"), hint(641, "Biology")], prompt=["Hint 1."],
        replies=[MADE] * 2, verdicts=['{"right": 1}', '{"right": 0}'], value=0.5, answers=["right 1", "right 0"],
    ),
    "geneval2": Twin(
        columns={"prompt": S, "atom_count": I, "vqa_list": L(L(S)), "skills": L(S)},
        rows=[{"prompt": "three wooden spoons and a kettle", "atom_count": 4, "skills": ["count", "attribute", "count"],
               "vqa_list": [["How many spoons are in the image?", "three"], ["Are the spoons wooden?", "Yes"],
                            ["How many kettles are in the image?", "one"]]}],
        prompt=["three wooden spoons and a kettle"], replies=[MADE],
        verdicts=[(log(0.4), log(0.3), log(0.1)), (log(0.7), log(0.2)), (log(0.05), log(0.02), log(0.02))],
        value=(0.8 * 0.9 * 0.09) ** (1 / 3), answers=["count 0.890000/2, attribute 0.900000/1"],
    ),
}  # fmt: skip

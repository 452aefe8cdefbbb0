import pytest

from mmeval import Text, media, prompts
from tests.data.pictures import png

ONE, TWO = media.image(png(1)), media.image(png(2))


def test_vlmevalkit_layout():
    prompt = prompts.vlmevalkit("What?", ["red", "blue"], images=[ONE], hint="Look.")
    assert prompt == (
        ONE,
        Text(
            "Hint: Look.\nQuestion: What?\nOptions:\nA. red\nB. blue\n"
            "Please select the correct answer from the options above. \n"
        ),
    )
    assert prompts.vlmevalkit("What?") == (Text("Question: What?\n"),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Question: <image 1> What?\n", ["Question: ", 1, " What?\n"]),
        ("See <image 2> then <image 1>.", ["See ", 2, " then ", 1, "."]),
        ("no token", [1, 2, "no token"]),
        ("<image 1>A. <image 1>\nB. <image 2>\n", [1, "A. ", 1, "\nB. ", 2, "\n"]),
        ("Only <image 2>", ["Only ", 2]),
        ("<image_1> and <image 7>", [1, " and <image 7>"]),
    ],
)
def test_interleave(text, expected):
    pictures = {1: ONE, 2: TWO}
    parts = [pictures[e] if isinstance(e, int) else Text(e) for e in expected]
    assert list(prompts.interleave(text, pictures)) == parts


def test_layouts():
    assert prompts.multiple_choice("Q", ["x", "y"], "Go.", images=[ONE], style="({letter}) {text}") == (
        ONE,
        Text("Q\n(A) x\n(B) y\nGo."),
    )
    assert prompts.question_first("Q", images=[ONE]) == (ONE, Text("Q"))
    assert prompts.question_first("Q", "Short.") == (Text("Q\nShort."),)

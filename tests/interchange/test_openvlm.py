import pytest

from mmeval.interchange import openvlm

EIGHT = openvlm.DEFAULT


def model(values: dict, *, en: float | None = None, cn: float | None = None, **meta: str) -> dict:
    scores = {bench: {"Final Score" if bench == "OCRBench" else "Overall": value} for bench, value in values.items()}
    if en is not None:
        scores["MMBench_TEST_EN_V11"] = {"Overall": en}
    if cn is not None:
        scores["MMBench_TEST_CN_V11"] = {"Overall": cn}
    return {"META": {"Method": ["m", "https://example.org"], **meta}, **scores}


def seven(base: float, ocr: float) -> dict:
    return {bench: base for bench in EIGHT if bench not in ("MMBench_V11", "OCRBench")} | {"OCRBench": ocr}


TABLE = {
    "low": model(seven(40.0, 400), en=41.0, cn=40.1, Parameters="7B", OpenSource="Yes", Verified="Yes"),
    "high": model(seven(60.0, 800), en=70.0, cn=70.0, Parameters="", OpenSource="No", Verified="Yes"),
    # The same values as `high` on six benchmarks: ties share the better rank.
    "tied": model(seven(60.0, 600), en=70.0, cn=70.0, Parameters="40B", OpenSource="No", Verified="No"),
    # Lacks MMVet; still a rival on the seven others.
    "part": model({k: v for k, v in seven(90.0, 900).items() if k != "MMVet"}, en=90.0, cn=90.0, Parameters="3.9B"),
    # Has one half of MMBench only, which is none; the board's sort puts an absent value first.
    "half": model(seven(95.0, 950), en=99.0, Parameters="x"),
}


def test_the_board():
    board = openvlm.lines(TABLE)
    assert [(line.rank, line.model, line.score, line.avg_rank) for line in board] == [
        # (70 + 6 * 60 + 80) / 8 = 63.75 -> 63.8; ranks 2, 3 on five, 3 (OCR), 2 on MMVet (half is better)
        (1, "high", 63.8, 2.75),
        # (70 + 6 * 60 + 60) / 8 = 61.25 -> 61.2 (halves to even); OCRBench rank 4
        (2, "tied", 61.2, 2.88),
        # cell 40.55 -> 40.5 or 40.6; (40.5|40.6 + 6 * 40 + 40) / 8 = 40.1
        (3, "low", 40.1, 4.75),
        (4, "half", None, None),
        (5, "part", None, None),
    ]


def test_ranks_count_models_that_are_incomplete():
    board = openvlm.lines(TABLE, ["MMStar"])
    assert [(line.model, line.avg_rank) for line in board] == [
        ("half", 1.0), ("part", 2.0), ("tied", 3.0), ("high", 3.0), ("low", 5.0),
    ]  # fmt: skip


def test_filters_number_anew_and_keep_the_average_rank():
    board = openvlm.lines(TABLE)
    shown = openvlm.filtered(board, types={"Proprietary", "OpenSource"}, sizes={"4B-10B", ">40B"})
    assert [(line.rank, line.model, line.avg_rank) for line in shown] == [(1, "tied", 2.88), (2, "low", 4.75)]


@pytest.mark.parametrize(
    ("bench", "scores", "value"),
    [
        ("MMStar", {"MMStar": {"Overall": "61.5"}}, 61.5),
        ("MMStar", {"MMStar": {"Overall": "n/a"}}, None),
        ("MMStar", {"MMStar": {"Overall": float("nan")}}, None),
        ("MMStar", {"MMStar": None}, None),
        ("OCRBench", {"OCRBench": {"Final Score": 806, "Overall": 3}}, 806),
        ("MMBench_V11", {"MMBench_TEST_EN_V11": {"Overall": 80.0}}, None),
        ("MMBench_V11", {"MMBench_TEST_EN_V11": {"Overall": 80.3}, "MMBench_TEST_CN_V11": {"Overall": 80.4}}, 80.4),
    ],
)
def test_cells(bench, scores, value):
    assert openvlm.cell(scores, bench) == value


@pytest.mark.parametrize(
    ("bench", "value", "points"), [("OCRBench", 806, 80.6), ("MME", 2800, 100), ("LLaVABench", 110, 110)]
)
def test_contributions(bench, value, points):
    assert openvlm.contribution(bench, value) == pytest.approx(points)


@pytest.mark.parametrize(
    ("billions", "bucket"),
    [(3.99, "<4B"), (4, "4B-10B"), (9.99, "4B-10B"), (10, "10B-20B"), (40, ">40B"), (None, "Unknown")],
)
def test_sizes(billions, bucket):
    assert openvlm.size_bucket(billions) == bucket


@pytest.mark.parametrize(
    ("text", "billions"), [("8B", 8), ("1.5b", 1.5), ("34", 34), ("", None), ("?", None), (None, None)]
)
def test_parameters(text, billions):
    assert openvlm.parameters(text) == billions


@pytest.mark.parametrize(
    ("open_source", "verified", "bucket"),
    [
        ("Yes", "Yes", "OpenSource"),
        ("Yes", "No", "OpenSource"),
        ("No", "Yes", "API"),
        ("No", "No", "Proprietary"),
        (None, None, "Proprietary"),
    ],
)
def test_types(open_source, verified, bucket):
    assert openvlm.type_bucket(open_source, verified) == bucket


@pytest.mark.parametrize(
    ("digits", "shown"),
    [("241106103059", "24.11.06 10:30:59"), ("20241106103059", "24.11.06 10:30:59"), ("soon", "soon"), ("", "")],
)
def test_timestamps(digits, shown):
    assert openvlm.timestamp(digits) == shown

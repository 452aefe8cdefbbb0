import errno
import json
import os
import signal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mmeval import Reply, Text, data
from mmeval import spill as spill
from mmeval.data.repeats import Repeats
from mmeval.errors import DataError, MMEvalError, RunFailedError, UsageError
from tests.data.pictures import png

CLOSED = "Question: {}\nOptions:\nA. red\nB. blue\nPlease select the correct answer from the options above. \n"
OPEN = "{}\nAnswer the question using a single word or phrase."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inside = tmp_path / "set"
    (inside / "pictures").mkdir(parents=True)
    (inside / "a.png").write_bytes(png(1))
    (inside / "pictures" / "b.png").write_bytes(png(2))
    (tmp_path / "secret.png").write_bytes(png(3))
    (inside / "link.png").symlink_to(tmp_path / "secret.png")
    return inside


def ask(path: Path, **mapping: str) -> list:
    return list(data.samples(data.from_file(path, columns=mapping)))


def shown(sample) -> list[str]:
    names = {Path(part.source).name if hasattr(part, "source") else part.text: part for part in sample.prompt}
    return list(names)


@pytest.mark.parametrize(
    ("row", "prompt", "target"),
    [
        ({"question": "Colour?", "answer": "blue", "options": ["red", "blue"], "image": "a.png"}, ["a.png", CLOSED.format("Colour?")], "B"),
        ({"query": "Colour?", "label": "(a)", "choices": '["red", "blue"]'}, [CLOSED.format("Colour?")], "A"),
        ({"question": "Colour?", "answer": "B", "A": "red", "B": "blue"}, [CLOSED.format("Colour?")], "B"),
        ({"question": "How many?", "answer": 3, "images": ["a.png", "pictures/b.png"]}, ["a.png", "b.png", OPEN.format("How many?")], "3"),
        ({"question": "<image 2> or <image 1>?", "answer": ["x", "y"], "image": ["a.png", "pictures/b.png"]}, ["b.png", " or ", "a.png", OPEN.format("?")], ["x", "y"]),
        ({"question": "True?", "answer": True}, [OPEN.format("True?")], "yes"),
    ],
    ids=["options", "spelled-options", "columns", "pictures", "interleaved", "bool"],
)  # fmt: skip
def test_rows_become_samples(folder: Path, row, prompt, target):
    (folder / "q.jsonl").write_text(json.dumps(row) + "\n")
    (sample,) = ask(folder / "q.jsonl")
    assert (shown(sample), sample.target) == (prompt, target)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"question": "", "answer": "x"}, r"q\.jsonl:2: 'question' is empty"),
        ({"question": 5, "answer": "x"}, r"q\.jsonl:2: 'question' is int"),
        ({"question": "q", "answer": None}, r"q\.jsonl:2: 'answer' is empty"),
        ({"question": "q", "answer": {"a": 1}}, r"q\.jsonl:2: 'answer' is dict"),
        ({"question": "q", "answer": []}, r"q\.jsonl:2: 'answer' is an empty list"),
        ({"question": "q", "answer": "C", "options": ["a", "b"]}, r"q\.jsonl:2: 'answer' is 'C', neither a letter up to B"),
        ({"question": "q", "answer": "A", "options": "a"}, r"q\.jsonl:2: options is str, expected a list"),
        ({"question": "q", "answer": "A", "options": ["a"]}, r"q\.jsonl:2: only one option"),
        ({"question": "q", "answer": "x", "image": "none.png"}, r"q\.jsonl:2: image 'none.png': No such file"),
        ({"question": "q", "answer": "x", "image": "../secret.png"}, r"q\.jsonl:2: image '../secret.png' is outside"),
        ({"question": "q", "answer": "x", "image": "/etc/passwd"}, r"q\.jsonl:2: image '/etc/passwd' is outside"),
        ({"question": "q", "answer": "x", "image": "link.png"}, r"q\.jsonl:2: image 'link.png' is outside"),
        ({"question": "q", "answer": "x", "image": "a\0.png"}, r"q\.jsonl:2: image .*null"),
        ({"question": "q", "answer": "x", "image": "https://example.org/a.png"}, r"q\.jsonl:2: .* is a URL"),
        ({"question": "q", "answer": "x", "image": 5}, r"q\.jsonl:2: an image is int"),
        ({"question": "q", "answer": "x", "id": "one"}, r"q\.jsonl:2: the id 'one' occurs twice"),
        ({"question": "q", "answer": "x", "id": None}, r"q\.jsonl:2: 'id' is empty"),
    ],
)  # fmt: skip
def test_a_bad_row_is_named_by_file_and_line(folder: Path, row, message):
    first = {"question": "good", "answer": "x", "image": "a.png", "options": None, "id": "one"}
    (folder / "q.jsonl").write_text(json.dumps(first) + "\n" + json.dumps({"id": "two", **row}) + "\n")
    with pytest.raises(DataError, match=message) as caught:
        ask(folder / "q.jsonl")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "text", "columns", "error", "message"),
    [
        ("q.csv", "frage,antwort\na,b\n", {"question": "frage"}, DataError, "no answer column; it has frage, antwort; map one with --columns answer=NAME"),
        ("q.csv", "question,answer\na,b\n", {"question": "frage"}, DataError, "no column 'frage' for question"),
        ("q.csv", "question,answer\na,b\n", {"frage": "question"}, UsageError, "no role 'frage'"),
        ("q.csv", "question,answer\n", {}, DataError, "no rows"),
        ("q.xml", "<q/>", {}, UsageError, r"cannot read \.xml"),
    ],
)  # fmt: skip
def test_a_bad_file_is_one_line(tmp_path: Path, name, text, columns, error, message):
    (tmp_path / name).write_text(text)
    with pytest.raises(error, match=message) as caught:
        data.from_file(tmp_path / name, columns=columns)
    assert isinstance(caught.value, MMEvalError)


def test_columns_can_be_mapped(tmp_path: Path):
    (tmp_path / "fragen.csv").write_text("nummer,frage,antwort,art\n7,Wie viele?,4,zählen\n", encoding="utf-8")
    (sample,) = ask(tmp_path / "fragen.csv", question="frage", answer="antwort", id="nummer", category="art")
    assert (sample.id, sample.target, sample.tags) == ("7", "4", {"category": "zählen"})


def test_a_vlmevalkit_tsv_is_a_benchmark(tmp_path: Path):
    import base64

    picture = base64.b64encode(png(5)).decode()
    lines = ["index\timage\tquestion\tA\tB\thint\tanswer\tcategory", f"0\t{picture}\tWhat?\tred\tblue\tLook.\tB\tcolour", "1\t0\tAnd?\tred\tblue\t\tA\tcolour"]  # fmt: skip
    (tmp_path / "Set.tsv").write_text("\n".join(lines) + "\n")
    first, second = ask(tmp_path / "Set.tsv")
    assert first.prompt[-1] == Text("Hint: Look.\n" + CLOSED.format("What?"))
    assert second.prompt[0].data == first.prompt[0].data == png(5)
    assert first.cluster == second.cluster


def test_parquet_with_picture_bytes(tmp_path: Path):
    rows = [{"question": "q", "answer": "x", "image": {"bytes": png(1), "path": "a.png"}}]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "q.parquet")
    (sample,) = ask(tmp_path / "q.parquet")
    assert (sample.prompt[0].data, sample.prompt[0].mime, sample.prompt[0].width) == (png(1), "image/png", 8)


def test_a_corrupt_picture_spoils_no_other_row(folder: Path):
    (folder / "a.png").write_bytes(b"no picture")
    rows = [
        {"question": "1", "answer": "x", "image": "a.png"},
        {"question": "2", "answer": "x", "image": "pictures/b.png"},
    ]
    (folder / "q.jsonl").write_text("\n".join(map(json.dumps, rows)))
    assert [s.prompt[0].mime for s in ask(folder / "q.jsonl")] == ["application/octet-stream", "image/png"]


def test_equal_rows_without_ids_stay_apart_and_ids_do_not_depend_on_order(tmp_path: Path):
    rows = ['{"question": "a", "answer": "1"}', '{"question": "b", "answer": "2"}']
    (tmp_path / "q.jsonl").write_text("\n".join([*rows, rows[0]]))
    (tmp_path / "r.jsonl").write_text("\n".join(reversed(rows)))
    a, b, again = (s.id for s in ask(tmp_path / "q.jsonl"))
    assert again == f"{a}-2"
    assert [s.id for s in ask(tmp_path / "r.jsonl")] == [b, a]


@pytest.mark.parametrize(
    ("row", "reply", "value"),
    [
        ({"question": "q", "answer": "blue", "options": ["red", "blue"]}, "The answer is B.", 1),
        ({"question": "q", "answer": "blue", "options": ["red", "blue"]}, "A", 0),
        ({"question": "q", "answer": 1000}, "It is 1,000.", 1),
        ({"question": "q", "answer": "cat"}, "Cat.", 1),
        ({"question": "q", "answer": ["cat", "kitten"]}, "kitten", 1),
        ({"question": "q", "answer": "cat"}, "dog", 0),
    ],
)
def test_scores(tmp_path: Path, row, reply, value):
    (tmp_path / "q.jsonl").write_text(json.dumps(row))
    benchmark = data.from_file(tmp_path / "q.jsonl")
    (sample,) = data.samples(benchmark)
    score = benchmark.score.rule(benchmark.profile)(sample, Reply(text=reply, finish="stop"))
    assert score.value == value


def test_a_row_may_have_options_that_the_first_one_lacks(tmp_path: Path):
    rows = [{"question": "q", "answer": "cat"}, {"question": "r", "answer": "B", "options": ["red", "blue"]}]
    (tmp_path / "q.jsonl").write_text("\n".join(map(json.dumps, rows)))
    assert [sample.choices for sample in data.samples(data.from_file(tmp_path / "q.jsonl"))] == [(), ("red", "blue")]


@pytest.mark.parametrize(
    ("profile", "replies"),
    [
        ("mmeval", {"B": "The answer is B.", "5": "It is 5.", "cat": "Answer: cat"}),
        ("vlmevalkit-2026-08", {"B": "(B)", "5": "5.2", "cat": "cat"}),
        ("lmms-0.7.3", {"B": "I choose (B)", "5": "4.8", "cat": "cat."}),
    ],
)
def test_each_profile_reads_letters_numbers_and_texts(tmp_path: Path, profile, replies):
    rows = [{"id": 1, "question": "q", "answer": "B", "options": ["red", "blue"]},
            {"id": 2, "question": "q", "answer": 5}, {"id": 3, "question": "q", "answer": "cat"}]  # fmt: skip
    (tmp_path / "q.jsonl").write_text("\n".join(map(json.dumps, rows)))
    benchmark = data.from_file(tmp_path / "q.jsonl")
    rule = benchmark.score.rule(profile)
    for sample, reply in zip(data.samples(benchmark), replies.values(), strict=True):
        assert rule(sample, Reply(text=reply, finish="stop")).value == 1, sample.target
        assert rule(sample, Reply(text="no", finish="stop")).value == 0


def test_an_edited_file_is_another_version(tmp_path: Path):
    file = tmp_path / "my questions.jsonl"
    file.write_text('{"question": "a", "answer": "1"}')
    before = data.from_file(file)
    file.write_text('{"question": "a", "answer": "2"}')
    assert before.name == "my-questions"
    assert data.from_file(file).version != before.version


def test_ids_are_counted_beyond_what_memory_holds(monkeypatch):
    monkeypatch.setattr(spill, "CACHE_KB", 16)
    seen = Repeats()
    names = [f"id {i}" for i in range(20_000)] + ["half \ud83d", "id 7", "id 7"]
    counts = [seen.add(name) for name in names]
    assert set(counts[:-2]) == {1}
    assert counts[-2:] == [2, 3]


@pytest.fixture
def alarm():
    """What waits for a pipe or reads a device without an end fails instead of hanging."""

    def late(*_):
        raise TimeoutError("it was opened")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(5)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def pipe(place: Path):
    os.mkfifo(place)


def device(place: Path):
    place.symlink_to("/dev/zero")


SPECIAL = pytest.mark.parametrize(("make", "kind"), [(pipe, "a pipe"), (device, "a device"), (Path.mkdir, "a folder")])


@SPECIAL
def test_a_picture_that_is_no_file_is_not_opened(folder: Path, alarm, make, kind: str):
    make(folder / "x.png")
    (folder / "q.jsonl").write_text(json.dumps({"question": "?", "answer": "x", "image": "x.png"}) + "\n")
    with pytest.raises(DataError, match=r"q\.jsonl:1: image 'x\.png' is (outside|" + kind + ")"):
        ask(folder / "q.jsonl")


@SPECIAL
@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".tsv", ".parquet"])
def test_questions_that_are_no_file_are_not_opened(tmp_path: Path, alarm, make, kind: str, suffix: str):
    make(tmp_path / f"q{suffix}")
    with pytest.raises(DataError, match=f"is {kind}, not a file"):
        data.from_file(tmp_path / f"q{suffix}")


def test_a_picture_is_not_blamed_for_too_many_open_files(folder: Path, monkeypatch: pytest.MonkeyPatch):
    def full(path: Path) -> bytes:
        raise OSError(errno.EMFILE, "Too many open files", str(path))

    (folder / "q.jsonl").write_text(json.dumps({"question": "?", "answer": "x", "image": "a.png"}) + "\n")
    monkeypatch.setattr(Path, "read_bytes", full)
    with pytest.raises(RunFailedError, match="Too many open files; raise `ulimit -n` or lower --concurrency"):
        ask(folder / "q.jsonl")

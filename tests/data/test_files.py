import base64
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mmeval import data
from mmeval.errors import DataError
from tests.data.pictures import png

READ = {"jsonl": data.jsonl, "csv": data.csv, "tsv": data.tsv, "parquet": data.parquet}


def b64(shade: int) -> str:
    return base64.b64encode(png(shade)).decode()


@pytest.mark.parametrize(
    ("kind", "text", "rows"),
    [
        ("jsonl", '{"a": 1}\n\n{"a": [2]}\n', [{"a": 1}, {"a": [2]}]),
        ("csv", 'a,b\n1,"x, y"\n,2\n', [{"a": "1", "b": "x, y"}, {"a": None, "b": "2"}]),
        ("csv", '\ufeffa\n"two\nlines"\n', [{"a": "two\nlines"}]),
        ("tsv", "a\tb\n1\t2\n", [{"a": "1", "b": "2"}]),
    ],
)
def test_rows(tmp_path: Path, kind, text, rows):
    file = tmp_path / f"q.{kind}"
    file.write_text(text, encoding="utf-8")
    assert list(READ[kind](file).rows()) == rows


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        ("jsonl", '{"a": 1}\n{"a": \n', r"q\.jsonl:2: not JSON"),
        ("jsonl", "[1]\n", r"q\.jsonl:1: expected an object, found list"),
        ("csv", "a,b\n1,2\n1\n", r"q\.csv:3: 1 cell, but the header has 2 columns"),
        ("csv", "a,a\n1,2\n", r"q\.csv:1: column 'a' occurs twice"),
        ("csv", 'a\n"open\n', r"q\.csv:\d: "),
        ("csv", "", r"q\.csv: empty"),
        ("parquet", "PAR0", r"q\.parquet: not a readable Parquet file"),
        ("csv", 'a,b\n1,"open\n', r"q\.csv:2: a quote \(\"\) is opened in this row and never closed"),
        ("csv", "a;b\n1;2\n", r"q\.csv:1: the columns are separated by semicolons, not by commas; save it with commas"),
        ("csv", "a\tb\n1\t2\n", r"q\.csv:1: the columns are separated by tabs, not by commas; name it \.tsv"),
        ("tsv", "a,b\n1,2\n", r"q\.tsv:1: the columns are separated by commas, not by tabs; name it \.csv"),
        ("jsonl", b"\xff\xfe", r"q\.jsonl:1: not UTF-8, but probably UTF-16; convert the file: iconv -f UTF-16"),
        ("csv", "a\nStra\u00dfe\n".encode("cp1252"), r"q\.csv:2: not UTF-8, but probably WINDOWS-1252"),
        (
            "csv",
            "a\n\u989c\u8272\n".encode("gb18030"),
            r"q\.csv:2: not UTF-8, but probably GB18030; convert the file: iconv -f GB18030 -t UTF-8 q\.csv > q-utf8\.csv",
        ),
    ],
)
def test_damage_is_named_by_file_and_line(tmp_path: Path, kind, text, message):
    file = tmp_path / f"q.{kind}"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(DataError, match=message):
        list(READ[kind](file).rows())


def test_missing_file():
    with pytest.raises(DataError, match=r"nowhere\.jsonl: No such file"):
        list(data.jsonl("nowhere.jsonl").rows())


def test_parquet_keeps_pictures_as_bytes(tmp_path: Path):
    file = tmp_path / "q.parquet"
    pq.write_table(pa.table({"image": [{"bytes": png(1), "path": None}], "n": [3]}), file)
    assert list(data.parquet(file).rows()) == [{"image": {"bytes": png(1), "path": None}, "n": 3}]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (b64(1), {"bytes": png(1), "path": None}),
        ("0", {"bytes": png(9), "path": None}),
        (f"['{b64(2)}', '{b64(3)}']", [{"bytes": png(2), "path": None}, {"bytes": png(3), "path": None}]),
        ("pictures/one.png", "pictures/one.png"),
        ("", None),
        ("!" * 80, {"bytes": b"!" * 80, "path": None}),
    ],
    ids=["base64", "shared", "list", "path", "none", "damaged"],
)
def test_tsv_pictures(tmp_path: Path, cell, expected):
    file = tmp_path / "q.tsv"
    file.write_text(f"index\timage\n1\t{cell}\n0\t{b64(9)}\n")
    first, second = data.tsv(file).rows()
    assert first["image"] == expected
    assert second["image"] == {"bytes": png(9), "path": None}


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"answer": str}, r"no column 'answer' \(renamed to 'answers'\?\); it has question, answers"),
        ({"answers": str}, r"row 2: column 'answers' is list, expected str"),
        ({"answers": str | None}, r"column 'answers' is list, expected str \| None"),
    ],
)
def test_column_contract(tmp_path: Path, columns, message):
    file = tmp_path / "q.jsonl"
    file.write_text('{"question": "a", "answers": "b"}\n{"question": "a", "answers": ["b"]}\n')
    with pytest.raises(DataError, match=message):
        list(data.jsonl(file, columns=columns).rows())

"""Files of other tools as runs: those in fixtures/ were written by the tools themselves."""

import json
import shutil
import zipfile
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from mmeval import DataError, UsageError, store
from mmeval.cli import app
from mmeval.interchange import inspectlog
from mmeval.interchange.imported import write
from mmeval.interchange.readers import form_of, read

FIXTURES = Path(__file__).parent / "fixtures"
LMMS = FIXTURES / "acme__tiny-vlm"


def rows(run: store.Run) -> list[tuple]:
    return [(r.id, r.status, r.score, r.answer) for r in run.scores()]


def only(file: Path, results: Path, **how) -> store.Run:
    (found,) = read(file, **how)
    return write(found, results)


def table(file: Path, header: list[str], cells: list[list]) -> Path:
    book = openpyxl.Workbook()
    for row in [header, *cells]:
        book.active.append(row)
    book.save(file)
    return file


def test_an_inspect_log(tmp_path: Path):
    run = only(FIXTURES / "tiny_choice.eval", tmp_path)
    assert (run.info.spec.model, run.info.spec.benchmark, run.info.origin) == (
        "mockllm/model",
        "tiny_choice",
        "third-party",
    )
    assert rows(run) == [("q0", "ok", 1.0, "B"), ("q1", "ok", 0.0, "A"), ("q2", "filtered", 0.0, None)]
    assert [r.reply.usage.input for r in run.records()] == [10, 10, 10]
    assert run.info.metrics["mean_score"].value == pytest.approx(1 / 3)
    # The log's own accuracy is kept beside ours.
    assert run.info.metrics["mean_score/stated choice/accuracy"].value == pytest.approx(1 / 3, abs=1e-3)


def test_an_inspect_log_that_was_deflated(tmp_path: Path):
    plain = tmp_path / "tiny.eval"
    (found,) = inspectlog.read(FIXTURES / "tiny_choice.eval")
    with (
        zipfile.ZipFile(FIXTURES / "tiny_choice.eval") as old,
        zipfile.ZipFile(plain, "w", zipfile.ZIP_DEFLATED) as new,
        (FIXTURES / "tiny_choice.eval").open("rb") as raw,
    ):
        for name in old.namelist():
            new.writestr(name, inspectlog._member(FIXTURES / "tiny_choice.eval", old, raw, name))
    (again,) = inspectlog.read(plain)
    assert again.records == found.records


def test_lmms_samples(tmp_path: Path):
    run = only(LMMS / "20261123_192518_samples_mmstar.jsonl", tmp_path)
    assert (run.info.spec.model, run.info.spec.benchmark, run.info.spec.version) == (
        "acme/tiny-vlm",
        "mmstar",
        "lmms-eval",
    )
    assert rows(run) == [("0", "ok", 1.0, "A"), ("1", "ok", 0.0, "T"), ("2", "ok", 1.0, "C")]
    assert next(run.records()).reply.text == "A"


def test_lmms_results_without_samples(tmp_path: Path):
    shutil.copy(LMMS / "20261123_192518_results.json", tmp_path)
    run = only(tmp_path / "20261123_192518_results.json", tmp_path)
    assert (run.info.spec.model, run.info.spec.benchmark) == ("acme/tiny-vlm", "mmstar")
    assert {name: number.value for name, number in run.info.metrics.items()} == {
        "average": 2 / 3,
        "coarse perception": 0.5,
    }
    assert run.info.metrics["average"].n == 0
    assert rows(run) == []


def test_lmms_results_and_samples_are_one_run(tmp_path: Path):
    out = CliRunner().invoke(app, ["import", *map(str, sorted(LMMS.iterdir())), "--results", str(tmp_path)])
    assert (out.exit_code, len(out.stdout.splitlines())) == (0, 1)
    (run,) = store.list_runs(tmp_path)[0]
    assert run.info.metrics["mean_score/stated coarse perception"].value == 0.5
    assert (run.info.metrics["mean_score"].n, run.info.provenance["imported"]["git_hash"]) == (3, "abc")


def test_lmms_samples_are_read_as_they_were_scored(tmp_path: Path):
    row = {"doc_id": 7, "resps": ["I think it is B."], "filtered_resps": "B", "length": 1.0, "exact_match": 0.0}
    other = {**row, "filtered_resps": "I think it is B.", "exact_match": 1.0}  # of a second filter
    (tmp_path / "1_samples_chartqa.jsonl").write_text("\n".join(map(json.dumps, [row, other])))
    results = {"results": {"chartqa": {"exact_match,none": 0.0}}, "config": {"model_args": "pretrained=acme/vlm"}}
    (tmp_path / "1_results.json").write_text(json.dumps(results))
    run = only(tmp_path / "1_samples_chartqa.jsonl", tmp_path / "results")
    assert (run.info.spec.model, rows(run)) == ("acme/vlm", [("7", "ok", 0.0, "B")])
    assert next(run.records()).reply.text == "I think it is B."


def test_an_inspect_json_log_has_epochs_and_errors(tmp_path: Path):
    run = only(FIXTURES / "tiny_open.json", tmp_path)
    assert [(r.id, r.epoch, r.status, r.score) for r in run.scores()] == [
        ("q0", 1, "ok", 1.0), ("q0", 2, "ok", 1.0), ("q1", 1, "ok", 1.0),
        ("q1", 2, "error", None), ("q2", 1, "ok", 1.0), ("q2", 2, "ok", 0.0),
    ]  # fmt: skip
    assert (run.info.status, run.info.spec.epochs, run.info.metrics["mean_score"].n) == ("complete", 2, 5)
    assert {r.cluster for r in run.scores()} == {"q0", "q1", "q2"}


def test_an_inspect_log_of_an_error_is_a_failed_run(tmp_path: Path):
    run = only(FIXTURES / "tiny_open_error.json", tmp_path)
    assert (run.info.status, run.info.reason) == ("failed", "inspect: RuntimeError('the camera is off')")
    assert (run.info.planned, run.info.counts) == (6, {"ok": 4, "error": 2})


@pytest.mark.parametrize("name", ["reports/acme-vlm/tiny.json", "reviews/acme-vlm/tiny_IQ.jsonl"])
def test_an_evalscope_report_with_its_reviews(tmp_path: Path, name: str):
    run = only(FIXTURES / "evalscope" / name, tmp_path)
    assert [(r.id, r.epoch, r.status, r.score, r.answer) for r in run.scores()] == [
        ("EQ/0", 1, "ok", 1.0, "B"), ("EQ/0", 2, "judge_error", None, None),
        ("IQ/0", 1, "ok", 1.0, "B"), ("IQ/0", 2, "ok", 0.0, "A"),
    ]  # fmt: skip
    assert (run.info.status, run.info.reason) == ("partial", "evalscope has no review of 1 of 5 samples")
    stated = [name.removeprefix("mean_score/stated ") for name in run.info.metrics if "stated" in name]
    assert [name for name in stated if "/" not in name] == ["acc", "f1"]  # the primary one of the report is first
    assert "acc/all" not in stated  # a sum over the other subsets


def test_a_folder_gives_all_that_is_known_and_says_what_it_skips(tmp_path: Path):
    folder = tmp_path / "logs"
    shutil.copytree(FIXTURES, folder)
    (folder / "broken.eval").write_bytes(b"no zip")
    (folder / "link.json").symlink_to(FIXTURES / "tiny_open.json")
    table(folder / "Acme_MMStar.xlsx", ["index", "prediction"], [[0, "A"]])
    table(folder / "Acme_MMStar_result.xlsx", ["index", "prediction", "hit"], [[0, "A", 1]])
    out = CliRunner().invoke(app, ["import", str(folder), "--results", str(tmp_path / "results")])
    assert out.exit_code == 0, out.output
    runs = store.list_runs(tmp_path / "results")[0]
    assert sorted((run.info.spec.version, run.info.spec.benchmark) for run in runs) == [
        ("evalscope", "tiny"), ("inspect", "tiny_choice"), ("inspect", "tiny_open"), ("inspect", "tiny_open"),
        ("lmms-eval", "mmstar"), ("vlmevalkit", "mmstar"),
    ]  # fmt: skip
    for name in ("broken.eval: not a readable .eval file", "Acme_MMStar.xlsx: another file", "README.md: not a file"):
        assert name in out.stderr
    assert "link.json" not in out.output


def test_one_bad_file_writes_nothing(tmp_path: Path):
    (tmp_path / "bad.json").write_text('{"eval": {}, "status": "success", "samples": [{}]}')
    out = CliRunner().invoke(
        app, ["import", str(FIXTURES / "tiny_open.json"), str(tmp_path / "bad.json"), "--results", str(tmp_path / "r")]
    )
    assert isinstance(out.exception, DataError)
    assert str(out.exception).endswith("bad.json: sample 1: expected an object with an id")
    assert not (tmp_path / "r").exists()


@pytest.mark.parametrize("kind", ["xlsx", "tsv", "json", "columns.json"])
def test_a_vlmevalkit_table(tmp_path: Path, kind: str):
    header = ["index", "question", "A", "B", "answer", "prediction", "hit", "category"]
    cells = [
        [0, "Which?", "cat", "dog", "A", "A", 1, "x"],
        [1, "Where?", "left", "right", "B", "The left one", 0, "y"],
        [2, "Who?", "he", "she", "A", "Failed to obtain answer via API.", 0, "y"],
    ]
    file = tmp_path / f"Acme-VL-7B_MMStar_exact_matching_result.{kind.rpartition('.')[2]}"
    if kind == "xlsx":
        table(file, header, cells)
    elif kind == "tsv":
        file.write_text("\n".join("\t".join(map(str, row)) for row in [header, *cells]) + "\n")
    elif kind == "json":
        file.write_text(json.dumps([dict(zip(header, row, strict=True)) for row in cells]))
    else:
        file.write_text(json.dumps({n: {str(r): row[i] for r, row in enumerate(cells)} for i, n in enumerate(header)}))
    run = only(file, tmp_path / "results")
    assert (run.info.spec.model, run.info.spec.benchmark) == ("imported/Acme-VL-7B", "mmstar")
    assert [r[:3] for r in rows(run)] == [("0", "ok", 1.0), ("1", "ok", 0.0), ("2", "error", None)]
    assert run.info.metrics["mean_score"].n == 2


def test_replies_without_scores_give_no_number(tmp_path: Path):
    run = only(table(tmp_path / "Acme_MMStar.xlsx", ["index", "prediction"], [[0, "A"]]), tmp_path / "results")
    assert (run.info.metrics, run.info.reason) == ({}, "the file holds replies without scores")


def test_openvlm_board(tmp_path: Path):
    meta = {"Method": ["Acme", "https://example.org"], "Parameters": "8B", "OpenSource": "Yes", "Verified": "Yes"}
    scores = {"MMStar": {"Overall": 61.5, "math": "60.0"}, "OCRBench": {"Final Score": 806}, "POPE": {"Overall": "n/a"}}
    file = tmp_path / "OpenVLM.json"
    file.write_text(json.dumps({"time": "241106103059", "results": {"Acme-8B": {"META": meta, **scores}}}))
    runs = [write(found, tmp_path / "results") for found in read(file)]
    assert [(r.info.spec.benchmark, r.info.metrics[r.info.primary_metric].value) for r in runs] == [
        ("mmstar", pytest.approx(0.615)), ("ocrbench", pytest.approx(0.806)),
    ]  # fmt: skip
    assert runs[0].info.provenance["imported"]["time"] == "24.11.06 10:30:59"
    assert runs[0].info.metrics["board/math"].value == 60.0


def test_importing_twice_writes_one_folder(tmp_path: Path):
    first = only(FIXTURES / "tiny_choice.eval", tmp_path)
    before = {p: p.read_bytes() for p in first.path.iterdir()}
    second = only(FIXTURES / "tiny_choice.eval", tmp_path)
    assert second.path == first.path
    assert {p: p.read_bytes() for p in second.path.iterdir()} == before
    assert [run.path for run in store.list_runs(tmp_path)[0]] == [first.path]


@pytest.mark.parametrize(
    ("name", "content", "error", "message"),
    [
        ("a.eval", b"no zip", DataError, "not a readable .eval file"),
        ("Acme_MMStar.xlsx", b"no zip", DataError, "not a readable xlsx file"),
        ("Acme_MMStar.json", b"[1, 2]", DataError, "expected a list of objects"),
        ("Acme_MMStar.json", b"{", DataError, "Acme_MMStar.json: not valid JSON: Expecting"),
        (
            "Acme_MMStar.tsv",
            b"index\tanswer\n1\tA\n",
            DataError,
            "the columns index and prediction are missing; it has index, answer",
        ),
        (
            "Acme_MMStar.tsv",
            b"index\tprediction\thit\n1\tA\t7\n",
            DataError,
            r"MMStar.tsv:2: score 7 is not in \[0, 1\]",
        ),
        ("table.tsv", b"index\tprediction\n1\tA\n", UsageError, "pass --model and --benchmark"),
        ("x.jsonl", b"{}\n", UsageError, "pass --benchmark"),
        ("x_samples_mmstar.jsonl", b"{}\n", DataError, "no doc_id"),
        ("r.json", b'{"eval": {"model": "\\ud800"}, "status": "success"}', DataError, "surrogates not allowed"),
        ("r.jsonl", b'{"sample_score": {}}', UsageError, "its report is not in"),
        ("x.bin", b"", UsageError, "unknown form; pass --form"),
    ],
)
def test_bad_files_are_one_line(tmp_path: Path, name, content, error, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(error, match=message) as caught:
        list(read(tmp_path / name))
    assert "\n" not in str(caught.value)


def test_an_inspect_log_that_was_not_finished(tmp_path: Path):
    file = tmp_path / "a.eval"
    with zipfile.ZipFile(file, "w") as log:
        log.writestr("_journal/start.json", json.dumps({"eval": {"task": "t", "model": "acme/vlm"}}))
        log.writestr("samples/1_epoch_1.json", json.dumps({"id": 1, "epoch": 1, "scores": {"match": {"value": "C"}}}))
    run = only(file, tmp_path / "results")
    assert (run.info.status, run.info.reason) == ("failed", "inspect: the log was not finished")
    assert rows(run) == [("1", "empty", 1.0, None)]


def test_a_damaged_member_is_named(tmp_path: Path):
    file = tmp_path / "a.eval"
    shutil.copy(FIXTURES / "tiny_choice.eval", file)
    with zipfile.ZipFile(file) as log:
        place = log.getinfo("samples/q1_epoch_1.json").header_offset + 80
    data = bytearray(file.read_bytes())
    data[place : place + 40] = b"\xff" * 40
    file.write_bytes(data)
    with pytest.raises(DataError, match=r"a\.eval:samples/q1_epoch_1\.json: "):
        list(read(file))


@pytest.mark.parametrize(
    ("name", "text", "form"),
    [
        ("r.json", '{"results": {"m": {"META": {}}}}', "openvlm"),
        ("r.json", '{"results": {"mmstar": {"average,none": 1}}}', "lmms-results"),
        ("r.json", '{"eval": {}, "status": "success"}', "inspect"),
        ("r.json", '{"dataset_name": "x", "metrics": []}', "evalscope"),
        ("r.jsonl", '{"index": 0, "sample_score": {}}', "evalscope"),
        ("r.jsonl", "[" * 100_000, "lmms-samples"),
        ("r.json", "[]", "vlmevalkit"),
    ],
)
def test_json_is_told_apart(tmp_path: Path, name, text, form):
    (tmp_path / name).write_text(text)
    assert form_of(tmp_path / name) == form


def test_imported_numbers_never_push_measured_ones_off_the_board(tmp_path: Path):
    from mmeval import data
    from mmeval.board.collect import collect
    from mmeval.runner import Settings, run_one

    results = tmp_path / "results"
    (tmp_path / "mmstar.jsonl").write_text('{"question": "How many?", "answer": 4}\n')
    settings = Settings(results=results, cache_file=tmp_path / "c.sqlite", options={"reply": "4"})
    run_one(data.from_file(tmp_path / "mmstar.jsonl"), "mock/echo", settings)
    board = {f"Acme-{n}": {"META": {}, "MMStar": {"Overall": 50.0 + n}} for n in range(3)}
    (tmp_path / "OpenVLM.json").write_text(json.dumps({"time": "", "results": board}))
    for found in read(tmp_path / "OpenVLM.json"):
        write(found, results)
    (column,) = collect(results).columns
    assert list(column.cells) == ["mock/echo"]
    assert [one.reason for one in column.excluded] == ["version"] * 3

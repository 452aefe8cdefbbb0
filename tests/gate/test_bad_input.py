"""What people get wrong: one line, the documented exit code, never 0."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mmeval import store
from tests.gate.conftest import Command
from tests.gate.runs import base_scores, flipped, rows, write

POLICY = "version: 1\nbenchmarks: {quiz: {margin: 0.03}}\n"


def _scores(folder: Path, *lines: str) -> None:
    (folder / "scores.csv").write_text("id,epoch,status,score,answer,rule,cluster\n" + "".join(f"{x}\n" for x in lines))


def duplicate(base: Path, candidate: Path, policy: Path) -> None:
    text = (candidate / "scores.csv").read_text()
    (candidate / "scores.csv").write_text(text + text.splitlines()[1] + "\n")


def damaged(base: Path, candidate: Path, policy: Path) -> None:
    (base / "run.json").write_text("{")


def other_schema(base: Path, candidate: Path, policy: Path) -> None:
    text = (base / "run.json").read_text()
    (base / "run.json").write_text(text.replace('"schema_version": 2', '"schema_version": 7'))


def other_version(base: Path, candidate: Path, policy: Path) -> None:
    text = (base / "run.json").read_text()
    (base / "run.json").write_text(text.replace('"version": "1"', '"version": "2"'))


def other_mmeval(base: Path, candidate: Path, policy: Path) -> None:
    text = (base / "run.json").read_text()
    (base / "run.json").write_text(text.replace('"mmeval": "0.1.0"', '"mmeval": "0.3.1"'))


def other_temperature(base: Path, candidate: Path, policy: Path) -> None:
    text = (base / "run.json").read_text()
    (base / "run.json").write_text(text.replace('"temperature": 0.0', '"temperature": 0.5'))


def policy_of(text: str) -> Callable[[Path, Path, Path], None]:
    return lambda base, candidate, policy: policy.write_text(text) and None


CASES = [
    ("empty candidate", lambda b, c, p: _scores(c), 5, "measured nothing"),
    ("no scores.csv", lambda b, c, p: (c / "scores.csv").unlink(), 5, "measured nothing"),
    ("empty baseline", lambda b, c, p: _scores(b), 5, "measured nothing"),
    ("duplicate ids", duplicate, 2, "appears twice"),
    ("NaN", lambda b, c, p: _scores(c, "00000,1,ok,nan,A,r,"), 2, "not in [0, 1]"),
    ("score 7", lambda b, c, p: _scores(c, "00000,1,ok,7,A,r,"), 2, "not in [0, 1]"),
    ("score text", lambda b, c, p: _scores(c, "00000,1,ok,good,A,r,"), 2, "scores.csv:2"),
    ("all failed", lambda b, c, p: _scores(c, *(f"{i:05},1,error,,,," for i in range(400))), 5, "not measured"),
    ("other ids", lambda b, c, p: _scores(c, *(f"x{i},1,ok,1,A,r," for i in range(400))), 4, "only 0%"),
    ("half the ids", lambda b, c, p: _scores(c, *(f"{i:05},1,ok,1,A,r," for i in range(200))), 4, "only 50%"),
    ("damaged run.json", damaged, 2, "not JSON"),
    ("baseline of another schema", other_schema, 2, "schema version 7"),
    ("baseline of another version", other_version, 4, "version: 2 -> 1"),
    ("baseline by another mmeval", other_mmeval, 4, "mmeval: 0.3 -> 0.1"),
    ("other temperature", other_temperature, 4, "options.temperature: 0.5 -> 0.0"),
    ("misspelt benchmark", policy_of("version: 1\nbenchmarks: {quizz: }\n"), 2, "did you mean quiz"),
    ("margin 0", policy_of("version: 1\nbenchmarks: {quiz: {margin: 0}}\n"), 2, "benchmarks.quiz.margin"),
    ("margin of text", policy_of("version: 1\nbenchmarks: {quiz: {margin: small}}\n"), 2, "benchmarks.quiz.margin"),
    ("n 1", policy_of("version: 1\nbenchmarks: {quiz: {n: 1}}\n"), 2, "benchmarks.quiz.n"),
    ("n 40", policy_of("version: 1\nbenchmarks: {quiz: {n: 40}}\n"), 2, "even when no answer changes"),
    ("no benchmark", policy_of("version: 1\nbenchmarks: {}\n"), 2, "benchmarks"),
    ("unknown key", policy_of(POLICY + "on_inconclusiv: warn\n"), 2, "did you mean on_inconclusive?"),
    ("unknown key inside", policy_of("version: 1\nbenchmarks: {quiz: {marign: 1}}\n"), 2, "did you mean margin?"),
    ("unknown default", policy_of(POLICY + "defaults: {teir: critical}\n"), 2, "did you mean tier?"),
    ("guard of text", policy_of(POLICY + "guards: {latency_p95: 20}\n".replace("20", "+1pp")), 2, "+20%"),
    ("a list", policy_of("- 1\n"), 2, "expected keys"),
    ("not YAML", policy_of("version: [\n"), 2, "not valid YAML"),
    ("a benchmark that is a number", policy_of("version: 1\nbenchmarks: {quiz: 3}\n"), 2, "benchmarks.quiz"),
    ("all advisory", policy_of("version: 1\nbenchmarks: {quiz: {tier: advisory}}\n"), 5, "all benchmarks are advisory"),
]


@pytest.mark.parametrize(("change", "code", "message"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_compare_refuses(mmeval: Command, tmp_path: Path, change, code: int, message: str) -> None:
    scores = base_scores(400)
    base = write(tmp_path / "base", rows(scores)).path
    candidate = write(tmp_path / "new", rows(flipped(scores, losses=3, gains=3)), model="mock/new").path
    policy = tmp_path / "gate.yaml"
    policy.write_text(POLICY)
    assert mmeval("gate", "compare", str(base), str(candidate)).code == 0, "the pair passes as it is"
    change(base, candidate, policy)
    ended = mmeval("gate", "compare", str(base), str(candidate))
    assert ended.code == code, (ended.out, ended.err)
    assert message in " ".join((ended.out + ended.err).split())
    assert "Traceback" not in ended.err
    if code == 2:
        assert ended.err.count("\n") == 1, "one line"


def test_a_single_sample_cannot_pass(mmeval: Command, tmp_path: Path) -> None:
    base, new = (write(tmp_path / name, rows([1.0]), model=f"mock/{name}") for name in ("base", "new"))
    ended = mmeval("gate", "compare", str(base.path), str(new.path))
    assert (ended.code, "1 samples (1 independent) do not pass" in ended.err) == (2, True)


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["run", "-m", "quizzer/same"], 4, "no baselines in results/baselines"),
        (["plan"], 4, "no baselines in results/baselines"),
        (["selftest"], 4, "no baselines in results/baselines"),
        (["calibrate"], 4, "no baselines in results/baselines"),
        (["run", "-c", "missing.yaml"], 2, "missing.yaml: no such file; `mmeval new gate NAME` writes one"),
        (["run"], 2, "no candidate: pass -m"),
        (["accept", "nowhere", "--reason", "x"], 2, "no run 'nowhere'"),
        (["compare", "nowhere", "nowhere"], 2, "no run 'nowhere'"),
    ],
)
def test_commands_refuse(mmeval: Command, tmp_path: Path, words: list[str], code: int, message: str) -> None:
    (tmp_path / "gate.yaml").write_text(POLICY)
    ended = mmeval("gate", *words)
    assert (ended.code, message in ended.err) == (code, True), ended.err


def test_baseline_missing_for_one_benchmark(mmeval: Command, tmp_path: Path) -> None:
    (tmp_path / "gate.yaml").write_text(POLICY)
    write(tmp_path / "results" / "baselines", rows(base_scores(400)), benchmark="other")
    ended = mmeval("gate", "run", "-m", "quizzer/same")
    assert ended.code == 4
    assert "quiz: no baseline in results/baselines" in ended.out


def test_two_baselines_need_a_choice(mmeval: Command, tmp_path: Path) -> None:
    root = tmp_path / "results" / "baselines"
    for model in ("mock/a", "mock/b"):
        write(root, rows(base_scores(400)), model=model)
    (tmp_path / "gate.yaml").write_text(POLICY)
    ended = mmeval("gate", "plan")
    assert (ended.code, "set `model` under benchmarks.quiz" in ended.err) == (2, True)
    (tmp_path / "gate.yaml").write_text("version: 1\nbenchmarks: {quiz: {model: mock/b}}\n")
    assert mmeval("gate", "plan").code == 0


@pytest.mark.parametrize(
    ("status", "reason", "message"),
    [("failed", "x", "only a complete run"), ("partial", "x", "only a complete run"), ("complete", "  ", "--reason")],
)
def test_accept_refuses(mmeval: Command, tmp_path: Path, status: str, reason: str, message: str) -> None:
    (tmp_path / "gate.yaml").write_text(POLICY)
    run = write(tmp_path / "results", rows(base_scores(50)), status=status)
    ended = mmeval("gate", "accept", str(run.path), "--reason", reason)
    assert (ended.code, message in ended.err) == (2, True)
    assert not (tmp_path / "results" / "baselines").exists()


def test_a_run_that_is_still_running(mmeval: Command, tmp_path: Path) -> None:
    scores = base_scores(400)
    base = write(tmp_path / "base", rows(scores))
    new = write(tmp_path / "new", rows(scores), model="mock/new", status="running")
    ended = mmeval("gate", "compare", str(base.path), str(new.path))
    assert (ended.code, "the candidate run has not ended; run its command again" in ended.out) == (5, True)
    assert store.read_run(new.path).info.status == "running"

"""`mmeval sign`: a signature covers every file of a run, and the key never leaves its file."""

from __future__ import annotations

import json
import stat

import pytest
from typer.testing import CliRunner

from mmeval import UsageError, store
from mmeval.cli import app
from mmeval.verify import new_key, read_public_keys, record, sign, verify


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys")
    for name in ("ours", "theirs"):
        new_key(folder / name)
    return folder


@pytest.fixture
def signed(project, keys):
    sign(project.run, keys / "ours")
    return project


def checked(project, keys, *names: str):
    trusted = read_public_keys([keys / f"{name}.pub" for name in names])
    report = verify(project.run.path, project.settings, trusted=trusted)
    return next((check for check in report.checks if check.name == "signature"), None), report.verdict


def append(name: str):
    def change(project) -> None:
        with (project.run.path / name).open("a") as file:
            file.write("\n")

    return change


def resign(project) -> None:
    """The digests are replaced by those of an edited file, without the key."""
    append("run.json")(project)
    file = project.run.files.signature
    raw = json.loads(file.read_text())
    raw["files"]["run.json"] = store.file_sha256(project.run.files.info)
    file.write_text(json.dumps(raw))


EDITS = [
    (append("run.json"), "run.json was edited after it was signed"),
    (append("records.jsonl"), "records.jsonl was edited after it was signed"),
    (lambda p: (p.run.path / "notes.txt").write_text("x"), "notes.txt was added after the run was signed"),
    (resign, "the signature is not valid"),
    (lambda p: p.run.files.signature.write_text("{}"), "signature.json: "),
    (lambda p: p.run.files.signature.unlink(), "the run is not signed"),
]


def test_a_signed_run_names_its_key(signed, keys):
    found, verdict = checked(signed, keys, "ours", "theirs")
    assert (found.result, verdict) == ("ok", "verified")
    assert found.reason == "3 files are as signed by ours"
    assert "nobody has vouched for" in checked(signed, keys)[0].reason


@pytest.mark.parametrize(("edit", "said"), EDITS, ids=[said for _, said in EDITS])
def test_an_edit_after_the_signature_is_found(signed, keys, edit, said):
    edit(signed)
    found, verdict = checked(signed, keys, "ours")
    assert (found.result, verdict) == ("differs", "differs")
    assert said in found.reason


def test_another_key_is_not_trusted(signed, keys):
    found, verdict = checked(signed, keys, "theirs")
    assert (found.result, verdict) == ("differs", "differs")


def test_the_journal_may_stay_private_and_a_verification_may_follow(signed, keys):
    record(verify(signed.run.path, signed.settings))
    signed.run.files.journal.unlink()
    found, _ = checked(signed, keys, "ours")
    assert (found.result, found.reason) == ("ok", "3 files are as signed by ours; not here: records.jsonl")


def test_a_key_is_private_and_never_overwritten(tmp_path):
    public = new_key(tmp_path / "key")
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    assert "PUBLIC" in public.read_text()
    before = (tmp_path / "key").read_bytes()
    with pytest.raises(UsageError, match="never overwritten"):
        new_key(tmp_path / "key")
    assert (tmp_path / "key").read_bytes() == before


def test_the_key_stands_in_no_other_file(signed, keys):
    secret = (keys / "ours").read_text().splitlines()[1]
    assert all(secret not in file.read_text(errors="replace") for file in signed.root.rglob("*") if file.is_file())
    assert secret not in (keys / "ours.pub").read_text()


@pytest.mark.parametrize("content", ["", "not a key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_what_is_no_key_is_one_line(project, tmp_path, content):
    (tmp_path / "key").write_text(content)
    with pytest.raises(UsageError, match="is not an Ed25519 private key"):
        sign(project.run, tmp_path / "key")
    with pytest.raises(UsageError, match="is not an Ed25519 public key"):
        read_public_keys([tmp_path / "key"])


def test_the_commands_sign_and_verify(project, tmp_path):
    def mmeval(*words: str) -> tuple[int, str]:
        found = CliRunner().invoke(app, list(words), catch_exceptions=False)
        return found.exit_code, found.output

    run, key = str(project.run.path), str(tmp_path / "key")
    assert mmeval("sign", "--new-key", key)[0] == 0
    assert "3 files" in mmeval("sign", run, "--key", key)[1]
    code, said = mmeval("verify", run, "--path", str(project.root), "--trusted", str(tmp_path))
    assert (code, "as signed by key" in said) == (0, True)

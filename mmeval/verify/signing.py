"""Ed25519 signatures over the files of a run: who vouches for them, and that nobody has edited them since.

The signed message is the canonical JSON of `signature.json` without its `signature`, which lists every file by sha256.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from mmeval.errors import StoreError, UsageError
from mmeval.store import Files, Run, canonical, file_sha256, write_atomic
from mmeval.verify.checks import Different, Unchecked
from mmeval.verify.folder import foreign

__all__ = ["Signature", "check_signature", "fingerprint", "new_key", "read_public_keys", "sign"]

MOST_BYTES = 10_000_000
"""Longest signature file that is read."""


class Signature(BaseModel):
    """`signature.json`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    schema_version: Literal[1] = 1
    algorithm: Literal["ed25519"] = "ed25519"
    public_key: str
    """32 bytes in base64."""
    at: float
    """Unix time."""
    files: dict[str, str]
    """sha256 by path in the run folder."""
    signature: str = ""
    """64 bytes in base64."""

    @property
    def message(self) -> bytes:
        """What is signed."""
        return canonical(self.model_dump(mode="json", exclude={"signature"}))


def _library() -> Any:
    """The modules of the `cryptography` package that are used; raises UsageError if it is not installed."""
    try:
        from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ed25519
    except ImportError:
        raise UsageError("signatures need `pip install 'mmeval-harness[sign]'`") from None
    return serialization, ed25519, (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm)


def new_key(file: Path) -> Path:
    """Write a new private key, which only its owner can read, and the public key beside it as `FILE.pub`.

    Raises:
        UsageError: one of the files exists, or cannot be written.
    """
    serialization, ed25519, _ = _library()
    public = file.with_name(f"{file.name}.pub")
    for one in (file, public):
        if one.exists() or one.is_symlink():
            raise UsageError(f"{one} exists; a key is never overwritten")
    key = ed25519.Ed25519PrivateKey.generate()
    pem, formats = serialization.Encoding.PEM, serialization.PrivateFormat
    _create(file, key.private_bytes(pem, formats.PKCS8, serialization.NoEncryption()), 0o600)
    _create(public, key.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo), 0o644)
    return public


def _create(file: Path, content: bytes, mode: int) -> None:
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror or error}") from None
    with os.fdopen(handle, "wb") as out:
        out.write(content)


def sign(run: Run, key: Path) -> Signature:
    """Write `signature.json`, which covers every file of the run folder but the records that others add later.

    Raises:
        UsageError: the key cannot be read, or is not an Ed25519 private key.
        StoreError: a file of the run leads out of its folder.
    """
    serialization, ed25519, _ = _library()
    private = _key(key, functools.partial(serialization.load_pem_private_key, password=None))
    if not isinstance(private, ed25519.Ed25519PrivateKey):
        raise UsageError(f"{key} is not an Ed25519 private key; `mmeval sign --new-key FILE` makes one")
    if fault := foreign(run.path):
        raise StoreError(f"{run.path}: {fault}")
    digests = {name: digest for name, file in _files(run.files) if (digest := file_sha256(file))}
    public = _encoded(private.public_key().public_bytes_raw())
    made = Signature(public_key=public, at=time.time(), files=digests)
    made = made.model_copy(update={"signature": _encoded(private.sign(made.message))})
    write_atomic(run.files.signature, made.model_dump_json(indent=1) + "\n")
    return made


def _key(file: Path, load: Callable[[bytes], Any]) -> Any:
    """The key in a file, of any kind; None if there is none."""
    *_, failures = _library()
    try:
        return load(file.read_bytes())
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror or error}") from None
    except failures:
        return None


def _files(files: Files) -> Iterable[tuple[str, Path]]:
    """The files that a signature covers, by path in the folder. Hidden ones are unfinished or locks."""
    added_later = (files.signature, files.verified, files.labelled, files.measures)
    for file in sorted(files.folder.rglob("*")):
        parts = file.relative_to(files.folder).parts
        hidden = any(part.startswith(".") for part in parts)
        if not hidden and file not in added_later and file.is_file() and not file.is_symlink():
            yield "/".join(parts), file


def fingerprint(public_key: str) -> str:
    """16 hexadecimal digits that name a public key."""
    return hashlib.sha256(public_key.encode()).hexdigest()[:16]


def read_public_keys(files: Sequence[Path]) -> dict[str, str]:
    """Names of the keys, which are those of their files, by public key in base64; raises UsageError."""
    return {_public(file): file.stem for file in files}


def _public(file: Path) -> str:
    serialization, ed25519, _ = _library()
    key = _key(file, serialization.load_pem_public_key)
    if not isinstance(key, ed25519.Ed25519PublicKey):
        raise UsageError(f"{file} is not an Ed25519 public key")
    return _encoded(key.public_bytes_raw())


def check_signature(run: Run, trusted: Mapping[str, str]) -> str:
    """That the files are those that were signed, by one of the trusted keys if there are any.

    A file that is not committed (the journal, media) may be absent; raises Unchecked or Different.
    """
    if not run.files.signature.is_file():
        raise Different("the run is not signed")
    found = _read(run.files.signature)
    if trusted and found.public_key not in trusted:
        raise Different(f"signed with the key {fingerprint(found.public_key)}, which is not one of yours")
    _valid(found)
    absent = _compare(run.files, found.files)
    name = trusted.get(found.public_key)
    who = f"by {name}" if name else f"with the key {fingerprint(found.public_key)}, which nobody has vouched for here"
    return f"{len(found.files)} files are as signed {who}" + (f"; not here: {', '.join(absent)}" if absent else "")


def _read(file: Path) -> Signature:
    if file.stat().st_size > MOST_BYTES:
        raise Different(f"{file.name} is longer than {MOST_BYTES:,} bytes")
    try:
        return Signature.model_validate_json(file.read_bytes())
    except ValidationError as error:
        raise Different(f"{file.name}: {error.errors()[0]['msg']}") from None


def _valid(found: Signature) -> None:
    try:
        _, ed25519, failures = _library()
    except UsageError as error:
        raise Unchecked(str(error)) from None
    try:
        key = ed25519.Ed25519PublicKey.from_public_bytes(_decoded(found.public_key))
        key.verify(_decoded(found.signature), found.message)
    except failures:
        raise Different("signature.json was edited: the signature is not valid") from None


def _compare(files: Files, signed: Mapping[str, str]) -> list[str]:
    """The signed files that are not here; raises Different for one that was edited, removed or added."""
    here = dict(_files(files))
    absent: list[str] = []
    for name, digest in signed.items():
        if name in here:
            if file_sha256(here[name]) != digest:
                raise Different(f"{name} was edited after it was signed")
        elif name == files.journal.name or PurePosixPath(name).parts[0] == files.media.name:
            absent.append(name)
        else:
            raise Different(f"{name} was signed, but is not here")
    added = sorted(here.keys() - signed.keys())
    if added:
        raise Different(f"{added[0]} was added after the run was signed")
    return absent


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _decoded(text: str) -> bytes:
    return base64.b64decode(text, validate=True)

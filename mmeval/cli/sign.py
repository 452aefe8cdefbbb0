"""`mmeval sign RUN... --key FILE`: sign the files of runs."""

from __future__ import annotations

from pathlib import Path

import typer

from mmeval import UsageError
from mmeval.cli._runs import RESULTS, echo, find_run, without_samples


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(name="sign")(sign_command)


def sign_command(
    runs: list[str] | None = typer.Argument(None, metavar="RUN...", help="Run folders.", show_default=False),
    key: Path | None = typer.Option(None, "--key", metavar="FILE", help="Private key.", show_default=False),
    new_key: Path | None = typer.Option(
        None, "--new-key", metavar="FILE", help="Make a key pair: FILE, and FILE.pub to give away.", show_default=False
    ),
    results: Path = RESULTS,
) -> None:
    r"""Sign runs, so that `mmeval verify` can tell who made them and that nobody edited them.

    The Ed25519 signature covers every file of the run by digest. Needs `pip install 'mmeval-harness\[sign]'`.
    """
    from mmeval import verify

    if new_key is not None:
        if runs or key is not None:
            raise UsageError("--new-key makes a key and signs nothing; sign with --key in a second command")
        public = verify.new_key(new_key)
        echo(f"{new_key}: private key; keep it secret\n{public}: public key; give it to those who verify")
        return
    if not runs or key is None:
        raise UsageError("give RUN... and --key FILE, or --new-key FILE")
    for reference in without_samples(runs):
        run = find_run(reference, results)
        made = verify.sign(run, key)
        echo(f"{run.files.signature}: {len(made.files)} files, key {verify.fingerprint(made.public_key)}")

"""`mmeval bridge lmms install|list`: the tasks of lmms-eval, which run as `mmeval run lmms:TASK`."""

from __future__ import annotations

import typer

from mmeval.cli._runs import echo


def register(app: typer.Typer) -> None:
    """Add the verb."""
    lmms = typer.Typer(no_args_is_help=True)
    lmms.command("install")(install_command)
    lmms.command("list")(list_command)
    verbs = typer.Typer(no_args_is_help=True)
    verbs.add_typer(lmms, name="lmms", help="The tasks of lmms-eval, which run as `mmeval run lmms:TASK`.")
    app.add_typer(verbs, name="bridge", help="Tasks of other harnesses, run and stored by mmeval.")


def install_command(
    more: list[str] = typer.Option(
        [], "--with", metavar="PACKAGE", help="Package that a task needs, too (repeatable).", show_default=False
    ),
) -> None:
    """Install the tasks and what they import into an environment of their own, in the cache folder."""
    from mmeval.bridge.install import install

    for step in install(more):
        echo(step)


def list_command(
    contains: str = typer.Argument("", metavar="TEXT", help="Show names that contain it.", show_default="all"),
) -> None:
    """List the tasks."""
    from mmeval.bridge.lmms import PREFIX, tasks

    for name in tasks():
        if contains.lower() in name.lower():
            echo(f"{PREFIX}{name}")

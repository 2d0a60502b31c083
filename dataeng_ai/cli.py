"""The command tree for a terminal: stdout is the result, stderr the narration; exit 0, 1, 2, 3 or 130."""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING

import click

from dataeng_ai import process
from dataeng_ai.commands import tree

if TYPE_CHECKING:
    from dataeng_ai.diagnostics import Problems
    from dataeng_ai.results import Result

INTERRUPTED = 130
"""What a shell expects of a command ended by Ctrl-C: 128 and the number of SIGINT."""


def main(arguments: list[str] | None = None) -> None:
    """Run one command and exit as it ended."""
    process.own()
    gc.set_threshold(20_000, 50, 50)  # modules and trees of SQL are many objects, and few of them garbage before the end
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: list[str]) -> int:
    """Run one command, print what it returned, and return the exit code."""
    from dataeng_ai import asking, terminal  # noqa: PLC0415  only a command that runs is watched

    try:
        with terminal.progress(), asking.lent(terminal.voice(), terminal.form()):
            outcome = tree.main(arguments, prog_name="spec", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted; what was published before stands, nothing else was changed", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our stdout has gone (`spec … | head`): nothing more can be said, and nothing is wrong.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        problems = _problems(error)
        if problems is None:
            raise  # our own bug keeps its traceback
        return problems
    return outcome if isinstance(outcome, int) else _show(outcome)


def _show(result: Result | None) -> int:
    if result is None:
        return 0
    shown = result.shown()
    if shown:
        click.echo(shown)
    for note in result.notes:
        click.echo(note, err=True)
    return result.exit_code


def _problems(error: Exception) -> int | None:
    """Show the error if it is one of ours, and return its exit code; None for any other."""
    from dataeng_ai import diagnostics  # noqa: PLC0415  start-up imports click alone

    if not isinstance(error, diagnostics.Problems):
        return None
    click.echo(_rendered(error), err=True)
    return error.exit_code


def _rendered(problems: Problems) -> str:
    from dataeng_ai import diagnostics  # noqa: PLC0415  start-up imports click alone

    return diagnostics.render(problems.diagnostics, problems.texts)

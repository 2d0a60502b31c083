"""The root of the command tree, and the two lines by which a function becomes a command."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

import click

from dataeng_ai import __version__

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.shell_completion import CompletionItem

    from dataeng_ai.diagnostics import Problems
    from dataeng_ai.project import Project
    from dataeng_ai.results import Result

    Command = TypeVar("Command", bound="Callable[..., Result]")


SECTIONS = {
    "Start": ("init", "demo", "new", "status"),
    "Know the data": ("profile", "preview"),
    "Complete the spec": ("fill", "recommend", "set", "why", "show", "undo"),
    "Build": ("check", "compile", "ddl", "dag", "report"),
    "Run": ("run", "rejects", "sql"),
    "Set up": ("connections", "doctor", "schema", "completion"),
}
"""Every command, in the order in which a person needs them."""


_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""What a file system says without a name when it takes no more."""


class Sections(click.Group):
    """A group whose help lists the commands as `SECTIONS` does."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        """Return the commands in their order."""
        return [name for names in SECTIONS.values() for name in names]

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; where the file system refuses, that is said as any other problem.

        Raises:
            Problems: a file or a folder cannot be read or written (E043).
        """
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            # click would end the line first: a face that draws in it takes the line away instead.
            raise click.Abort from None
        except BrokenPipeError:
            raise  # the reader of our stdout has gone: the terminal's face knows what to do
        except OSError as error:
            if error.filename is None and error.errno not in _FULL:
                raise  # nothing that a person could look at: a fault of ours
            raise refused(error) from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write a list of commands for each section."""
        for title, names in SECTIONS.items():
            commands = [(name, self.get_command(ctx, name)) for name in names]
            with formatter.section(title):
                formatter.write_dl([(name, command.get_short_help_str(90)) for name, command in commands if command], col_max=12)


def refused(error: OSError) -> Problems:
    """Return what the file system said as a problem of a person's (E043)."""
    from dataeng_ai.diagnostics import Diagnostic, Problems  # noqa: PLC0415  start-up imports click alone

    where = f"`{error.filename}`" if error.filename is not None else "the disk"
    help_ = "make room, then run again" if error.errno in _FULL else "look at the path, its rights, and what stands there"
    return Problems(Diagnostic("E043", f"{where} cannot be used: {error.strerror}", help=help_))


@click.group(cls=Sections, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="spec")
@click.pass_context
def tree(context: click.Context) -> Result | None:
    """Turn a short YAML spec with holes into a loaded table, a DAG and a report.

    Without a command: where every spec of this project stands, and what to type next.
    """
    if context.invoked_subcommand is not None:
        return None
    return cast("Result", context.invoke(tree.commands["status"]))


def command(name: str, *examples: str) -> Callable[[Command], Command]:
    """Register a function as the command of that name, with examples of what stands behind the name; the function stays as it is."""
    # The first letter tells click to leave the lines as they are.
    shown = "\b\n" + "\n".join(("Examples:", *(f"  spec {name} {example}".rstrip() for example in examples))) if examples else None

    def register(function: Command) -> Command:
        tree.add_command(click.command(name, epilog=shown)(function))
        return function

    return register


def spec_names(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the name of a spec, from the files beside where the person stands."""
    from click.shell_completion import CompletionItem  # noqa: PLC0415  only a completing shell needs it

    return [
        CompletionItem(path.stem)
        for path in sorted(Path("specs").glob("*.yaml"))
        if path.stem.startswith(incomplete) and "." not in path.stem
    ]


name_argument = click.argument("name", shell_complete=spec_names)
names_argument = click.argument("names", nargs=-1, shell_complete=spec_names)


def here() -> Project:
    """Return the project around the folder in which the person stands."""
    from dataeng_ai.project import find  # noqa: PLC0415  start-up imports click alone

    return find(Path.cwd())

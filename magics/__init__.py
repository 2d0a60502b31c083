"""The notebook's face: `%dataeng CMD …` is `spec CMD …` and returns its object; `%%dataeng NAME` saves the cell as that spec."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from dataeng_ai import diagnostics
from dataeng_ai.commands import tree
from dataeng_ai.commands.tree import refused
from dataeng_ai.magics import cells
from dataeng_ai.magics.completing import complete
from dataeng_ai.magics.handing import FROM, REPLACE, handed, stored_for
from dataeng_ai.magics.watching import watched
from dataeng_ai.project import find, spec_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from IPython.core.interactiveshell import InteractiveShell

    from dataeng_ai.results import Result


_HELP = """`%dataeng CMD …` is `spec CMD …`, and returns what it did; `%dataeng --help` lists the commands.

    r = %dataeng run tickets       r.df(), r.arrow(), r.pl(): the loaded table; r.sql("SELECT …"): asked where it is
    %dataeng new sales --from df   a frame becomes data/sales.parquet and a draft that reads it; also profile, preview
    %%dataeng tickets              the cell is the spec: checked, saved as specs/tickets.yaml, and shown
    %%dataeng tickets --from df    likewise, with the frame as it is now
    %%dataeng tickets --replace    likewise, over whatever stands there
    %%dataeng new tickets --source FILE    the cell says what the data are for

The name of the spec may be left out: then it is the last one.
"""


class Failed(Exception):  # noqa: N818  what it says is the spec's or the data's fault, not this program's
    """A command that came to nothing. The cell counts as failed, and shows one readable block instead of a traceback."""

    def _render_traceback_(self) -> list[str]:
        return str(self).splitlines()


class Notebook:
    """What the magics of one session know: the shell with the person's names, and the spec last spoken of."""

    def __init__(self, shell: InteractiveShell) -> None:
        """Start with nothing."""
        self.shell = shell
        self.last: str | None = None

    def magic(self, line: str, cell: str | None = None) -> object:
        """Run a command, or save the cell as a spec.

        Raises:
            Failed: the command failed, and said why.
        """
        words = _split(line)
        try:
            with watched(self.shell):
                outcome = self._command(words) if cell is None else self._cell(words, cell)
        except OSError as error:
            if error.filename is None:
                raise  # nothing that a person could look at: a fault of ours
            raise Failed(diagnostics.render(refused(error).diagnostics)) from None
        except diagnostics.Problems as problems:
            raise Failed(diagnostics.render(problems.diagnostics, problems.texts)) from None
        except click.ClickException as error:
            message = f"error: {error.format_message()}"
            raise Failed(message) from None
        except (click.Abort, KeyboardInterrupt):
            message = "interrupted; what was published before stands, nothing else was changed"
            raise Failed(message) from None
        return outcome

    def _command(self, words: Sequence[str]) -> object:
        with handed(words, self.shell.user_ns) as given:
            named = self._named(given.words)
            result = tree.main(named, prog_name="%dataeng", standalone_mode=False)
        self._remember(named)
        if isinstance(result, int):  # `--help` printed itself
            return None
        if result is not None and result.exit_code:
            raise Failed(repr(result))
        return result.noted(*given.notes) if result is not None and given.notes else result

    def _named(self, words: Sequence[str]) -> list[str]:
        """Return the words of the command, with the name of the last spec where it wants one and none is given."""
        given = _parsed(words)
        if given is None or not self.last or words[0] == "new" or {"-h", "--help"} & set(words):
            return list(words)
        # Of `sql "SELECT …"` the query is what lacks, but the name is what was left out; so it is of `why load.mode`.
        name = given.params.get("name")
        left_out = any(_lacks(parameter, given) for parameter in given.command.params) or (words[0] == "why" and _is_place(name))
        if name and not left_out:
            return list(words)
        click.echo(f"the last spec: {self.last}", err=True)
        return [words[0], self.last, *words[1:]]

    def _remember(self, words: Sequence[str]) -> None:
        """Keep the name that a command took, if it is a spec's: `why E101` names none."""
        given = _parsed(words)
        name = given.params.get("name") if given is not None else None
        if isinstance(name, str) and spec_path(find(Path.cwd()), name).is_file():
            self.last = name

    def _cell(self, words: Sequence[str], cell: str) -> object:
        match words:
            case ["new", name, *options]:
                return self._command(["new", name, " ".join(cell.split()), *options])
            case [name, *options] if name not in tree.commands:
                return self._spec(name, cell, options)
        message = "a cell is a spec, `%%dataeng NAME`, or what a new one is for, `%%dataeng new NAME --source FILE`"
        raise click.UsageError(message)

    def _spec(self, name: str, cell: str, options: Sequence[str]) -> Result:
        """Save a cell as a spec, with the frame that it reads where one is named, and show it."""
        others = [option for option in options if option != REPLACE]
        if others and (others[0] != FROM or len(others) != 2):  # noqa: PLR2004  the option and its value
            message = f"a cell takes {FROM} FRAME and {REPLACE}, not `{' '.join(others)}`"
            raise click.UsageError(message)
        stored = stored_for(name, others[1], self.shell.user_ns) if others else ()
        saved = cells.save(name, cell, replace=REPLACE in options)
        self.last = name
        return cast("Result", self._command(["show", name])).noted(*stored, *saved.notes)


def _split(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError as error:
        message = f"error: {error} in `{line}`"
        raise Failed(message) from None


def _parsed(words: Sequence[str]) -> click.Context | None:
    """Return what the words of a command mean, however many are missing; None where it has nothing to do with one spec."""
    command = tree.commands.get(words[0]) if words else None
    if command is None or not any(parameter.name == "name" for parameter in command.params):
        return None
    return command.make_context(words[0], list(words[1:]), resilient_parsing=True)


def _lacks(parameter: click.Parameter, given: click.Context) -> bool:
    """Say whether an argument that must be given was not."""
    return isinstance(parameter, click.Argument) and parameter.required and not given.params.get(parameter.name or "")


def _is_place(word: object) -> bool:
    """Say whether a word can only be a place within a spec, such as `load.mode`: no spec is called so."""
    from dataeng_ai.spec.spec import Spec  # noqa: PLC0415  a notebook that shows data alone needs no language

    head = re.split(r"[.\[]", str(word), maxsplit=1)[0]
    return head in Spec.model_fields and not spec_path(find(Path.cwd()), str(word)).is_file()


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Register `%dataeng` and `%%dataeng`, and complete their words. IPython calls it at `%load_ext dataeng_ai`."""
    from IPython.core.completer import context_matcher  # noqa: PLC0415  it comes with the notebook
    from IPython.core.magic import no_var_expand  # noqa: PLC0415  as above

    notebook = Notebook(shell)

    def dataeng(line: str, cell: str | None = None) -> object:
        return notebook.magic(line, cell)

    dataeng.__doc__ = _HELP
    # A spec is full of braces and dollars: nothing of it is a Python expression.
    shell.register_magic_function(no_var_expand(dataeng), "line_cell", "dataeng")  # type: ignore[arg-type]  # its hint wants a shell, its code any function
    completer: Any = shell.Completer  # Any: its list of matchers has no public type
    if completer is not None and not any(getattr(matcher, "__name__", "") == _MATCHER for matcher in completer.custom_matchers):

        def dataeng_words(context: Any) -> Any:  # noqa: ANN401  IPython's own, which has no public types
            return complete(context, shell.user_ns)

        completer.custom_matchers.append(context_matcher()(dataeng_words))


_MATCHER = "dataeng_words"
"""The name under which the completer knows what Tab offers: a second `%load_ext` adds none."""

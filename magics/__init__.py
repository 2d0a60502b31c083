"""The notebook's face: `%dataeng CMD …` is `spec CMD …` and returns its object; `%%dataeng NAME` saves the cell as that spec."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dataeng_ai import diagnostics
from dataeng_ai.commands import tree
from dataeng_ai.magics.cells import Cells
from dataeng_ai.project import find, spec_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from IPython.core.interactiveshell import InteractiveShell


class Failed(Exception):  # noqa: N818  what it says is the spec's or the data's fault, not this program's
    """A command that came to nothing. The cell counts as failed, and shows one readable block instead of a traceback."""

    def _render_traceback_(self) -> list[str]:
        return str(self).splitlines()


class Notebook:
    """What the magics of one session remember: the spec last spoken of, and what each cell saved."""

    def __init__(self) -> None:
        """Start with nothing."""
        self.last: str | None = None
        self.cells = Cells()

    def magic(self, line: str, cell: str | None = None) -> object:
        """Run a command, or save the cell as a spec.

        Raises:
            Failed: the command failed, and said why.
        """
        try:
            words = shlex.split(line)
            outcome = self._command(words) if cell is None else self._cell(words, cell)
        except ValueError as error:
            message = f"error: {error} in `{line}`"
            raise Failed(message) from None
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
        named = self._named(words)
        result = tree.main(named, prog_name="%dataeng", standalone_mode=False)
        self._remember(named)
        if isinstance(result, int):  # `--help` printed itself
            return None
        if result is not None and result.exit_code:
            raise Failed(repr(result))
        return result

    def _named(self, words: Sequence[str]) -> list[str]:
        """Return the words of the command, with the name of the last spec where it wants one and none is given."""
        given = _parsed(words)
        if given is None or not self.last or words[0] == "new" or {"-h", "--help"} & set(words):
            return list(words)
        # Of `sql "SELECT …"` the query is what lacks, but the name is what was left out.
        if given.params.get("name") and not any(_lacks(parameter, given) for parameter in given.command.params):
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
            case [name] if name not in tree.commands:
                self.cells.save(name, cell)
                self.last = name
                return self._command(["show", name])
        message = "a cell is a spec, `%%dataeng NAME`, or what a new one is for, `%%dataeng new NAME --source FILE`"
        raise click.UsageError(message)


def _parsed(words: Sequence[str]) -> click.Context | None:
    """Return what the words of a command mean, however many are missing; None where it has nothing to do with one spec."""
    command = tree.commands.get(words[0]) if words else None
    if command is None or not any(parameter.name == "name" for parameter in command.params):
        return None
    return command.make_context(words[0], list(words[1:]), resilient_parsing=True)


def _lacks(parameter: click.Parameter, given: click.Context) -> bool:
    """Say whether an argument that must be given was not."""
    return isinstance(parameter, click.Argument) and parameter.required and given.params.get(parameter.name or "") is None


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Register `%dataeng` and `%%dataeng`, and complete their words. IPython calls it at `%load_ext dataeng_ai`."""
    from IPython.core.completer import context_matcher  # noqa: PLC0415  it comes with the notebook
    from IPython.core.magic import no_var_expand  # noqa: PLC0415  as above

    notebook = Notebook()

    def dataeng(line: str, cell: str | None = None) -> object:
        return notebook.magic(line, cell)

    dataeng.__doc__ = __doc__
    # A spec is full of braces and dollars: nothing of it is a Python expression.
    shell.register_magic_function(no_var_expand(dataeng), "line_cell", "dataeng")  # type: ignore[arg-type]  # its hint wants a shell, its code any function
    if shell.Completer is not None:
        shell.Completer.custom_matchers.append(context_matcher()(_complete))


def _complete(context: Any) -> Any:  # noqa: ANN401  IPython's own, which has no public types
    """Offer the commands, options and specs that fit where the cursor stands."""
    from click.shell_completion import ShellComplete  # noqa: PLC0415  only completion needs it
    from IPython.core.completer import SimpleCompletion  # noqa: PLC0415  it comes with the notebook

    line = context.full_text[: context.cursor_position].rpartition("\n")[2]
    before, magic, said = line.partition("%dataeng ")
    if not magic or before.strip("% "):
        return {"completions": []}
    *words, started = said.split(" ")
    found = ShellComplete(tree, {}, "spec", "_").get_completions([word for word in words if word], started)
    return {
        "completions": [SimpleCompletion(text=item.value, type="dataeng") for item in found],
        "matched_fragment": started,
        "suppress": True,
    }

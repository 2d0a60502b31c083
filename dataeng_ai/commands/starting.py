"""The first minutes: a project's folder, the tour, the schema that editors read, completion for the shell."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

import click

from dataeng_ai.commands import cards
from dataeng_ai.commands.tree import command, tree
from dataeng_ai.results import Result

_PROJECT = """\
version: 1
connections: {}
# connections:
#   landing: {kind: files}
#   warehouse: {kind: postgres}
defaults: {}
# defaults: {owner: dwh, schedule: {timezone: Europe/Moscow}}
"""


@command("init", "museum")
@click.argument("folder", type=click.Path(file_okay=False), default=".")
def init(folder: str = ".") -> Result:
    """Make a project: dataeng.yaml, specs/, .gitignore."""
    root = Path(folder)
    files = {
        "dataeng.yaml": _PROJECT,
        "specs/spec.schema.json": schema().text + "\n",
        ".gitignore": "# profiles, the embedded warehouse, connections with their passwords\n.dataeng/\n",
    }
    made = [path for path in files if not (root / path).exists()]
    for path in made:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(files[path], "utf-8", newline="\n")
    kept = [path for path in files if path not in made]
    text = "\n".join([*(f"wrote {root / path}" for path in made), *(f"kept {root / path}" for path in kept)])
    notes = ('next: `spec new NAME "what it is for" --source FILE`',)
    return Result(text, {"wrote": made, "kept": kept}, notes, html=lambda: cards.starting.told(f"a project in {root}", text, notes=notes))


@command("demo", "", "tour")
@click.argument("folder", type=click.Path(file_okay=False), default="museum")
def demo(folder: str = "museum") -> Result:
    """See it all in a new FOLDER, offline, in seconds."""
    from dataeng_ai.demo import tour  # noqa: PLC0415  start-up imports click alone

    told = tour(Path(folder))
    return Result(told.text, told.data, html=lambda: cards.starting.told(f"the tour, in {folder}", told.text))


@command("schema", "> specs/spec.schema.json")
@click.option("--strict", is_flag=True, help="Of the completed spec, not of the draft.")
def schema(*, strict: bool = False) -> Result:
    """Print the JSON Schema of a spec, for editors."""
    from dataeng_ai.spec.schema import schema as of_spec  # noqa: PLC0415  start-up imports click alone

    data = of_spec(strict=strict)
    text = json.dumps(data, ensure_ascii=False, indent=2)
    return Result(text, data, html=lambda: cards.starting.told("the JSON Schema of a spec", text, "json"))


@command("completion", "bash")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: Literal["bash", "zsh", "fish"]) -> Result:
    """Print the script that completes `spec` in a shell."""
    from click.shell_completion import get_completion_class  # noqa: PLC0415  only this command needs it

    script = get_completion_class(shell)
    assert script is not None  # noqa: S101  the choices above are click's own
    where = {"bash": "~/.bashrc", "zsh": "~/.zshrc", "fish": "~/.config/fish/completions/spec.fish"}[shell]
    notes = (f'put `eval "$(spec completion {shell})"` into {where}',) if shell != "fish" else (f"put it into {where}",)
    return Result(script(tree, {}, "spec", "_SPEC_COMPLETE").source().rstrip("\n"), notes=notes)

"""Rules about the name of the spec."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from dataeng_ai.check.finding import Finding
from dataeng_ai.spec.words import NAME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dataeng_ai.check.look import Look

COMMANDS: Final = frozenset(
    [
        "check",
        "clean",
        "compile",
        "completion",
        "connections",
        "dag",
        "dataeng",
        "ddl",
        "demo",
        "deploy",
        "doctor",
        "fill",
        "init",
        "new",
        "plan",
        "preview",
        "profile",
        "recommend",
        "rejects",
        "report",
        "retry",
        "run",
        "runs",
        "schema",
        "set",
        "show",
        "spec",
        "sql",
        "status",
        "sync",
        "undeploy",
        "undo",
        "why",
    ]
)
"""The words that follow `spec` on the command line."""


def reserved(look: Look) -> Iterator[Finding]:
    """The name of a spec is the name of a command.

    Example: `name: run`
    Fix: `name: runs_of_machines`
    """
    name = look.text("name")
    if name in COMMANDS:
        yield Finding(("name",), f"`{name}` is a command, so no spec can have this name", f"write for example `name: {name}_data`")


def file_name(look: Look) -> Iterator[Finding]:
    """The name in the spec is not the name of its file.

    A pipeline is found by its file, and its DAG and its tables' marks bear its name: the two must be one.

    Example: `name: order` in specs/orders.yaml
    Fix: `name: orders`
    """
    name, file = look.text("name"), Path(look.draft.text.name)
    if file.suffix in {".yaml", ".yml"} and name and NAME.fullmatch(name) and name != file.stem:
        yield Finding(
            ("name",), f"the file is called `{file.name}`, and the spec `{name}`", f"write `name: {file.stem}`, or rename the file"
        )

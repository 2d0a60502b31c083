"""Connections: which are known and where from, whether they open, and how they are set. No secret is ever shown."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Literal

import click

from dataeng_ai.commands import cards
from dataeng_ai.commands.tree import command, here
from dataeng_ai.results import Result

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from click.shell_completion import CompletionItem

    from dataeng_ai.connections import Connection
    from dataeng_ai.project import Project
    from dataeng_ai.wiring import Known, Proposal, Set, Trial


def connection_names(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the name of a connection: those of dataeng.yaml, of the environment and of the file."""
    from click.shell_completion import CompletionItem  # noqa: PLC0415  only a completing shell needs it

    from dataeng_ai.connections import names  # noqa: PLC0415  start-up imports click alone
    from dataeng_ai.diagnostics import Problems  # noqa: PLC0415  as above

    try:
        project = here()
        declared = {name.lower(): name for name in project.connections}
        known = {declared.get(name, name) for name in names(project.root)} | set(declared.values())
    except Problems:
        return []  # a file that cannot be read has nothing to offer
    return [CompletionItem(name) for name in sorted(known) if name.startswith(incomplete)]


@command("connections")
@click.argument("names", metavar="[NAME]...", nargs=-1, shell_complete=connection_names)
@click.option("--test/--no-test", default=None, help="Open them, read-only, and say what is there; --set does it before it writes.")
@click.option("--set", "setting", is_flag=True, help="Ask for what NAME needs, and write it into .dataeng/connections.env.")
@click.option(
    "--from", "origin", type=click.Choice(["airflow"]), help="Take NAME over from Airflow's own connections; without NAME, list them."
)
@click.option("--uri", metavar="-", help="Set NAME to the URI or JSON that stands on standard input.")
@click.option("--password", hidden=True, help="Refused: it would stand in the list of processes.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def connections(
    names: Sequence[str] = (),
    uri: str | None = None,
    password: str | None = None,
    origin: Literal["airflow"] | None = None,
    form: Literal["text", "json"] = "text",
    *,
    test: bool | None = None,
    setting: bool = False,
) -> Result:
    """Say which connections are known and where from, open them, or set one."""
    _refuse_secrets(*names, uri, password)
    project = here()
    if setting or uri is not None or (origin and names):
        return _set(_only(names), project, uri, origin, test=test is not False, as_json=form == "json")
    return _listed(names, project, origin, test=bool(test), as_json=form == "json")


def _refuse_secrets(*words: str | None) -> None:
    """Refuse a password on the command line, without repeating it.

    Raises:
        Problems: there is one (E630).
    """
    from dataeng_ai.diagnostics import Diagnostic, Problems  # noqa: PLC0415  start-up imports click alone

    *names, uri, password = words
    if password is not None or uri not in {None, "-"} or any(sign in (name or "") for name in names for sign in ":/@{="):
        message = "on the command line a password is seen by every user of this machine, and kept in the shell's history"
        advice = "`spec connections NAME --set` asks for it; `spec connections NAME --uri - < FILE` reads it. If it was typed, change it"
        raise Problems(Diagnostic("E630", message, help=advice))


def _only(names: Sequence[str]) -> str:
    if len(names) != 1:
        message = "name the one connection that is to be set"
        raise click.UsageError(message)
    return names[0]


def _listed(names: Sequence[str], project: Project, origin: str | None, *, test: bool, as_json: bool) -> Result:
    from dataeng_ai import wiring  # noqa: PLC0415  start-up imports click alone
    from dataeng_ai.connections import unknown  # noqa: PLC0415  as above
    from dataeng_ai.diagnostics import Problems  # noqa: PLC0415  as above
    from dataeng_ai.wiring import airflow_store  # noqa: PLC0415  as above

    stored = airflow_store.stored(names) if origin or airflow_store.is_near() else None
    every = wiring.known(project, stored)
    found = [one for one in every if not names or one.name in names]
    absent = [name for name in names if name not in {one.name for one in every}]
    if absent:
        raise Problems(*map(unknown, absent))
    trials = {one.name: wiring.tried(one.value, project.root, one.uses) for one in found if test and one.value and not one.faults}
    exit_code = max((trial.exit_code for trial in trials.values()), default=0)
    exit_code = exit_code or int(test and any(one.faults for one in found))
    data = [_data(one, trials.get(one.name)) for one in found]
    text = (
        "\n".join(line for one in found for line in _lines(one, trials.get(one.name)))
        or "no connections here: every path is of the project"
    )
    notes = _next(found, test=test)
    return Result(text, data, notes, exit_code, value=found, as_json=as_json, html=lambda: cards.connecting.listed(found, trials, notes))


def _set(name: str, project: Project, uri: str | None, origin: str | None, *, test: bool, as_json: bool) -> Result:
    from dataeng_ai import wiring  # noqa: PLC0415  start-up imports click alone

    proposal = wiring.propose(name, project)
    value, line = _given(proposal, uri, origin)
    done = wiring.apply(value, line, proposal, project, test=test)
    notes = (*done.notes, *(() if test else (f"not opened yet: `spec connections {name} --test`",)))
    text = "\n".join([f"{name} is set, in {_below(done, project)}", *_tried_lines(done.trial)])
    data = {"name": name, "file": _below(done, project), "tested": _trial_data(done.trial)}
    code = done.trial.exit_code if done.trial else 0
    return Result(
        text, data, notes, code, as_json=as_json, html=lambda: cards.connecting.written(name, _below(done, project), done.trial, notes)
    )


def _below(done: Set, project: Project) -> str:
    return str(done.path.relative_to(project.root))


def _given(proposal: Proposal, uri: str | None, origin: str | None) -> tuple[Connection, str]:
    """Return the connection that is to be set, and its value, from wherever the person has them."""
    from dataeng_ai import asking, wiring  # noqa: PLC0415  start-up imports click alone
    from dataeng_ai.connections.values import written  # noqa: PLC0415  as above
    from dataeng_ai.diagnostics import Diagnostic, Problems  # noqa: PLC0415  as above
    from dataeng_ai.wiring import airflow_store  # noqa: PLC0415  as above

    if origin:
        return airflow_store.one(proposal.name, airflow_store.stored([proposal.name]))
    form = asking.form()
    if uri is not None:
        typed = form(asking.Field("URI", "or JSON; not shown", hidden=True, place=proposal.name)) if form else sys.stdin.read()
        return wiring.taken(proposal.name, typed)
    if form is None:
        message = f"`{proposal.name}` is to be asked for, and nobody is there to answer"
        raise Problems(Diagnostic("E631", message, help=f"`spec connections {proposal.name} --uri - < FILE` reads it as a URI or as JSON"))
    value = wiring.answered(proposal, form)
    return value, written(value)


def _lines(one: Known, trial: Trial | None) -> list[str]:
    """Return what a terminal shows of one connection."""
    from dataeng_ai.wiring.known import shown  # noqa: PLC0415  start-up imports click alone

    head = [f"{one.name}  {one.kind or '?'}  {one.origins[0] if one.origins else 'not set'}"]
    fields = _fields(shown(one.value)) if one.value else ""
    uses = "; ".join(f"{role} of {', '.join(specs)}" for role in ("source", "target") if (specs := one.specs(role)))
    also = f"also in {', '.join(one.origins[1:])}, which does not count here" if one.origins[1:] else ""
    faults = [f"{fault.code}: {fault.message}; {fault.help}" for fault in one.faults]
    said = [fields, uses or "no spec uses it", also, *one.remarks, *faults]
    return [*head, *(f"  {line}" for line in said if line), *_tried_lines(trial)]


def _fields(values: Mapping[str, object]) -> str:
    return ", ".join(f"{key} {', '.join(value) if isinstance(value, list) else value}" for key, value in values.items())


def _tried_lines(trial: Trial | None) -> list[str]:
    if trial is None:
        return []
    width = max((len(fact.what) for fact in trial.facts), default=0)
    lines = [
        f"  {'ok' if fact.good else 'no'}  {fact.what:{width}}  {fact.words}{f'; {fact.fix}' if fact.fix else ''}" for fact in trial.facts
    ]
    fault = trial.fault
    more = [f"      {note}" for note in fault.notes] if fault else []
    return [*lines, *([f"  no  {fault.code}: {fault.message}; {fault.help}", *more] if fault else [])]


def _data(one: Known, trial: Trial | None) -> dict[str, object]:
    from dataeng_ai.wiring.known import shown  # noqa: PLC0415  start-up imports click alone

    return {
        "name": one.name,
        "kind": one.kind,
        "declared": one.declared,
        "origins": list(one.origins),
        "value": shown(one.value) if one.value else None,
        "source_of": list(one.specs("source")),
        "target_of": list(one.specs("target")),
        "faults": [{"code": fault.code, "message": fault.message, "help": fault.help} for fault in one.faults],
        "remarks": list(one.remarks),
        "tested": _trial_data(trial),
    }


def _trial_data(trial: Trial | None) -> dict[str, object] | None:
    if trial is None:
        return None
    fault = trial.fault
    return {
        "good": trial.good,
        "latency_ms": next((fact.number for fact in trial.facts if fact.what == "latency"), None),
        "facts": [{"what": fact.what, "good": fact.good, "words": fact.words, "fix": fact.fix or None} for fact in trial.facts],
        "fault": {"code": fault.code, "message": fault.message, "help": fault.help, "notes": list(fault.notes)} if fault else None,
    }


def _next(found: Sequence[Known], *, test: bool) -> tuple[str, ...]:
    """Return what to type: set what specs need and nobody has set, then try."""
    lacking = [one.name for one in found if not one.origins]
    if lacking:
        return tuple(f"next: `spec connections {name} --set`" for name in lacking)
    return ("next: `spec connections --test`",) if found and not test else ()

"""Set a connection: what to ask (`propose`), the answers (`answered`), and what is done with them (`apply`)."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from dataeng_ai import connections
from dataeng_ai.asking import Field
from dataeng_ai.connections import PREFIX, Connection, Use, values
from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.wiring import addresses, envfile
from dataeng_ai.wiring.known import uses
from dataeng_ai.wiring.trial import tried

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from dataeng_ai.project import Project
    from dataeng_ai.wiring.trial import Trial

_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,199}", re.ASCII)
_PORTS: Final = range(1, 65536)
_MODES: Final = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_FREE: Final = ("password",)
"""What may be left empty where nothing is proposed."""

BLANKS: Final = {
    "files": (Field("path", "the folder; a relative one is of the project; or s3://bucket/folder, hdfs://host/folder, https://host"),),
    "duckdb": (Field("path", "the file; a relative one is of the project", ".dataeng/warehouse.duckdb"),),
    "postgres": (
        Field("host", "name or address of the server", "localhost"),
        Field("port", "", "5432"),
        Field("database", ""),
        Field("user", ""),
        Field("password", "not shown while you type", hidden=True),
        Field("sslmode", ", ".join(_MODES), "prefer"),
    ),
    "sqlite": (Field("path", "the file; a relative one is of the project"),),
    "mysql": (
        Field("host", "name or address of the server", "localhost"),
        Field("port", "", "3306"),
        Field("database", ""),
        Field("user", ""),
        Field("password", "not shown while you type", hidden=True),
        Field("sslmode", ", ".join(_MODES), "prefer"),
    ),
    "clickhouse": (
        Field("host", "name or address of the server", "localhost"),
        Field("port", "of HTTP: 8123, or 8443 with TLS", "8123"),
        Field("database", "", "default"),
        Field("user", "", "default"),
        Field("password", "not shown while you type", hidden=True),
        Field("sslmode", ", ".join(_MODES), "disable"),
    ),
    "kafka": (Field("host", "a broker, or several with commas between", "localhost"), Field("port", "", "9092")),
}
"""Kind -> what is asked, in order."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A connection that is to be set: what is asked for, each with what it is now or usually is."""

    name: str
    kind: str | None
    """None: it has to be asked, too."""
    now: Connection | None = None
    uses: tuple[Use, ...] = ()

    def blanks(self, kind: str) -> tuple[Field, ...]:
        """Return what is asked of a connection of that kind."""
        return tuple(map(self.blank, BLANKS[kind]))

    def blank(self, blank: Field) -> Field:
        """Return what is asked, with what it is now."""
        held = _held(self.now, blank.name) if self.now is not None else None
        if blank.hidden:
            words = f"{blank.words}; Enter keeps the one that is set" if held else f"{blank.words}; Enter for none"
            return replace(blank, place=self.name, words=words)
        return replace(blank, place=self.name, default=held or blank.default)


@dataclass(frozen=True, slots=True)
class Set:
    """What was written, and what else there is to say about it."""

    path: Path
    value: Connection
    trial: Trial | None
    notes: tuple[str, ...] = field(default=())


def propose(name: str, project: Project) -> Proposal:
    """Return what is to be asked for a connection.

    Raises:
        Problems: no connection can have this name (E108), or the file of connections cannot be read (E602, E603).
    """
    if _NAME.fullmatch(name) is None:
        # Whatever it is, it may be an address with a password: it is not repeated.
        raise Problems(
            Diagnostic("E108", "that cannot be the name of a connection", help="it has A-Z, a-z, 0-9 and _, and starts with a letter")
        )
    connections.names(project.root)  # refuses a file that others may read before anybody types a password
    declared = project.connections.get(name)
    try:
        now = connections.resolve(name, project.root)
    except Problems:
        now = None  # nothing there, or nothing that can be read: it is asked for anew
    fits = now is not None and declared in {None, now.kind}
    kind = declared or (now.kind if now else None)
    return Proposal(name, kind, now if fits else None, uses(project).get(name, ()))


def answered(proposal: Proposal, ask: Callable[[Field], str]) -> Connection:
    """Ask field by field, again where an answer cannot stand; `ask` shows a field and returns the line that was typed."""
    kind = proposal.kind or _one_of(Field("kind", ", ".join(BLANKS), place=proposal.name), tuple(BLANKS), ask)
    now = proposal.now or Connection(proposal.name, kind)
    answers = {blank.name: _answer(blank, ask) for blank in proposal.blanks(kind)}
    if kind == "files" and (store := addresses.scheme(answers["path"])):
        more = {blank.name: _answer(blank, ask, free=True) for blank in map(proposal.blank, addresses.BLANKS[store])}
        return addresses.connection(now, answers | more)
    # What was a store before is a folder now.
    now = replace(now, word="") if kind == "files" else now
    extra = {key: value for key, value in now.extra.items() if key not in answers}
    extra |= {key: answers[key] for key in ("path", "sslmode") if answers.get(key)}
    port = answers.get("port")
    return replace(
        now,
        host=answers.get("host") or None,
        port=int(port) if port else None,
        user=answers.get("user") or None,
        password=answers.get("password") or now.password,
        database=answers.get("database") or None,
        extra=extra,
    )


def taken(name: str, text: str) -> tuple[Connection, str]:
    """Return the connection that a URI or JSON describes, and it as a line of the file.

    Raises:
        Problems: it is neither (E602), or its kind is unknown (E604).
    """
    value = text.strip()
    if value.startswith("{"):
        with suppress(ValueError):  # `read` says what is wrong with it
            value = json.dumps(json.loads(value), ensure_ascii=False)
    # A value takes one line; an address in two is none.
    return values.read(name, "" if "\n" in value or "\r" in value else value), value


def apply(value: Connection, line: str, proposal: Proposal, project: Project, *, test: bool = True) -> Set:
    """Open the connection, and if that goes well write it; with `test` off, write it all the same.

    Raises:
        Problems: it does not open: nothing was written; or the file cannot be read.
    """
    declared = project.connections.get(value.name)
    if declared not in {None, value.kind}:
        message = f"dataeng.yaml says that `{value.name}` is of the kind `{declared}`, and what was given is `{value.kind}`"
        raise Problems(Diagnostic("E606", message, notes=("nothing was written",), help="correct one of them"))
    trial = tried(value, project.root, proposal.uses) if test else None
    if trial is not None and trial.fault is not None:
        fault = replace(trial.fault, notes=(*trial.fault.notes, "nothing was written; `--no-test` writes it all the same"))
        problems = Problems(fault)
        problems.exit_code = trial.exit_code
        raise problems
    path = envfile.put(project.root, value.name, line)
    return Set(path, value, trial, _remarks(value.name, project))


def _remarks(name: str, project: Project) -> tuple[str, ...]:
    counts = next(connections.origins(name, project.root)).where
    other = f"{counts} comes first, and is not what was written: take it away (`unset {counts}`)" if counts.startswith(PREFIX) else ""
    seen = envfile.seen_by_git(project.root)
    git = seen or f"git ignores `{connections.FILE}`, and only you can open it"
    named = f"next: in dataeng.yaml, under `connections`: `{name}: {{kind: …}}`" if name not in project.connections else ""
    return tuple(note for note in (other, git, named) if note)


def _held(now: Connection, name: str) -> str | None:
    if name in {"path", "sslmode", "region_name", "endpoint_url"}:
        return (addresses.address(now) if name == "path" else None) or now.extra.get(name)
    found = getattr(now, name)
    return str(found) if found else None


def _answer(blank: Field, ask: Callable[[Field], str], *, free: bool = False) -> str:
    """Return what was typed, or else what stood there before; asked again until it can stand."""
    remark = ""
    while True:
        typed = ask(replace(blank, remark=remark))
        found = typed if blank.hidden else typed.strip() or blank.default
        remark = "" if free and not found else _flaw(blank, found)
        if not remark:
            return found


def _flaw(blank: Field, found: str) -> str:
    if not found and blank.name not in _FREE:
        return f"{blank.name} is needed"
    if blank.name == "port" and not (found.isascii() and found.isdigit() and int(found) in _PORTS):
        return "a port is a number from 1 to 65535"
    if blank.name == "sslmode" and found not in _MODES:
        return f"it is one of {', '.join(_MODES)}"
    if blank.name == "path" and (flaw := addresses.flaw(found)):
        return flaw
    return "" if found.isprintable() else f"{blank.name} has a character that cannot be printed"


def _one_of(blank: Field, words: tuple[str, ...], ask: Callable[[Field], str]) -> str:
    remark = ""
    while (typed := ask(replace(blank, remark=remark)).strip()) not in words:
        remark = f"it is one of {', '.join(words)}"
    return typed

"""What is known of each connection, where from, and which specs use it. Nothing is opened."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from dataeng_ai import connections
from dataeng_ai.check.defaults import with_defaults
from dataeng_ai.connections import Use
from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.project import open_spec, spec_names

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from dataeng_ai.connections import Connection, Origin
    from dataeng_ai.project import Project

STORE: Final = "Airflow's own connections"
"""Where Airflow keeps what a person gave it."""
_NEEDED: Final = {
    "postgres": ("host", "database", "user"),
    "mysql": ("host", "user"),
    "clickhouse": ("host",),
    "kafka": ("host",),
}
"""What a value should say: without it the driver takes what it finds around it, which is another thing on another machine."""


@dataclass(frozen=True, slots=True)
class Known:
    """One connection."""

    name: str
    kind: str | None = None
    """As dataeng.yaml says, or else the value."""
    declared: bool = False
    """dataeng.yaml names it."""
    origins: tuple[str, ...] = ()
    """Every place that has a value; the first one counts."""
    value: Connection | None = None
    uses: tuple[Use, ...] = ()
    faults: tuple[Diagnostic, ...] = ()
    """What keeps it from being used."""
    remarks: tuple[str, ...] = ()

    def specs(self, role: str) -> tuple[str, ...]:
        """Return the specs that read from it, or load into it."""
        return tuple(dict.fromkeys(use.spec for use in self.uses if use.role == role))


def known(project: Project, stored: Collection[str] | None = None, *, every: bool = True) -> tuple[Known, ...]:
    """Return every connection of the project, in the order of their names.

    Args:
        project: The project.
        stored: The names that Airflow's own store has, where it was asked.
        every: Also those that no spec uses and dataeng.yaml does not name.

    Raises:
        Problems: the file of connections cannot be read (E602, E603).
    """
    used = uses(project)
    names = {*project.connections, *used}
    here = connections.names(project.root)
    # A variable has no small letters: it is of the project's own name, however that is written.
    written = {name.lower() for name in names}
    if every:
        names |= {name for name in (*here, *(stored or ())) if name.lower() not in written}
    return tuple(_known(name, project, used.get(name, ()), stored) for name in sorted(names, key=str.lower))


def uses(project: Project) -> dict[str, tuple[Use, ...]]:
    """Return where the specs name connections; a spec that cannot be read names none."""
    found: dict[str, tuple[Use, ...]] = {}
    for spec in spec_names(project):
        for name, use in _of_spec(spec, project):
            found[name] = (*found.get(name, ()), use)
    return found


def lacking(project: Project) -> tuple[str, ...]:
    """Return the connections that specs use, and that have no value here.

    Raises:
        Problems: the file of connections cannot be read (E602, E603).
    """
    here = set(connections.names(project.root))
    return tuple(sorted(name for name in uses(project) if name.lower() not in here))


def _of_spec(name: str, project: Project) -> Iterator[tuple[str, Use]]:
    try:
        data = with_defaults(open_spec(name, project).data, project.defaults)
    except Problems:
        return
    source, target = data.get("source"), data.get("target")
    if isinstance(source, dict) and isinstance(connection := source.get("connection"), str):
        yield connection, Use(name, "source", _text(source.get("table")))
    if isinstance(target, dict) and isinstance(connection := target.get("connection"), str):
        yield connection, Use(name, "target", _text(target.get("table")))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _known(name: str, project: Project, used: tuple[Use, ...], stored: Collection[str] | None) -> Known:
    """Return what is known of one connection."""
    declared = project.connections.get(name)
    one = Known(name, declared, declared is not None, uses=used, remarks=_undeclared(name, used) if declared is None else ())
    in_store = (STORE,) if stored is not None and name in stored else ()
    try:
        origins = tuple(connections.origins(name, project.root))
    except Problems as problems:
        return replace(one, faults=problems.diagnostics, origins=in_store)
    places = (*(origin.where for origin in origins), *in_store)
    if not origins:
        return replace(one, origins=places, faults=(_unset(name, in_store=bool(in_store)),))
    return _with_value(replace(one, origins=places), origins)


def _with_value(one: Known, origins: tuple[Origin, ...]) -> Known:
    value = origins[0].value
    wanted = one.kind
    faults: tuple[Diagnostic, ...] = ()
    if wanted is not None and wanted != value.kind:
        message = f"dataeng.yaml says that `{one.name}` is of the kind `{wanted}`, and {origins[0].where} says `{value.kind}`"
        faults = (Diagnostic("E606", message, help=f"correct one of them; `spec connections {one.name} --set` asks for the second"),)
    absent = [f"`{field}`" for field in _NEEDED.get(value.kind, ()) if not getattr(value, field)]
    unsaid = (f"it does not say {', '.join(absent)}: then the driver takes what it finds on each machine",) if absent else ()
    return replace(one, kind=wanted or value.kind, value=value, faults=faults, remarks=(*one.remarks, *unsaid))


def _unset(name: str, *, in_store: bool) -> Diagnostic:
    if not in_store:
        return connections.unknown(name)
    advice = f"`spec connections {name} --from airflow` takes it over"
    return Diagnostic("E601", f"only Airflow knows the connection `{name}`: its tasks find it, `spec run` here does not", help=advice)


def _undeclared(name: str, used: tuple[Use, ...]) -> tuple[str, ...]:
    return (f"dataeng.yaml does not name it: add `{name}: {{kind: …}}` under `connections`",) if used else ()


def shown(value: Connection) -> dict[str, object]:
    """Return what of a value may be shown: never the password, and of what else it has only the names."""
    fields: Mapping[str, object] = {
        "host": value.host,
        "port": value.port,
        "database": value.database,
        "user": value.user,
        "password": "set" if value.password else None,
        "bucket": value.extra.get("bucket"),
        "path": value.extra.get("path"),
        "settings": sorted(key for key in value.extra if key not in ("bucket", "path")) or None,
    }
    return {key: field for key, field in fields.items() if field is not None}

"""Where things stand: every spec of the project, and the next command to type for each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dataeng_ai.commands import cards
from dataeng_ai.commands.tree import command, here
from dataeng_ai.results import Result

if TYPE_CHECKING:
    from dataeng_ai.project import Project


@dataclass(frozen=True, slots=True)
class Standing:
    """How far one spec has come, and what takes it further."""

    name: str
    state: str
    next: str


@command("status")
def status() -> Result:
    """Say where every spec stands, and what to type next."""
    from dataeng_ai.project import spec_names  # noqa: PLC0415  start-up imports click alone

    project = here()
    standings = [standing(name, project) for name in spec_names(project)]
    if not standings:
        return Result("no specs here yet", [], ("start one: `spec new NAME --source FILE`; see it all work first: `spec demo`",))
    width, middle = (max(len(text) for text in texts) for texts in zip(*((s.name, s.state) for s in standings), strict=True))
    text = "\n".join(f"{s.name:{width}}  {s.state:{middle}}  {s.next}" for s in standings)
    data = [{"name": s.name, "state": s.state, "next": s.next} for s in standings]
    notes = _unset(project)
    return Result(text, data, notes, html=lambda: cards.looking.standings(standings, notes))


def _unset(project: Project) -> tuple[str, ...]:
    """Return what there is to say of connections that specs need and nobody has set; Airflow is not asked."""
    from dataeng_ai import wiring  # noqa: PLC0415  start-up imports click alone
    from dataeng_ai.diagnostics import Problems  # noqa: PLC0415  as above

    try:
        return tuple(f"nobody has set the connection `{name}`: `spec connections {name} --set`" for name in wiring.lacking(project))
    except Problems as problems:
        return tuple(f"{each.code}: {each.message}; {each.help}" for each in problems.diagnostics)


def standing(name: str, project: Project) -> Standing:
    """Say how far the spec of that name has come."""
    from dataeng_ai import build  # noqa: PLC0415  start-up imports click alone
    from dataeng_ai.check import check, open_holes  # noqa: PLC0415  as above
    from dataeng_ai.diagnostics import Problems  # noqa: PLC0415  as above
    from dataeng_ai.project import open_spec  # noqa: PLC0415  as above

    try:
        opened = open_spec(name, project)
    except Problems:
        return Standing(name, "cannot be read", f"spec check {name}")
    if holes := open_holes(opened, project):
        return Standing(name, f"open: {len(holes)}", f"spec fill {name}")
    checked = check(opened, project)
    errors = sum(diagnostic.severity == "error" for diagnostic in checked.diagnostics)
    if errors:
        return Standing(name, f"errors: {errors}", f"spec check {name}")
    if build.changes([name], project, project.root / "build"):
        return Standing(name, "complete, not compiled", f"spec compile {name}")
    return Standing(name, "compiled", f"spec run {name}")

"""From a spec's name to all that is known of it: what it says, its data if a fresh profile is kept, its loads if they can be seen."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from dataeng_ai import build, lineage, runtime
from dataeng_ai.diagnostics import Problems
from dataeng_ai.draft import parse_path
from dataeng_ai.emit import ddl, emit
from dataeng_ai.emit.facts import facts
from dataeng_ai.fill import Lock
from dataeng_ai.project import open_spec
from dataeng_ai.report.known import Known, LastLoad
from dataeng_ai.runtime import Bundle

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dataeng_ai.draft import Draft
    from dataeng_ai.ir import Pipeline
    from dataeng_ai.project import Project


def gather(name: str, project: Project, made: str) -> Known:
    """Return what is known of the spec of that name; nothing is profiled or loaded for it.

    Args:
        name: The spec.
        project: Where it stands.
        made: The day, ISO.

    Raises:
        Problems: the spec is not complete, or wrong.
    """
    draft = open_spec(name, project)
    pipeline = lineage.pipeline_of(draft, project)
    load, refused = _loads(pipeline, project)
    lock = _standing(build.locked(draft, project)[0], draft)
    return Known(facts(pipeline, lock), lineage.fresh(draft, project), load, refused, ddl(pipeline), made)


def _standing(lock: Lock, draft: Draft) -> Lock:
    """Return the lock without the decisions that a person has changed since."""
    return Lock({place: entry for place, entry in lock.entries.items() if _value(place, draft) == entry.value}, lock.profile)


def _value(place: str, draft: Draft) -> object:
    try:
        return draft.get(parse_path(place, draft.data), _value)
    except Problems:
        return _value


def _loads(pipeline: Pipeline, project: Project) -> tuple[LastLoad | None, LastLoad | None]:
    """Return the load that was published last, and the one after it that was not; None for what is not there or cannot be seen."""
    bundle = Bundle.of(emit(pipeline))
    try:
        loads = runtime.loads(bundle, root=project.root)
        published = next((load for load in loads if load["state"] == "published"), None)
        refused = loads[0] if loads and loads[0] is not published else None
        return _load(published, bundle, project), _load(refused, bundle, project)
    except Problems:
        return None, None  # it has not run, or its storage is out of reach: the report says that no load is known


def _load(load: Mapping[str, Any] | None, bundle: Bundle, project: Project) -> LastLoad | None:
    return LastLoad.of(load, _reasons(load["load_id"], bundle, project)) if load else None


def _reasons(load_id: str, bundle: Bundle, project: Project) -> list[tuple[str | None, str, int]]:
    found = Counter((reject.column, reject.reason) for reject in runtime.rejects(bundle, root=project.root, load_id=load_id))
    return [(column, reason, count) for (column, reason), count in found.most_common()]

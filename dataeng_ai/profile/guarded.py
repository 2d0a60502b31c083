"""What is in files, found out in another process: see `apart`. The same functions with the same answers as `survey` and `preview` have.

Tables of databases are asked for here: their drivers speak to a server that somebody has chosen, and read no file. Nothing that only
the other process needs is imported here, so that both together start as quickly as one.
"""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any, Final

from dataeng_ai import apart, process
from dataeng_ai.types import Type

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from dataeng_ai.draft import Draft
    from dataeng_ai.profile.facts import Profile
    from dataeng_ai.profile.lists import Lists
    from dataeng_ai.profile.previewing import Preview
    from dataeng_ai.profile.shown import Shown
    from dataeng_ai.profile.unfolded import Level
    from dataeng_ai.project import Project
    from dataeng_ai.sources.stores import Place

_NEEDED: Final = "dataeng_ai.profile.survey"
"""What the other process imports before it is asked."""

_ROWS: Final = 1000
"""So many rows of a preview come at a time."""


def warm() -> None:
    """Let the other process start while this one still does something else."""
    if process.forkable():
        from dataeng_ai.profile import facts  # noqa: F401, PLC0415  of use here and there: what is forked now has it already
    apart.warm(_NEEDED)


def profile(
    folder: Place, pattern: str, *, known: Mapping[str, Any] | None = None, levels: Sequence[Level] = (), unmask: bool = False
) -> Profile:
    """Do what `survey.profile` does."""
    [found] = _surveyed("profile", folder, pattern, known=dict(known or {}), levels=tuple(levels), unmask=unmask)
    return found


def profile_lists(folder: Place, pattern: str, *, known: Mapping[str, Any] | None = None, unmask: bool = False) -> tuple[Profile, ...]:
    """Do what `survey.profile_lists` does."""
    return _surveyed("profile_lists", folder, pattern, known=dict(known or {}), unmask=unmask)


def quick(folder: Place, pattern: str, *, known: Mapping[str, Any] | None = None, unmask: bool = False) -> Profile:
    """Do what `survey.quick` does."""
    [found] = _surveyed("quick", folder, pattern, known=dict(known or {}), unmask=unmask)
    return found


def profile_spec(draft: Draft, project: Project, levels: Sequence[Level] = (), *, unmask: bool = False) -> Profile:
    """Do what `survey.profile_spec` does."""
    from dataeng_ai.profile.drafted import source_of  # noqa: PLC0415  of a spec alone

    folder, pattern, known = source_of(draft, project)
    return profile(folder, pattern, known=known, levels=levels, unmask=unmask)


def lists_of(draft: Draft, project: Project) -> tuple[Lists, ...]:
    """Return the columns of the files of a draft that hold lists: see `lists.lists`."""
    from dataeng_ai.profile import lists  # noqa: PLC0415  of `--split` alone
    from dataeng_ai.profile.drafted import source_of  # noqa: PLC0415  of a spec alone

    folder, pattern, known = source_of(draft, project)
    request = (folder, pattern, dict(known))
    if not _apart(known, request):
        return lists.lists(folder, pattern, known=known)
    return lists.told(apart.call(f"{__name__}:listed", request, _NEEDED))


def preview(
    folder: Place,
    pattern: str,
    columns: Sequence[Shown],
    rows: int | None = 10,
    *,
    known: Mapping[str, Any] | None = None,  # Any: plain data of a spec
    levels: Sequence[Level] = (),
    unmask: bool = False,
) -> Preview:
    """Do what `previewing.preview` does."""
    from dataeng_ai.profile import previewing  # noqa: PLC0415  of whoever looks

    request = (folder, pattern, tuple(columns), rows, {"known": dict(known or {}), "levels": tuple(levels), "unmask": unmask})
    if not _apart(known, request):
        return previewing.preview(folder, pattern, columns, rows, known=known, levels=levels, unmask=unmask)
    head, *some = apart.call(f"{__name__}:previewed", request, _NEEDED)
    types = tuple(Type(**one) for one in head["types"])
    return previewing.Preview(tuple(head["columns"]), tuple(tuple(row) for part in some for row in part), types, head["of"])


def _apart(known: Mapping[str, Any] | None, request: object) -> bool:
    if not apart.possible() or not {"table", "query", "topic"}.isdisjoint(known or {}):
        return False
    try:
        return bool(pickle.dumps(request))
    except (TypeError, AttributeError, pickle.PicklingError):  # a store that is open
        return False


def _surveyed(name: str, folder: Place, pattern: str, **said: Any) -> tuple[Profile, ...]:  # noqa: ANN401  what the function of that name takes
    """Return what the function of that name in `survey` returns; while another process looks, what reads its answer is made ready."""
    request = (name, folder, pattern, said)
    if not _apart(said["known"], request):
        return _found(*request)
    from dataeng_ai.profile import facts  # noqa: PLC0415  where there is an answer to be read

    return tuple(facts.from_json(answer) for answer in apart.call(f"{__name__}:surveyed", request, _NEEDED, facts.ready))


def _found(name: str, folder: Place, pattern: str, said: Mapping[str, Any]) -> tuple[Profile, ...]:  # Any: as above
    from dataeng_ai.profile import survey  # noqa: PLC0415  of whoever looks

    found = getattr(survey, name)(folder, pattern, **said)
    return found if isinstance(found, tuple) else (found,)


def surveyed(name: str, folder: Place, pattern: str, said: Mapping[str, Any]) -> Iterator[str]:  # Any: as above
    """Yield the profiles, in the other process."""
    from dataeng_ai.profile import facts  # noqa: PLC0415  of whoever looks

    return map(facts.to_json, _found(name, folder, pattern, said))


def listed(folder: Place, pattern: str, known: Mapping[str, Any]) -> Iterator[object]:  # Any: as above
    """Yield the columns that hold lists, in the other process."""
    from dataclasses import asdict  # noqa: PLC0415  of `--split` alone

    from dataeng_ai.profile import lists  # noqa: PLC0415  as above

    return map(asdict, lists.lists(folder, pattern, known=known))


def previewed(
    folder: Place, pattern: str, columns: Sequence[Shown], rows: int | None, said: Mapping[str, Any]
) -> Iterator[object]:  # Any: as above
    """Yield what a preview has, then its rows, some at a time, in the other process."""
    from dataeng_ai.profile import previewing  # noqa: PLC0415  of whoever looks

    found = previewing.preview(folder, pattern, columns, rows, **said)
    types = [{"name": one.name, "precision": one.precision, "scale": one.scale} for one in found.types]
    yield {"columns": found.columns, "types": types, "of": found.of}
    for at in range(0, len(found.rows), _ROWS):
        yield found.rows[at : at + _ROWS]

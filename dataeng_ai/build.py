"""The story of dataeng_ai, top to bottom: a spec with holes becomes a loaded table. Read `build` first.

Long because every way through the house begins here, and each is short.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from dataeng_ai import lineage, plan, runtime, unchanged
from dataeng_ai.check import check
from dataeng_ai.check.prove import prove
from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.emit import emit
from dataeng_ai.emit.manifest import PATH as MANIFEST
from dataeng_ai.emit.manifest import entry, of_entries
from dataeng_ai.emit.sql import everything, rare_collections
from dataeng_ai.fill import case_of, fill, stale
from dataeng_ai.fill import lock as locks
from dataeng_ai.fill.rounds import spec_file
from dataeng_ai.frames import needed
from dataeng_ai.profile import Shown, as_texts, profile, shown_of, source_of
from dataeng_ai.profile import preview as first_rows
from dataeng_ai.profile.personal import mask
from dataeng_ai.profile.secrets import redact
from dataeng_ai.profile.sentences import heeded
from dataeng_ai.project import is_spec, open_spec, spec_names
from dataeng_ai.runtime import Bundle, run

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pyarrow as pa

    from dataeng_ai.diagnostics import Text
    from dataeng_ai.draft import Draft
    from dataeng_ai.emit import Artifacts
    from dataeng_ai.fill import Filled, Lock, Model
    from dataeng_ai.ir import Pipeline
    from dataeng_ai.plan import Change
    from dataeng_ai.profile import Level, Preview, Profile
    from dataeng_ai.project import Project
    from dataeng_ai.runtime import Interval, Rows, RunReport
    from dataeng_ai.sources.stores import Place
    from dataeng_ai.spec.spec import Spec
    from dataeng_ai.targets.session import Reject


profile_of = lineage.profile_of
"""What is in the source of a draft."""


@dataclass(frozen=True, slots=True)
class Built:
    """What each stage of the way made of a spec."""

    draft: Draft
    facts: Profile
    filled: Filled
    bundle: Bundle
    report: RunReport


def build(name: str, project: Project, model: Model) -> Built:
    """Take the spec of that name all the way, in memory: complete it, compile it, load its data. Its file stays as it is."""
    draft = open_spec(name, project)
    facts = profile_of(draft, project)
    filled = fill(draft, facts, project, model)
    spec = complete(filled.draft, project)
    refuse(prove(spec, facts, filled.draft), filled.draft.text)
    pipeline = lineage.pipeline_of(filled.draft, project)
    bundle = Bundle.of(emit(pipeline, lock=filled.lock))
    return Built(draft, facts, filled, bundle, run(bundle, root=project.root))


def preview(source: str, project: Project, rows: int | None, *, raw: bool = False, unmask: bool = False) -> Preview:
    """Return the first rows as they will be loaded, all of them for None: by a spec's columns, or by what a profile of a file found.

    With `raw`, their texts as they stand in the source, and those of rows too that have a cell of another type than their column's.

    Raises:
        Problems: as `survey`, and what is wrong with the spec.
    """
    counted: Profile | None
    levels: tuple[Level, ...] = ()
    folder: Place
    if not is_spec(source, project):
        folder, pattern, known = Path.cwd(), source, None
        counted = profile(folder, pattern)
        columns = shown_of(counted)
    elif (draft := open_spec(source, project)).get(("source", "topic"), None) is not None:  # looked at, and not loaded yet
        folder, pattern, known = source_of(draft, project)
        counted = profile(folder, pattern, known=known)
        columns = shown_of(counted)
    else:
        counted = lineage.fresh(draft, project)
        columns = tuple(Shown.of(column) for column in lineage.pipeline_of(draft, project).stored_columns())
        root, levels = lineage.descent(draft, project)
        folder, pattern, known = source_of(root, project)
    found = first_rows(folder, pattern, as_texts(columns) if raw else columns, rows, known=known, levels=levels, unmask=unmask)
    return replace(found, of=counted.rows, told=heeded(counted)) if counted else found


def with_data(draft: Draft, spec: Spec | None, project: Project) -> tuple[Diagnostic, ...] | None:
    """Hold a spec against its data, as far as they are known: None where no fresh profile is at hand."""
    facts = lineage.fresh(draft, project)
    if facts is None:
        return None
    lock, warnings = locked(draft, project)
    if spec is None:
        return warnings
    return (*warnings, *stale(draft, case_of(draft, facts, project), lock), *prove(spec, facts, draft))


def complete(draft: Draft, project: Project) -> Spec:
    """Return the completed spec.

    Raises:
        Problems: everything that is wrong with it, open holes among it.
    """
    checked = check(draft, project)
    refuse(checked.diagnostics, draft.text)
    assert checked.spec is not None  # noqa: S101  a check without an error has a spec
    return checked.spec


def lowered(name: str, project: Project) -> Pipeline:
    """Return the pipeline that the spec of that name describes.

    Raises:
        Problems: as `complete`.
    """
    return lineage.pipeline_of(open_spec(name, project), project)


def compiled(names: Iterable[str], project: Project, previous: str | None = None) -> Artifacts:
    """Return every file that these specs compile to, the manifest among them, by its path under `build/`.

    Args:
        names: The specs.
        project: Where they stand.
        previous: The manifest that stands there, when these are not all specs of the project.

    Raises:
        Problems: all that is wrong with all of them.
    """
    made = _compile(names, project)
    manifest = of_entries({one.name: one.entry for one in made}, previous)
    return {path: text for one in made for path, text in one.files.items()} | {MANIFEST: manifest}


@dataclass(frozen=True, slots=True)
class _Compiled:
    """What one spec compiles to, and what the manifest says of it."""

    word: str
    """The spec as it was asked for: its name or a path."""
    name: str
    files: Artifacts
    entry: dict[str, dict[str, str]]
    read: dict[str, str | None]
    after: tuple[str, ...]


def _compile(names: Iterable[str], project: Project) -> list[_Compiled]:
    made: list[_Compiled] = []
    wrong: list[Problems] = []
    with rare_collections():
        for name in names:
            try:
                made.append(_compile_one(name, project))
            except Problems as problems:
                wrong.append(problems)
    if wrong:
        raise Problems(*(found for one in wrong for found in one.diagnostics), texts=tuple(text for one in wrong for text in one.texts))
    return made


def _compile_one(word: str, project: Project) -> _Compiled:
    read = unchanged.read_of(word, project)
    draft = open_spec(word, project)
    for name in lineage.names_above(draft, project):
        read |= unchanged.read_of(name, project)
    pipeline = lineage.pipeline_of(draft, project)
    files = emit(pipeline, lock=locked(draft, project)[0])
    after = pipeline.schedule.after if pipeline.schedule else ()
    return _Compiled(word, draft.name, files, entry(files, lineage.inputs(draft, project)), read, after)


def changes(names: Sequence[str], project: Project, folder: Path) -> tuple[Change, ...]:
    """Compare what specs compile to with what stands in a folder; without names it is all specs, and files of removed ones go.

    A spec is not compiled again where it is known that what would come out stands there already, see `unchanged`.

    Raises:
        Problems: as `compiled`.
    """
    standing = folder / MANIFEST
    previous = standing.read_text("utf-8") if names and standing.is_file() else None
    every = spec_names(project)
    known = unchanged.Compiled(project.root, every)
    same = {name: found for name in names or every if (found := known.same(name, folder))}
    made = _compile((name for name in names or every if name not in same), project)
    manifest = of_entries({name: found["manifest"] for name, found in same.items()} | {one.name: one.entry for one in made}, previous)
    _remember(known, made, None if names else manifest)
    files = {path: text for one in made for path, text in one.files.items()} | {MANIFEST: manifest}
    paths = [path for found in same.values() for path in found["manifest"]["outputs"]]
    return plan.changes(files, folder, whole=not names, standing=paths)


def _remember(known: unchanged.Compiled, made: Iterable[_Compiled], manifest: str | None) -> None:
    """Keep what specs of the project compile to. One that was asked for by its path may lie elsewhere: it is not kept."""
    fresh = {one.name: {"read": one.read, "after": one.after, "manifest": one.entry} for one in made if one.word == one.name}
    known.keep(fresh, {} if manifest is None else {MANIFEST: hashlib.sha256(manifest.encode()).hexdigest()})


def locked(draft: Draft, project: Project) -> tuple[Lock, tuple[Diagnostic, ...]]:
    """Return the lock beside a spec, empty where there is none, and a warning where it cannot be read."""
    return locks.read(locks.beside(spec_file(draft, project)))


def run_spec(name: str, project: Project, interval: Interval | None = None, *, storage: str | None = None) -> RunReport:
    """Load the data of the spec of that name, with what it compiles to now.

    With a `storage`, it goes into the project's own database of that kind instead of the spec's target.
    """
    return run(_bundle(name, project, storage), root=project.root, interval=interval)


def rejects(name: str, project: Project, load_id: str | None = None, *, storage: str | None = None, unmask: bool = False) -> list[Reject]:
    """Return the records that a load of the spec turned away; without a `load_id`, those of the last.

    Which part of a broken record is personal, nobody can know: where the spec has personal data, its raw text is masked as a whole.
    """
    bundle = _bundle(name, project, storage)
    found = runtime.rejects(bundle, root=project.root, load_id=load_id)
    veil = mask if any(column.pii for column in bundle.pipeline.columns) else redact
    return found if unmask else [replace(one, raw=one.raw and veil(one.raw)) for one in found]


def query(name: str, sql: str, project: Project, *, storage: str | None = None) -> Rows:
    """Run a read-only query where the spec's table is."""
    return runtime.query(_bundle(name, project, storage), sql, root=project.root)


def table(name: str, project: Project, sql: str | None = None, *, storage: str | None = None) -> pa.Table:
    """Return what a read-only query finds where the spec's table is, with its types; without a query, the whole table."""
    needed("pyarrow")
    bundle = _bundle(name, project, storage)
    return runtime.arrow(bundle, sql or everything(bundle.pipeline), root=project.root)


def _bundle(name: str, project: Project, storage: str | None = None) -> Bundle:
    pipeline = lowered(name, project)
    if storage is not None:
        pipeline = replace(pipeline, target=replace(pipeline.target, storage=storage, connection=None))
    return Bundle.of(emit(pipeline))


def refuse(diagnostics: Iterable[Diagnostic], *texts: Text) -> None:
    """Raise what is an error among the diagnostics; let warnings pass."""
    errors = [diagnostic for diagnostic in diagnostics if diagnostic.severity == "error"]
    if errors:
        raise Problems(*errors, texts=texts)

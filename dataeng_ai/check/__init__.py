"""Draft -> Spec: everything that can be known about a spec without its data. `check` says it all at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from dataeng_ai.check.defaults import with_defaults
from dataeng_ai.check.look import Look
from dataeng_ai.check.pages import explain
from dataeng_ai.check.places import at
from dataeng_ai.check.rules import RULES
from dataeng_ai.check.validate import validate
from dataeng_ai.check.veil import veiled
from dataeng_ai.diagnostics import Diagnostic, Edit
from dataeng_ai.draft import shapes, show
from dataeng_ai.spec.spec import Spec

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dataeng_ai.check.finding import Finding
    from dataeng_ai.diagnostics import Span
    from dataeng_ai.draft import Draft, Path
    from dataeng_ai.project import Project

__all__ = ["Checked", "check", "explain", "open_holes", "with_defaults"]


_MANY = 6
"""As many open decisions are told as one."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What `check` knows of a spec: the completed spec where nothing is wrong with it, and all that is to be said, in the text's order."""

    spec: Spec | None
    diagnostics: tuple[Diagnostic, ...]


def check(draft: Draft, project: Project) -> Checked:
    """Check a draft against the language, the project and the storage: static, without data and without a network."""
    data = with_defaults(draft.data, project.defaults)
    spec, faults = validate(data, _holes(data))
    found = _together(faults)
    look = Look(draft, project, data)
    findings = (*found, *_ruled(look))
    secrets = {finding.path for finding in findings if finding.code == "E250"}
    told = [finding for finding in findings if finding.code == "E250" or finding.key or finding.path not in secrets]
    diagnostics = veiled(sorted((_placed(finding, look) for finding in told), key=_place), secrets, draft)
    failed = any(diagnostic.severity == "error" for diagnostic in diagnostics)
    return Checked(None if failed else spec, diagnostics)


def open_holes(draft: Draft, project: Project) -> tuple[Path, ...]:
    """Return the open holes of this round that no default of the project closes, in canonical order."""
    return _holes(with_defaults(draft.data, project.defaults))


def _together(found: Sequence[Finding]) -> Iterator[Finding]:
    """Yield the findings, the open decisions of a spec that is hardly begun as one: they have one remedy."""
    holes = [finding for finding in found if finding.code == "E101"]
    if len(holes) < _MANY:
        yield from found
        return
    names = ", ".join(f"`{show(finding.path, None)}`" for finding in holes)
    yield replace(holes[0], message=f"{len(holes)} decisions are open: {names}", help=holes[0].help.partition(";")[0])
    yield from (finding for finding in found if finding.code != "E101")


def _holes(data: dict[str, object]) -> tuple[Path, ...]:
    return tuple(shapes.holes(shapes.whole(Spec), data))


def _ruled(look: Look) -> Iterator[Finding]:
    for code, rule in RULES.items():
        yield from (replace(finding, code=code) for finding in rule(look))


def _placed(finding: Finding, look: Look) -> Diagnostic:
    draft = look.draft
    span = _span(finding, draft)
    inherited = at(draft.data, finding.path) is None and at(look.data, finding.path) is not None
    return Diagnostic(
        code=finding.code,
        message=finding.message,
        file=draft.text.name,
        span=span,
        notes=(*finding.notes, "it comes from `defaults` in dataeng.yaml") if inherited else finding.notes,
        help=finding.help,
        severity="warning" if finding.code.startswith("W") else "error",
        label=finding.label,
        edit=Edit(span.start, span.end, finding.meant) if finding.meant else None,
    )


def _span(finding: Finding, draft: Draft) -> Span:
    """Return the place of what a finding is about; of what is missing in an entry of a list, the entry."""
    path = finding.path
    if finding.key and path in draft.keys:
        return draft.keys[path]
    entry = next((path[:end] for end in range(len(path), 0, -1) if path[:end] in draft.spans), ())
    return draft.spans[entry] if entry and isinstance(entry[-1], int) else draft.span(path)


def _place(diagnostic: Diagnostic) -> tuple[int, str]:
    return (diagnostic.span.start if diagnostic.span else 0), diagnostic.code

"""The whole tour in a new folder, offline and without a model: a messy file becomes a table, a DAG and a report."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dataeng_ai import build, plan, runtime
from dataeng_ai.demo.tickets import tickets
from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.fill import RULES, save
from dataeng_ai.project import find

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from dataeng_ai.build import Built
    from dataeng_ai.targets.session import Reject

NAME = "tickets"

_FILES = {
    "dataeng.yaml": "version: 1\ndefaults: {owner: analysts, schedule: {timezone: Europe/Moscow}}\n",
    "specs/tickets.yaml": (
        "version: 1\n"
        "name: tickets\n"
        "about: Museum ticket sales, every night; analysts chart revenue and visits by day and museum.\n"
        'source: {path: "landing/tickets/*.csv"}\n'
    ),
    ".gitignore": ".dataeng/\n",
}


@dataclass(frozen=True, slots=True)
class Tour:
    """What the tour did, in words and as data."""

    text: str
    data: dict[str, object]


def tour(folder: Path) -> Tour:
    """Make a project in a folder that is new or empty, and take its spec all the way.

    Raises:
        Problems: the folder holds something (E041).
    """
    _make(folder)
    project = find(folder)
    built = build.build(NAME, project, RULES)
    save(project, built.draft, built.filled)
    changes = build.changes([], project, project.root / "build")
    plan.write(changes, project.root / "build")
    reasons = _reasons(runtime.rejects(built.bundle, root=project.root))
    data = {"folder": str(folder), "files": [change.path for change in changes], **built.report.to_dict(), "rejects": reasons}
    return Tour(_told(folder, built, len(changes), reasons), data)


def _make(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Problems(Diagnostic("E041", f"`{folder}` is there already, and not empty", help="name a new folder: `spec demo FOLDER`"))
    for path, text in _FILES.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8", newline="\n")
    (folder / "landing" / NAME).mkdir(parents=True)
    (folder / "landing" / NAME / "2024-04.csv").write_bytes(tickets())


def _reasons(rejects: Iterable[Reject]) -> dict[str, int]:
    return dict(Counter(f"{reject.column}: {reject.reason}" if reject.column else reject.reason for reject in rejects).most_common())


def _told(folder: Path, built: Built, files: int, reasons: Mapping[str, int]) -> str:
    facts, report = built.facts, built.report
    done = (
        (f"spec profile {NAME}", f"{facts.rows:,} rows in {len(facts.columns)} columns, {facts.rejects} records that are no rows"),
        (f"spec fill {NAME}", f"{len(built.filled.decided)} values decided, each with its evidence"),
        (f"spec check {NAME}", "no errors"),
        (f"spec compile {NAME}", f"{files} files in build/: an Airflow DAG, its SQL, DDL, a report"),
        (f"spec run {NAME}", f"{report.rows_loaded:,} of {report.rows_in:,} records loaded, {report.rows_rejected} rejected"),
    )
    width = max(len(line) for line, _ in done)
    query = "SELECT museum, sum(price) AS revenue FROM tickets GROUP BY 1 ORDER BY 2 DESC LIMIT 3"
    after = (
        f"cd {folder}",
        f"spec show {NAME}",
        f"spec why {NAME} columns.price.type",
        f"spec rejects {NAME}",
        f'spec sql {NAME} "{query}"',
    )
    return "\n".join(
        [
            f"{folder}: a project from a museum's ticket sales. What was done there, command by command:",
            "",
            *(f"  {line:{width}}  {outcome}" for line, outcome in done),
            "",
            f"{report.rows_rejected} records were kept aside, not lost:",
            "",
            *(f"  {count:3}  {reason}" for reason, count in reasons.items()),
            "",
            "Go on with:",
            "",
            *(f"  {line}" for line in after),
        ]
    )

"""What a report says of a pipeline, as plain data without a word of any language: gathered once, told by `docs` and by `report`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from dataeng_ai import cast, targets
from dataeng_ai.targets.checks import all_checks, implied
from dataeng_ai.targets.table import STAMPS, key_or_required

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dataeng_ai.ir import Check, Pipeline


class Entry(Protocol):
    """One decision of the lock."""

    @property
    def value(self) -> object:
        """What was decided."""

    @property
    def by(self) -> str:
        """`profile`, `rule:<id>` or `model`."""

    @property
    def evidence(self) -> str:
        """What the data say for it."""

    @property
    def reason(self) -> str:
        """Why, in words."""

    @property
    def runner_up(self) -> str | None:
        """What was nearly chosen."""

    @property
    def model(self) -> str | None:
        """The model that chose."""


class Lock(Protocol):
    """The lock, as far as a report reads it."""

    @property
    def entries(self) -> Mapping[str, Entry]:
        """Return the decisions by place."""


@dataclass(frozen=True, slots=True)
class ColumnFact:
    """One column of the spec."""

    name: str
    source: str
    type: str
    physical: str | None
    needed: bool
    """A row without a value here is turned away."""
    stored: bool
    description: str | None
    unit: str | None
    category: str | None
    """Of personal data."""
    handling: str | None


@dataclass(frozen=True, slots=True)
class CheckFact:
    """One check before publishing."""

    check: Check
    implied: bool
    """Nobody wrote it: it follows from the key or from a list of values."""


@dataclass(frozen=True, slots=True)
class DecisionFact:
    """One decision of the lock, or the same decision on several columns."""

    place: str
    """`load.mode`, or `columns.*.type`."""
    columns: tuple[str, ...]
    value: str | None
    """As JSON; None where the columns have different ones."""
    by: str
    evidence: str | None
    """None where the columns have different ones."""
    reason: str
    runner_up: str | None
    """None where there is none, or the columns have different ones."""
    model: str | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What a pipeline is, for its readers."""

    pipeline: Pipeline
    source: str
    storage: str
    """As people call it."""
    table: str
    columns: tuple[ColumnFact, ...]
    stamps: tuple[str, ...]
    checks: tuple[CheckFact, ...]
    gives_up: tuple[tuple[str, str], ...]
    """(type, what of a text is not kept), by reading it as a value and by the storage."""
    decisions: tuple[DecisionFact, ...]

    @property
    def personal(self) -> tuple[ColumnFact, ...]:
        """Return the columns with personal data."""
        return tuple(column for column in self.columns if column.category)


def facts(pipeline: Pipeline, lock: Lock | None = None) -> Facts:
    """Gather what there is to say; with a lock also who decided what."""
    source, target = pipeline.source, pipeline.target
    ours = implied(pipeline)
    return Facts(
        pipeline=pipeline,
        source=source.path if source.connection is None else f"{source.connection}: {source.path}",
        storage=targets.design(target.storage).CAPABILITIES.title,
        table=f"{target.schema}.{target.table}" if target.schema else target.table,
        columns=_columns(pipeline),
        stamps=tuple(name for name in pipeline.load.stamp if name in STAMPS),
        checks=tuple(CheckFact(check, check in ours) for check in all_checks(pipeline)),
        gives_up=gives_up(pipeline, target.storage),
        decisions=_decisions(lock) if lock else (),
    )


def gives_up(pipeline: Pipeline, storage: str) -> tuple[tuple[str, str], ...]:
    """Return what of a text is not kept, of the types that the pipeline uses: by reading it as a value, and by a storage."""
    lost = targets.design(storage).CAPABILITIES.gives_up
    used = sorted({column.type.name for column in pipeline.stored_columns()})
    losses = {name: (*cast.GIVES_UP.get(name, ()), *lost.get(name, ())) for name in used}
    return tuple((name, "; ".join(loss)) for name, loss in losses.items() if loss)


def _columns(pipeline: Pipeline) -> tuple[ColumnFact, ...]:
    stored = pipeline.stored_columns()
    return tuple(
        ColumnFact(
            name=column.name,
            source=column.source,
            type=str(column.type),
            physical=column.physical,
            needed=key_or_required(pipeline, column),
            stored=column in stored,
            description=column.description,
            unit=column.unit,
            category=column.pii.category if column.pii else None,
            handling=column.pii.handling if column.pii else None,
        )
        for column in pipeline.columns
    )


_PERSON = "person"
"""Whom the lock names where a person took a decision over."""


def _decisions(lock: Lock) -> tuple[DecisionFact, ...]:
    """Return the decisions, those on the table first; those on columns that are alike in kind, chooser and reason stand together."""
    groups: dict[tuple[str, str, str | None, str], list[tuple[str, Entry]]] = {}
    for place, entry in sorted(lock.entries.items()):
        if entry.by == _PERSON:
            continue  # accepted or chosen by hand: no decision of the tool's any more
        head, _, rest = place.partition(".")
        column, _, kind = rest.rpartition(".") if head == "columns" else ("", "", place)
        groups.setdefault((f"columns.*.{kind}" if column else place, entry.by, entry.model, entry.reason), []).append((column, entry))
    found = [_group(*key, members) for key, members in groups.items()]
    return tuple(sorted(found, key=lambda one: (bool(one.columns), one.place)))


def _group(place: str, by: str, model: str | None, reason: str, members: list[tuple[str, Entry]]) -> DecisionFact:
    values = {json.dumps(entry.value, ensure_ascii=False, default=str) for _, entry in members}
    evidence, nearly = ({getattr(entry, word) for _, entry in members} for word in ("evidence", "runner_up"))
    return DecisionFact(
        place=place,
        columns=tuple(column for column, _ in members if column),
        value=values.pop() if len(values) == 1 else None,
        by=by,
        evidence=evidence.pop() if len(evidence) == 1 else None,
        reason=reason,
        runner_up=nearly.pop() if len(nearly) == 1 else None,
        model=model,
    )

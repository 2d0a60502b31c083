"""What may go wrong, told from facts alone: each risk is one that the spec, the data or the last load show."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from dataeng_ai.report.tongue import codes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dataeng_ai.report.known import Known
    from dataeng_ai.report.tongue import Tongue

_DOUBTS: Final = 3
"""Columns in doubt that are told one by one."""


def risks(known: Known, words: Tongue) -> tuple[Markup, ...]:
    """Return the risks, the worst first."""
    return (*_of_loads(known, words), *_of_data(known, words), *_of_design(known, words))


def _of_loads(known: Known, words: Tongue) -> Iterator[Markup]:
    if known.refused:
        yield words.say("risk_refused")
    elif known.load is None:
        yield words.say("risk_never")
    load, limit = known.load, known.facts.pipeline.load
    if load and load.rows_in and limit.max_rejects_percent is not None:
        share = Decimal(load.rows_rejected) * 100 / load.rows_in
        if share * 2 > Decimal(limit.max_rejects_percent.rstrip("%")):
            yield words.say("risk_limit", share=words.share(load.rows_rejected, load.rows_in))
    if load and limit.max_rejects and load.rows_rejected * 2 > limit.max_rejects:
        yield words.say("risk_limit", share=words.share(load.rows_rejected, load.rows_in))


def _of_data(known: Known, words: Tongue) -> Iterator[Markup]:
    facts, profile = known.facts, known.profile
    if kept := [column.name for column in facts.personal if column.handling == "keep"]:
        yield words.say("risk_personal", columns=words.count("columns", len(kept)))
    if profile is None:
        yield words.say("risk_no_profile", name=facts.pipeline.name)
        return
    if profile.duplicates and not facts.pipeline.primary_key:
        yield words.say("risk_twice", rows=words.count("rows", profile.duplicates))
    if profile.uneven:
        yield words.say("risk_uneven", columns=codes(known.names(profile.uneven)))
    doubtful = [column for column in profile.columns if column.doubts]
    for column in doubtful[:_DOUBTS]:
        doubts = Markup("; ").join(map(words.told, column.doubts))
        yield words.say("risk_doubt", column=codes(known.names([column.name])), doubt=doubts)
    if len(doubtful) > _DOUBTS:
        yield words.say("risk_doubts", columns=words.count("columns", len(doubtful) - _DOUBTS))


def _of_design(known: Known, words: Tongue) -> Iterator[Markup]:
    pipeline = known.facts.pipeline
    if pipeline.owner is None:
        yield words.say("risk_owner")
    if pipeline.schedule is None:
        yield words.say("risk_schedule")
    if pipeline.load.mode == "append" and not pipeline.primary_key:
        yield words.say("risk_key")
    if not any(one.check.severity == "error" for one in known.facts.checks):
        yield words.say("risk_checks")
    if pipeline.source.connection is None and pipeline.source.rows is None and pipeline.schedule:
        yield words.say("risk_path")
    if pipeline.target.storage == "duckdb" and pipeline.target.connection is None:
        yield words.say("risk_file")
    if pipeline.drift.new_column == "discard":
        yield words.say("risk_discard")
    if models := sum(max(len(one.columns), 1) for one in known.facts.decisions if one.by == "model"):
        yield words.say("risk_model", values=words.count("values", models))

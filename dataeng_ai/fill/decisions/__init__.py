"""Every decision that fill takes, one file each, in the order in which they are taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dataeng_ai.fill.decisions import (
    columns,
    foreign_keys,
    load_cursor,
    load_max_rejects,
    load_mode,
    on_schema_change,
    order_by,
    partition,
    primary_key,
    quality,
    schedule,
    source_csv,
    source_excel,
    source_format,
    source_records,
    target_connection,
    target_storage,
    target_table,
)

if TYPE_CHECKING:
    from dataeng_ai.fill.decision import Decision

DECISIONS: Final[tuple[Decision, ...]] = (
    source_format.DECISION,
    source_csv.DECISION,
    source_records.DECISION,
    source_excel.DECISION,
    columns.DECISION,
    *columns.ROWS,
    target_storage.DECISION,
    target_connection.DECISION,
    target_table.DECISION,
    primary_key.DECISION,
    foreign_keys.DECISION,
    load_mode.DECISION,
    load_cursor.DECISION,
    load_max_rejects.DECISION,
    partition.DECISION,
    order_by.DECISION,
    schedule.DECISION,
    quality.DECISION,
    on_schema_change.DECISION,
)
"""The registry. A new decision is one file here and one word in this list."""

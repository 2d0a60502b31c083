"""The statements of a pipeline: what the designs promise and the runtime calls.

A design returns `{step: (Statement, …)}`. Names are the same in every storage; a step lacks the statements it has no use for.
Parameters are `$1`, `$2`, … in the order of `params`. `"__staging__"` is one token: the runtime puts the load's quoted staging name
in its place. Sessions must stand in the time zone UTC (a DuckDB connection: `SET TimeZone = 'UTC'`).

| step | statement | params | result, or what it does |
| --- | --- | --- | --- |
| create | create.schema | | only where the spec names a schema |
| | create.table, create.index.N, create.comment, create.comment.N | | run all of them together, only when the table is missing |
| | create.loads, create.files, create.rejects | | the ledger, beside the table; each only when it is missing |
| stage | stage.create | | an empty table of `table.staging_columns` |
| | stage.drop | | drops it if it is there |
| | stage.count | | rows |
| check | check.NAME, one for each of `checks.all_checks` | now (only freshness) | failed BIGINT: 0 is good |
| | orphans.NAME, of a check of relationships | | values that stand nowhere, as texts, and the number of rows, the most frequent first |
| | there.NAME, where it looks into a table that stands | | whether there is one: 1 or 0 |
| | keyed.NAME, likewise | | rows that refer to anything |
| publish | publish.delete_file | source_file | only append with `changed_file: replace`: once per changed file, before the rest |
| | publish.conflicts | | only append with a key: staged rows whose key the table has: 0, or refuse |
| | publish.delete | | full: every row. DuckDB's merge: the rows to be replaced |
| | publish.insert or publish.merge | those stamped of load_id, loaded_at | the last of the step: its row count is rows_loaded |
| reconcile | reconcile.staged | | count, then a checksum (text) per column of `table.value_columns`: rows that publish takes over |
| | reconcile.published | load_id, or nothing in mode full | the same over what stands in the table; absent if `_load_id` is not stamped |
| ledger | ledger.find_load | pipeline, load_id | the columns of `ledger.LOADS` |
| | ledger.last_load | pipeline | the same of the load published last |
| | ledger.loads | pipeline | the same of every load, that staged last first |
| | ledger.insert_load | the columns of `ledger.LOADS` | |
| | ledger.delete_load | pipeline, load_id | |
| | ledger.insert_file | the columns of `ledger.FILES` | |
| | ledger.files | pipeline | the columns of `ledger.FILES`, of published loads, oldest load first |
| | ledger.delete_files | pipeline, load_id | |
| | ledger.insert_reject | the columns of `ledger.REJECTS` | |
| | ledger.move_rejects | | DuckDB: all of them from `"__staging__"`, a view of the columns of `ledger.REJECTS` |
| | ledger.rejects | pipeline, load_id | the columns of `ledger.REJECTS`, in the order of file and record |
| | ledger.delete_rejects | pipeline, load_id | |

`publish.*` run in this order inside one transaction under the storage's lock, together with the ledger. In mode merge with a cursor
a staged row loses to a stored one whose cursor is later: such rows are not in `reconcile.staged`; they are rows_skipped.
Checksums do not depend on the order of rows, and compare only within one storage: staging against table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sqlglot import exp

STAGING: Final = "__staging__"
"""The name that the runtime replaces, quotes and all, by the staging table of the load."""

STEPS: Final = ("create", "stage", "check", "publish", "reconcile", "ledger")


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """One statement: its name, its tree, and what its positional parameters are, in order. It is equal to itself alone."""

    name: str
    tree: exp.Expr
    params: tuple[str, ...] = ()

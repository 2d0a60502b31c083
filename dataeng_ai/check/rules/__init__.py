"""Every static rule, by its code: one function each, whose docstring is the page of `spec why CODE`.

A new rule is one function in the file of its matter, and one line here. A code that begins with W is a warning.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dataeng_ai.check.rules import columns, databases, keys, names, parents, quality, reading, references, schedule, secrets, storage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from dataeng_ai.check.finding import Finding
    from dataeng_ai.check.look import Look

RULES: Final[Mapping[str, Callable[[Look], Iterator[Finding]]]] = {
    "E201": columns.unknown_column,
    "E202": columns.same_name,
    "E203": columns.long_name,
    "E204": columns.reserved_name,
    "E205": columns.named_twice,
    "E206": columns.not_one_value,
    "E207": columns.physical_type,
    "E208": columns.none_stored,
    "E209": columns.masked_type,
    "E210": keys.merge_without_key,
    "E211": keys.nullable_key,
    "E212": keys.unordered_cursor,
    "E213": columns.too_many,
    "E220": storage.cannot,
    "E221": storage.unknown_connection,
    "E222": storage.connection_kind,
    "W223": storage.path_without_connection,
    "E230": schedule.cron,
    "E231": schedule.timezone,
    "E232": schedule.after,
    "E233": schedule.waiting_circle,
    "E240": names.reserved,
    "E241": names.file_name,
    "E250": secrets.in_clear,
    "E260": quality.unfit_check,
    "E261": quality.value_of_type,
    "E262": quality.bounds,
    "E263": quality.expression,
    "E270": reading.dialect,
    "E271": reading.unfit_parse,
    "E272": reading.pattern_of_times,
    "E273": reading.path_of_records,
    "E280": parents.unknown_parent,
    "E281": parents.unknown_list,
    "E282": parents.unknown_carried,
    "E283": parents.unmarked_parent,
    "E284": databases.table_name,
    "E285": databases.query_reads,
    "E286": databases.append,
    "E287": databases.one_file,
    "E288": references.unknown_reference,
    "E289": references.elsewhere,
    "E290": references.unknown_columns,
    "E291": references.compared,
    "E292": references.no_key,
    "E293": references.circle,
    "W294": references.before,
}

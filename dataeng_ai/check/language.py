"""What the language says when a value is wrong. One function a code; its docstring is the page of `spec why CODE`."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from dataeng_ai import types
from dataeng_ai.check import places, synonyms
from dataeng_ai.check.finding import Finding
from dataeng_ai.check.spelling import key_meant, nearest, unknown_key_help

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dataeng_ai.draft import Path


@dataclass(frozen=True, slots=True)
class Fault:
    """One error of pydantic: its kind, its place with the tags of unions cut out, the value there, and the spec around it."""

    kind: str
    path: Path
    value: object
    context: Mapping[str, Any]  # Any: pydantic's context holds whatever the error says
    data: Mapping[str, object]

    @property
    def key(self) -> str:
        """The key of the language at the fault: the last word of its path."""
        return next((part for part in reversed(self.path) if isinstance(part, str)), "")


def missing(fault: Fault) -> Finding:
    """A key that only you can write is missing.

    The version of the language, the name, the place of the source, the name of each column: nobody can find these in the data.

    Example: `source: {connection: landing}`
    Fix: `source: {connection: landing, path: "tickets/*.csv"}`
    """
    where = places.phrase(fault.path[:-1], fault.data)
    return Finding(fault.path, f"`{fault.path[-1]}` is missing {where}", f"write `{_example(fault.path)}`")


def _example(path: Path) -> str:
    return _EXAMPLES.get(".".join(part for part in path if isinstance(part, str)), _EXAMPLES.get(str(path[-1]), f"{path[-1]}: …"))


_EXAMPLES: Final = {
    "version": "version: 1",
    "name": "name: orders",
    "source": 'source: {path: "orders/*.csv"}',
    "path": 'path: "orders/*.csv"',
    "spec": "spec: orders",
    "source.connection": "connection: shop",
    "source.table": "table: public.orders",
    "query": "query: SELECT …",
    "records": "records: items",
    "columns": "columns: [price]",
    "columns.name": "name: price",
    "foreign_keys.columns": "columns: [museum_id]",
    "references": "references: {spec: museums}",
    "values": 'values: ["new", "paid"]',
    "pattern": 'pattern: "[0-9]{6}"',
    "max_age": "max_age: 2d",
    "category": "category: email",
    "handling": "handling: mask",
    "by": "by: sold_at",
}


def open_hole(path: Path, data: Mapping[str, object]) -> Finding:
    """A decision is open.

    The key is absent, empty or `auto`, so the spec is not complete, and nothing is compiled from it.
    `spec fill NAME` decides it from what the data shows; or write the value yourself. Where nothing is meant, say so:
    `null` (or `[]` for a list) is a decision too, an absent line is none.

    Example: a spec without the line `partition`
    Fix: `spec fill tickets`, or `partition: null`
    """
    name = data.get("name") if isinstance(data.get("name"), str) else "NAME"
    none = f"; for none write `{path[-1]}: null`" if places.nullable(path, data) else ""
    where = "" if len(path) == 1 else " " + places.phrase(path[:-1], data)
    return Finding(path, f"`{path[-1]}`{where} is open", f"run `spec fill {name}`{none}")


def unknown_key(fault: Fault) -> Finding:
    """A key that the language does not know here.

    A misspelled key would otherwise be ignored in silence, and the pipeline would do something else than what stands in the spec.
    Many words of dbt, dlt, Airflow and pandas are recognised, and the message says what they are called here.

    Example: `primarykey: true` in a column
    Fix: `primary_key: [order_id]` at the top level
    """
    where = places.phrase(fault.path[:-1], fault.data)
    message = f"unknown key `{fault.path[-1]}` {where}"
    if meant := key_meant(fault.path, fault.data):
        return Finding(fault.path, message, f"did you mean `{meant}`?", key=True, meant=meant)
    label, advice = unknown_key_help(fault.path, fault.data)
    return Finding(fault.path, message, advice, label=label, key=True)


def unknown_word(fault: Fault) -> Finding:
    """A word that is none of those which may stand here.

    Example: `load: {mode: upsert}`
    Fix: `load: {mode: merge}`
    """
    if fault.kind == "ours":
        best = nearest(str(fault.value), _ENCODINGS)
        found = _as_said(fault)
        return replace(found, help=f"did you mean `{best}`?", notes=(found.help,), meant=best) if best else found
    words = re.findall(r"'([^']*)'", str(fault.context["expected"])) or [str(fault.context["expected"])]
    if fault.key == "version":
        return Finding(fault.path, f"version {_shown(fault.value)} of the language is not known", "write `version: 1`")
    best = synonyms.WORDS.get(fault.key, {}).get(synonyms.normal(str(fault.value))) or nearest(str(fault.value), words)
    listed = ", ".join(f"`{word}`" for word in words)
    advice = f"did you mean `{best}`?" if best else f"write {'one of ' if len(words) > 1 else ''}{listed}"
    notes = (f"`{fault.key}` is one of {listed}",) if best and len(words) > 1 else ()
    return Finding(fault.path, f"`{fault.key}` cannot be {_shown(fault.value)}", advice, notes, meant=best or "")


_ENCODINGS: Final = ("utf-8", "utf-8-sig", "utf-16", "cp1251", "cp1252", "cp866", "koi8-r", "iso-8859-1", "iso-8859-5", "mac-cyrillic")


def wrong_shape(fault: Fault) -> Finding:
    """A value of the wrong shape: a text where a list stands, a number where a text stands, a list where a block stands.

    YAML reads plain words as what they look like: `5` is a number, `true` a boolean, `null` nothing. Quotes make a text of anything.

    Example: `primary_key: order_id`
    Fix: `primary_key: [order_id]`
    """
    wanted, advice = _shape(fault)
    label = f"`{fault.key}`" if isinstance(fault.path[-1] if fault.path else "", str) else f"an entry of `{fault.key}`"
    if not fault.path:
        return Finding(fault.path, "a spec is a block of keys", "write `version: 1`, and below it `name: …`")
    return Finding(fault.path, f"{label} must be {wanted}, not {_kind(fault.value)}", advice)


def _shape(fault: Fault) -> tuple[str, str]:
    shown = _shown(fault.value).strip("`")
    match fault.kind:
        case "string_type":
            return "a text", _text_advice(fault, shown)
        case "tuple_type" | "list_type":
            blocks = places.keys(fault.path)
            entry = f"{{{blocks[0]}: …}}" if blocks else shown if isinstance(fault.value, str) else "a, b"
            return "a list", f"write `[{entry}]`" if isinstance(fault.path[-1], int) else f"write `{fault.key}: [{entry}]`"
        case "bool_type":
            guess = {"yes": "true", "on": "true", "y": "true", "1": "true", "no": "false", "off": "false", "n": "false", "0": "false"}
            above = fault.key == "header" and isinstance(fault.value, int) and fault.value > 1
            rows = f", and for rows above it `skip: {fault.value}`" if above else ""
            return "`true` or `false`", f"write `{fault.key}: {guess.get(shown.casefold(), 'true')}`{rows}"
        case "int_type" | "int_from_float":
            return "a whole number", f"write `{fault.key}: {shown}`" if shown.isdecimal() else f"write `{fault.key}: 1`"
        case "ours":
            return "a number, a text, `true` or `false`", str(fault.context["help"])
    return "a block of keys", _block_advice(fault)


def _text_advice(fault: Fault, shown: str) -> str:
    match fault.value:
        case int() | float() if fault.key == "sheet":
            return "write the name that the sheet has in the workbook"
        case int() | float():
            return f'put it in quotes: "{shown}"'
    # What stands in a list is not repeated here: it may be a secret, and only texts are veiled.
    return "write the keys as one path, such as `data.items`" if fault.key == "records" else "write one text"


def _block_advice(fault: Fault) -> str:
    keys = ", ".join(f"`{key}`" for key in places.keys(fault.path))
    return f"it holds {keys}" if keys else "write keys with their values"


def unknown_type(fault: Fault) -> Finding:
    """A type that is not portable.

    The types are few, and every storage spells them in its own way: boolean, smallint, integer, bigint, decimal(p, s), double, text,
    date, time, timestamp, timestamptz, uuid, json, bytes. The storage's own type for one column is `physical`.

    Example: `type: varchar(20)`
    Fix: `type: text`, and if it must be: `physical: {postgres: varchar(20)}`
    """
    word = str(fault.value)
    stem, _, arguments = word.partition("(")
    digits = re.fullmatch(r"\s*(\d{1,9})\s*(?:,\s*(\d{1,9})\s*)?\)\s*", arguments)
    if synonyms.normal(stem) in {"numeric", "number", "dec", "decimal"} and digits:
        precision = min(max(int(digits[1]), 1), types.MAX_PRECISION)
        best: str | None = f'"decimal({precision}, {min(int(digits[2] or 0), precision)})"'
    else:
        best = synonyms.TYPES.get(synonyms.normal(stem)) or nearest(word, types.NAMES)
    known = ", ".join("decimal(p, s)" if name == "decimal" else name for name in types.NAMES)
    return Finding(fault.path, str(fault.context["message"]), f"write `type: {best}`" if best else f"the types are {known}")


def out_of_bounds(fault: Fault) -> Finding:
    """A number too small or too large, a list or a text too short.

    Example: `run: {retries: -1}`
    Fix: `run: {retries: 0}`
    """
    if fault.kind == "ours":
        return _as_said(fault)
    limit = {"greater_than_equal": ("ge", "at least"), "less_than_equal": ("le", "at most")}[fault.kind]
    bound = f"{limit[1]} {fault.context[limit[0]]}"
    return Finding(fault.path, f"`{fault.key}` is {bound}, not {_shown(fault.value)}", f"write `{fault.key}: {fault.context[limit[0]]}`")


def unreadable(fault: Fault) -> Finding:
    """A duration, a size, a share or a date that cannot be read.

    Durations are `30s`, `5m`, `1h30m`, `2d`; sizes `512MB`, `2GiB`; shares `0.1%`; dates `2026-01-31`. A number without a unit
    would leave open what it counts.

    Example: `run: {timeout: 90}`
    Fix: `run: {timeout: 90s}`
    """
    return _as_said(fault)


def bad_name(fault: Fault) -> Finding:
    """A text that cannot be a name.

    A spec's name becomes a file, a DAG and a part of what its load writes: 1 to 63 of a-z, 0-9 and _, a letter first.
    Columns and tables may have any name that their storage keeps, but an empty one; a table is `table` or `schema.table`.

    Example: `name: Museum-Tickets`
    Fix: `name: museum_tickets`
    """
    found = _as_said(fault)
    plain = re.sub(r"[^a-z0-9]+", "_", str(fault.value).casefold()).strip("_")[:63]
    usable = fault.path == ("name",) and re.match(r"[a-z]", plain)
    return replace(found, help=f"write `name: {plain}`", notes=(found.help,)) if usable else found


def _as_said(fault: Fault) -> Finding:
    return Finding(fault.path, str(fault.context["message"]), str(fault.context["help"]))


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return "nothing" if value is None else f"`{value}`" if isinstance(value, (str, int, float)) else _kind(value)


def _kind(value: object) -> str:
    match value:
        case None:
            return "nothing (`null`)"
        case bool():
            return f"the boolean {_shown(value)}"
        case int() | float():
            return f"the number `{value}`"
        case str():
            return f"the text `{value}`"
        case list() | tuple():
            return "a list"
    return "a block of keys"


def incomplete(fault: Fault) -> Finding:
    """A block that says too little, or two things of which only one can be meant.

    A schedule goes by a clock (`cron`) or after other specs (`after`); a check of a range needs `min`, `max` or both; what is
    referred to is the table of a `spec`, or a `table` and its `columns`.

    Example: `schedule: {timezone: Europe/Moscow}`
    Fix: `schedule: {cron: "0 3 * * *", timezone: Europe/Moscow}`
    """
    return _as_said(fault)


RULES: Final[Mapping[str, Callable[[Fault], Finding]]] = {
    "E100": missing,
    "E102": unknown_key,
    "E103": unknown_word,
    "E104": wrong_shape,
    "E105": unknown_type,
    "E106": out_of_bounds,
    "E107": unreadable,
    "E108": bad_name,
    "E109": incomplete,
}
"""Every code of the language itself; E101 is `open_hole`, and what is not built yet has its codes in `unbuilt`."""

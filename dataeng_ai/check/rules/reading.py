"""Rules about how files and texts are read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from dataeng_ai.check.finding import Finding
from dataeng_ai.check.places import at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dataeng_ai.check.look import Look

_MOMENTS: Final = frozenset({"date", "time", "timestamp", "timestamptz"})
_NUMBERS: Final = frozenset({"smallint", "integer", "bigint", "decimal", "double"})
_FITTING: Final = {
    "format": _MOMENTS,
    "decimal": frozenset({"decimal", "double"}),
    "thousands": _NUMBERS,
    "true_values": frozenset({"boolean"}),
    "false_values": frozenset({"boolean"}),
    "timezone": frozenset({"timestamptz"}),
    "grouping": _NUMBERS,
    "prefix": _NUMBERS,
    "suffix": _NUMBERS,
    "sign": _NUMBERS,
    "locale": _MOMENTS,
}
_JSONPATH: Final = re.compile(r"\$(?:$|[.\[])|\[(?:\*|\d*)\]")
_DIRECTIVES: Final = re.compile(r"%-?(.|$)", re.DOTALL)
_NAMED: Final = re.compile("%[bB]")
_KNOWN: Final = frozenset("aAbBdHIjmMpSfyYzZT%")


def dialect(look: Look) -> Iterator[Finding]:
    """A CSV dialect that contradicts itself.

    Example: `csv: {delimiter: ",", quote: ",", …}`
    Fix: `csv: {delimiter: ",", quote: '"', …}`
    """
    block = at(look.data, ("source", "csv"))
    if not isinstance(block, dict):
        return
    delimiter, quote, escape = (block.get(key) for key in ("delimiter", "quote", "escape"))
    path = ("source", "csv")
    if isinstance(delimiter, str) and delimiter in (quote, escape):
        yield Finding(
            (*path, "delimiter"), f"the delimiter `{delimiter}` is the quote or the escape too", "write another character for one of them"
        )
    if quote is None and "quote" in block and isinstance(escape, str):
        yield Finding((*path, "escape"), "an escape without a quote", "write `escape: null`, or a `quote`")


def unfit_parse(look: Look) -> Iterator[Finding]:
    """A way of reading that means nothing for the type, or contradicts itself.

    `format` and `locale` are for dates and times, `decimal`, `thousands`, `grouping`, `prefix`, `suffix` and `sign` for numbers,
    `true_values` and `false_values` for booleans, `timezone` for timestamptz.

    Example: `{name: city, type: text, parse: {decimal: ","}}`
    Fix: `{name: city, type: text}`
    """
    for column in look.columns:
        block, path = column.data.get("parse"), (*column.path, "parse")
        if not isinstance(block, dict):
            continue
        for key, fitting in _FITTING.items():
            if block.get(key) is not None and column.type and column.type.name not in fitting:
                yield Finding((*path, key), f"`{key}` says nothing about a column of type {column.type}", "remove it", key=True)
        if isinstance(block.get("thousands"), str) and block["thousands"] == block.get("decimal", "."):
            yield Finding(
                (*path, "thousands"), "the point and the separator of thousands are one character", "write another for one of them"
            )
        if block.get("grouping") == "lakh" and block.get("thousands") is None:
            yield Finding((*path, "grouping"), "digits are grouped, and nothing says by what", 'write `thousands: ","` beside it')
        if block.get("locale") is not None and not _NAMED.search(str(block.get("format"))):
            yield Finding((*path, "locale"), "a language of months, and no month by its name", "write %B or %b in `format`, or remove it")
        both = _texts(block.get("true_values")) & _texts(block.get("false_values"))
        for word in sorted(both):
            yield Finding((*path, "true_values"), f"`{word}` means true and false", "take it out of one of the lists")


def _texts(value: object) -> set[str]:
    return {word for word in value if isinstance(word, str)} if isinstance(value, list) else set()


def pattern_of_times(look: Look) -> Iterator[Finding]:
    """A pattern of dates that cannot be read.

    The parts are those of strptime: %Y %m %d %H %M %S %f %y %b %B %a %A %j %I %p %z %Z.

    Example: `parse: {format: dd.MM.yyyy}`
    Fix: `parse: {format: "%d.%m.%Y"}`
    """
    for column in look.columns:
        text, path = look.text(*column.path, "parse", "format"), (*column.path, "parse", "format")
        if text is None or (column.type and column.type.name not in _MOMENTS):
            continue
        parts = _DIRECTIVES.findall(text)
        if not parts:
            yield Finding(path, f"`{text}` has no part of a date or a time", 'write for example `format: "%d.%m.%Y"`')
        for part in parts:
            if part not in _KNOWN:
                yield Finding(path, f"`%{part}` is no part of a date or a time", "see `spec why E272`")


def path_of_records(look: Look) -> Iterator[Finding]:
    """A path of records in another language: JSONPath, jq.

    `records` is the keys that lead to the list, with points between them; all items of that list are the records. A key that really
    looks like JSONPath stands in double quotes within the text: `records: '"$".items'`.

    Example: `records: "$.data.items[*]"`
    Fix: `records: data.items`, or `records: null` where the document itself is the list
    """
    path = ("source", "records")
    text = look.text(*path)
    if text is None or look.text("source", "spec") is not None or _JSONPATH.search(text) is None:
        return
    plain = re.sub(r"\[(?:\*|\d*)\]|^\$", "", text).strip(".")
    advice = f"write `records: {plain}`" if plain else "write `records: null`: the document itself is the list"
    yield Finding(path, f"`{text}` is JSONPath, and `records` is plain keys", advice)

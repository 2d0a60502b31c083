"""The words of the language that are more than text: names, types, durations, sizes, shares. Each knows what to say when it is wrong."""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, Field

from dataeng_ai import types
from dataeng_ai.spec.block import refuse

NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,62}", re.ASCII)
"""What a spec may be called: it becomes a file, a DAG and a part of table names."""

_NUMBERISH: Final = " .,'\u2019+-\u2212\u00a0\u2009\u202f"
_DELIMITER: Final = 4
"""Bytes of the longest delimiter that DuckDB reads."""
_DURATION: Final = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?", re.ASCII)
_SIZE: Final = re.compile(r"(\d+)\s*(B|KB|MB|GB|TB|KiB|MiB|GiB|TiB)", re.ASCII)
_PERCENT: Final = re.compile(r"(\d{1,3}(?:\.\d{1,6})?)\s*%", re.ASCII)
_UNITS: Final = {"B": 1} | {
    f"{letter}{kind}": int(base**power) for kind, base in (("B", 1000), ("iB", 1024)) for power, letter in enumerate("KMGT", 1)
}


def seconds(text: str) -> int:
    """Return the seconds of a duration such as `90s`, `5m`, `1h30m` or `2d`.

    Raises:
        ValueError: it is none.
    """
    match = _DURATION.fullmatch(text)
    if not text or match is None:
        raise ValueError(text)
    days, hours, minutes, rest = (int(part or 0) for part in match.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + rest


def size(text: str) -> int:
    """Return the bytes of a size such as `512MB` (thousands) or `2GiB` (1024s).

    Raises:
        ValueError: it is none.
    """
    match = _SIZE.fullmatch(text)
    if match is None:
        raise ValueError(text)
    return int(match[1]) * _UNITS[match[2]]


def percent(text: str) -> str:
    """Return the number of a share such as `0.1%` as its decimal text, from 0 to 100.

    Raises:
        ValueError: it is none.
    """
    match = _PERCENT.fullmatch(text)
    if match is None or float(match[1]) > 100:  # noqa: PLR2004  a hundred per cent
        raise ValueError(text)
    return match[1]


def _name(value: str) -> str:
    if NAME.fullmatch(value) is None:
        refuse("E108", f"`{value}` cannot be a name", "a name has 1 to 63 of a-z, 0-9 and _, and starts with a letter")
    return value


def _duration(value: object) -> object:
    try:
        seconds(value if isinstance(value, str) else "")
    except ValueError:
        refuse("E107", f"`{value}` is not a duration", "write a number with its unit, such as `30s`, `5m`, `2h` or `1d`")
    return value


def _size(value: object) -> object:
    try:
        size(value if isinstance(value, str) else "")
    except ValueError:
        refuse("E107", f"`{value}` is not a size", "write a number with its unit, such as `512MB` or `2GiB`")
    return value


def _rejects(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    try:
        percent(value if isinstance(value, str) else "")
    except ValueError:
        message = f"`{value}` is neither a number of rows nor a share of them"
        refuse("E107", message, "write a count such as `10`, or a percentage from 0% to 100% such as `0.1%`")
    return value


def _encoding(value: str) -> str:
    try:
        "a".encode(value)
    except (LookupError, ValueError):  # a codec of bytes, such as hex, is none of text
        refuse("E103", f"`{value}` is no encoding that Python knows", "write for example `utf-8`, `utf-8-sig` or `cp1251`")
    return value


def _character(value: str) -> str:
    if len(value) != 1 or value in "\r\n\0":
        refuse("E106", f"`{value}` is not one character", 'write one character in quotes, such as ";" or "\\t"')
    return value


def _delimiter(value: str) -> str:
    if not 0 < len(value.encode()) <= _DELIMITER or any(mark in value for mark in "\r\n\0"):
        refuse("E106", f"`{value}` is no delimiter", 'write one to four characters in quotes, such as ";", "||" or "\\t"')
    return value


def _date(value: str) -> str:
    try:
        if len(value) != len("2026-01-01"):
            raise ValueError(value)  # noqa: TRY301  `20260101` and `2026-W01-1` are dates to Python, and not to a reader
        dt.date.fromisoformat(value)
    except ValueError:
        refuse("E107", f"`{value}` is not a date", "write it as year-month-day, such as `2026-01-31`")
    return value


def _identifier(value: str) -> str:
    if not value.strip() or "\0" in value:
        refuse("E108", "an empty text cannot be a name", "write at least one letter")
    return value


def _mark(value: str) -> str:
    if not value.strip(_NUMBERISH) or value != value.strip() or any(letter.isdigit() or letter in "()\0" for letter in value):
        refuse(
            "E106",
            f"`{value}` cannot stand beside numbers",
            "write what stands there, such as `$` or `руб.`: no digit, no bracket, no blank at its ends",
        )
    return value


def _table(value: str) -> str:
    parts = value.split(".")
    if len(parts) > 2 or not all(part.strip() for part in parts) or "\0" in value:  # noqa: PLR2004  schema and table
        refuse("E108", f"`{value}` is no name of a table", "write `table`, or `schema.table`")
    return value


def _scalar(value: object) -> object:
    if not isinstance(value, (str, int, float)):
        refuse("E104", "a number or a text is expected here")
    if isinstance(value, float) and not math.isfinite(value):
        refuse("E107", f"`{value}` is no number that a column could hold", "write a number with digits")
    return value


def _column_type(value: object) -> object:
    try:
        types.parse(value if isinstance(value, str) else "")
    except ValueError as error:
        message = str(error) if isinstance(value, str) else f"`{value}` is not a portable type"
        refuse("E105", message)
    return value


Name = Annotated[str, AfterValidator(_name), Field(json_schema_extra={"pattern": f"^{NAME.pattern}$"})]
"""A name of ours: of a spec."""
Identifier = Annotated[str, AfterValidator(_identifier), Field(json_schema_extra={"minLength": 1})]
"""A name in a storage or in a file: any text that is not empty."""
Table = Annotated[str, AfterValidator(_table), Field(json_schema_extra={"pattern": r"^[^.]+(\.[^.]+)?$"})]
"""`table` or `schema.table`."""
_TYPES = "|".join(r"decimal\(\s*\d+\s*,\s*\d+\s*\)" if name == "decimal" else name for name in types.NAMES)
ColumnType = Annotated[
    str, BeforeValidator(_column_type), Field(json_schema_extra={"pattern": f"^({_TYPES})$", "examples": [*types.NAMES]})
]
"""A portable type."""
Duration = Annotated[str, BeforeValidator(_duration), Field(json_schema_extra={"pattern": r"^(\d+d)?(\d+h)?(\d+m)?(\d+s)?$"})]
"""`30s`, `5m`, `1h30m`, `2d`."""
Size = Annotated[str, BeforeValidator(_size), Field(json_schema_extra={"pattern": r"^\d+\s*([KMGT]i?)?B$"})]
"""`512MB`, `2GiB`."""
MaxRejects = Annotated[int | str, BeforeValidator(_rejects)]
"""A number of rows, or a percentage of them."""
Encoding = Annotated[str, AfterValidator(_encoding), Field(json_schema_extra={"examples": ["utf-8", "utf-8-sig", "cp1251"]})]
"""The name of a codec."""
Character = Annotated[str, AfterValidator(_character), Field(json_schema_extra={"minLength": 1, "maxLength": 1})]
"""One character."""
Delimiter = Annotated[str, AfterValidator(_delimiter), Field(json_schema_extra={"minLength": 1, "maxLength": 4})]
"""One to four characters, of four bytes at most."""
Mark = Annotated[
    str,
    AfterValidator(_mark),
    Field(json_schema_extra={"minLength": 1, "pattern": r"^(?=.*[^ .,'\u2019+\-\u2212\u00a0\u2009\u202f])[^\s\d()]([^\d()]*[^\s\d()])?$"}),
]
"""What stands beside numbers: a sign of money, a unit."""
Date = Annotated[str, AfterValidator(_date), Field(json_schema_extra={"format": "date"})]
"""A day as year-month-day."""
Scalar = Annotated[str | int | float | bool, BeforeValidator(_scalar)]
"""A value of a column as a spec writes it."""

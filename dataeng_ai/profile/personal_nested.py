"""Personal data within JSON: the values of each key, wherever it stands, are looked at like those of a column."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from dataeng_ai.profile.guess import TEXT
from dataeng_ai.profile.personal import category
from dataeng_ai.types import Type

if TYPE_CHECKING:
    from collections.abc import Sequence

_TEXTS: Final = 500
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ].*)?")


def category_within(column: str, texts: Sequence[str]) -> str | None:
    """Return the first category of personal data in a column of JSON, None where there is none.

    Args:
        column: Its name, which stands for the key of what has none.
        texts: Some of its values.
    """
    values: defaultdict[str, list[str]] = defaultdict(list)
    for text in texts[:_TEXTS]:
        try:
            _gather(json.loads(text, parse_int=str, parse_float=str), column, values)
        except (ValueError, RecursionError):
            continue
    found = (category(key, Type("date") if all(map(_DATE.fullmatch, some)) else TEXT, some) for key, some in values.items())
    return next((one for one in found if one), None)


def _gather(value: object, key: str, values: defaultdict[str, list[str]]) -> None:
    if isinstance(value, dict):
        for inner, cell in value.items():
            _gather(cell, inner, values)
    elif isinstance(value, list):
        for item in value:
            _gather(item, key, values)
    elif isinstance(value, str) and value:
        values[key].append(value)

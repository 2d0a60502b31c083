"""What the JSON files of one source say together: a place is an object's columns, or one column of JSON, in all of them alike.

A file alone cannot know: `{"address": null}` in one is an object in another, and a text here may be an object there. Without this a
table would have the object twice, once in columns and once as a text beside them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeVar

from dataeng_ai import ir
from dataeng_ai.sources.json_paths import keys_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from dataeng_ai.sources.prepared import Prepared

    Again = Callable[[ir.Source], tuple[Prepared, ...]]

Value = TypeVar("Value")

VALUE: Final = "_value"
"""The column of a source without one object that has a key: its records are values, and stand there whole."""


def agreed(prepared: tuple[Prepared, ...], source: ir.Source, again: Again) -> tuple[Prepared, ...]:
    """Return the files with their columns made one; `again` prepares them by a source that keeps more places as JSON."""
    if source.json is not None:  # a spec says which
        return prepared
    whole: dict[str, None] = {}
    while found := [name for name in _kept_whole(prepared) if name not in whole]:
        whole |= dict.fromkeys(found)
        prepared = again(replace(source, json=ir.Json((), tuple(whole))))
    if not any(one.header or one.bad for one in prepared):
        return again(replace(source, json=ir.Json((VALUE,), ())))
    above = _above(prepared)
    return tuple(_without_hollow(one, above) for one in prepared)


def _kept_whole(prepared: Sequence[Prepared]) -> Iterator[str]:
    """Yield the places that are a value in one file and an object in another, and those that are nothing but empty objects."""
    above = _above(prepared)
    for one in prepared:
        for name in one.header:
            elsewhere_object = keys_of(name) in above
            bare = one.hollow.get(name)
            if (bare is None and elsewhere_object) or (bare and not elsewhere_object):
                yield name


def _above(prepared: Iterable[Prepared]) -> set[tuple[str, ...] | None]:
    """Return the places below which there are columns."""
    places = {keys_of(name) or () for one in prepared for name in one.header}
    return {place[:size] for place in places for size in range(1, len(place))}


def _without_hollow(one: Prepared, above: set[tuple[str, ...] | None]) -> Prepared:
    gone = {place for place, name in enumerate(one.header) if name in one.hollow and keys_of(name) in above}
    if not gone or one.texts is None:
        return one

    def left(values: tuple[Value, ...]) -> tuple[Value, ...]:
        return tuple(value for place, value in enumerate(values) if place not in gone)

    texts = replace(one.texts, columns=left(one.texts.columns))
    return replace(one, header=left(one.header), kinds=left(one.kinds), texts=texts)

"""What may stand at a place of a spec, by the JSON Schema that editors read: keys and words, for whoever completes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from dataeng_ai.spec.schema import schema

_OPEN: Final = "to be decided by fill"

Json = Mapping[str, Any]
"""JSON Schema is plain data of any depth."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A word that may stand somewhere: what it is, and what it says."""

    word: str
    kind: str
    """`key`, or what kind of value it is."""
    about: str = ""
    holds: str = ""
    """Of a key: what kind of value it takes, such as `list` or `mapping`."""


def keys(path: Sequence[str | int], present: Mapping[str, object]) -> tuple[Offer, ...]:
    """Return the keys that a mapping at a place may have besides those that are there; their values say which variant it is."""
    found: dict[str, Offer] = {}
    for node in _variants(_at(path, present)):
        for name, inner in node.get("properties", {}).items():
            if name not in present and name not in found:
                found[name] = Offer(name, "key", str(inner.get("description", "")), _holds(inner))
    return tuple(found.values())


def values(path: Sequence[str | int], present: Mapping[str, object] | None = None) -> tuple[Offer, ...]:
    """Return the words that may stand as the value at a place; `present` are the keys beside it, with their values."""
    *above, last = path
    beside = present or {}
    nodes = _below(_variants(_at(above, {key: value for key, value in beside.items() if key != last})), last)
    found: dict[str, Offer] = {}
    for node in nodes:
        for offer in _words(node):
            found.setdefault(offer.word, offer)
    return tuple(found.values())


@cache
def _document() -> Json:
    return schema()


def _at(path: Sequence[str | int], present: Mapping[str, object]) -> list[Json]:
    """Return the schemas of what stands at a place; of the variants of a block those that fit the values in it."""
    nodes: list[Json] = [_document()]
    for step in path:
        nodes = _below([variant for node in nodes for variant in _variants([node])], step)
    fitting = [variant for variant in _variants(nodes) if _fits(variant, present)]
    return fitting or nodes


def _below(nodes: Sequence[Json], step: str | int) -> list[Json]:
    if isinstance(step, int):
        return [node["items"] for node in nodes if "items" in node]
    return [node["properties"][step] for node in nodes if step in node.get("properties", {})]


def _variants(nodes: Sequence[Json]) -> list[Json]:
    """Return schemas without references and alternatives."""
    return [variant for node in nodes for variant in _opened(node)]


def _opened(node: Json) -> Iterator[Json]:
    if "$ref" in node:
        yield from _opened(_document()["$defs"][node["$ref"].rpartition("/")[2]])
    elif "anyOf" in node:
        for inner in node["anyOf"]:
            yield from _opened(inner)
    else:
        yield node


def _fits(node: Json, present: Mapping[str, object]) -> bool:
    """Say whether no value in a block speaks for another variant of it."""
    for name, inner in node.get("properties", {}).items():
        words = [variant["const"] for variant in _opened(inner) if "const" in variant and variant.get("title") != _OPEN]
        if words and present.get(name) not in (None, "", "auto", *words, *map(str, words)):
            return False
    return True


def _words(node: Json) -> Iterator[Offer]:
    about = str(node.get("description", ""))
    for variant in _opened(node):
        kind, told = str(variant.get("type", "word")), str(variant.get("description", about))
        if variant.get("title") == _OPEN:
            if variant.get("const"):
                yield Offer(str(variant["const"]), "open", _OPEN)
            continue
        for word in (*variant.get("enum", ()), *variant.get("examples", ()), *([variant["const"]] if "const" in variant else ())):
            yield Offer(str(word), kind, told)
        if kind == "boolean":
            yield from (Offer(word, kind, told) for word in ("true", "false"))


def _holds(node: Json) -> str:
    kinds = {str(variant.get("type", "")) for variant in _opened(node)}
    if "object" in kinds:
        return "mapping"
    if "array" in kinds:
        return "list"
    return next((kind for kind in ("boolean", "integer", "number", "string") if kind in kinds), "value")

"""What a person may have meant: near spellings, words of other tools, and keys that stand at another level."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Final

from dataeng_ai.check import places, synonyms
from dataeng_ai.draft.shapes import fields
from dataeng_ai.spec.source import QUERY, SAID, TABLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from dataeng_ai.draft import Path

_OF: Final = {
    "spec": "`spec` is for the rows of another spec",
    TABLE: "`table` is for a table of a database",
    QUERY: "`query` is for a database",
}


_ELSEWHERE = 0.8
"""How like a key of another block must be: there are many, and most are not meant."""


def nearest(word: str, words: Iterable[str], like: float = 0.6) -> str | None:
    """Return the word that is spelled most like `word`, if one is near enough to be meant."""
    known = {synonyms.normal(candidate): candidate for candidate in words}
    close = difflib.get_close_matches(synonyms.normal(word), known, n=1, cutoff=like)
    return known[close[0]] if close else None


def key_meant(path: Path, data: Mapping[str, object]) -> str | None:
    """Return the key of the same block that an unknown one stands for; None where it has a name of its own in another tool."""
    here = _here(path[:-1], data)
    known = {synonyms.normal(name): name for name in here}
    block, key = _words(path)
    other = synonyms.HERE.get(block, {}).get(key)
    if key in known or other in here:
        return known.get(key) or other
    return None if _foreign(path, data) else nearest(key, here)


def unknown_key_help(path: Path, data: Mapping[str, object]) -> tuple[str, str]:
    """Return what to say about a key that no other key of its block is like, and what to type."""
    *parent, word = path
    block, key = tuple(parent), str(word)
    advice = _sibling(block, key, data) or _foreign(path, data) or _elsewhere(block, key, data)
    return advice or ("", f"the keys here are {', '.join(f'`{name}`' for name in _here(block, data))}")


def _words(path: Path) -> tuple[str, str]:
    """Return the block that a path ends in, and its key as the tables of synonyms hold it."""
    return next((part for part in reversed(path[:-1]) if isinstance(part, str)), ""), synonyms.normal(str(path[-1]))


def _foreign(path: Path, data: Mapping[str, object]) -> tuple[str, str] | None:
    """Find the key among the words of other tools; in a column, the example is made with its name."""
    block, key = _words(path)
    found = synonyms.KEYS.get(f"{block}.{key}") or synonyms.KEYS.get(key)
    name = places.at(data, (*path[:-1], "name")) if path[0] == "columns" else None
    return (found[0], found[1].replace("[order_id]", f"[{name}]")) if found and isinstance(name, str) else found


def _here(block: Path, data: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for model in places.chosen(block, data) for name in fields(model)))


def _sibling(block: Path, key: str, data: Mapping[str, object]) -> tuple[str, str] | None:
    """Find the key in a sibling of this block: `cursor` in a load of mode full."""
    owners = [model for model in places.variants(block) if key in fields(model)]
    chooser = places.discriminator(block)
    if not owners or chooser is None:
        return None
    tags = ", ".join(f"`{tag}`" for model in owners for tag in places.tags(model) if tag not in SAID.values())
    listed = " or ".join(tags.rsplit(", ", 1))
    value = places.at(data, (*block, chooser))
    if value in SAID.values() or key in SAID:
        word = next(word for word, said in SAID.items() if said == value or (word == key and value not in SAID.values()))
        what = _OF[key] if value not in SAID.values() else f"`{key}` is for {'databases' if key in (TABLE, QUERY) else 'files'}"
        alone = "`spec` and `records`" if word == "spec" else f"`connection` and `{word}`"
        return f"{what}, and a source is one of them", f"keep {alone} alone, or take `{word}` away"
    return f"`{key}` goes with `{chooser}` {listed}, not with `{value}`", f"remove it, or write another `{chooser}`"


def _elsewhere(block: Path, key: str, data: Mapping[str, object]) -> tuple[str, str] | None:
    known = {synonyms.normal(name): name for name in places.homes()}
    name = known.get(synonyms.normal(key)) or nearest(key, known.values(), _ELSEWHERE)
    here = tuple(part for part in block if isinstance(part, str))
    homes = [home for home in places.homes().get(name or "", ()) if home != here]
    if name is None or not homes:
        return None
    there = [home for home in homes if home[: len(here)] != here or home[len(here)] in _here(block, data)]
    where = " or ".join("the top level" if not home else f"`{'.'.join(map(str, home))}`" for home in there or homes)
    if not there:
        return f"`{name}` belongs to {where}, not to `{places.at(data, (*block, places.discriminator(block) or ''))}`", "remove it"
    return f"`{name}` belongs to {where}", "move it there"

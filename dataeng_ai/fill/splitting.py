"""Drafts for lists: a child for each column of lists in a source, a child of the child for lists in their items."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from dataeng_ai import draft as drafts
from dataeng_ai.diagnostics import Text
from dataeng_ai.draft.scalars import quote
from dataeng_ai.fill.drafting import New, free, modeline, word
from dataeng_ai.fill.naming import MAX_LENGTH
from dataeng_ai.profile import lists_of
from dataeng_ai.project import spec_path
from dataeng_ai.sources.json_paths import keys_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dataeng_ai.profile import Lists
    from dataeng_ai.project import Project


_EACH: Final = "Each item of {list} in {parent}, one a row."
_EACH_RU: Final = "Каждый элемент списка {list} из {parent}, по одному в строке."


def children(parent: New, project: Project) -> tuple[New, ...]:
    """Return a draft for each list in the source of a draft that is not written yet: the lists first, then those in their items.

    Raises:
        Problems: the source cannot be read, or there is a spec of such a name already (E394).
    """
    draft = drafts.read(Text(str(parent.file), parent.text))
    about = draft.get(("about",), "")
    found = tuple(_drafts(parent.name, lists_of(draft, project), str(about), project, {parent.name}))
    for child in found:
        free(child)
    return found


def _drafts(parent: str, found: Sequence[Lists], about: str, project: Project, taken: set[str]) -> Iterator[New]:
    named = [(one, _name(parent, one.header, taken)) for one in found]
    for one, name in named:
        file = spec_path(project, name)
        each = _EACH_RU if re.search("[а-яё]", about.casefold()) else _EACH
        words = f"{each.format(list=one.header, parent=parent)} {about}".strip()
        source = f"source: {{spec: {parent}, records: {quote(one.header)}}}"
        yield New(name, file, f"{modeline(project, file)}version: 1\nname: {name}\nabout: {quote(words)}\n{source}\n")
    for one, name in named:
        yield from _drafts(name, one.below, about, project, taken)


def _name(parent: str, header: str, taken: set[str]) -> str:
    """Return the parent's name with the list's behind it, such as `orders_items`; numbered where that is taken."""
    plain = f"{parent}_{word((keys_of(header) or (header,))[-1])}"[: MAX_LENGTH - 3]
    name = next(name for number in range(1, len(taken) + 2) if (name := plain if number == 1 else f"{plain}_{number}") not in taken)
    taken.add(name)
    return name

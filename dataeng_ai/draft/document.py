"""A draft: the data of a spec's text, a place for every value, and what is still open."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from dataeng_ai.diagnostics import Problems, Span, Text
from dataeng_ai.draft import shapes
from dataeng_ai.draft.reader import compose
from dataeng_ai.draft.scalars import AUTO
from dataeng_ai.draft.tree import Lines, Mapping, Path, Scalar, walk
from dataeng_ai.draft.tree import plain as data_of

if TYPE_CHECKING:
    import collections.abc as c

    from pydantic import BaseModel


@dataclass(frozen=True)
class Draft:
    """A text that YAML and we could read; whether it is a good spec, `check` says.

    `data` is plain: dict, list, str, int, float, bool, None, and AUTO where a decision is open. `created` holds the places of the
    blocks that `fill` made: in them it may also write what is optional.
    """

    text: Text
    root: Mapping = field(repr=False)
    model: type[BaseModel] = field(repr=False)
    created: frozenset[Path] = frozenset()

    @cached_property
    def plain(self) -> dict[str, object]:
        """Return the data as YAML alone means it: `auto` is a text, an empty value is None."""
        return data_of(self.root)  # type: ignore[return-value]  # the data of a mapping is a dict

    @cached_property
    def data(self) -> dict[str, object]:
        """Return the data, AUTO where a decision is open."""
        undecided = frozenset(path for path, node, _ in walk(self.root) if isinstance(node, Scalar) and (node.is_auto or node.is_empty))
        return shapes.mark_auto(shapes.whole(self.model), self.plain, undecided)  # type: ignore[return-value]  # a dict for a dict

    @cached_property
    def lines(self) -> Lines:
        """Return where the lines of the text begin."""
        return Lines.of(self.text.text)

    @cached_property
    def spans(self) -> c.Mapping[Path, Span]:
        """Return the place of every value."""
        return {path: self.lines.span(node.start, node.end) for path, node, _ in reversed([*walk(self.root)])}

    @cached_property
    def keys(self) -> c.Mapping[Path, Span]:
        """Return the place of every key, under the path of its value."""
        return {path: self.lines.span(key.start, key.end) for path, _, key in reversed([*walk(self.root)]) if key}

    @property
    def name(self) -> str:
        """Return the spec's name, or "" while there is none."""
        name = self.data.get("name")
        return name if isinstance(name, str) else ""

    def get(self, path: Path, default: object = AUTO) -> object:
        """Return the value at a path, or the default where nothing stands."""
        value: object = self.data
        for step in path:
            try:
                value = value[step]  # type: ignore[index]  # a step into what holds nothing is a TypeError, and means the default
            except (KeyError, IndexError, TypeError):
                return default
        return value

    def span(self, path: Path) -> Span:
        """Return the place of a value; of one that is not there, the place of the key of the nearest parent that is."""
        if path in self.spans:
            return self.spans[path]
        while path and path not in self.keys:
            path = path[:-1]
        return self.keys[path] if path else self.lines.span(self.root.start, self.root.start)


def read(text: Text, model: type[BaseModel] | None = None) -> Draft:
    """Read a spec's text, or that of another document whose model is given.

    Raises:
        Problems: everything that is wrong with the YAML, codes E0xx.
    """
    root, faults = compose(text)
    if faults or root is None:
        raise Problems(*faults, texts=(text,))
    return Draft(text, root, model or _spec())


def holes(draft: Draft) -> tuple[Path, ...]:
    """Return the open holes of this round, in canonical order. Filling them may open the next round."""
    return tuple(shapes.holes(shapes.whole(draft.model), draft.data))


def _spec() -> type[BaseModel]:
    from dataeng_ai.spec import Spec  # noqa: PLC0415  a document of another model is read without the language

    return Spec

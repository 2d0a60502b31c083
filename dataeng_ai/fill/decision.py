"""A decision: which values a hole may take, what speaks for each of them, and which one a plain rule would take."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from dataeng_ai.fill.neighbours import Neighbours

if TYPE_CHECKING:
    from dataeng_ai.profile.facts import ColumnFacts, Profile
    from dataeng_ai.project import Project

Path = tuple[str | int, ...]
"""The place of a value in a spec, such as `("columns", 2, "type")`."""

ANY: Final = "*"
"""In a decision's path: every position of a list."""


@dataclass(frozen=True, slots=True)
class Option:
    """One value that the hole may take. It is valid by construction: no option is offered that a rule would refuse."""

    value: object
    """Plain data, as it will stand in the spec."""
    evidence: str
    """What the data or the project say for it, in one line and without the value of any cell."""
    prior: float
    """How much the rule likes it, 0 to 1; the highest wins, the first among equals."""
    reason: str
    """Why the rule gives that prior."""
    label: str = ""
    """The word by which a model names it; by default the value as text. Unique among the options of a hole."""

    @property
    def name(self) -> str:
        """Return the label, or the value as text."""
        return self.label or as_text(self.value)


@dataclass(frozen=True, slots=True)
class Case:
    """All that a decision may look at: what the spec says so far, the profile and the project."""

    values: Mapping[str, object]
    """The spec's values, without its holes."""
    profile: Profile
    project: Project
    facts: Mapping[str, ColumnFacts] = field(default_factory=dict, repr=False, compare=False)
    """The profile's columns by their headers; a case made of another one has them from there."""
    headers: tuple[str, ...] = field(default=(), repr=False, compare=False)
    """What each of the rows is called in the file, or else in the spec; likewise."""
    others: Neighbours | None = field(default=None, repr=False, compare=False)
    """The project's other specs; likewise, so that a fill reads each of them once."""
    known: dict[str, tuple[str, Mapping[str, object], ColumnFacts]] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What `columns` returns, by header: a table of thousands is asked for each of them."""

    def __post_init__(self) -> None:
        """Look up once what would be searched for once a column."""
        if not self.facts:
            object.__setattr__(self, "facts", {facts.name: facts for facts in reversed(self.profile.columns)})
        if not self.headers:
            object.__setattr__(self, "headers", tuple(map(header_of, self.rows)))
        if self.others is None:
            object.__setattr__(self, "others", Neighbours(str(self.values.get("name")), self.profile, self.project))

    @property
    def neighbours(self) -> Neighbours:
        """Return the project's other specs."""
        assert self.others is not None  # noqa: S101  it is looked up above
        return self.others

    def get(self, *path: str | int) -> object:
        """Return the value at a place, or None where nothing stands."""
        return lookup(self.values, path)

    def settled(self, *path: str | int) -> bool:
        """Say whether a value, be it null, stands at that place."""
        parent = lookup(self.values, path[:-1])
        if isinstance(parent, Mapping):
            return path[-1] in parent
        return isinstance(parent, Sequence) and not isinstance(parent, str) and isinstance(path[-1], int) and path[-1] < len(parent)

    @property
    def about(self) -> str:
        """Return the person's words about the pipeline, in lower case."""
        words = self.values.get("about")
        return words.casefold() if isinstance(words, str) else ""

    @property
    def rows(self) -> tuple[Mapping[str, object], ...]:
        """Return the columns of the spec, as far as they stand."""
        columns = self.values.get("columns")
        return tuple(row for row in columns if isinstance(row, dict)) if isinstance(columns, list) else ()

    def facts_of(self, row: Mapping[str, object]) -> ColumnFacts | None:
        """Return what the profile says about the column of the file that a row of the spec's columns reads."""
        return self.facts.get(header_of(row))

    def facts_at(self, path: Path) -> ColumnFacts | None:
        """Return what the profile says about the column at a place such as `("columns", 2, "type")`."""
        row = self.get(*path[:2])
        return self.facts_of(row) if isinstance(row, Mapping) else None

    def columns(self) -> tuple[tuple[str, Mapping[str, object], ColumnFacts], ...]:
        """Return name, row and facts of the columns that both stand in the spec and are stored in the table."""
        found = ((row, self.facts_of(row)) for row in self.rows)
        return tuple((str(row["name"]), row, facts) for row, facts in found if facts and "name" in row and not dropped(row))

    def name_of(self, header: str) -> str | None:
        """Return the spec's name of a column of the file, or None where the spec leaves it out."""
        if not self.known:
            self.known.update((facts.name, (name, row, facts)) for name, row, facts in reversed(self.columns()))
        return self.known[header][0] if header in self.known else None

    def put(self, path: Path, value: object) -> Case:
        """Return the case with one more value settled."""
        values = _put(self.values, path, value)
        return replace(self, values=values, headers=self.headers if self._leaves_headers(path, values) else ())

    def _leaves_headers(self, path: Path, values: Mapping[str, object]) -> bool:
        """Say whether a value put there leaves the rows and what they are called as they were."""
        match path:
            case ("columns", int(place), "name" | "from"):
                row = lookup(values, path[:2])
                return isinstance(row, Mapping) and place < len(self.headers) and header_of(row) == self.headers[place]
            case ("columns", int(), _, *_):
                return True
        return path[:1] != ("columns",)


Options = Callable[[Case, Path], tuple[Option, ...]]


@dataclass(frozen=True, slots=True)
class Decision:
    """One thing to decide. A new decision is one file with one of these, and one word in the registry."""

    id: str
    """Also the id of its rule in the lock: `rule:<id>`."""
    path: tuple[str, ...]
    """The place it fills: itself, or the open places beneath it. `*` stands for every position of a list."""
    needs: tuple[tuple[str, ...], ...]
    """The places that must be settled before."""
    words: str
    """The question in words, as a model is asked it."""
    options: Options
    facts: Callable[[Case, Path], object]
    """Just the facts that matter, as plain data: when they change, the decision is stale."""
    refuses: Callable[[Case, Path, object], str | None] | None = None
    """Why a value that a model made up is not possible; None where only the options are."""
    with_parent: bool = False
    """It is optional: filled where the person wrote `auto`, or together with a block that fill creates."""
    beside: tuple[str, ...] | None = None
    """It is optional: filled where the person wrote `auto`, or together with that place, if fill creates it and there is anything."""
    alone: bool = True
    """Another value alone leaves the rest of the spec right, so `recommend` lists them. (The name of a column stands in keys too.)"""
    last: bool = False
    """Nothing is built on it: a model is asked when all else is decided, with what is left of its time."""
    rows: tuple[Decision, ...] = ()
    """What is decided for each item of the list that this decision lays out; an item's missing value means its default."""

    @property
    def free(self) -> bool:
        """Say whether a model may answer with a text of its own."""
        return self.refuses is not None


def header_of(row: Mapping[str, object]) -> str:
    """Return what the column of a row is called in the file; its name, where the spec does not say."""
    return str(row.get("from") or row.get("name") or "")


def lookup(values: object, path: Path) -> object:
    """Return the value at a place within plain data, or None where nothing stands."""
    for part in path:
        if isinstance(values, Mapping):
            values = values.get(part)
        elif isinstance(values, (list, tuple)) and isinstance(part, int) and part < len(values):
            values = values[part]
        else:
            return None
    return values


def dropped(row: Mapping[str, object]) -> bool:
    """Say whether the spec keeps a column's values out of the table."""
    return lookup(row, ("pii", "handling")) == "drop"


def as_text(value: object) -> str:
    """Return a value as one writes it on a command line: a text bare, all else as JSON (which is YAML too)."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def ranked(options: Sequence[Option]) -> tuple[Option, ...]:
    """Return the options, the likeliest first; equals keep their order."""
    return tuple(sorted(options, key=lambda option: -option.prior))


def possible(options: Sequence[Option]) -> list[object]:
    """Return the values of the options, the likeliest first: the facts of a decision that has no narrower ones."""
    return [option.value for option in ranked(options)]


def _put(values: object, path: Path, value: object) -> dict[str, object]:
    """Return a copy of a mapping with the value at a place; the mappings on the way are made where they are absent."""
    head, *rest = path
    copy: dict[object, object] = dict(values) if isinstance(values, Mapping) else {}
    below = copy.get(head)
    if not rest:
        copy[head] = value
    elif isinstance(below, (list, tuple)) and isinstance(rest[0], int):
        rows = list(below)
        rows[rest[0]] = value if len(rest) == 1 else _put(rows[rest[0]], tuple(rest[1:]), value)
        copy[head] = rows
    else:
        copy[head] = _put(below, tuple(rest), value)
    return copy  # type: ignore[return-value]  # the keys of a spec's mappings are texts; only lists are indexed by numbers

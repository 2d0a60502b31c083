"""YAML text -> tree, strictly: what a spec has no use for is refused on the event stream, before anything is built of it.

All problems of a text are found at once: where YAML itself cannot go on, the place is masked by as many harmless characters and the
text is read again, so that every later place keeps its position.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import yaml

from dataeng_ai.diagnostics import Diagnostic, Related, Text
from dataeng_ai.draft import traps, unreadable
from dataeng_ai.draft.faults import Fault, TooDeep
from dataeng_ai.draft.tree import Entry, Lines, Mapping, Node, Scalar, Sequence
from dataeng_ai.draft.unreadable import Place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Protocol

    class _Mark(Protocol):
        @property
        def index(self) -> int: ...


MAX_DEPTH: Final = 50
"""Levels of nesting. A spec has six."""
MAX_BYTES: Final = 1_000_000
"""Size of a text in UTF-8."""
MAX_FAULTS: Final = 50
"""So many faults of one text are reported."""

_FORBIDDEN: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff"
    "\u202a-\u202e\u2066-\u2069]"  # marks of writing direction: what a person sees is not what is there
)
_COLON: Final = re.compile(r"[ \t]*:")


def compose(source: Text) -> tuple[Mapping | None, tuple[Diagnostic, ...]]:
    """Return the tree of a text, and everything that is wrong with it; no tree where YAML cannot go on."""
    lines = Lines.of(source.text)
    faults, text = _admit(source.text)
    root: Node | None = None
    while text is not None and len(faults) < MAX_FAULTS:
        composer = _Composer(text, lines)
        root, fault = composer.attempt()
        faults += [fault] if fault else []
        if fault is None or fault.masked in {None, text}:
            faults += composer.faults
            break
        text = fault.masked
    if not isinstance(root, Mapping | None):
        faults += [] if faults else [traps.no_mapping(source.text, root)]
        root = None
    return root, _diagnostics(faults, source, lines)


def _admit(text: str) -> tuple[list[Fault], str | None]:
    """Return what is wrong with a text's characters, and the text without them; None when it is too large to be looked at."""
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        return [traps.too_large(MAX_BYTES)], None
    body = text.replace("\ufeff", " ", 1) if text.startswith("\ufeff") else text
    found = [traps.forbidden_character(match.start(), match[0]) for match in _FORBIDDEN.finditer(body)]
    return found[:MAX_FAULTS], _FORBIDDEN.sub("x", body)


def _diagnostics(faults: list[Fault], source: Text, lines: Lines) -> tuple[Diagnostic, ...]:
    """Return the faults in the order of the text; what lies within a text that needs quotes is no fault of its own."""
    found: list[Diagnostic] = []
    quoted_until, last = 0, ("", -1)
    for fault in sorted(faults, key=lambda fault: (fault.start, -fault.end)):
        if fault.start < quoted_until or (fault.code, fault.start) == last:
            continue
        if len(found) == MAX_FAULTS:
            break
        last = (fault.code, fault.start)
        quoted_until = fault.end if fault.code == "E007" else quoted_until
        found.append(
            Diagnostic(
                fault.code,
                fault.message,
                source.name,
                lines.span(fault.start, fault.end),
                help=fault.help,
                edit=fault.edit,
                label=fault.label,
                related=tuple(Related(lines.span(start, end), label) for start, end, label in fault.related),
            )
        )
    return tuple(found)


@dataclass(slots=True)
class _Composer:
    """Builds the tree of one text from the parser's events, and notes what must not stand there."""

    text: str
    lines: Lines
    faults: list[Fault] = field(default_factory=list)
    within: list[tuple[str, int]] = field(default_factory=list)
    """The collections that are open, "block", "{" or "[", and where they begin; the innermost last."""
    shift: int = 0
    """The parser does not count a BOM; here it was made a space, which would be indentation and is cut."""
    _events: Iterator[yaml.Event] = field(default_factory=lambda: iter(()))

    def __post_init__(self) -> None:
        self.shift = self.lines.starts[0]
        self._events = iter(yaml.parse(self.text[self.shift :], Loader=yaml.CLoader))

    def attempt(self) -> tuple[Node | None, Fault | None]:
        """Return the tree, or what keeps the parser from making one."""
        try:
            return self.document(), None
        except TooDeep as error:
            return None, error.fault
        except yaml.MarkedYAMLError as error:
            return None, unreadable.explain(self.text, self._place(error))

    def _place(self, error: yaml.MarkedYAMLError) -> Place:
        kind, begin = self._within()
        index = self.shift + _index(error.problem_mark)
        opened = error.context_mark
        in_flow = kind != "block" and "parsing a flow" in str(error.context)
        return Place(
            problem=str(error.problem or ""),
            context=str(error.context or ""),
            at=index,
            opened=begin if in_flow else self.shift + _index(opened) if opened else index,
            within=kind,
        )

    def document(self) -> Node | None:
        """Return the one document, or None where the text holds nothing."""
        root: Node | None = None
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                start = self._start(event)
                if root is not None:
                    self.faults.append(traps.second_document(start))
                    break
                if self.text.startswith("%", start):
                    self.faults.append(traps.directive(start, self.lines.line_end(start)))
            elif isinstance(event, yaml.NodeEvent):
                root = self._node(event)
        if root is None:
            self.faults.append(traps.empty())
        return root

    def _start(self, event: yaml.Event) -> int:
        return self.shift + _index(event.start_mark)

    def _end(self, event: yaml.Event) -> int:
        return self.shift + _index(event.end_mark)

    def _node(self, event: yaml.Event) -> Node:
        start, end = self._start(event), self._end(event)
        self._refuse_references(event, start, end)
        if isinstance(event, yaml.MappingStartEvent):
            return self._collection(event, "{", start)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._collection(event, "[", start)
        if isinstance(event, yaml.ScalarEvent):
            return Scalar(start, end, event.value, event.style or "")
        return Scalar(start, end, self.text[start:end], "*")

    def _refuse_references(self, event: yaml.Event, start: int, end: int) -> None:
        tagged = isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag is not None
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) or tagged:
            self.faults.append(traps.reference(self.text, start, end, self._within()[0]))

    def _within(self) -> tuple[str, int]:
        return self.within[-1] if self.within else ("block", 0)

    def _collection(self, event: yaml.CollectionStartEvent, kind: str, start: int) -> Node:
        if len(self.within) >= MAX_DEPTH:
            raise TooDeep(start, MAX_DEPTH)
        flow = bool(event.flow_style)
        self.within.append((kind if flow else "block", start))
        node = self._mapping(start, flow=flow) if kind == "{" else self._sequence(start, flow=flow)
        self.within.pop()
        return node

    def _sequence(self, start: int, *, flow: bool) -> Sequence:
        items: list[Node] = []
        for event in self._events:
            if isinstance(event, yaml.SequenceEndEvent):
                end = self._end(event) if flow or not items else items[-1].end
                break
            items.append(self._node(event))
        if flow:
            self.faults += traps.split_call(self.text, [item for item in items if isinstance(item, Scalar)])
        self.faults += [fault for item in items if (fault := traps.cut(self.text, item))]
        return Sequence(start, end, flow, tuple(items))

    def _mapping(self, start: int, *, flow: bool) -> Mapping:
        entries: list[Entry] = []
        places: dict[str, Scalar] = {}
        for event in self._events:
            if isinstance(event, yaml.MappingEndEvent):
                end = self._end(event) if flow or not entries else entries[-1].value.end
                break
            key = self._key(event, start, flow=flow)
            value = self._node(next(self._events))
            if key.text in places:
                first = places[key.text]
                self.faults.append(traps.duplicate(key, first))
            places.setdefault(key.text, key)
            entries.append(Entry(key, value))
        self._look_at(entries, flow=flow)
        return Mapping(start, end, flow, tuple(entries))

    def _look_at(self, entries: list[Entry], *, flow: bool) -> None:
        """Note what reads as YAML, and as something else than was meant."""
        bare = [entry for entry in entries if not _COLON.match(self.text, entry.key.end)]
        if flow:
            chain = [scalar for entry in entries for scalar in (entry.key, entry.value) if isinstance(scalar, Scalar)]
            calls = traps.split_call(self.text, chain)
            self.faults += calls
            bare = [entry for entry in bare if not any(call.start <= entry.key.start < call.end for call in calls)]
        self.faults += [traps.no_value(self.text, entry.key) for entry in bare if entry.key.style != "*"]
        self.faults += [fault for entry in entries if (fault := traps.cut(self.text, entry.value))]

    def _key(self, event: yaml.Event, start: int, *, flow: bool) -> Scalar:
        key = self._node(event)
        if isinstance(key, Scalar):
            if key.style != "*" and not isinstance(key.value, str):
                self.faults.append(traps.key_no_text(self.text, key))
            return key
        if flow and key.start == start + 1 and self.text.startswith("{{", start):
            self.faults.append(traps.template(self.text, start, self.within[-2][0] if len(self.within) > 1 else "block"))
        else:
            self.faults.append(traps.key_no_scalar(key))
        return Scalar(key.start, key.end, self.text[key.start : key.end], "*")


def _index(mark: _Mark | None) -> int:
    """Return the place that a mark says; the C parser marks every event."""
    return mark.index if mark else 0

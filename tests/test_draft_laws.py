"""Laws of edits, over generated documents: only holes change, not a byte else, and what was asked for is what stands there."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any, Literal

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from dataeng_ai.diagnostics import Problems, Text
from dataeng_ai.draft import AUTO, Draft, Path, fill, holes, read, replace
from dataeng_ai.spec.kinds import DECIDED, GIVEN


class Leaf(BaseModel):
    delimiter: Annotated[str, DECIDED]
    quote: Annotated[str | None, DECIDED]
    words: Annotated[tuple[str, ...], DECIDED]
    skip: int = 0


class Files(BaseModel):
    path: Annotated[str, GIVEN]
    format: Annotated[Literal["csv"], DECIDED]
    csv: Annotated[Leaf, DECIDED]


class Full(BaseModel):
    mode: Annotated[Literal["full"], DECIDED]
    rejects: int = 0


class Merge(BaseModel):
    mode: Annotated[Literal["merge"], DECIDED]
    cursor: Annotated[str | None, DECIDED]


class Row(BaseModel):
    name: Annotated[str, GIVEN]
    source: Annotated[str | None, Field(alias="from")] = None
    type: Annotated[str, DECIDED]
    unit: str | None = None


class Part(BaseModel):
    by: Annotated[str, GIVEN]
    keep: str | None = None


class Doc(BaseModel):
    name: Annotated[str, GIVEN]
    about: str = ""
    tag: Annotated[str, DECIDED]
    meta: dict[str, object] = {}
    hint: Annotated[str, DECIDED]
    source: Annotated[Files, GIVEN]
    columns: Annotated[tuple[Row, ...], DECIDED]
    key: Annotated[tuple[str, ...] | None, DECIDED]
    load: Annotated[Annotated[Full | Merge, Field(discriminator="mode")], DECIDED]
    part: Annotated[Part | None, DECIDED]
    note: Annotated[str, DECIDED]


Draw = Callable[[st.SearchStrategy[Any]], Any]
PLAIN = [
    "1",
    "text",
    '"q # x"',
    "'it''s'",
    "Билеты музея",
    "a b",
    "http://x/y#z",
    "~",
    "true",
    "1.5",
    "010",
    "no",
    "2026-01-01",
    '"auto"',
    '""',
]
FLOW = ['[a, {b: 1, c: "x"}, d]', "{}", "[]", "{a: {b: [1, 2]}}", '["#", "}"]']
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    [
        "decimal(10, 2)",
        "auto",
        "null",
        "it's",
        'say "hi"',
        "a\\b",
        "{{ ds }}",
        "'); DROP TABLE x; --",
        "a: b",
        " #",
        "Дата 🙂",
        "\u2028",
        "no",
        "1e5",
        "-",
        "",
    ]
)


@st.composite
def _value(draw: st.DrawFn, depth: int, indent: int, nl: str) -> str:  # noqa: PLR0911  one return for each kind
    """One value with what stands between it and its key, up to the end of its last line."""
    comment = draw(st.sampled_from(["", "", " # c", "  # слово: x"]))
    pad = " " * indent
    kinds = ["literal", "plain", "flow", "multiline flow", "literal", "literal", "folded"] + (["block", "list"] if depth < 2 else [])
    match draw(st.sampled_from(kinds)):
        case "plain":
            return f" {draw(st.sampled_from(PLAIN))}{comment}{nl}"
        case "flow":
            return f" {draw(st.sampled_from(FLOW))}{comment}{nl}"
        case "multiline flow":
            return f" [a, {{b: 1,{nl}{pad}    c: x}},{nl}{pad}  d]{comment}{nl}"
        case "literal":
            header = draw(st.sampled_from(["|+", "|", "|-", "|+", ">", ">-", ">+", "|2", "| # c"]))
            return f" {header}{nl}{pad}  line one{nl}{nl}{pad}  два # no{nl}{draw(st.sampled_from(['', nl, nl * 2]))}"
        case "folded":
            return f" plain{nl}{pad}  goes on{comment}{nl}"
        case "block":
            deeper = indent + draw(st.sampled_from([1, 2, 4]))
            entries = [f"k{i}" for i in range(draw(st.integers(1, 3)))]
            return f"{comment}{nl}" + "".join(draw(_entry(key, depth + 1, deeper, nl)) for key in entries)
        case _:
            dash = indent + draw(st.sampled_from([0, 2]))
            return f"{comment}{nl}" + "".join(f"{' ' * dash}- {draw(st.sampled_from([*PLAIN, '{name: n}']))}{nl}" for _ in range(2))


@st.composite
def _entry(draw: st.DrawFn, key: str, depth: int, indent: int, nl: str) -> str:
    lead = draw(
        st.sampled_from(["", "", nl, f"{' ' * indent}# above {key}{nl}", f"# at the margin{nl}", f"{' ' * (indent + 1)}# deeper{nl}"])
    )
    return f"{lead}{' ' * indent}{key}:{draw(_value(depth, indent, nl))}"


@st.composite
def _source(draw: st.DrawFn, nl: str) -> str:
    """The source, with some of its places open, in block or in flow."""
    known = {
        "path": ['"a/*.csv"', "a.csv"],
        "format": ["csv", "auto", ""],
        "csv": ["auto", "", "{delimiter: ;}", "{}", '{quote: auto, delimiter: ""}'],
    }
    keys = ["path", *draw(st.lists(st.sampled_from(["format", "csv"]), unique=True))]
    keys = draw(st.permutations(keys))
    values = {key: draw(st.sampled_from(known[key])) for key in keys}
    if draw(st.booleans()):
        between = draw(st.sampled_from([", ", f",{nl}    ", f", # c{nl}  "]))
        close = draw(st.sampled_from(["}", f"{nl}  }}", " }", ", }"]))
        return " {" + between.join(f"{key}: {value}" for key, value in values.items()) + close + nl
    pad = " " * draw(st.sampled_from([1, 2, 3, 4]))
    comments = st.sampled_from(["", f"{pad}# c{nl}", nl])
    tail = st.sampled_from(["", " ", "  # c"])
    return nl + "".join(f"{draw(comments)}{pad}{key}: {value}{draw(tail)}{nl}" for key, value in values.items())


@st.composite
def _columns(draw: st.DrawFn, nl: str) -> str:
    dash = " " * draw(st.sampled_from([0, 2, 3]))
    rows = [
        ["- {name: a}", "- {name: a, type: auto, unit: x}", "- {name: a, type: }"],
        [f"- name: b{nl}{dash}  from: Дата # c", f"- name: b{nl}{dash}  type: auto", f"- name: b{nl}{dash}  unit: |{nl}{dash}    km"],
    ]
    return nl + "".join(f"{dash}{draw(st.sampled_from(row))}{nl}" for row in rows)


@st.composite
def documents(draw: st.DrawFn) -> Draft:
    nl = draw(st.sampled_from(["\n", "\n", "\r\n"]))
    open_words = st.sampled_from([f" auto{nl}", f"{nl}", f" auto # c{nl}", f"   # c{nl}"])
    makers = {
        "about": _value(0, 0, nl),  # `tag` and `hint` come behind these two, and are never there
        "meta": _value(0, 0, nl),
        "columns": _columns(nl) | open_words,
        "key": st.sampled_from([f" [a, b]{nl}", f" null{nl}"]) | open_words,
        "load": st.sampled_from([f" {{mode: auto}}{nl}", f" {{}}{nl}", f"{nl}  mode: merge{nl}", f" {{mode: full}} # c{nl}"]) | open_words,
        "part": st.just(f" null{nl}") | open_words,
        "note": _value(0, 0, nl) | open_words,
    }
    keys = ["name", "source", *draw(st.lists(st.sampled_from(sorted(makers)), unique=True))]
    values = {"name": st.just(f" x{nl}"), "source": _source(nl), **makers}
    text = draw(st.sampled_from(["", f"# head{nl}", f"---{nl}"]))
    for key in draw(st.permutations(keys)):
        text += draw(st.sampled_from(["", "", f"# над {key}{nl}", nl])) + f"{key}:" + draw(values[key])
    if draw(st.integers(0, 3)) == 0:
        text = text.rstrip("\r\n")
    try:
        return read(Text("<generated>", draw(st.sampled_from(["", "", "\ufeff"])) + text), Doc)
    except Problems:
        reject()  # a few of the pieces do not fit together


def _made_up(draw: Draw, path: Path) -> object:
    """A value for a hole, of the kind that stands there."""
    match path[-1]:
        case "words" | "key":
            return draw(st.lists(TEXTS, max_size=3))
        case "columns":
            return [{"name": draw(TEXTS), "type": "decimal(10, 2)"}, {"name": "b", "type": "text", "unit": draw(TEXTS)}]
        case "part":
            return draw(st.sampled_from([None, {"by": "a"}, {"keep": "1d", "by": "Дата"}]))
        case "mode":
            return draw(st.sampled_from(["full", "merge"]))
        case _:
            return draw(TEXTS)


def _filled(draw: Draw, draft: Draft) -> tuple[Draft, dict[Path, object]]:
    values = {path: _made_up(draw, path) for path in holes(draft) if draw(st.integers(0, 4))}
    return fill(draft, values), values


def _without_holes(draft: Draft) -> str:
    """The old text without the words that stand for a hole, and the blanks before them."""
    text = draft.text.text
    for path, span in sorted(draft.spans.items(), key=lambda item: -item[1].start):
        if draft.get(path) is AUTO:
            start = len(text[: span.start].rstrip(" "))
            text = text[:start] + text[span.end :]
    return text


def _is_subsequence(old: str, new: str) -> bool:
    rest = iter(new)
    return all(char in rest for char in old)


LAWS = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])


@LAWS
@given(documents(), st.data())
def test_fill_changes_no_byte_outside_of_holes(draft: Draft, data: st.DataObject) -> None:
    new, _ = _filled(data.draw, draft)
    assert _is_subsequence(_without_holes(draft), new.text.text)
    assert new.text.text.endswith(("\n", "\r")) == draft.text.text.endswith(("\n", "\r")) or not holes(draft)


@LAWS
@given(documents(), st.data())
def test_every_line_that_holds_no_hole_stays_as_it_was(draft: Draft, data: st.DataObject) -> None:
    new, _ = _filled(data.draw, draft)
    lines = re.split(r"\r\n|\n", draft.text.text)
    touched = {line for path in draft.spans for line in _lines_of_a_hole(draft, path)}
    kept = [line for number, line in enumerate(lines, 1) if number not in touched]
    rest = iter(re.split(r"\r\n|\n", new.text.text))
    assert all(line in rest for line in kept)


def _lines_of_a_hole(draft: Draft, path: Path) -> range:
    """The lines that may change: where a word stands for a hole, and those of a mapping in braces, which holes may be written into."""
    span = draft.spans[path]
    value = draft.text.text[span.start : span.end]
    if draft.get(path) is not AUTO and not value.startswith("{"):
        return range(0)
    return range(span.line, span.line + value.count("\n") + 1)


@LAWS
@given(documents(), st.data())
def test_fill_writes_what_it_was_asked_for_and_leaves_every_other_value(draft: Draft, data: st.DataObject) -> None:
    new, values = _filled(data.draw, draft)
    for path, value in values.items():
        assert new.get(path) == value
    for path in draft.spans:
        inside = any(path[: len(filled)] == filled or filled[: len(path)] == path for filled in values)
        assert inside or new.get(path) == draft.get(path)


@LAWS
@given(documents(), st.data())
def test_a_second_fill_changes_nothing(draft: Draft, data: st.DataObject) -> None:
    new, values = _filled(data.draw, draft)
    assert fill(new, values).text.text == new.text.text


@LAWS
@given(documents(), st.data())
def test_filling_round_by_round_leaves_no_hole(draft: Draft, data: st.DataObject) -> None:
    for _ in range(6):
        draft = fill(draft, {path: _made_up(data.draw, path) for path in holes(draft)})
    assert holes(draft) == ()


@LAWS
@given(documents(), st.data())
def test_replace_changes_one_value_and_leaves_every_other(draft: Draft, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from([path for path in draft.spans if path]))
    value = data.draw(TEXTS | st.integers() | st.none() | st.lists(TEXTS, max_size=2))
    new = replace(draft, path, value)
    assert new.get(path) == value
    for other in draft.spans:
        related = other[: len(path)] == path or path[: len(other)] == other
        assert related or _at(new.plain, other) == _at(draft.plain, other)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_documents_own_line_end_is_written(newline: str) -> None:
    draft = read(Text("<t>", newline.join(["name: x", "source:", "  path: a", ""])), Doc)
    new = fill(draft, {("key",): ["a"], ("source", "format"): "csv"})
    assert new.text.text == newline.join(["name: x", "source:", "  path: a", "  format: csv", "key: [a]", ""])


def _at(data: object, path: Path) -> object:
    for step in path:
        data = data[step]  # type: ignore[index]  # the path came from the tree of this very data
    return data

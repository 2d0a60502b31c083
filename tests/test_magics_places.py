"""Where the cursor stands in a cell, and what Tab offers there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataeng_ai import draft as drafts
from dataeng_ai.diagnostics import Text
from dataeng_ai.magics.places import place
from dataeng_ai.spec import offers

SPEC = """\
version: 1
name: tickets
about: |
  Билеты музея: каждую ночь,
    load: {mode: full}

  и всё
owner: 'д''в'  # кто отвечает: load
source:
  path: "tickets: {x}/*.csv"
  format: csv
  csv: {delimiter: ";", quote: '"', header: true,
        null_values: ["", NULL], encoding: cp1251}
target: {storage: clickhouse, table: museums.tickets}
columns:
  # все
  - {name: id, type: bigint, pii: {category: phone, handling: hash}}
  - name: цена
    from: Цена
    type: "decimal(10, 2)"
    parse:
      decimal: ","
  -
    name: when
    type: date
primary_key: [id]
load:
  mode: merge
quality:
- check: range
  columns: [id, цена]
  min: 0
- {check: not_null, columns: [id]}
on_schema_change: {new_column: evolve, dropped_column: freeze}
"""


def at(text: str) -> tuple[str, int, int]:
    """Return a text without its mark, and where that stands."""
    before, _, after = text.partition("‸")
    return before + after, before.count("\n"), len(before.rpartition("\n")[2])


def offered(text: str) -> list[str]:
    found = place(*at(text))
    assert found is not None
    words = offers.keys(found.path, found.present) if found.is_key else offers.values(found.path, found.present)
    return [offer.word for offer in words if offer.word.startswith(found.typed)]


def nth(path: drafts.Path) -> tuple[str | int, ...]:
    """Return a path in which every entry of a list is the first: what may stand there is the same for all."""
    return tuple(0 if isinstance(step, int) else step for step in path)


def test_the_place_of_every_value_of_a_spec_is_found_from_the_text_before_it() -> None:
    draft = drafts.read(Text("x.yaml", SPEC))
    for path, span in draft.spans.items():
        if path and isinstance(path[-1], str) and not isinstance(draft.get(path), (dict, list)):
            before = SPEC[: span.start]
            found = place(before, before.count("\n"), len(before.rpartition("\n")[2]))
            assert found is not None, path
            assert (found.path, found.is_key, found.typed) == (nth(path), False, ""), path


def test_the_place_of_every_key_of_a_spec_is_found_from_the_text_before_it() -> None:
    draft = drafts.read(Text("x.yaml", SPEC))
    for path, span in draft.keys.items():
        before = SPEC[: span.start]
        found = place(before, before.count("\n"), len(before.rpartition("\n")[2]))
        assert found is not None, path
        assert found.path == nth(path[:-1]), path
        assert found.is_key or found.may_be_key, path


@given(st.integers(0, len(SPEC)), st.integers(0, 40))
def test_no_cut_of_a_text_is_too_much(end: int, more: int) -> None:
    text = SPEC[:end]
    line = text.count("\n")
    place(text + SPEC[end + more :], line, len(text.rpartition("\n")[2]))


@given(st.text("a:-{}[],\"'#| \n\té", max_size=40))
def test_no_text_is_too_much(text: str) -> None:
    place(text, text.count("\n"), len(text.rpartition("\n")[2]))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ver‸", ["version"]),
        ("version: 1\nlo‸", ["load"]),
        ("load: {mode: m‸", ["merge"]),
        ("load:\n  mode: app‸", ["append"]),
        ("load: {mode: full, ‸}", ["max_rejects", "stamp"]),
        ("load:\n  mode: full\n  ‸\nowner: x", ["max_rejects", "stamp"]),
        ("columns:\n  - {name: a, type: d‸", ["decimal", "double", "date"]),
        ("columns:\n- name: a\n  nu‸\n  type: date", ["nullable"]),
        ("columns:\n  - {name: a, nullable: ‸", ["true", "false"]),
        ("quality:\n  - {check: n‸", ["not_null"]),
        ("quality:\n  - check: range\n    ‸", ["columns", "min", "max", "severity"]),
        ("load:\n  stamp: [_load_id, ‸", ["_load_id", "_loaded_at", "_source_file"]),
        ("on_schema_change: {new_column: ev‸", ["evolve"]),
        ("about: x\nabout‸", []),
        ("nonsense: {x‸", []),
    ],
)
def test_what_fits_is_offered(text: str, words: list[str]) -> None:
    assert offered(text) == words


@pytest.mark.parametrize("text", ["about: |\n  some lo‸", "about: x # lo‸", "# lo‸", 'about: "some lo‸', "source: {path: 'a lo‸"])
def test_nothing_is_offered_within_words(text: str) -> None:
    assert place(*at(text)) is None


def test_a_list_of_variants_offers_each_with_what_it_says() -> None:
    found = {offer.word: offer for offer in offers.values(("load", "mode"))}
    assert {"full", "append", "merge", "auto"} <= found.keys()
    assert found["auto"].about == "to be decided by fill"
    [owner] = [offer for offer in offers.keys((), {}) if offer.word == "owner"]
    assert (owner.kind, owner.holds, owner.about) == ("key", "string", "Who answers for it.")

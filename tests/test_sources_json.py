"""JSON is read as RFC 8259 says: what is written comes back, what is no JSON is told with its place, and nothing is lost in silence."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataeng_ai import ir
from dataeng_ai.diagnostics import Problems
from dataeng_ai.profile import shown_of
from dataeng_ai.profile.previewing import preview
from dataeng_ai.profile.survey import profile
from dataeng_ai.sources import files, streams
from dataeng_ai.sources import json as source
from dataeng_ai.sources import json_flaws as flaws
from dataeng_ai.sources import json_records as walk
from dataeng_ai.sources import json_text as text
from dataeng_ai.sources.json_paths import joined, keys_of
from dataeng_ai.sources.json_shape import MAX_COLUMNS
from dataeng_ai.sources.prepared import Nested
from tests.odd.json_lines import HALVES, NOT_VALUES, VALUES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dataeng_ai.sources.prepared import Prepared

NDJSON = ir.Source(None, "t", "ndjson")
JSON = ir.Source(None, "t", "json")
Row = dict[str, str | None]


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the window end every few bytes, so that every test is one of the seams too."""
    pieces = streams.chunks
    monkeypatch.setattr(text, "chunks", lambda file, encoding: pieces(file, encoding, 5))
    monkeypatch.setattr(walk, "_LOOKED", 60)


def _read(data: bytes | str, how: ir.Source = NDJSON, name: str = "t.json") -> tuple[Prepared, list[Row], list[tuple[int, int, str]]]:
    """Return what comes of a file: prepared, its rows by path, and all its records as they stand in it."""
    with TemporaryDirectory() as folder:
        place = Path(folder)
        (place / name).write_bytes(data.encode() if isinstance(data, str) else data)
        (place / "scratch").mkdir()
        prepared = source.prepare(files.find(place, name)[0], how, place / "scratch")
        with duckdb.connect() as con:
            rows = [row[: len(prepared.header)] for row in source.relation(con, prepared).fetchall()]
        raw = list(source.raw(prepared, range(1, prepared.records + 1)))
    assert [record for record, _, _ in raw] == list(range(1, prepared.records + 1))
    assert {(bad.record, bad.line, bad.raw) for bad in prepared.bad} <= set(raw)
    return prepared, [dict(zip(prepared.header, row, strict=True)) for row in rows], raw


def _refused(data: bytes | str, how: ir.Source) -> tuple[str, str]:
    with pytest.raises(Problems) as caught:
        _read(data, how)
    [one] = caught.value.diagnostics
    return one.code, one.message


def test_the_corpus_is_large() -> None:
    assert len(set(VALUES)) >= 60
    assert len(set(NOT_VALUES)) >= 100


@pytest.mark.parametrize("value", VALUES, ids=range(len(VALUES)))
def test_what_rfc_8259_calls_json_is_read(value: str) -> None:
    for data, how in ((f'{{"v":{value}}}\n', NDJSON), (f'[{{"v":{value}}}]', JSON), (f' {{ "v" : {value} }} ', JSON)):
        prepared, rows, _ = _read(data, how)
        assert (prepared.records, prepared.bad, len(rows)) == (1, (), 1)


@pytest.mark.parametrize("value", NOT_VALUES, ids=range(len(NOT_VALUES)))
def test_what_rfc_8259_does_not_call_json_is_refused_in_a_document_and_put_aside_in_a_line(value: str) -> None:
    assert _refused(f'[{{"v":{value}}}]', JSON)[0] == "E330"
    good = '{"v":1}\n' * 3
    if "\n" not in value:
        prepared, rows, _ = _read(f'{good}{{"v":{value}}}\n{good}', NDJSON)
        assert ([bad.line for bad in prepared.bad], len(rows)) == ([4], 6)


@pytest.mark.parametrize("value", HALVES)
@pytest.mark.parametrize("how", [JSON, NDJSON])
def test_half_a_surrogate_pair_is_no_text_so_its_record_is_put_aside(value: str, how: ir.Source) -> None:
    good = '{"v":"\\\\ud83d \\ud83d\\ude00"}'
    data = f"{good}\n" * 2 + f'{{"v":{value}}}\n' if how is NDJSON else f'[{good},{good},{{"v":{value}}}]'
    prepared, rows, _ = _read(data, how)
    assert [bad.reason for bad in prepared.bad] == [flaws.HALF]
    assert rows == [{"v": "\\ud83d 😀"}] * 2


@pytest.mark.parametrize(
    ("data", "place"),
    [
        ('[{"a":1},\n{"a":2', "line 2, column 7 (byte 16)"),
        ('[{"a":1},\n {"a":x}]', "line 2, column 7 (byte 16)"),
        ('[{"a":1}', "line 1, column 9 (byte 8)"),
        ('[\n{"ж":1},\n{"ж":NaN}]', "line 3, column 6 (byte 18)"),
        ('[{"a":1}]\n[]', "line 2, column 1 (byte 10)"),
        ('[{"a":1},]', "line 1, column 10 (byte 9)"),
        ('[{"a":1},\n// no\n{"a":2}]', "line 2, column 1 (byte 10)"),
        ('\n\n[{"a":1}\n{"a":2}]', "line 4, column 1 (byte 11)"),
    ],
)
def test_a_document_that_is_no_json_is_refused_with_the_place(data: str, place: str) -> None:
    code, message = _refused(data, JSON)
    assert code == "E330"
    assert message.endswith("in " + place)


def test_a_file_cut_short_is_refused_wherever_it_is_cut() -> None:
    whole = '{"meta":{"n":2},"data":{"items":[{"a":"ж","b":[1,{"c":null}]},{"a":true,"b":-1.5e3}]},"end":"x"}'
    how = ir.Source(None, "t", "json", records="data.items")
    assert len(_read(whole, how)[1]) == 2
    for size in range(1, len(whole)):
        assert _refused(whole[:size], how)[0] == "E330"
    lines = '{"a":{"b":[1,"x"]}}\n'
    for size in range(1, len(lines) - 2):
        assert _refused(lines * 3 + lines[:size], NDJSON)[0] == "E330"
    assert len(_read(lines * 3 + lines[:-1], NDJSON)[1]) == 4


class _Literal(str):
    """A number, as it stands in a file."""

    __slots__ = ()


NUMBERS = ("-0", "1.10", "1e400", "0.1000000000000000055511151231257827", "1E+2", "-0.0e-7")
JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**25), 10**25).map(lambda number: _Literal(str(number)))
    | st.sampled_from(NUMBERS).map(_Literal)
    | st.text(st.sampled_from('aЖ😀"\\\n\x1f{}[],:.\x7f\u2028 né1'), max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "b", "a.b", "", "Ключ", 'q"', " ", "\\", "😀"]), inner, max_size=3)
    ),
    max_leaves=8,
)


def _written(value: object, *, ascii_only: bool) -> str:
    if isinstance(value, _Literal):
        return str(value)
    if isinstance(value, dict):
        return (
            "{"
            + ",".join(f"{json.dumps(key, ensure_ascii=ascii_only)}:{_written(cell, ascii_only=ascii_only)}" for key, cell in value.items())
            + "}"
        )
    if isinstance(value, list):
        return "[" + ",".join(_written(cell, ascii_only=ascii_only) for cell in value) + "]"
    return json.dumps(value, ensure_ascii=ascii_only)


def _value_at(record: dict[str, Any], keys: tuple[str, ...]) -> object:
    value: object = record
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _leaves(value: object, keys: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the places that hold something."""
    if isinstance(value, dict):
        for key, cell in value.items():
            yield from _leaves(cell, (*keys, key))
    elif value is not None:
        yield keys


@given(
    st.lists(st.dictionaries(st.sampled_from(["a", "b", "a.b", "", "Ключ", 'q"', "\\"]), JSON_VALUES, max_size=4), min_size=1, max_size=5),
    st.sampled_from(["ndjson", "json", "pretty", "gz", "utf-16", "utf-8-sig", "utf-32-be", "rs"]),
    st.sampled_from(["as they are", "escaped"]),
)
def test_what_is_written_is_read_again(records: list[dict[str, Any]], form: str, letters: str) -> None:
    lines = [_written(record, ascii_only=letters == "escaped") for record in records]
    data, how = "\n".join(lines).encode(), NDJSON
    if form in ("json", "utf-16", "utf-8-sig", "utf-32-be"):
        data, how = ("[" + " ,\r\n".join(lines) + "]").encode("utf-8" if form == "json" else form), JSON
    elif form == "gz":
        data = gzip.compress(data)
    elif form == "pretty":
        data = "".join(line.replace("{", "{\n", 1) for line in lines).encode()
    elif form == "rs":
        data = "".join(f"\x1e{line}\n" for line in lines).encode()
    prepared, rows, _ = _read(data, how)
    assert (prepared.records, prepared.bad) == (len(records), ())
    paths = {name: keys_of(name) or ("?",) for name in prepared.header}
    values = {name: [_value_at(record, paths[name]) for record in records] for name in paths}
    empty = {name for name in paths if all(value in (None, {}) for value in values[name])}
    simple = {name for name in paths if not any(isinstance(value, dict | list) for value in values[name])}
    for place, record in enumerate(records):
        for name, cell in rows[place].items():
            value = values[name][place]
            if value is None or name in empty:
                assert cell is None, name
            elif name in simple and isinstance(value, str) and not isinstance(value, _Literal):
                assert cell == value, name
            else:
                assert cell == _written(value, ascii_only=False), name
        # Nothing that stands in the record is in no column.
        kept = set(paths.values())
        assert all(any(keys[:size] in kept for size in range(1, len(keys) + 1)) for keys in _leaves(record))


@given(st.lists(st.text(st.sampled_from('ab."\\ \n\tЖ😀'), max_size=4), min_size=1, max_size=4))
def test_each_place_has_a_path_of_its_own(keys: list[str]) -> None:
    assert keys_of(joined(keys)) == tuple(keys)


def test_paths_are_plain_where_they_can_be() -> None:
    assert joined(("customer", "Адрес", "zip code")) == "customer.Адрес.zip code"
    assert joined(("a.b", "", "c")) == '"a.b"."".c'
    assert [keys_of(path) for path in ("a..b", "", "a.", '"a', 'a"b"', '"\\x"')] == [None] * 6


def test_columns_stand_in_the_order_in_which_they_are_first_seen_over_all_records() -> None:
    prepared, rows, _ = _read('{"b":null,"a":{"y":1}}\n{"a":{"x":2,"y":3},"c":4}\n{"b":"5"}\n')
    assert prepared.header == ("b", "a.y", "a.x", "c")
    assert [tuple(row.values()) for row in rows] == [(None, "1", None, None), (None, "3", "2", "4"), ("5", None, None, None)]


def test_a_key_with_a_point_is_another_column_than_a_key_in_an_object() -> None:
    assert _read('{"a.b":1,"a":{"b":2}}')[1] == [{'"a.b"': "1", "a.b": "2"}]


def test_null_an_absent_key_and_an_empty_object_are_nothing_and_an_empty_text_and_an_empty_list_are_not() -> None:
    _, rows, _ = _read('{"v":"x","l":[1],"o":{"k":"x"}}\n{"v":null,"l":null,"o":null}\n{}\n{"v":"","l":[],"o":{}}\n{"o":{"k":""}}\n')
    assert [tuple(row.values()) for row in rows] == [("x", "[1]", "x"), (None,) * 3, (None,) * 3, ("", "[]", None), (None, None, "")]


def test_what_is_an_object_here_and_a_value_there_is_one_column_of_json() -> None:
    _, rows, _ = _read('{"a":"x"}\n{"a":{"b":1.10}}\n{"a":["x"]}\n{"a":null}\n{"a":true}\n')
    assert [row["a"] for row in rows] == ['"x"', '{"b":1.10}', '["x"]', None, "true"]
    _, rows, _ = _read('{"a":{"b":{"c":1}}}\n{"a":{"b":7}}\n{"a":[]}\n')
    assert rows == [{"a": '{"b":{"c":1}}'}, {"a": '{"b":7}'}, {"a": "[]"}]


def test_what_a_spec_asks_for_keeps_its_shape_whatever_one_record_holds() -> None:
    asked = ir.Source(None, "t", "ndjson", json=ir.Json(("a.b", "n", "j"), ("j",)))
    prepared, rows, _ = _read('{"a":{"b":"x"},"n":"7","j":{"k":1}}\n{"a":5,"n":"8"}\n{"n":["9"],"j":"t","a":null}\n', asked)
    assert [(bad.record, bad.reason) for bad in prepared.bad] == [(2, flaws.UNFIT)]
    assert rows == [{"a.b": "x", "n": "7", "j": '{"k":1}'}, {"a.b": None, "n": '["9"]', "j": '"t"'}]


def test_a_file_without_records_has_the_columns_that_a_spec_asks_for() -> None:
    asked = ir.Source(None, "t", "json", records="items", json=ir.Json(("a.b", "n"), ()))
    assert _read('{"items":[]}', asked)[0].header == ("a.b", "n")
    assert _read('{"items":null}', asked)[0].records == 0


def test_an_object_whose_keys_are_data_stays_json() -> None:
    lines = [json.dumps({"id": place, "by": {f"k{place}": place, f"m{place}": 1}}) for place in range(120)]
    prepared, rows, _ = _read("\n".join(lines))
    assert prepared.header == ("id", "by")
    assert rows[3]["by"] == '{"k3":3,"m3":1}'


def test_an_object_with_keys_that_differ_in_case_alone_stays_json() -> None:
    assert _read('{"o":{"Id":1,"id":2},"n":3}')[1] == [{"o": '{"Id":1,"id":2}', "n": "3"}]


def test_more_keys_than_a_table_has_columns_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    data = json.dumps({f"k{place}": place for place in range(MAX_COLUMNS + 1)})
    assert _refused(data, JSON)[0] == "E332"


@pytest.mark.parametrize("how", [JSON, NDJSON])
def test_a_key_that_stands_twice_makes_its_record_a_bad_one(how: ir.Source) -> None:
    rows = ['{"a":1}', '{"a":1,"a":2}', '{"o":{"x":1,"x":1}}', '{"a":{"a":1},"o":{"a":1}}', '{"a":2}']
    prepared, _, raw = _read("\n".join(rows) if how is NDJSON else f"[{','.join(rows)}]", how)
    assert [(bad.record, bad.reason, bad.raw) for bad in prepared.bad] == [(2, flaws.TWICE, rows[1]), (3, flaws.TWICE, rows[2])]
    assert [one for _, _, one in raw] == rows


@pytest.mark.parametrize("how", [JSON, NDJSON])
def test_bytes_that_are_no_utf_8_make_a_bad_record_and_a_file_of_them_is_refused(how: ir.Source) -> None:
    def data(*records: bytes) -> bytes:
        return b"\n".join(records) if how is NDJSON else b"[" + b",\n".join(records) + b"]"

    good = '{"имя":"Жук"}'.encode()
    prepared, rows, raw = _read(data(good, b'{"a":"\xff\xfe"}', good, b'{"\xed\xa0\x80":1}', good), how)
    assert [(bad.record, bad.line, bad.reason) for bad in prepared.bad] == [(2, 2, flaws.ENCODING), (4, 4, flaws.ENCODING)]
    assert (raw[1][2], len(rows)) == ('{"a":"\\xff\\xfe"}', 3)
    code, message = _refused(data('{"имя":"Жук"}'.encode("cp1251"), '{"имя":"Лев"}'.encode("cp1251")), how)
    assert code == "E315"
    assert "UTF-8" in message


def test_what_is_no_object_is_a_bad_record() -> None:
    prepared, rows, _ = _read('[{"a":1},2,"x",null,[{"a":1}],true,{"a":2},{"a":3},{"a":4},{"a":5},{"a":6}]', JSON)
    assert [bad.record for bad in prepared.bad] == [2, 3, 4, 5, 6]
    assert ({bad.reason for bad in prepared.bad}, len(rows)) == ({flaws.NO_OBJECT}, 6)


def test_what_is_nested_too_deep_is_told_and_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    good, deep, abyss = '{"a":1}', '{"a":' * 501 + "1" + "}" * 501, '{"a":' + "[" * 100_000 + "]" * 100_000 + "}"
    prepared, _, _ = _read(f"{good}\n{good}\n{good}\n{deep}\n{abyss}")
    assert [bad.reason.removeprefix("not JSON: ") for bad in prepared.bad] == [flaws.TOO_DEEP] * 2
    assert _read('{"a":' * 490 + "1" + "}" * 490)[0].bad == ()
    assert flaws.TOO_DEEP in _refused(f"[{abyss}]", JSON)[1]


def test_a_broken_line_is_a_bad_record_and_the_next_one_is_none() -> None:
    good = [f'{{"a":{place}}}' for place in range(8)]
    lines = [*good, '{"a":', '{"a":8}', '{"a":3}{"a":4}', "", '{"a":5} x', "null", '{"a":9}\r']
    prepared, rows, raw = _read("\n".join(lines) + "\n")
    assert [(bad.record, bad.line) for bad in prepared.bad] == [(9, 9), (11, 11), (12, 13), (13, 14)]
    assert [row["a"] for row in rows] == [str(place) for place in range(10)]
    assert (prepared.blank, raw[8]) == (1, (9, 9, '{"a":'))


def test_lines_of_which_most_are_broken_are_refused() -> None:
    assert _refused('{"a":1}\n' + "{'a':1}\n" * 3, NDJSON)[0] in ("E316", "E330")


def test_objects_one_after_another_need_no_lines() -> None:
    data = '{\n "a": 1\n}\n{\n "a": 2,\n "b": "x"\n}{"a":3}'
    prepared, rows, raw = _read(data)
    assert ([row["a"] for row in rows], [line for _, line, _ in raw]) == (["1", "2", "3"], [1, 4, 7])
    assert prepared.bad == ()
    assert _refused(data + '{\n "a": }', NDJSON)[0] == "E330"


@pytest.mark.parametrize(
    ("path", "data", "found"),
    [
        ("items", '{"items":[{"a":1},{"a":2}]}', ["1", "2"]),
        ("data.items", '{"x":[1,[2]],"data":{"n":null,"items":[{"a":1}],"z":{}},"y":"}"}', ["1"]),
        ("days.items", '{"days":[{"items":[{"a":1}]},{"items":[]},{},{"items":[{"a":2}]}]}', ["1", "2"]),
        ("items", '[{"items":[{"a":1}]},{"items":[{"a":2}]}]', ["1", "2"]),
        ('"a.b"."".Ж', '{"a.b":{"":{"Ж":[{"a":1}]}}}', ["1"]),
        ("item", '{"item":{"a":1}}', ["1"]),
    ],
)
def test_records_are_found_at_their_path(path: str, data: str, found: list[str]) -> None:
    how = ir.Source(None, "t", "json", records=path)
    assert [row["a"] for row in _read(data, how)[1]] == found


def test_a_path_at_which_nothing_is_is_told() -> None:
    for path, data in (("items", '{"item":[]}'), ("a.b", '{"a":{"c":1}}'), ("a..b", "{}"), ("a", "[]")):
        assert _refused(data, ir.Source(None, "t", "json", records=path))[0] == "E331"
    twice = '{"items":[{"a":1}],"items":[{"a":2}]}'
    assert _refused(twice, ir.Source(None, "t", "json", records="items"))[0] == "E330"


def _detected(folder: Path, data: bytes | str, name: str = "t.json", **known: object) -> tuple[ir.Source, str]:
    (folder / name).write_bytes(data.encode() if isinstance(data, str) else data)
    found = source.detect(files.find(folder, name), known)
    return found.source, "; ".join(found.reasons)


def test_the_form_and_the_records_are_found_out_and_explained(tmp_path: Path) -> None:
    one = '{"a":1}'
    assert _detected(tmp_path, f"[{one}]")[0].format == "json"
    assert _detected(tmp_path, f"{one}\n{one}\n")[0].format == "ndjson"
    assert _detected(tmp_path, f"{one}\n", "t.jsonl")[0].format == "ndjson"
    assert _detected(tmp_path, f"\x1e{one}\n")[0].format == "ndjson"
    assert _detected(tmp_path, '{\n"a":1}\n{"a":2}')[0].format == "ndjson"
    found, why = _detected(tmp_path, '{"meta":{"page":1},"errors":[{"e":1}],"data":{"items":[{"a":1},{"a":2}],"tags":["x"]}}')
    assert (found.format, found.records) == ("json", "data.items")
    assert "the 2 objects of the list `data.items`" in why
    assert "`errors` (1)" in why
    assert "`meta.page`" in why
    found, why = _detected(tmp_path, '{"a":1,"b":{"c":[1,2]}}')
    assert (found.format, found.records) == ("json", None)
    assert "the one record" in why
    assert _detected(tmp_path, '{"items":[]}')[0].records == "items"
    assert _detected(tmp_path, '{"items":[{"a":1}],"other":[{"b":1}]}', records="other")[0].records == "other"
    assert _detected(tmp_path, '{"items":[{"a":1}]}', records=None)[0].records is None


def test_columns_of_lists_are_listed_for_child_tables() -> None:
    prepared, _, _ = _read('{"items":[{"s":1},{"s":2}],"tags":["a"],"m":[1,{}],"x":[]}\n{"items":[{"s":3}],"tags":null,"x":"y"}\n')
    assert prepared.nested == (Nested("items", 3, objects=True), Nested("tags", 1, objects=False), Nested("m", 2, objects=False))


def test_a_record_longer_than_the_window_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    big = "ж" * (3 << 20)
    data = "[" + ",".join(json.dumps({"n": place, "v": big if place == 1 else "x"}, ensure_ascii=False) for place in range(3)) + "]"
    assert [len(row["v"] or "") for row in _read(data, JSON)[1]] == [1, len(big), 1]
    lines = data[1:-1].replace(',{"n"', '\n{"n"')
    assert [len(row["v"] or "") for row in _read(lines, NDJSON)[1]] == [1, len(big), 1]
    monkeypatch.setattr(text, "MAX_RECORD", 1 << 20)
    assert "larger than" in _refused(data, JSON)[1]


def _keyed(data: object, name: str = "t.json") -> tuple[str | None, str]:
    with TemporaryDirectory() as folder:
        found, why = _detected(Path(folder), json.dumps(data, ensure_ascii=False), name)
    return found.records, why


def test_an_object_whose_keys_are_data_is_rows(tmp_path: Path) -> None:
    """A table under its keys, as APIs and package managers write it, is no one record of thousands of columns."""
    types = {f"тип/{place}": {"source": "iana", "extensions": ["x"]} if place % 2 else {"source": "apache"} for place in range(120)}
    records, why = _keyed(types)
    assert records == "*"
    assert "the 120 members of the document" in why
    assert "`_key`" in why
    assert _keyed({"v": 1, "data": {"types": types}})[0] == "data.types.*"
    assert _keyed({"v": 1, "страны": {f"c{place}": f"Страна {place}" for place in range(250)}})[0] == "страны.*"
    prices = {f"2024-01-{day:02}": {"open": day, "close": day + 0.50} for day in range(1, 31)}
    assert _keyed({"Meta": {"symbol": "X"}, "Daily": prices})[0] == "Daily.*"
    (tmp_path / "t.json").write_text(json.dumps({"v": 1, "data": {"types": types, "*": 1}}), "utf-8")
    found = profile(tmp_path, "t.json", unmask=True)
    assert (found.rows, found.rejects, [one.name for one in found.columns]) == (120, 0, ["_key", "source", "extensions"])
    shown = preview(tmp_path, "t.json", shown_of(found), None, known={"records": found.records}, unmask=True)
    assert [row[0] for row in shown.rows] == list(types)
    assert shown.rows[1] == ("тип/1", "iana", '["x"]')


def test_an_object_that_is_one_record_stays_one() -> None:
    assert _keyed({f"column {place}": place for place in range(150)})[0] is None
    assert _keyed({"a": {"b": 1}, "c": {"d": 2}, "e": {"f": 3}})[0] is None
    assert _keyed({f"part {place}": {f"own {place}": 1, f"other {place}": 2} for place in range(20)})[0] is None
    mixed: dict[str, object] = {f"k{place}": {"a": 1} for place in range(150)}
    assert _keyed({**mixed, "total": 150})[0] is None
    assert _keyed({"items": [{"n": place} for place in range(300)], "by": {f"k{place}": {"a": 1} for place in range(120)}})[0] == "items"


def test_a_short_list_in_a_large_record_is_a_detail_of_it() -> None:
    """A description of a thing with two links in it is the thing, not the links."""
    thing = {"title": "Вещь", "text": "слово " * 400, "links": [{"url": "a"}, {"url": "b"}]}
    records, why = _keyed(thing)
    assert records is None
    assert "`links`, has 2" in why
    assert _keyed({**thing, "links": [{"url": str(place)} for place in range(40)]})[0] == "links"
    assert _keyed({"items": [{"a": 1}], "total": 1, "next": None})[0] == "items"


def test_members_of_an_object_are_records_at_a_path_that_ends_in_a_star() -> None:
    how = ir.Source(None, "t", "json", records="a.*")
    prepared, rows, _ = _read('{"a":{"x":{"n":1.50},"Ё":null,"z":{"_key":1},"t":"\\u0000"},"b":2}', how)
    assert prepared.records == 4
    assert [bad.reason for bad in prepared.bad] == [walk.KEYED, flaws.NUL]
    assert [(row["_key"], row["n"]) for row in rows] == [("x", "1.50"), ("Ё", None)]
    assert [row["_key"] for row in _read('[{"a":{"x":{"n":1}}},{"a":{"y":{"n":2}}},{"a":null},{}]', how)[1]] == ["x", "y"]
    assert [row["n"] for row in _read('{"*":[{"n":1}]}', ir.Source(None, "t", "json", records='"*"'))[1]] == ["1"]
    assert _refused('{"a":1}', how)[0] == "E331"


@pytest.mark.parametrize("data", [b'{"m":"\xc0","items":[{"a":1}]}', b'{"\xf0":1,"items":[{"a":1}]}', b'{"items":[{"a":1}],"z":["\xff"]}'])
def test_bytes_beside_the_records_that_are_no_text_are_told_with_their_place(data: bytes) -> None:
    """No record is put aside for them, so nothing else would tell."""
    code, said = _refused(data, ir.Source(None, "t", "json", records="items"))
    assert code == "E315"
    assert "in line 1, column " in said


def test_values_of_a_stream_stand_apart() -> None:
    """`007` is no three records."""
    for data in ("007 1\n", '{"a":1} 1true\n', "nullnull"):
        assert _refused(data, NDJSON)[0] == "E330"
    assert [row["a"] for row in _read('{"a":1}{"a":2} {"a":\n3}', NDJSON)[1]] == ["1", "2", "3"]


@pytest.mark.parametrize("data", ['{"\\udc00":[{"a":1},{"a":2}]}', '{"items":[{"a":1},{"a":2}],"\\ud800 x":{"b":1}}'])
def test_a_key_that_is_half_a_character_is_told_escaped(tmp_path: Path, data: str) -> None:
    (tmp_path / "t.json").write_text(data)
    found = profile(tmp_path, "t.json")
    assert found.rows == 2
    assert str((found.records, found.reasons)).encode()
    assert "\\\\ud" in str((found.records, found.reasons))

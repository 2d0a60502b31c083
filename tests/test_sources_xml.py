"""XML is read as XML 1.0 says: what is written comes back, what is no XML is told with its place, and nothing is lost in silence."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataeng_ai import ir
from dataeng_ai.diagnostics import Problems
from dataeng_ai.profile.survey import profile
from dataeng_ai.sources import files, formats, streams, xml_shape, xml_text
from dataeng_ai.sources import xml as source
from dataeng_ai.sources import xml_reader as reader
from dataeng_ai.sources.json_paths import keys_of
from dataeng_ai.sources.prepared import Nested

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dataeng_ai.sources.prepared import Prepared

Row = dict[str, str | None]
XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a piece end every few bytes, so that every test is one of the seams too."""
    pieces = streams.chunks
    monkeypatch.setattr(reader, "chunks", lambda file, encoding, _size: pieces(file, encoding, 5))


def _read(
    data: bytes | str, asked: ir.Json | None = None, records: str | None = None
) -> tuple[Prepared, list[Row], list[tuple[int, int, str]]]:
    """Return what comes of a file: prepared, its rows by path, and all its records as they stand in it."""
    with TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "t.xml").write_bytes(data.encode() if isinstance(data, str) else data)
        (place / "scratch").mkdir()
        found = files.find(place, "t.xml")
        how = source.detect(found, {"records": records} if records else {}).source
        prepared = source.prepare(found[0], ir.Source(None, "t", "xml", records=how.records, json=asked), place / "scratch")
        with duckdb.connect() as con:
            rows = [row[:-1] for row in source.relation(con, prepared).fetchall()] if prepared.header else []
        raw = list(source.raw(prepared, range(1, prepared.records + 1)))
    assert [record for record, _, _ in raw] == list(range(1, prepared.records + 1))
    assert {(bad.record, bad.line, bad.raw) for bad in prepared.bad} <= set(raw)
    return prepared, [dict(zip(prepared.header, row, strict=True)) for row in rows], raw


def _rows(data: bytes | str, records: str | None = None) -> list[Row]:
    return _read(data, records=records)[1]


def _refused(data: bytes | str, records: str | None = None) -> tuple[str, str]:
    with pytest.raises(Problems) as caught:
        _read(data, records=records)
    [one] = caught.value.diagnostics
    return one.code, one.message


@dataclass
class Element:
    """An element that is written: a text, or attributes and children."""

    attributes: dict[str, str] = field(default_factory=dict)
    children: list[tuple[str, Element]] = field(default_factory=list)
    text: str = ""

    def value(self) -> Any:
        """Say what has to come of it."""
        text = "" if self.text.isspace() and "\n" in self.text else self.text
        if not self.attributes and not self.children:
            return text
        found: dict[str, Any] = {f"_{name}": text for name, text in self.attributes.items()}
        for name, child in self.children:
            found[name] = [*found[name], child.value()] if name in found else [child.value()]
        found = {name: each[0] if isinstance(each, list) and len(each) == 1 else each for name, each in found.items()}
        return found | ({"_VALUE": text} if text and not text.isspace() and not self.children else {})


NAMES = st.sampled_from(["a", "b", "Имя", "a.b", "c-d"])
TEXTS = st.text(st.sampled_from("aЖ<&>\"' ]\n\t\r1é"), max_size=5)
ELEMENTS = st.recursive(
    st.builds(Element, text=TEXTS) | st.builds(Element, st.dictionaries(NAMES, TEXTS, max_size=2), text=TEXTS),
    lambda inside: st.builds(Element, st.dictionaries(NAMES, TEXTS, max_size=1), st.lists(st.tuples(NAMES, inside), max_size=4)),
    max_leaves=6,
)


def _written(name: str, one: Element, style: str, gap: str) -> str:
    attributes = "".join(f" {key}={quoteattr(text, {chr(13): '&#13;'})}" for key, text in one.attributes.items())
    if one.children:
        inside = gap + "".join(_written(key, child, style, gap) + gap for key, child in one.children)
    elif style == "cdata" and not any(mark in one.text for mark in ("]]>", "\r", "é")):  # no reference can stand there
        inside = f"<![CDATA[{one.text}]]>" if one.text else ""
    else:
        odd = "<!-- <r> -->&#x31;<?p <r>?>" if style == "odd" else "1"
        inside = odd.join(escape(part, {"\r": "&#13;"}) for part in one.text.split("1"))
    return f"<{name}{attributes}>{inside}</{name}>" if inside or style == "odd" else f"<{name}{attributes} />"


def _at(value: Any, keys: tuple[str, ...]) -> Any:
    for key in keys:
        if isinstance(value, str) and key == "_VALUE":
            return value or None
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _leaves(value: Any, keys: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if isinstance(value, dict):
        for key, inside in value.items():
            yield from _leaves(inside, (*keys, key))
    elif value:
        yield keys


@settings(max_examples=60)  # each is a file, a parse and a query
@given(
    st.lists(ELEMENTS, min_size=2, max_size=5),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "windows-1251", "koi8-r", "gb18030"]),
    st.sampled_from(["plain", "cdata", "odd"]),
    st.sampled_from(["", "\n  "]),
)
def test_what_is_written_is_read_again(records: list[Element], encoding: str, style: str, gap: str) -> None:
    inside = gap.join(_written("r", record, style, gap) for record in records)
    text = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>\n<root at="1">{gap}{inside}</root>'
    prepared, rows, raw = _read(text.encode(encoding, "xmlcharrefreplace"), records="root.r")
    assert (prepared.records, prepared.bad) == (len(records), ())
    assert all(one.startswith("<r") and one.endswith(("</r>", "/>")) for _, _, one in raw)
    values = [record.value() for record in records]
    values = [value if isinstance(value, dict) else {"_VALUE": value} for value in values]
    for value, row in zip(values, rows, strict=False):
        for (name, cell), kind in zip(row.items(), prepared.kinds, strict=True):
            expected = _at(value, keys_of(name) or ())
            if kind is not None and expected is not None:
                assert json.loads(cell or "") == (expected if isinstance(expected, list) else [expected]), name
            else:
                assert cell == expected or (name, cell, expected) == ("_VALUE", None, ""), name
        # Nothing that stands in the record is in no column.
        kept = {keys_of(name) for name in row}
        for keys in _leaves(value):
            assert any(keys[:size] in kept for size in range(1, len(keys) + 1)) or (*keys, "_VALUE") in kept, keys
    assert len(rows) == len(records) or not prepared.header


def test_elements_attributes_and_texts_become_columns_by_path() -> None:
    data = '<c><b id="1"><n>x</n><p cur="R">5</p><d><e f="g"/></d></b><b id="2"><n/><p>7</p></b></c>'
    assert _rows(data) == [
        {"_id": "1", "n": "x", "p._cur": "R", "p._VALUE": "5", "d.e._f": "g"},
        {"_id": "2", "n": "", "p._cur": None, "p._VALUE": "7", "d.e._f": None},
    ]


def test_a_text_that_turns_out_to_have_attributes_has_its_columns_from_the_start() -> None:
    assert _rows("<c><b><p>7</p></b><b><p/></b><b><p cur='R'>5</p></b></c>") == [
        {"p._VALUE": "7", "p._cur": None},
        {"p._VALUE": None, "p._cur": None},
        {"p._VALUE": "5", "p._cur": "R"},
    ]


def test_what_is_repeated_anywhere_is_a_list_everywhere() -> None:
    prepared, rows, _ = _read("<c><b><t>1</t><u i='1'/></b><b><t>2</t><t>3</t><u i='2'/><t/><u i='3'/></b><b/></c>")
    assert [row["t"] for row in rows] == ['["1"]', '["2","3",""]', None]
    assert rows[1]["u"] == '[{"_i":"2"},{"_i":"3"}]'
    assert prepared.nested == (Nested("t", 4, objects=False), Nested("u", 3, objects=True))


def test_mixed_content_keeps_the_order_of_its_texts_and_elements() -> None:
    rows = _rows("<c><b><p>one <i>two</i> three<j/></p></b><b><p>plain</p></b><b><p><x>1</x><y/><x>2</x>z</p></b></c>")
    assert [row["p._VALUE"] for row in rows] == [
        '["one ",{"i":"two"}," three",{"j":""}]', '"plain"', '[{"x":"1"},{"y":""},{"x":"2"},"z"]',
    ]  # fmt: skip
    assert _rows("<c><b>lead<i>1</i></b><b><i>2</i></b></c>") == [{"_VALUE": "lead", "i": "1"}, {"_VALUE": None, "i": "2"}]


def test_empty_absent_and_nil_are_told_apart() -> None:
    data = f'<c {XSI}><b><i>1</i></b><b><i/></b><b/><b><i xsi:nil="true"/></b><b><i xsi:nil="false"> 2</i></b><b><i>\n  </i></b></c>'
    assert [row["i"] for row in _rows(data)] == ["1", "", None, None, " 2", ""]
    assert _rows(f'<c {XSI}><b><i xsi:nil="1" why="x"/></b><b><i why="y">1</i></b></c>')[0] == {"i._why": "x", "i._VALUE": None}


def test_texts_are_kept_as_they_are() -> None:
    data = "<c><b> x\n y </b><b>a<!-- n -->b<?p q?>c<![CDATA[<&>]]>&lt;&#1046;</b><b>\r\n1\r</b></c>"
    assert [row["_VALUE"] for row in _rows(data)] == [" x\n y ", "abc<&><Ж", "\n1\n"]


def test_a_namespace_is_left_out_but_where_two_share_a_name() -> None:
    assert _rows('<x:c xmlns:x="u"><x:b x:k="1" xml:lang="ru"><x:n>1</x:n></x:b><x:b/></x:c>')[0] == {"_k": "1", "_lang": "ru", "n": "1"}
    two = '<c xmlns:x="u" xmlns:y="v"><b><t>0</t><x:t>1</x:t><y:z>5</y:z></b><b><y:t>2</y:t></b></c>'
    assert _rows(two) == [{"t": "0", "x:t": "1", "z": "5", "y:t": None}, {"t": None, "x:t": None, "z": None, "y:t": "2"}]


def test_an_attribute_and_an_element_of_one_name_make_a_bad_record() -> None:
    prepared, rows, raw = _read('<c>\n<b a="1"/>\n<b a="1"><_a>2</_a></b>\n<b a="3"/></c>')
    assert [(bad.record, bad.line, bad.reason) for bad in prepared.bad] == [(2, 3, reader.CLASH)]
    assert ([row["_a"] for row in rows], raw[1][2]) == (["1", "3"], '<b a="1"><_a>2</_a></b>')


def test_what_a_spec_asks_for_keeps_its_shape_whatever_one_record_holds() -> None:
    asked = ir.Json(("p", "q._VALUE", "t"), ("t",))
    prepared, rows, _ = _read('<c><b><p>1</p><q>2</q><t>x</t></b><b><p k="1">3</p><t/><t/></b><b><p>1</p><p>2</p></b></c>', asked)
    assert [(bad.record, bad.reason) for bad in prepared.bad] == [(3, xml_shape.UNFIT)]
    assert rows == [
        {"p": "1", "q._VALUE": "2", "t": '["x"]', "p._k": None},
        {"p": "3", "q._VALUE": None, "t": '["",""]', "p._k": "1"},
    ]


@pytest.mark.parametrize(
    ("data", "records"),
    [
        ("<c><h/><b><n>1</n></b><b><n>2</n></b></c>", "c.b"),
        ("<c><d><t>1</t><t>2</t><t>3</t></d><i><b k='1'/><b k='2'/></i></c>", "c.i.b"),
        ("<c><b><t>1</t><t>2</t><t>3</t></b><b/></c>", "c.b"),
        ("<c><w><b><n>1</n><m>2</m></b></w></c>", "c.w.b"),
        ("<c><n>1</n><m>2</m></c>", "c"),
        ("<c><t>1</t><t>2</t></c>", "c.t"),
        ('<c xmlns="u" xmlns:p="v"><p:b.x>1</p:b.x><p:b.x/></c>', 'c."b.x"'),
        ("<c><d><b k='1'/></d><d><b k='2'/><b k='3'/></d></c>", "c.d"),
    ],
)
def test_the_records_are_found_and_explained(tmp_path: Path, data: str, records: str) -> None:
    (tmp_path / "t.xml").write_text(data)
    found = source.detect(files.find(tmp_path, "t.xml"), {})
    assert (found.source.format, found.source.records) == ("xml", records)
    assert f"`{records}` is" in "; ".join(found.reasons)
    assert formats.guess(files.find(tmp_path, "t.xml")) == "xml"


@pytest.mark.parametrize(
    ("data", "records"),
    [
        ("<s><d>" + "<w t='1'/>" * 10 + "</d>" + ("<p><m>" + "<n a='1'/>" * 20 + "</m></p>") * 4 + "</s>", "s.p"),
        ("<p>" + "".join(f"<c{place}>1</c{place}>" for place in range(70)) + "<ds><d><n>1</n></d><d><n>2</n></d></ds></p>", "p"),
        ("<p>" + "".join(f"<c{place}>1</c{place}>" for place in range(70)) + "<d k='1'/>" * 20 + "</p>", "p.d"),
        ("<p>" + "".join(f"<c{place}>1</c{place}>" for place in range(20)) + "<d k='1'/>" * 2 + "</p>", "p.d"),
    ],
)
def test_what_is_a_small_part_of_a_document_is_not_what_it_is_about(tmp_path: Path, data: str, records: str) -> None:
    """Ten widths of lines before a score of four parts, or two authors in a long description."""
    (tmp_path / "t.xml").write_text(data)
    assert source.detect(files.find(tmp_path, "t.xml"), {}).source.records == records


@pytest.mark.parametrize(
    ("data", "rows"), [("<doc/>", 1), ("<!DOCTYPE d [<!ELEMENT d (#PCDATA)>]><d></d>", 1), ("<r><a/><a>\n</a></r>", 2)]
)
def test_records_with_nothing_in_them_are_rows_of_nothing(tmp_path: Path, data: str, rows: int) -> None:
    (tmp_path / "t.xml").write_text(data)
    found = profile(tmp_path, "t.xml")
    assert (found.rows, [one.name for one in found.columns]) == (rows, ["_VALUE"])


def test_other_candidates_and_what_is_beside_are_named(tmp_path: Path) -> None:
    (tmp_path / "t.xml").write_text("<c><h>1</h><e k='1'/><e k='2'/><i><b k='1'/><b k='2'/><b k='3'/></i></c>")
    why = "; ".join(source.detect(files.find(tmp_path, "t.xml"), {}).reasons)
    assert "`c.i.b` is repeated, 3 times" in why
    assert "`c.e` (2)" in why
    assert "not loaded: `c.h`" in why


def test_records_are_taken_at_their_path_alone_and_counted_beside_the_parser() -> None:
    data = "<c><x><b>no</b></x><d><b n='1'><b>in</b></b></d><b>no</b><d><b n='2'/><!-- <b> --><![CDATA[<b>]]></d></c>"
    prepared, rows, _ = _read(data, records="c.d.b")
    assert (prepared.records, [row["_n"] for row in rows]) == (2, ["1", "2"])
    assert _refused(data, records="c.e.b")[0] == "E331"
    assert _refused(data, records="c..b")[0] == "E331"


def test_a_count_of_the_bytes_that_differs_refuses_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_text.Tags, "feed", lambda _self, _piece: False)
    assert _refused("<c><b/><b/></c>")[0] == "E319"


@pytest.mark.parametrize(
    ("data", "place"),
    [
        ("<c>\n<b>1</b>\n<b>2", "line 3, column 5"),
        ("<c>\n<b>1</b>\n<b>2</d></c>", "line 3, column 7"),
        ("<c><b a=1/><b/></c>", "line 1, column 9"),
        ("<c><b>&nope;</b><b/></c>", "line 1, column 7"),
        ("<c><b a='1' a='2'/><b/></c>", "line 1"),
        ("<c><b/><b/></c><c/>", "line 1, column 16"),
        ("<c><b>\x01</b><b/></c>", "line 1, column 7"),
        ("<c><p:b/><p:b/></c>", "unbound prefix"),
        ("<c><b>&#xD800;</b><b/></c>", "line 1"),
        (b"<c><b>\xcf\xf0</b><b/></c>", "not utf-8"),
        (b"<?xml version='1.0' encoding='windows-1251'?><c><b>\x98</b><b/></c>", "line 1"),
    ],
)
def test_what_is_no_xml_is_refused_with_its_place(data: str | bytes, place: str) -> None:
    code, message = _refused(data, records="c.b")
    assert (code, place in message) == ("E335", True), message


def _laughs() -> str:
    lines = "".join(f'<!ENTITY l{number} "{f"&l{number - 1};" * 10}">' for number in range(1, 10))
    return f'<!DOCTYPE c [<!ENTITY l0 "lol">{lines}]><c><b>&l9;</b><b/></c>'


@pytest.mark.parametrize(
    "data",
    [
        _laughs(),
        f'<!DOCTYPE c [<!ENTITY big "{"x" * 2000}">]><c><b>&big;</b><b/></c>',
        '<!DOCTYPE c [<!ENTITY x SYSTEM "file:///etc/passwd">]><c><b>&x;</b><b/></c>',
        '<!DOCTYPE c [<!ENTITY % x SYSTEM "http://127.0.0.1:1/x"> %x;]><c><b/><b/></c>',
        '<!DOCTYPE c [<!ENTITY x "<b/>">]><c>&x;<b/></c>',
        '<!DOCTYPE c SYSTEM "http://127.0.0.1:1/x.dtd"><c><b>&uuml;</b><b/></c>',
        '<!DOCTYPE c SYSTEM "http://127.0.0.1:1/x.dtd"><c><b a="x&uuml;y"/><b/></c>',
        "<c>" + "<b>" * 300 + "</b>" * 300 + "</c>",
    ],
    ids=["laughs", "long", "file", "parameter", "markup", "text", "attribute", "deep"],
)
@pytest.mark.parametrize("records", [None, "c.b"], ids=["found", "known"])
def test_what_is_not_safe_is_refused_and_nothing_is_fetched(data: str, records: str | None) -> None:
    assert _refused(data, records=records)[0] == "E336"


def test_plain_entities_of_its_own_and_a_dtd_that_is_not_needed_are_read() -> None:
    own = '<!DOCTYPE c SYSTEM "x.dtd" [<!ENTITY co "ООО &#34;Я&#34;">]>'
    data = f'{own}<c><b a="&co;">&co;&amp;</b><!-- &no; --><b><![CDATA[<a x="&no;">]]></b></c>'
    assert _rows(data) == [{"_a": 'ООО "Я"', "_VALUE": 'ООО "Я"&'}, {"_a": None, "_VALUE": '<a x="&no;">'}]


def test_a_record_that_is_too_large_is_refused_and_large_text_beside_the_records_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAX_RECORD", 1000)
    assert _refused(f"<c><b>{'x' * 2000}</b><b/></c>")[0] == "E336"
    assert _refused(f"<c><b><!-- {'x' * 2000} --></b><b/></c>")[0] == "E336"
    assert len(_rows(f"<c><t>{'x' * 5000}</t><b>1</b><b/></c>", records="c.b")) == 2


def test_large_text_beside_the_records_is_not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    tags = xml_text.Tags("b", "utf-8")
    for _ in range(50):
        tags.feed(b"<t><b a='>'>" + b"x" * 1000)
        tags.feed(b"y" * 1000)
        assert len(tags.held) == 0
    assert tags.count == 50


def test_what_is_xml_is_known_by_its_beginning(tmp_path: Path) -> None:
    for data, word in (
        (b"\xef\xbb\xbf<?xml version='1.0'?><a/>", "xml"),
        ("<?xml version='1.0' encoding='utf-16'?><a/>".encode("utf-16"), "xml"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "csv"),
        (b"<a><b>1</b></a>", "xml"),
        (b"<1>;2\n3;4\n", "csv"),
        (b"a;<b>\n1;2\n", "csv"),
    ):
        (tmp_path / "data").write_bytes(data)
        assert formats.guess(files.find(tmp_path, "data")) == word, data


def test_a_declaration_that_cannot_be_true_is_left_out() -> None:
    assert _rows("<?xml version='1.0' encoding='utf-16'?><c><b>Ж</b><b/></c>")[0] == {"_VALUE": "Ж"}


WHOLE = '<?xml version="1.0"?><c><b i="1"><n>x &amp; <![CDATA[<y>]]></n><t>1</t><t>2</t></b><!-- n --><b i="2"/></c>'


def test_what_is_cut_anywhere_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    for size in range(len(WHOLE)):
        assert _refused(WHOLE[:size], records="c.b")[0] == "E335"


@settings(max_examples=60)  # as above
@given(st.integers(0, len(WHOLE) - 1), st.binary(max_size=3))
def test_whatever_is_in_a_file_it_is_read_or_refused(at: int, other: bytes) -> None:
    data = WHOLE.encode()
    try:
        prepared, rows, _ = _read(data[:at] + other + data[at + len(other) :])
    except Problems:  # every one is a diagnostic of ours; anything else fails
        pass
    else:
        assert prepared.rows == len(rows) or not prepared.header

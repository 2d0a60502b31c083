"""Most records of XML are read without a parser, by a pattern: whatever a file holds, it comes out as the parser alone reads it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataeng_ai import ir
from dataeng_ai.diagnostics import Problems
from dataeng_ai.sources import files, streams, xml, xml_parallel, xml_pattern, xml_quick, xml_reader
from tests.benchmarks import nested_xml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NEVER = 1 << 60
XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'


@contextmanager
def _reading(learn: int, piece: int, held: int) -> Iterator[list[xml_quick.Quick]]:
    """Have patterns made after so many records; yields who reads."""
    lanes: list[xml_quick.Quick] = []
    run, pieces = xml_quick.Quick.run, streams.chunks

    def noted(lane: xml_quick.Quick) -> None:
        lanes.append(lane)
        run(lane)

    with (
        patch.object(xml_quick, "LEARN", learn),
        patch.object(xml_quick, "_HELD", held),
        patch.object(xml_quick.Quick, "run", noted),
        patch.object(xml_reader, "chunks", lambda file, encoding, _size: pieces(file, encoding, piece)),
        patch.object(xml_parallel, "LEAST", max(1, piece // 4)),
        patch.object(xml_parallel, "PIECE", piece),
        patch.object(xml_parallel, "HELD", held),
        patch.object(xml_parallel, "cores", lambda: 3),
    ):
        yield lanes


def _outcome(
    data: bytes, learn: int, records: str = "c.b", piece: int = 97, held: int = 40, asked: ir.Json | None = None
) -> tuple[Any, int]:
    """Return all that comes of a file, and how many of its records no parser saw in the last pass."""
    with TemporaryDirectory() as folder, _reading(learn, piece, held) as lanes:
        place = Path(folder)
        (place / "t.xml").write_bytes(data)
        [file] = files.find(place, "t.xml")
        try:
            found = xml.prepare(file, ir.Source(None, "t", "xml", records=records, json=asked), place)
        except Problems as problems:
            return [(one.code, one.message) for one in problems.diagnostics], 0
        width = len(found.header)
        with duckdb.connect() as con:
            rows = [row[:width] for row in xml.relation(con, found).fetchall()] if found.header else []
        raw = list(xml.raw(found, range(1, found.records + 1)))
    assert found.rows == len(rows) or not found.header
    return (found.header, found.records, found.bad, found.nested, found.kinds, found.repairs, rows, raw), lanes[
        -1
    ].cut if found.texts and found.texts.cells else 0


def _same(data: bytes, piece: int = 97, held: int = 40, asked: ir.Json | None = None) -> int:
    quick, cut = _outcome(data, 3, piece=piece, held=held, asked=asked)
    slow, none = _outcome(data, NEVER, asked=asked)
    assert none == 0
    assert quick == slow
    return cut


TEXTS = [
    "x", "Ж 1", "", "7", " ", "\n", " x ", "a\nb", "\t", "\u00a0", " \u2003\n", "a\r\nb\rc", "&amp;lt;", "a&lt;b", "&#10;", "&#13;",
    "&#x42F;", "&#160; ", '"q"', "a\\b", "'", "]]", "]]&gt;", "a>b", "<![CDATA[<n>]]>", "a<!-- <b> -->b", "<?p <b>?>", "x\u2028y",
    "\U0001f600", "\x7f\x85",
]  # fmt: skip
NO_XML = ["]]>", "&no;", "&", "&#1;", "&#xFFFE;", "\x01", "\x0b", "\ufffe", "<", "</b>", "&#x110000;"]
ODD = [
    "", "<{0}/>", "<{0} />", "<{0} >x</{0} >", "<{0} k='1'>x</{0}>", '<{0} k=""/>', "<{0}><z>1</z></{0}>", "<{0}>1</{0}><{0}>2</{0}>",
    "<{0} xsi:nil='true'/>", "<_{0}>1</_{0}>", "<{0}>a<z/>b</{0}>", "<{0}><{0}>1</{0}></{0}>",
]  # fmt: skip
ATTRIBUTES = [
    ' i="Ж"', ' i="2" j="x"', ' i="&quot;&#9;"', " i='\"'", ' i=""', ' i = "1"', ' j="1" i="2"', ' i="a\tb\nc"', "", ' i=">"', ' i="1"\n   j="2"',  # noqa: E501  one line a list
    ' xml:lang="ru"', ' i="\\"',
]  # fmt: skip
RARE = ["<b/>", "<b></b>", "<b i='1'/>", "<b>x</b>", "<b><n xmlns='u'>1</n></b>", "<b><x:n>1</x:n></b>", "<b i='1'></b>", "<b i='1'>\n</b>"]
GAPS = ["<!-- <b>1</b> -->", "<?p <b/>?>", "<o>1</o>", "text", "<![CDATA[<b>1</b>]]>", "<o><b>no</b></o>", "</c><c>", "", " "]
KNOWN = (
    "<b i='1' j='2'><n>1</n><a z='1'><s>1</s><d>2</d></a><p>1</p><p>2</p><t i=\"1\" j=\"1\">1</t><t i=\"2\">x</t>"
    "<r><k>1</k><n>1</n><h><q><s>1</s></q><q><s>2</s></q></h></r><r><k>1</k></r></b>\n"
).replace("'", '"')
"""A record from which much is learned."""

NAMES = {"n": "Имя", "a": "Адрес", "s": "Улица", "p": "Тел-1", "t": "ОКВЭД", "k": "Код", "q": "Право"}
RUSSIAN = re.compile(r"(</?)([nasptkq])(?=[\s/>])")


def _mostly(common: list[str], odd: list[str]) -> st.SearchStrategy[str]:
    return st.sampled_from(common * (12 * len(odd) // len(common)) + odd)


def _leaf(name: str) -> st.SearchStrategy[str]:
    odd = [*(f"<{name}>{text}</{name}>" for text in TEXTS), *(one.format(name) for one in ODD)]
    return _mostly([f"<{name}>x</{name}>", f"<{name}>Имя, 2</{name}>"], odd)


def _items(one: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    gap = st.sampled_from(["", "\n    "])
    return st.tuples(gap, st.lists(one, max_size=3)).map(lambda both: both[0].join(both[1]))


def _attributes() -> st.SearchStrategy[str]:
    return _mostly([' i="1"', ' i="Ж" j="2"'], ATTRIBUTES)


INSIDE = st.builds("<a{}>{}{}</a>".format, _mostly(["", ' z="1"'], ATTRIBUTES), _leaf("s"), _leaf("d"))
TRADES = _items(st.builds("<t{}>{}</t>".format, _attributes(), _mostly(["", "x"], [*TEXTS, "<u>1</u>", "<u>1</u><u>2</u><v/>"])))
RIGHTS = _items(st.builds("<r>{}{}<h>{}</h></r>".format, _leaf("k"), _leaf("n"), _items(st.builds("<q>{}</q>".format, _leaf("s")))))
EMPTY = st.sampled_from(["", "<a/>", "<a> </a>", "<a>\n</a>", "<a>x</a>", "<a>\n <s/></a>"])
RECORDS = st.builds("<b{}>{}{}{}{}{}</b>".format, _attributes(), _leaf("n"), INSIDE | EMPTY, _items(_leaf("p")), TRADES, RIGHTS)


@settings(max_examples=80, deadline=None)  # each is two readings of a small file, and two queries
@given(
    st.lists(RECORDS | RECORDS | RECORDS | st.sampled_from(RARE), min_size=4, max_size=14),
    st.lists(_mostly(["\n"], GAPS), min_size=14, max_size=14),
    st.sampled_from(["utf-8", "utf-8", "utf-8", "utf-8-sig", "windows-1251", "koi8-r", "utf-16"]),
    st.sampled_from([*[""] * 15, "<!DOCTYPE c [<!ENTITY co 'ООО'><!ATTLIST b w CDATA 'd'>]>"]),
    st.sampled_from([(97, 40), (1000, 300), (1 << 20, 1 << 20), (31, 5), (16, 300)]),
    st.sampled_from(["en", "ru"]),
)
def test_whatever_a_file_holds_it_is_read_as_the_parser_alone_reads_it(
    records: list[str], between: list[str], encoding: str, doctype: str, seams: tuple[int, int], tongue: str
) -> None:
    inside = "".join(one + gap for one, gap in zip(records, between, strict=False))
    text = f"<?xml version='1.0' encoding='{encoding.removesuffix('-sig')}'?>{doctype}<c {XSI} xmlns:x='v'>\n{KNOWN * 4}{inside}</c>"
    text = RUSSIAN.sub(lambda name: name[1] + NAMES[name[2]], text) if tongue == "ru" else text
    _same(text.encode(encoding, "xmlcharrefreplace"), *seams)


@settings(max_examples=30, deadline=None)  # as above
@given(st.integers(0, 11), st.sampled_from([*TEXTS, *NO_XML]), st.sampled_from(["n", "p", "i", "v", "between"]), st.binary(max_size=2))
def test_one_odd_place_among_ordinary_records_changes_nothing_else(at: int, text: str, place: str, extra: bytes) -> None:
    def record(number: int) -> str:
        own = {name: text if number == at and name == place else str(number) for name in ("n", "p", "i", "v")}
        behind = text if number == at and place == "between" else "\n"
        return f'<b i="{own["i"]}"><n>{own["n"]}</n><l><v k="1">{own["v"]}</v><v k="2">x</v></l><p>{own["p"]}</p><p>2</p></b>{behind}'

    data = f"<c>{''.join(map(record, range(12)))}</c>".encode()
    _same(data)
    _same(data.replace(b"<n>5<", b"<n>5" + extra + b"<"))


def test_what_is_cut_or_changed_anywhere_is_read_or_refused_alike() -> None:
    whole = b'<c><b i="1"><n>x &amp; y</n><p>1</p><p>2</p></b>\n' * 1 + b'<b i="2"><n>z</n><p>1</p></b>\n' * 7 + b"</c>"
    for at in range(40, len(whole), 17):
        _same(whole[:at])
        _same(whole[:at] + b"<" + whole[at + 1 :])
        _same(whole[:at] + whole[at + 1 :])


def test_what_a_spec_asks_for_keeps_its_shape() -> None:
    record = "<b><p>1</p><q k='1'>2</q><t>x</t></b>\n"
    odd = "<b><p>1</p><p>2</p></b><b><q>2</q><t/><t/></b>"
    _same(f"<c>{record * 6}{odd}{record * 6}</c>".encode(), asked=ir.Json(("p", "q._VALUE", "t"), ("t",)))


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1251"])
def test_ordinary_records_are_read_without_a_parser(tmp_path: Path, encoding: str) -> None:
    nested_xml.write(tmp_path / "r.xml", 3000)
    data = (
        (tmp_path / "r.xml")
        .read_text("utf-8")
        .replace('"UTF-8"', f'"{encoding}"')
        .replace("<note/>", "<note/>" if encoding == "utf-8" else "")
    )
    odd = data.replace("№ 1000<", "№ 1000<!-- n --><").replace("№ 2000<", "&#8470; &amp; 2000<").replace("№ 2500<", "<![CDATA[<>]]><")
    quick, cut = _outcome(odd.encode(encoding), xml_quick.LEARN, "company.branch", 1 << 18, 1 << 17)
    slow, _ = _outcome(odd.encode(encoding), NEVER, "company.branch", 1 << 18)
    assert quick == slow
    assert cut > 1500


@pytest.mark.parametrize("record", [nested_xml.lists, nested_xml.deep], ids=["lists", "deep"])
def test_lists_in_lists_and_deep_elements_are_read_without_a_parser(tmp_path: Path, record: Callable[[int], str]) -> None:
    nested_xml.write(tmp_path / "r.xml", 2500, record)
    odd = (tmp_path / "r.xml").read_text("utf-8")
    for text in ("\\&lt;", '"&quot;"', "\t", "&#10;", "\u00a0", "<!-- n -->", "<![CDATA[<]]>"):
        odd = odd.replace("Правообладатель 7777<", f"{text}<", 1).replace(">Отдел № 77<", f">{text}<", 1)
    quick, cut = _outcome(odd.encode(), xml_quick.LEARN, "company.branch", 1 << 18, 1 << 17)
    assert quick == _outcome(odd.encode(), NEVER, "company.branch", 1 << 18)[0]
    assert cut > 1200


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_stretches_that_others_went_through_count_where_the_reader_comes_to_them(tmp_path: Path, mark: bytes) -> None:
    nested_xml.write(tmp_path / "r.xml", 3000)
    data = mark + (tmp_path / "r.xml").read_bytes()
    odd = "<!--" + "<branch id='0' open='true'><name>x</name></branch>\n" * 90 + "-->"
    odd += "<branch id='7'><more><branch>y</branch>\n<branch>y</branch></more></branch><other><branch/></other>"
    for at in (1100, 1700, 2000, 2001, 2600):
        data = data.replace(f'  <branch id="{at}" '.encode(), odd.encode() + f'<branch id="{at}"  '.encode())
    (tmp_path / "r.xml").write_bytes(data)
    [file] = files.find(tmp_path, "r.xml")
    with _reading(xml_quick.LEARN, 9000, 2000) as lanes:
        found = xml.prepare(file, ir.Source(None, "r.xml", "xml", records="company.branch"), tmp_path)
    assert found.texts is not None
    ahead = [cells for cells in found.texts.cells if ".ahead" in cells.path.name]
    assert len(ahead) > 2
    assert sum(cells.path.read_bytes().count(b"\n") for cells in ahead) > 1000
    with duckdb.connect() as con:
        assert xml.relation(con, found).count("*").fetchall() == [(3005,)]
    assert lanes[-1].cut > 2000
    quick, _ = _outcome(data, xml_quick.LEARN, "company.branch", 9000, 2000)
    slow, _ = _outcome(data, NEVER, "company.branch", 1 << 18)
    assert quick == slow


def test_elements_that_are_seldom_there_stand_where_a_later_record_shows() -> None:
    """The first records have one of them each, so that none shows their order; and those of a file in two orders are the parser's."""
    names = ["Имя", "б", "в", "г", "д", "е"]
    record = "<b i='1'><a>1</a>{}</b>\n".format
    single = "".join(record(f"<{name}>{at}</{name}>") for at in range(100) for name in names)
    whole = record("".join(f"<{name}>1</{name}>" for name in names))
    quick, cut = _outcome(f"<c>{single}{whole * 3000}</c>".encode(), xml_quick.LEARN, piece=1 << 14, held=1 << 12)
    assert quick == _outcome(f"<c>{single}{whole * 3000}</c>".encode(), NEVER, piece=1 << 14)[0]
    assert cut > 2500
    turned = f"<c>{single}{record('<б>1</б><Имя>2</Имя>') * 100}{whole * 500}</c>".encode()
    assert _outcome(turned, xml_quick.LEARN, piece=1 << 14, held=1 << 12)[0] == _outcome(turned, NEVER, piece=1 << 14)[0]


def test_a_count_of_the_bytes_that_differs_has_the_parser_read_all(monkeypatch: pytest.MonkeyPatch) -> None:
    made = xml_pattern.pattern

    def wrong(*args: Any) -> Any:
        found = made(*args)
        return type(found)(found.regex, found.columns, found.lists, found.ends, b"<n", found.quotes)

    monkeypatch.setattr(xml_quick, "pattern", wrong)
    data = f"<c>{'<b><n>1</n><m>2</m></b>' * 9}{'<b><m>2</m></b>' * 9}</c>".encode()
    assert _same(data) == 0


def test_ctrl_c_ends_those_that_go_ahead_and_leaves_no_file(tmp_path: Path) -> None:
    """As at a terminal every process hears it; and the profile computes the file's fingerprint in a thread while it forks."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    nested_xml.write(tmp_path / "r.xml", 250_000)
    command = [sys.executable, "-m", "dataeng_ai", "profile", "r.xml"]
    env = {**os.environ, "TMPDIR": str(scratch)}
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=env, start_new_session=True) as one:
        ahead: list[Path] = []
        while not ahead:
            assert one.poll() is None
            time.sleep(0.001)
            ahead = _writers(scratch) if any(scratch.rglob("*.ahead*")) else []
        os.killpg(one.pid, signal.SIGINT)
        said = one.communicate(timeout=60)[1].decode()
    assert (one.returncode, "Traceback" in said) == (130, False), said
    end = time.monotonic() + 60
    while time.monotonic() < end and any(map(_left, (*ahead, *scratch.rglob("*")))):
        time.sleep(0.05)
    assert not [*filter(_left, (*ahead, *scratch.rglob("*")))]


def _left(path: Path) -> bool:
    """Say whether a process, by its folder in /proc, is still there, or a file."""
    return path.exists() and (path.is_relative_to("/proc") or path.is_file())


def _writers(scratch: Path) -> list[Path]:
    """Return the processes that write what they find ahead of a reader into a folder."""
    found = []
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        with suppress(OSError):  # it is gone meanwhile
            place = link.readlink()
            if place.is_relative_to(scratch) and ".ahead" in place.name:
                found.append(link.parents[1])
    return found

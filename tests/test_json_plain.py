"""Plain JSON is read where it lies, and what comes of it is what the careful reader gives; anything doubtful is left to that one."""

from __future__ import annotations

import json
import random
import re
from typing import TYPE_CHECKING, Any, Literal

import duckdb
import pytest

from dataeng_ai import ir
from dataeng_ai.sources import json as source_json
from dataeng_ai.sources import json_items, json_plain, json_reading
from dataeng_ai.sources import rows as source_rows
from dataeng_ai.sources.files import File
from dataeng_ai.types import Type

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from dataeng_ai.sources.prepared import Prepared

Form = Literal["json", "ndjson"]

ROWS = 60
ALIKE = ("header", "records", "bad", "blank", "repairs", "kinds", "nested", "hollow")
VALUES: tuple[Any, ...] = (  # Any: whatever JSON holds
    *(0, -1, 7, 2**53 + 1, 2**63, -(2**63), 10**25, 0.1, -2.5, 1e-7, 123456.789, True, False, None, "", " ", "Москва", 'a "quoted" one'),
    *("tab\there", "back\\slash", "два\nряда", "1,5", ":", '":', "{}", "[1]", "😀", "\u001f", "NaN", "null", "a.b"),
)
KEYS = ("id", "город", "a", "B", "with space", "x.y", "цена_₽", "$", "*", "[0]", "k'", "select")


def prepared(path: Path, form: Form, tmp_path: Path, *, plain: bool) -> Prepared:
    """Return what is made of a file, by the reader that is asked for."""
    file, source = File(path.name, path, path.stat().st_size), ir.Source(None, path.name, form)
    found = json_plain.prepare(file, source, tmp_path, 0) if plain else None
    if found is not None:
        return found
    scratch = tmp_path / "scratch"
    scratch.mkdir(exist_ok=True)
    return source_json.prepare(file, source, scratch)


def rows(one: Prepared) -> list[tuple[str | None, ...]]:
    """Return all that is read, as texts."""
    found = source_json.relation(duckdb.connect(), one)
    places = [f"c{place}" for place in range(len(one.header))]
    return found.select(*map(duckdb.ColumnExpression, places)).fetchall()


def same(path: Path, form: Form, tmp_path: Path) -> bool:
    """Hold both readers against each other; say whether the file was plain."""
    quick, careful = (prepared(path, form, tmp_path, plain=plain) for plain in (True, False))
    assert [getattr(quick, name) for name in ALIKE] == [getattr(careful, name) for name in ALIKE]
    assert rows(quick) == rows(careful)
    return quick.plain is not None


def written(records: list[Any], form: str, *, blanks: bool = False, escapes: bool = False, indent: int | None = None) -> str:  # Any: JSON
    """Write records as programs do; as DuckDB, jq and JavaScript do where nothing is said: nothing is there that has no meaning."""
    marks = (", ", ": ") if blanks else (",", ":")
    texts = [json.dumps(record, ensure_ascii=escapes, separators=marks, indent=indent) for record in records]
    return "\n".join(texts) + "\n" if form == "ndjson" else "[" + ",\n\t".join(texts) + "]\n"


NUMBERS = ("1.50", "0.00", "1e5", "-1E-7", "-0", "0.1", "-0.0", "1e400", "12345678901234567890123", "7", "0.12345678901234567890")


def spelt(chance: random.Random, text: str) -> str:
    """Spell some numbers otherwise than programs do."""
    return re.sub(r"(?<=:)7(?=[,}])", lambda _: chance.choice(NUMBERS), text)


def record(chance: random.Random, shape: dict[str, Any]) -> dict[str, Any]:  # Any: whatever JSON holds
    """Return a record of a shape; sometimes a key is absent or null."""
    found: dict[str, Any] = {}  # Any: as above
    for key, kind in shape.items():
        if chance.random() < 0.1:
            continue
        if isinstance(kind, dict):
            found[key] = None if chance.random() < 0.1 else record(chance, kind)
        elif isinstance(kind, list):
            found[key] = [record(chance, kind[0]) if isinstance(kind[0], dict) else kind[0] for _ in range(chance.randrange(4))]
        else:
            found[key] = chance.choice((kind, kind, None, str(chance.random())))
    return found


def shape(chance: random.Random, depth: int = 0) -> dict[str, Any]:  # Any: whatever JSON holds
    """Return what records may be like."""
    found: dict[str, Any] = {}  # Any: as above
    for key in chance.sample(KEYS, chance.randrange(1, 6)):
        kind = chance.random()
        if depth < 2 and kind < 0.2:
            found[key] = shape(chance, depth + 1)
        elif kind < 0.35:
            found[key] = [shape(chance, 2) if chance.random() < 0.7 else chance.choice(VALUES)]
        else:
            found[key] = chance.choice(VALUES)
    return found


@pytest.mark.parametrize("form", ["ndjson", "json"])
@pytest.mark.parametrize("seed", range(12))
def test_both_readers_agree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: Form, seed: int) -> None:
    """Whatever the records are, and wherever the start ends that shows the columns."""
    chance = random.Random(seed)  # noqa: S311  made-up data
    monkeypatch.setattr(json_reading, "_START", chance.choice((100, 2000, 10**6)))
    path = tmp_path / f"made.{form}"
    like = shape(chance)
    indent = 2 if seed % 4 == 3 and form == "json" else None
    text = written([record(chance, like) for _ in range(ROWS)], form, blanks=seed % 3 == 0, escapes=seed % 4 == 1, indent=indent)
    path.write_text(spelt(chance, text) if seed % 2 else text, encoding="utf-8")
    same(path, form, tmp_path)


def ticket(number: int) -> dict[str, Any]:  # Any: whatever JSON holds
    """Return a record as programs write them."""
    place = {"город": "Казань", "zip": f"{number:06}", "geo": {"lat": 55.5 + number, "lon": 49}}
    items = [{"вид": "взрослый", "цена": 100.5}, {"вид": "детский", "цена": 0}][: number % 3]
    return {"id": number, "место": place, "билеты": items, "теги": ["a", "б"], "когда": None, "сайт": number % 2 == 0}


@pytest.mark.parametrize("form", ["ndjson", "json"])
def test_ordinary_files_are_plain(tmp_path: Path, form: Form) -> None:
    """Otherwise all of this would be for nothing."""
    path = tmp_path / f"tickets.{form}"
    path.write_text(written([ticket(number) for number in range(ROWS)], form), encoding="utf-8")
    assert same(path, form, tmp_path)


MANNERS: dict[str, Callable[[str], str]] = {
    "json.dumps": lambda text: "\n".join(json.dumps(json.loads(line)) for line in text.splitlines()) + "\n",
    "blanks": lambda text: text.replace('":', '" : ').replace(",", " ,\t"),
    "Windows": lambda text: text.replace("\n", "\r\n"),
    "PHP": lambda text: text.replace("Казань", "\\u041a\\u0430\\u0437\\u0430\\u043d\\u044c\\/\\u00ab1\\u00bb"),
    "prices": lambda text: text.replace("100.5", "100.50").replace('"lon":49', '"lon":49.00'),
    "exponents": lambda text: text.replace('"lon":49', '"lon":4.9E+1'),
    "escapes": lambda text: text.replace("Казань", 'Ка\\n\\t\\"за\\\\нь, 5:7 -1.50'),
    "emoji": lambda text: text.replace("Казань", "\\ud83d\\ude00"),
    "numbers and texts": lambda text: text.replace('"zip":"000007"', '"zip":0.5'),
    "a key behind the start": lambda text: text.replace('"zip":"000050"', '"zip":"000050","район":{"код":5,"имя":null}'),
    "keys behind the start": lambda text: text.replace('"zip":"00004', '"новое":{},"zip":"00004').replace(
        '"id":55', '"id":55,"кто":{"в":1}'
    ),
    "a value where an object was": lambda text: text.replace('"geo":{"lat":85.5,"lon":49}', '"geo":"нет"'),
    "no geo": lambda text: text.replace('"geo":{"lat":75.5,"lon":49}', '"geo":{}').replace('"geo":{"lat":85.5,"lon":49}', '"geo":null'),
}


@pytest.mark.parametrize("manner", MANNERS)
def test_what_programs_write_is_plain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, manner: str) -> None:
    """Escapes, blanks, numbers as they are spelt, keys that the start does not show: none of it is slow."""
    monkeypatch.setattr(json_reading, "_START", 500)
    text = written([ticket(number) for number in range(ROWS)], "ndjson")
    changed = MANNERS[manner](text)
    assert changed != text
    path = tmp_path / "manner.ndjson"
    path.write_bytes(changed.encode())
    assert same(path, "ndjson", tmp_path)


@pytest.mark.parametrize("escapes", [False, True])
def test_a_list_in_lines_and_blanks_is_plain(tmp_path: Path, escapes: bool) -> None:  # noqa: FBT001  a parameter of the test
    """As `json.dump(indent=2)` writes it."""
    path = tmp_path / "indented.json"
    path.write_text(json.dumps([ticket(number) for number in range(ROWS)], ensure_ascii=escapes, indent=2), encoding="utf-8")
    assert same(path, "json", tmp_path)


LISTS: dict[str, str | None] = {
    "plain": '[{"вид":"взрослый","цена":100.5,"где":{"зал":1}},{"вид":null,"теги":["a","б"]}]',
    "none": None,
    "empty": "[]",
    "spelt": '[{"вид":"\\u00ab\\u0430\\u00bb","цена":100.50}, {"цена":1e5, "теги":[1.50,-0]}]',
    "new": '[{"ряд":7}]',
    "value": '[{"вид":1},5]',
    "object": '{"вид":1}',
    "twice": '[{"вид":1,"вид":2}]',
    "comma": '[{"вид":1},]',
    "text": "нет",
    "deep": '[{"теги":' + "[" * 600 + "]" * 600 + "}]",
    "control": '[{"теги":["\\u0001"],"вид":"\\u0001"}]',
}


@pytest.mark.parametrize("name", LISTS)
def test_items_are_unfolded_alike(tmp_path: Path, name: str) -> None:
    """By DuckDB where it is proved, and by hand."""
    parents = [(LISTS["plain"], str(number), None if number % 3 else "б") for number in range(50)]
    parents[40] = (LISTS[name], "40", "в")
    table, lines = tmp_path / "parent.parquet", tmp_path / "parent.rows"
    with duckdb.connect() as con:
        con.execute("CREATE TABLE t (r0 VARCHAR, r1 VARCHAR, r2 VARCHAR)")
        con.executemany("INSERT INTO t VALUES ($1, $2, $3)", parents)
        con.table("t").write_parquet(str(table))
    source_rows.write(lines, parents)
    carried = (ir.Carried("id", Type("integer")), ir.Carried("имя", Type("text")))
    asked = ir.Rows("заказы", ir.Target("duckdb", None, None, "t"), "full", "билеты", None, carried, ("id",), position=True)
    source = ir.Source(None, "билеты", "rows", rows=asked)
    quick = json_items.prepare(File("билеты", table, 1), source, tmp_path, 0)
    careful = source_rows.prepare(File("билеты", lines, 1), source, tmp_path)
    assert (quick is not None) == (name in {"plain", "none", "empty", "spelt", "new"})
    if quick is not None:
        assert [getattr(quick, one) for one in ALIKE] == [getattr(careful, one) for one in ALIKE]
        found = [source_rows.relation(duckdb.connect(), one).fetchall() for one in (quick, careful)]
        assert found[0] == [row[: len(careful.header)] for row in found[1]]


ODD: dict[str, tuple[str, str]] = {
    "a number written otherwise": ('"lon":49}', '"lon":49.0}'),
    "a zero at the end": ('"zip":"000030"', '"zip":1.50'),
    "an exponent": ('"zip":"000030"', '"zip":1e5'),
    "minus nothing": ('"zip":"000030"', '"zip":-0'),
    "more digits than a double has": ('"zip":"000030"', '"zip":0.12345678901234567'),
    "a key twice": ('"zip":"000030"', '"zip":"000030","zip":"1"'),
    "a new key": ('"zip":"000030"', '"zip":"000030","new":1'),
    "a new key with nothing in it": ('"zip":"000030"', '"zip":"000030","new":{}'),
    "a value where an object was": ('"geo":{"lat":85.5,"lon":49}', '"geo":1'),
    "an empty list where a value was": ('"zip":"000030"', '"zip":[]'),
    "an empty object where a value was": ('"zip":"000030"', '"zip":{}'),
    "a list where a value was": ('"zip":"000030"', '"zip":[1,2]'),
    "a list where null was": ('"id":30,', '"id":30,"когда":[],'),
    "an object where a list was": ('"теги":["a","б"]', '"теги":{"a":"б"}'),
    "a value where a list was": ('"теги":["a","б"]', '"теги":"a"'),
    "a list in a list": ('"теги":["a","б"]', '"теги":["a",["б"]]'),
    "an escape": ('"a"', '"\\u0061"'),
    "a slash with a backslash": ('"a"', '"\\/"'),
    "a control character": ('"a"', '"\\u001f"'),
    "a NUL": ('"a"', '"\\u0000"'),
    "not a number": ('"zip":"000030"', '"zip":NaN'),
    "infinity": ('"zip":"000030"', '"zip":-Infinity'),
    "not a number, small": ('"zip":"000030"', '"zip":nan'),
    "infinity, small": ('"zip":"000030"', '"zip":-inf'),
    "infinity in a list": ('["a","б"]', '["a",INFINITY]'),
    "a comma too many": ('"lon":49}', '"lon":49,}'),
    "a comma too many in a list": ('["a","б"]', '["a","б",]'),
    "blanks": ('"zip":"000030"', '"zip" : "000030"'),
    "a colon in a text": ('"zip":"000030"', '"zip":"\\":"'),
    "deep brackets": ('"теги":["a","б"]', '"теги":' + "[" * 400 + "]" * 400),
    "half a pair": ('"a"', '"\\ud800"'),
    "a key that differs in case": ('"zip":"000030"', '"zip":"000030","ZIP":"1"'),
    "a blank line": ('\n{"id":31,', '\n\n{"id":31,'),
    "a record that is no object": ('\n{"id":31,', '\n1\n{"id":31,'),
    "a record that is broken": ('\n{"id":31,', '\n{"id"\n{"id":31,'),
    "two records in a line": ('}\n{"id":31,', '}{"id":31,'),
    "a carriage return": ('}\n{"id":31,', '}\r\n{"id":31,'),
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_record_behind_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """The start does not show it, and it is read as the careful reader reads it."""
    monkeypatch.setattr(json_reading, "_START", 500)
    old, new = ODD[name]
    text = written([ticket(number) for number in range(ROWS)], "ndjson")
    at = text.index('{"id":30,')
    changed = text[:at] + text[at:].replace(old, new, 1)
    assert changed != text
    path = tmp_path / "odd.ndjson"
    path.write_text(changed, encoding="utf-8", newline="")
    same(path, "ndjson", tmp_path)


@pytest.mark.parametrize("number", ["1e22", "1e-7", "5e-324", "0.00001", "100000000000000000.0", "123456789012345678901234567890"])
def test_numbers_stand_as_they_are_written(tmp_path: Path, number: str) -> None:
    """As texts DuckDB would write them in its own way, `1e-07`."""
    path = tmp_path / "numbers.ndjson"
    path.write_text(f'{{"доля":0.5,"id":1}}\n{{"доля":{number},"id":2}}\n{{"доля":null,"id":3}}\n', encoding="utf-8")
    assert same(path, "ndjson", tmp_path)


def test_records_without_a_key_are_left_to_the_careful_reader(tmp_path: Path) -> None:
    """They have no column that DuckDB could be asked for."""
    path = tmp_path / "empty.json"
    path.write_text("[{},{}]", encoding="utf-8")
    assert json_plain.prepare(File(path.name, path, path.stat().st_size), ir.Source(None, path.name, "json"), tmp_path, 0) is None


TAILS = {
    "list": "] []",
    "object": "]\n{}",
    "comma": "],",
    "word": "] x",
    "cut": "",
    "bracket": "\n]]",
    "open": ',{"id":99}',
    "value": ", 1]",
}


@pytest.mark.parametrize("tail", TAILS)
def test_what_stands_behind_a_list_is_seen(tmp_path: Path, tail: str) -> None:
    """A document that is none is not plain; the careful reader says what is wrong with it."""
    path = tmp_path / "tail.json"
    path.write_text(written([ticket(number) for number in range(ROWS)], "json").removesuffix("]\n") + TAILS[tail], encoding="utf-8")
    assert json_plain.prepare(File(path.name, path, path.stat().st_size), ir.Source(None, path.name, "json"), tmp_path, 0) is None


def test_bytes_flipped_anywhere(tmp_path: Path) -> None:
    """Of some files with one byte changed, those that still are plain say the same to both readers."""
    chance = random.Random(4)  # noqa: S311  made-up data
    text = written([ticket(number) for number in range(12)], "ndjson").encode()
    taken = 0
    for _ in range(120):
        at = chance.randrange(len(text))
        path = tmp_path / "flipped.ndjson"
        path.write_bytes(text[:at] + bytes([chance.choice(b'"{}[],:.0e \\x\n')]) + text[at + 1 :])
        if (
            plain := json_plain.prepare(File(path.name, path, path.stat().st_size), ir.Source(None, path.name, "ndjson"), tmp_path, 0)
        ) is not None:
            taken += 1
            assert rows(plain) == rows(prepared(path, "ndjson", tmp_path, plain=False))
    assert taken > 10

"""JSON and NDJSON as programs write them, and what public trackers tell of readers that took them wrong."""

from __future__ import annotations

import gzip
import json
from typing import Any

from tests.corpus.case import Case, Row


def flat(record: Any, path: str = "") -> Row:
    """Return a record's values by path, read by nobody but the standard library: lists stay JSON, numbers as they are written."""
    found: Row = {}
    for key, value in record.items():
        name = key if key and "." not in key and key == key.strip() and '"' not in key else json.dumps(key, ensure_ascii=False)
        if isinstance(value, dict) and value:
            found |= flat(value, f"{path}{name}.")
        elif value is not None and value != {}:
            found[path + name] = str(value) if isinstance(value, str) else encoded(value)
    return found


class Written(str):
    """A number as it stands in the file."""

    __slots__ = ()


def encoded(value: Any) -> str:
    """Return a value as JSON, its numbers as they stood."""
    if isinstance(value, Written):
        return str(value)
    if isinstance(value, list):
        return f"[{','.join(map(encoded, value))}]"
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{encoded(one)}" for key, one in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False)


def decoded(text: str) -> Any:
    return json.loads(text, parse_int=Written, parse_float=Written)


def document(name: str, text: str, at: tuple[str, ...] = (), encoding: str = "utf-8", **more: Any) -> Case:
    """Return a document whose records are the list below these keys."""
    found = decoded(text)
    for key in at:
        found = found[key]
    records = found if isinstance(found, list) else [found]
    return Case(name, text.encode(encoding), [flat(one) for one in records if isinstance(one, dict)], **more)


def lines(name: str, text: str, **more: Any) -> Case:
    """Return a file with a record in each line that is an object."""
    rows = []
    for line in text.splitlines():
        try:
            value = decoded(line)
        except ValueError:
            continue
        if isinstance(value, dict):
            rows.append(flat(value))
    return Case(name, text.encode("utf-8", "surrogatepass"), rows, **more)


def values(name: str, text: str, cells: list[str | None]) -> Case:
    return Case(name, text.encode(), [{"_value": cell} for cell in cells])


DEEP = '{"a":' * 40 + "1" + "}" * 40

JSON = [
    document("list.json", '[{"id":1,"имя":"Жук"},{"id":2,"имя":"Лев"}]'),
    document("bom.json", '[{"id":1},{"id":2}]', encoding="utf-8-sig"),
    document("utf16.json", '[{"id":1,"имя":"Жук"}]', encoding="utf-16"),
    document("utf32.json", '[{"id":1,"имя":"Жук"}]', encoding="utf-32"),
    document("utf16_without_mark.json", '[{"id":1,"x":"é"}]', encoding="utf-16-le"),
    document("pretty.json", json.dumps([{"id": n, "x": {"y": n}} for n in range(5)], indent=4)),
    document("crlf.json", json.dumps([{"id": n} for n in range(5)], indent=1).replace("\n", "\r\n")),
    document("envelope.json", '{"total":2,"next":null,"data":[{"id":1},{"id":2}]}', ("data",), told=("total",)),
    document("envelope_deep.json", '{"r":{"d":{"items":[{"id":1},{"id":2}]}}}', ("r", "d", "items")),
    document("two_lists.json", '{"a":[{"x":1}],"b":[{"y":1},{"y":2},{"y":3}]}', ("b",), told=("`a` (1)",)),
    document("one_object.json", '{"id":1,"имя":"Жук","x":{"y":[1,2]}}'),
    document(
        "geojson.json",
        '{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Point","coordinates":[37.6,55.75]},"properties":{"n":"Москва"}}]}',
        ("features",),
    ),
    document("numbers.json", '[{"a":1.10,"b":-0,"c":1e5,"d":123456789012345678901234567890,"e":0.1,"f":1E-7}]'),
    document("huge_and_tiny.json", '[{"a":1e400},{"a":-1E-400},{"a":1}]'),
    document("long_ids.json", '[{"id":12345678901234567},{"id":9007199254740993},{"id":9223372036854775808}]'),
    document("ids_in_texts.json", '[{"id":"007"},{"id":"0012"},{"id":"1e5"}]'),
    document("mixed_types.json", '[{"a":1},{"a":"x"},{"a":null},{"a":true},{"a":1.5}]'),
    Case(
        "object_or_text.json",
        b'[{"a":{"b":1}},{"a":"x"},{"a":[1]},{"a":null}]',
        [{"a": '{"b":1}'}, {"a": '"x"'}, {"a": "[1]"}, {"a": None}],
    ),
    document("absent_and_null.json", '[{"a":1,"b":2},{"a":null},{"b":null},{}]'),
    document("key_late.json", json.dumps([{"a": n} for n in range(3000)] + [{"a": 1, "z": {"q": "поздно"}}], ensure_ascii=False)),
    document("dots_in_keys.json", '[{"a.b":1,"a":{"b":2}},{"a.b":3,"a":{"b":4}}]'),
    document("empty_keys.json", '[{"":1," ":2,"x":{"":3}}]'),
    document("keys_with_quotes.json", '[{"a\\"b":1,"it\'s":2,"x; DROP TABLE y":3}]'),
    Case("case_alone.json", b'[{"Id":1,"id":2}]', None, code="E322"),
    Case("case_within.json", b'[{"o":{"Id":1,"id":2}}]', [{"o": '{"Id":1,"id":2}'}], told=("case alone",)),
    Case(
        "map.json",
        json.dumps([{"m": {f"k{n}_{at}": at for at in range(3)}} for n in range(200)]).encode(),
        [{"m": json.dumps({f"k{n}_{at}": at for at in range(3)})} for n in range(200)],
        told=("keys are data",),
    ),
    Case("twice_among_many.json", b'[{"a":1},{"a":1,"a":2},{"a":3}]', [{"a": "1"}, {"a": "3"}], 1, ("stands twice",)),
    Case("twice_alone.json", b'{"a":1,"a":2}', [{"a": "2", "a (before)": "1"}], told=("stands twice",)),
    Case("half_a_pair.json", b'[{"a":"\\ud800"},{"a":"x"}]', [{"a": "x"}], 1, ("surrogate",)),
    Case("nan.json", b'[{"a":NaN}]', None, told=("NaN",)),
    Case("infinity.json", b'{"a":-Infinity}', None),
    Case("comma_at_the_end.json", b'[{"a":1},]', None),
    Case("comma_in_object.json", b'{"a":1,}', None),
    Case("comments.json", b'// made by hand\n[{"a":1}]', None),
    Case("single_quotes.json", b"[{'a':1}]", None),
    Case("cut.json", b'[{"a":1},{"a":', None, told=("too early",)),
    Case("two_documents.json", b'[{"a":1}][{"a":2}]', None),
    Case("jsonp.json", b'callback([{"a":1}]);', None),
    Case("guarded.json", b')]}\',\n[{"a":1}]', None),
    Case("html.json", b"<!DOCTYPE html><html><body>502 Bad Gateway</body></html>", None),
    Case("cp1251.json", '[{"имя":"Жук"},{"имя":"Лев"}]'.encode("cp1251"), None, code="E315"),
    Case("empty.json", b"", None, code="E311"),
    Case("blank.json", b" \n\t", None, code="E311"),
    Case("too_deep.json", b'{"a":' * 600 + b"1" + b"}" * 600, None),
    Case("deep.json", f"[{DEEP}]".encode(), [{".".join("a" * 32): '{"a":' * 8 + "1" + "}" * 8}]),
    document("lists.json", '[{"a":[1,2,3],"b":[[1],[2]],"c":[]},{"a":[],"b":[],"c":[{"x":1}]}]'),
    document("json_in_text.json", '[{"a":"{\\"x\\": 1}"},{"a":"[1, 2]"}]'),
    document("white_space.json", ' \n[ { "a" : " x " } , { "a" : "\\t" } ]\n\n'),
    document("escapes.json", '[{"a":"\\u0416\\u0443\\u043a \\ud83d\\ude00 \\"q\\" \\\\ \\/ \\n \\u2028"}]'),
    document("empty_texts.json", '[{"a":"","b":"NULL"},{"a":" ","b":"N/A"},{"a":"x","b":"-"}]'),
    Case(
        "dates.json",
        b'[{"a":"2024-01-31T10:00:00"},{"a":"2024-02-01T00:00:00"}]',
        [{"a": "2024-01-31 10:00:00"}, {"a": "2024-02-01 00:00:00"}],
    ),
    values("scalar.json", "42", ["42"]),
    values("text.json", '"Жук"', ["Жук"]),
    values("scalars.json", '[1, "x", null, true]', ["1", "x", None, "true"]),
    values("matrix.json", '[["id","n"],[1,2]]', ['["id","n"]', "[1,2]"]),
    values("nothing.json", "[]", []),
    values("hollow.json", "{}", ["{}"]),
    document("million_characters.json", json.dumps([{"a": "x" * 1_000_000}, {"a": "y"}])),
    Case("packed.json.gz", gzip.compress(b'[{"a":1},{"a":2}]', mtime=0), [{"a": "1"}, {"a": "2"}]),
]

NDJSON = [
    lines("plain.ndjson", '{"id":1,"имя":"Жук"}\n{"id":2,"имя":"Лев"}\n'),
    lines("no_last_end.jsonl", '{"id":1}\n{"id":2}'),
    lines("crlf.ndjson", '{"id":1}\r\n{"id":2}\r\n'),
    lines("blank_lines.ndjson", '\n{"id":1}\n\n   \n{"id":2}\n\n'),
    lines("in_json.json", '{"id":1}\n{"id":2}\n{"id":3}\n'),
    lines("different_keys.ndjson", '{"a":1}\n{"b":2}\n{"a":3,"c":{"d":4}}\n'),
    lines("broken_line.ndjson", '{"id":1}\n{"id":\n{"id":3}\n{"id":4}\n', bad=1),
    lines("bare_value.ndjson", '{"id":1}\n5\n"x"\nnull\n{"id":3}\n{"id":4}\n{"id":5}\n{"id":6}\n', bad=3, told=("not an object",)),
    lines("text_behind.ndjson", '{"id":1}\n{"id":2} x\n{"id":3}\n', bad=1, told=("text behind",)),
    lines("commas_between.ndjson", '{"id":1}\n{"id":2},\n{"id":3}\n', bad=1),
    lines("line_separator.ndjson", '{"a":"x"}\n{"a":"z"}\n'),
    Case("u2028_within.ndjson", '{"a":"x\u2028y"}\n{"a":"z\x85q"}\n'.encode(), [{"a": "x\u2028y"}, {"a": "z\x85q"}]),
    Case("cut.ndjson", b'{"id":1}\n{"id":2}\n{"id":3', None, told=("too early",)),
    Case("on_one_line.json", b'{"id":1}{"id":2} {"id":3}', [{"id": "1"}, {"id": "2"}, {"id": "3"}]),
    Case("pretty_one_after_another.json", b'{\n "id": 1\n}\n{\n "id": 2\n}\n', [{"id": "1"}, {"id": "2"}]),
    Case("separators.json", b'\x1e{"id":1}\n\x1e{"id":2}\n', [{"id": "1"}, {"id": "2"}]),
    Case("bytes.ndjson", b'{"a":"x"}\n{"a":"\xff"}\n{"a":"y"}\n', [{"a": "x"}, {"a": "y"}], 1, ("UTF-8",)),
    values("values.ndjson", "1\n20\n300\n", ["1", "20", "300"]),
    values("lists.jsonl", '["id","n"]\n[1,"a"]\n[2,"b"]\n', ['["id","n"]', '[1,"a"]', '[2,"b"]']),
    lines("mongo.ndjson", '{"_id":{"$oid":"5f"},"n":{"$numberLong":"1"}}\n{"_id":{"$oid":"60"},"n":{"$numberLong":"2"}}\n'),
    lines(
        "airbyte.ndjson",
        '{"type":"RECORD","record":{"stream":"s","data":{"id":1,"v":1.10}}}\n{"type":"RECORD","record":{"stream":"s","data":{"id":2,"v":2.00}}}\n',
    ),
    lines("log.ndjson", '{"ts":1700000000.123,"level":"info","ctx":{"user":{"id":1}}}\n{"ts":1700000001.5,"level":"warn"}\n'),
    Case("csv_inside.ndjson", b"id,n\n1,2\n3,4\n", None),
]
"""Files with one record after another."""

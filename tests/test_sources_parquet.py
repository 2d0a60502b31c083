"""What stands in a Parquet file comes out equal, by its declared type, or is refused; never rounded, cut or lost in silence."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import random
import string
import zipfile
from base64 import b64decode, b64encode
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow.parquet import encryption

from dataeng_ai import ir
from dataeng_ai.diagnostics import Problems
from dataeng_ai.sources import files, formats, parquet, view

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from dataeng_ai.sources.prepared import Prepared

SOURCE = ir.Source(None, "", "parquet")
LAW = settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def written(folder: Path, table: pa.Table, name: str = "выгрузка.parquet", **how: Any) -> Prepared:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, folder / name, **how)
    return prepared(folder, name)


def prepared(folder: Path, name: str) -> Prepared:
    (file,) = files.find(folder, name)
    return parquet.prepare(file, SOURCE, folder)


def texts(one: Prepared) -> list[tuple[str | None, ...]]:
    """Read the file in a session of another time zone: no text may depend on it."""
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'Asia/Kathmandu'")
        return parquet.relation(con, one).fetchall()


def column(one: Prepared, name: str) -> list[str | None]:
    place = one.header.index(name)
    return [row[place] for row in texts(one)]


def refused(call: Callable[[], object]) -> tuple[str, str]:
    with pytest.raises(Problems) as caught:
        call()
    (found,) = caught.value.diagnostics
    return found.code, f"{found.message}; {found.help}"


MOMENTS = st.datetimes(dt.datetime(1, 1, 1), dt.datetime(9999, 12, 31))  # noqa: DTZ001  what has no zone in the file has none here
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
UTC = st.just(dt.UTC)


def same_float(text: str, value: float) -> bool:
    return float(text) == value or (value != value and text == "nan")  # noqa: PLR0124  NaN is what does not equal itself


COLUMNS: dict[str, tuple[pa.DataType, str | None, st.SearchStrategy[Any], Callable[[str, Any], bool]]] = {
    "int8": (pa.int8(), "smallint", st.integers(-128, 127), lambda text, value: text == str(value)),
    "uint8": (pa.uint8(), "smallint", st.integers(0, 255), lambda text, value: text == str(value)),
    "int16": (pa.int16(), "smallint", st.integers(-(2**15), 2**15 - 1), lambda text, value: text == str(value)),
    "uint16": (pa.uint16(), "integer", st.integers(0, 2**16 - 1), lambda text, value: text == str(value)),
    "int32": (pa.int32(), "integer", st.integers(-(2**31), 2**31 - 1), lambda text, value: text == str(value)),
    "uint32": (pa.uint32(), "bigint", st.integers(0, 2**32 - 1), lambda text, value: text == str(value)),
    "int64": (pa.int64(), "bigint", st.integers(-(2**63), 2**63 - 1), lambda text, value: text == str(value)),
    "uint64": (pa.uint64(), "decimal(20, 0)", st.integers(0, 2**64 - 1), lambda text, value: text == str(value)),
    "float": (pa.float32(), "double", st.floats(width=32), same_float),
    "double": (pa.float64(), "double", st.floats(), same_float),
    "decimal": (pa.decimal128(9, 2), "decimal(9, 2)", st.decimals(-9999999, 9999999, places=2), lambda t, v: t == str(v)),
    "decimal all fraction": (
        pa.decimal128(4, 4),
        "decimal(4, 4)",
        st.decimals(Decimal("-0.9999"), Decimal("0.9999"), places=4),
        lambda text, value: text == f"{value:.4f}" or Decimal(text) == value == 0,
    ),
    "decimal wide": (
        pa.decimal128(38, 10),
        "decimal(38, 10)",
        st.integers(-(10**38) + 1, 10**38 - 1).map(lambda number: Decimal(f"{number}e-10")),
        lambda text, value: text == f"{value:f}",
    ),
    "bool": (pa.bool_(), "boolean", st.booleans(), lambda text, value: text == str(value).lower()),
    "date": (pa.date32(), "date", st.dates(), lambda text, value: text == value.isoformat()),
    "time ms": (
        pa.time32("ms"),
        "time",
        st.times().map(lambda one: one.replace(microsecond=one.microsecond // 1000 * 1000)),
        lambda text, value: dt.time.fromisoformat(text) == value,
    ),
    "time us": (pa.time64("us"), "time", st.times(), lambda text, value: dt.time.fromisoformat(text) == value),
    "timestamp s": (
        pa.timestamp("s"),
        "timestamp",
        MOMENTS.map(lambda one: one.replace(microsecond=0)),
        lambda t, v: dt.datetime.fromisoformat(t) == v,
    ),
    "timestamp us": (pa.timestamp("us"), "timestamp", MOMENTS, lambda text, value: dt.datetime.fromisoformat(text) == value),
    "timestamptz": (
        pa.timestamp("us", "Europe/Moscow"),
        "timestamptz",
        st.datetimes(dt.datetime(2, 1, 1), dt.datetime(9998, 1, 1), timezones=UTC),  # noqa: DTZ001  `timezones` gives them one
        lambda text, value: text.endswith("+00") and dt.datetime.fromisoformat(text) == value,
    ),
    "uuid": (pa.uuid(), "uuid", st.uuids().map(lambda one: one.bytes), lambda text, value: bytes.fromhex(text.replace("-", "")) == value),
    "bytes": (pa.binary(), "bytes", st.binary(max_size=9), lambda text, value: bytes.fromhex(text) == value and text == text.lower()),
    "text": (pa.string(), "text", TEXT, lambda text, value: text == value),
    "large text": (pa.large_string(), "text", TEXT, lambda text, value: text == value),
    "dictionary": (pa.dictionary(pa.int32(), pa.string()), "text", TEXT, lambda text, value: text == value),
    "list": (
        pa.list_(pa.int64()),
        "json",
        st.lists(st.none() | st.integers(-(2**63), 2**63 - 1), max_size=3),
        lambda text, value: json.loads(text) == value,
    ),
    "list of records": (
        pa.list_(pa.struct([("цена", pa.decimal128(7, 2)), ("t", pa.string())])),
        "json",
        st.lists(st.fixed_dictionaries({"цена": st.decimals(-99999, 99999, places=2), "t": TEXT}), max_size=2),
        lambda text, value: [one | {"цена": f"{one['цена']:f}"} for one in value] == json.loads(text, parse_float=str, parse_int=str),
    ),
    "map": (
        pa.map_(pa.string(), pa.int32()),
        "json",
        st.dictionaries(st.text(string.ascii_letters, max_size=3), st.integers(0, 9), max_size=2).map(lambda one: list(one.items())),
        lambda text, value: json.loads(text) == dict(value),
    ),
}


def test_a_nan_has_no_sign(tmp_path: Path) -> None:
    one = written(tmp_path, pa.table({"n": pa.array([float("-nan"), float("nan"), -0.0, None])}))
    assert [row[0] for row in texts(one)] == ["nan", "nan", "-0.0", None]


@LAW
@given(data=st.data())
def test_every_value_of_every_type_comes_out_equal(data: st.DataObject, tmp_path: Path) -> None:
    chosen = data.draw(st.lists(st.sampled_from(sorted(COLUMNS)), min_size=1, max_size=4, unique=True))
    rows = data.draw(st.integers(0, 5))
    values = {name: data.draw(st.lists(st.none() | COLUMNS[name][2], min_size=rows, max_size=rows)) for name in chosen}
    one = written(tmp_path, pa.table({name: pa.array(values[name], COLUMNS[name][0]) for name in chosen}))
    found = texts(one)
    assert (one.header, one.records, len(found)) == (tuple(chosen), rows, rows)
    assert [str(kind) for kind in one.kinds] == [COLUMNS[name][1] for name in chosen]
    for place, name in enumerate(chosen):
        for text, value in zip((row[place] for row in found), values[name], strict=True):
            assert (text is None) == (value is None)
            assert text is None or COLUMNS[name][3](text, value), (name, text, value)


def test_nested_records_are_columns_by_path(tmp_path: Path) -> None:
    rows = [{"город": "Тула", "geo": {"lat": 1.5, "a.b": True}}, None, {"город": None, "geo": None}]
    one = written(tmp_path, pa.table({"id": [1, 2, 3], "адрес": rows}))
    assert one.header == ("id", "адрес.город", "адрес.geo.lat", "адрес.geo.a.b")
    assert texts(one) == [("1", "Тула", "1.5", "true"), ("2", None, None, None), ("3", None, None, None)]


def test_nanoseconds_and_years_that_no_storage_has_are_texts_that_their_type_refuses(tmp_path: Path) -> None:
    nano = pa.array([1704103200123456789, 1704103200123456000], pa.timestamp("ns"))
    day = pa.array([2**31 - 1, -(2**31)], pa.int32()).cast(pa.date32())
    one = written(tmp_path, pa.table({"nano": nano, "zoned": nano.cast(pa.timestamp("ns", "UTC")), "day": day}))
    assert column(one, "nano") == ["2024-01-01 10:00:00.123456789", "2024-01-01 10:00:00.123456"]
    if any("`zoned` is kept in nanoseconds" in said for said in one.repairs):  # DuckDB 1.5
        return
    assert column(one, "zoned") == ["2024-01-01 10:00:00.123456789+00", "2024-01-01 10:00:00.123456+00"]
    assert not [text for text in column(one, "day") if text and len(text) == len("2024-01-01")]


def test_moments_of_old_writers_say_that_they_are_read_to_the_microsecond(tmp_path: Path) -> None:
    table = pa.table({"at": pa.array([1704103200123456789], pa.timestamp("ns"))})
    one = written(tmp_path, table, use_deprecated_int96_timestamps=True)
    assert column(one, "at") == ["2024-01-01 10:00:00.123456"]
    assert one.repairs == ("`at` is kept in nanoseconds, and read to the microsecond: anything finer is left out",)


def test_a_decimal_wider_than_any_type_is_refused_by_its_column(tmp_path: Path) -> None:
    table = pa.table({"сумма": pa.array([Decimal(1)], pa.decimal256(60, 2))})
    code, said = refused(lambda: written(tmp_path, table))
    assert (code, "its column `сумма` is a decimal of 60 digits" in said) == ("E340", True)


def test_text_that_is_no_text_is_refused_and_not_replaced(tmp_path: Path) -> None:
    faulty = pa.Array.from_buffers(pa.string(), 2, pa.array([b"\xff\xfeA", b"ok"], pa.binary()).buffers())

    def read() -> None:
        one = written(tmp_path, pa.table({"s": faulty, "n": [1, 2]}))
        with duckdb.connect() as con:
            view.open_view(con, [one], ["s", "n"])
            _all(con, one)

    code, said = refused(read)
    assert code in ("E319", "E340")  # DuckDB 1.5 meets it in the footer's statistics already
    assert "not valid UTF8" in said


def _all(con: duckdb.DuckDBPyConnection, one: Prepared) -> list[Any]:
    with view.reading([one]):
        return con.execute('SELECT * FROM "__source__"').fetchall()


@pytest.mark.parametrize("codec", ["none", "zstd"])
def test_no_damage_is_a_traceback(codec: str, tmp_path: Path) -> None:
    table = pa.table({"n": list(range(900)), "s": [f"текст {n % 50}" for n in range(900)], "l": [[n] * (n % 3) for n in range(900)]})
    written(tmp_path, table, "whole.parquet", compression=codec, row_group_size=300)
    data = (tmp_path / "whole.parquet").read_bytes()
    chance = random.Random(7)  # noqa: S311  the same damage in each run
    told = set()
    for _ in range(40):
        broken = bytearray(data)
        broken[chance.randrange(4, len(data) - 4)] ^= 1 << chance.randrange(8)
        (tmp_path / "broken.parquet").write_bytes(broken)
        try:
            one = prepared(tmp_path, "broken.parquet")
            with duckdb.connect() as con:
                view.open_view(con, [one], one.header)
                rows = _all(con, one)
            view.verify([one], len(rows))
        except Problems as problems:
            told.add(problems.diagnostics[0].code)
    assert told <= {"E319", "E322", "E340"}
    assert told


@pytest.mark.parametrize("kept", [0, 3, 4, 11, 0.5, -1, -4])
def test_a_file_cut_short_anywhere_is_refused(kept: float, tmp_path: Path) -> None:
    written(tmp_path, pa.table({"n": list(range(100))}), "t.parquet")
    data = (tmp_path / "t.parquet").read_bytes()
    (tmp_path / "t.parquet").write_bytes(data[: int(len(data) * kept) if kept == 0.5 else int(kept)])
    assert refused(lambda: prepared(tmp_path, "t.parquet"))[0] == ("E340" if kept else "E311")


class Keys(encryption.KmsClient):  # type: ignore[misc]  # the library has no types
    """Keeps keys as they are."""

    def wrap_key(self, key: bytes, _name: str) -> bytes:
        return b64encode(key)

    def unwrap_key(self, key: bytes, _name: str) -> bytes:
        return b64decode(key)


def test_an_encrypted_file_and_one_without_a_column_say_so(tmp_path: Path) -> None:
    written(tmp_path, pa.table({"n": [1]}), "t.parquet")
    data = (tmp_path / "t.parquet").read_bytes()
    (tmp_path / "t.parquet").write_bytes(b"PARE" + data[4:-4] + b"PARE")
    assert "it is encrypted" in refused(lambda: prepared(tmp_path, "t.parquet"))[1]
    factory = encryption.CryptoFactory(lambda _: Keys())
    columns = encryption.EncryptionConfiguration(footer_key="f", column_keys={"c": ["n"]}, plaintext_footer=True)
    properties = factory.file_encryption_properties(encryption.KmsConnectionConfig(), columns)
    with pq.ParquetWriter(tmp_path / "t.parquet", pa.schema([("n", pa.int64())]), encryption_properties=properties) as writer:
        writer.write_table(pa.table({"n": [1]}))
    assert "it is encrypted" in refused(lambda: prepared(tmp_path, "t.parquet"))[1]
    code, said = refused(lambda: written(tmp_path, pa.table({}), "none.parquet"))
    assert (code, "not one column" in said) == ("E311", True)
    assert written(tmp_path, pa.table({"n": pa.array([], pa.int32())}), "empty.parquet").records == 0


def test_rows_are_shown_as_json_by_their_ordinals(tmp_path: Path) -> None:
    table = pa.table(
        {
            "номер": list(range(1, 5001)),
            "цена": pa.array([Decimal("1.50")] * 5000, pa.decimal128(6, 2)),
            "x": [float("nan")] * 5000,
            "at": pa.array([0] * 5000, pa.timestamp("us", "UTC")),
            "long": ["ы" * 9000] * 5000,
        }
    )
    one = written(tmp_path, table, row_group_size=700)
    found = list(parquet.raw(one, [4999, 2]))
    assert [(record, line) for record, line, _ in found] == [(2, 2), (4999, 4999)]
    assert found[0][2].startswith('{"номер":2,"цена":1.50,"x":"nan","at":"1970-01-01 00:00:00+00","long":"ыы')
    assert len(found[0][2]) == 4096
    assert list(parquet.raw(one, [])) == []


def test_folders_named_as_hive_names_them_are_columns(tmp_path: Path) -> None:
    table = pa.table({"n": [1], "m": ["own"]})
    one = written(tmp_path, table, "продажи/год=2024/m=01/place=%D0%A2%D1%83%D0%BB%D0%B0/none=__HIVE_DEFAULT_PARTITION__/a.parquet")
    assert one.header == ("n", "m", "год", "place", "none")
    assert texts(one) == [("1", "own", "2024", "Тула", None)]


@pytest.mark.parametrize("name", ["a?.parquet", "a*.parquet", "[a].parquet", "a{b,c}.parquet", "a'b.parquet", "**.parquet", "a\\b.parquet"])
def test_a_file_of_a_hostile_name_is_that_file_alone(name: str, tmp_path: Path) -> None:
    pq.write_table(pa.table({"n": [9]}), tmp_path / "ab.parquet")
    assert texts(written(tmp_path, pa.table({"n": [1]}), name)) == [("1",)]


@pytest.mark.parametrize("name", ['q"uote', "a.b", "'); DROP TABLE x; --", "{{ x }}", "SELECT", " ", "имя", "c0", "file_row_number"])
def test_a_column_of_a_hostile_name_is_a_column(name: str, tmp_path: Path) -> None:
    one = written(tmp_path, pa.table({name: ["v"], "other": [{name: 2}]}))
    assert one.header == (name, f"other.{name}")
    assert texts(one) == [("v", "2")]
    assert json.loads(next(parquet.raw(one, [1]))[2]) == {name: "v", f"other.{name}": 2}


def test_columns_that_duckdb_cannot_tell_apart_are_renamed_and_it_is_said(tmp_path: Path) -> None:
    table = pa.Table.from_arrays([pa.array([1]), pa.array([{"x": 1, "y": 2}]), pa.array([3]), pa.array([4])], ["id", "st", "ID", ""])
    one = written(tmp_path, table)
    assert len({name.casefold() for name in one.header}) == 5
    assert [said.partition(" is named")[0] for said in one.repairs] == ["column 3", "column 4"]
    assert texts(one) == [("1", "1", "2", "3", "4")]


def test_a_packed_file_and_a_member_of_an_archive_are_read(tmp_path: Path) -> None:
    pq.write_table(pa.table({"n": [1, 2]}), tmp_path / "t.parquet")
    data = (tmp_path / "t.parquet").read_bytes()
    (tmp_path / "t.gz").write_bytes(gzip.compress(data))
    with zipfile.ZipFile(tmp_path / "t.zip", "w") as archive:
        archive.writestr("т.parquet", data)
    for name in ("t.gz", "t.zip"):
        (tmp_path / name[2:]).mkdir()
        found = files.find(tmp_path, name)
        assert formats.guess(found) == "parquet"
        assert texts(parquet.prepare(found[0], SOURCE, tmp_path / name[2:])) == [("1",), ("2",)]


def test_files_of_different_columns_are_read_by_name(tmp_path: Path) -> None:
    many = [
        written(tmp_path, pa.table({"id": [1], "имя": ["one"]}), "a.parquet"),
        written(tmp_path, pa.table({"имя": ["two"], "id": [2]}), "b.parquet"),
    ]
    with duckdb.connect() as con:
        view.open_view(con, many, ["id", "имя"])
        assert con.execute('FROM "__source__"').fetchall() == [("1", "one"), ("2", "two")]
        more = [*many, written(tmp_path, pa.table({"id": [3]}), "c.parquet")]
        assert refused(lambda: view.open_view(con, more, ["id", "имя"]))[0] == "E320"
        assert refused(lambda: view.open_view(con, many, ["имя", "x"], "discard"))[0] == "E320"
        assert refused(lambda: view.open_view(con, many, ["id"]))[0] == "E321"
        view.open_view(con, more, ["id", "имя"], missing="evolve")
        assert con.execute('SELECT * FROM "__numbered__" ORDER BY id').fetchall()[-1] == ("3", None, "c.parquet", 1)
        view.open_view(con, many[:1], ["id"], "evolve")
        assert con.execute('FROM "__source__"').fetchall() == [("1", '{"имя":"one"}')]

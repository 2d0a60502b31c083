"""Records that are what their text would be are read without a parser of ours; the odd ones are looked at apart, and nothing is lost."""

from __future__ import annotations

import gzip
import json
import random
from typing import TYPE_CHECKING, Any, Literal

import pytest

from dataeng_ai import ir
from dataeng_ai.profile import survey
from dataeng_ai.profile.unfolded import beneath
from dataeng_ai.sources import json as source_json
from dataeng_ai.sources import json_lines, json_plain, json_reading
from dataeng_ai.sources.files import File
from tests.test_json_plain import ALIKE, rows

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from dataeng_ai.sources.prepared import Prepared

RECORDS = 400
WORDS = ("Иванов", "a b", "", "x:y", "{}", "[1]", "nan", "-inf", "null", "é", "😀", "1,5")
WAYS = ("lines", "list", "spread", "duckdb", "indented", "envelope", "gz", "gz list", "utf-16")
ODD = (
    r'{"id":1,"имя":"a \"b\" \\ c\n"}',
    '{"id":1,"имя":"x","новый":2}',
    '{"id":1.50}',
    '{"имя":"x","id":1}',
    '{"id":1,"id":2}',
    '{"id":1,"строки":[{"код":"a","код":"b"}]}',
    '{"id":1,"строки":[{"код":"a","n":{"x":1,"x":2}}]}',
    '{"id":{"x":1}}',
    '{"id":nan}',
    '{"id":-inf}',
    '{"id":1,"строки":[{"n":nan}]}',
    '{"id":1,"строки":[{"n":-inf},{"n":1}]}',
    '{"id":1,"строки":[{"n":[1]}]}',
    '{"id":1,"строки":[null]}',
    '{"id":1,"строки":7}',
    '{"id":1,"строки":"[]"}',
    '{"id":1,}',
    '{"id":"1"}',
    '{"id":null}',
    '{"id":true}',
    '{"id":1e5}',
    '{"id": 1 }',
    '{"id":123456789012345678901234567890}',
    '{"id":1,"адрес":{}}',
    '{"id":1,"адрес":null}',
    '{"id":1,"адрес":{"город":null}}',
    '{"id":1,"адрес":"Москва"}',
    r'{"id":1,"имя":"\u0000"}',
    r'{"id":1,"имя":"\ud800"}',
    '{"id":1,"имя":"\t"}',
    "{}",
    "[]",
    "7",
    "",
    '{"id":1} {"id":2}',
    '{"id":1',
)


def made(chance: random.Random, number: int) -> dict[str, Any]:  # Any: whatever JSON holds
    """Return a record like the others."""
    found: dict[str, Any] = {"id": number, "имя": chance.choice(WORDS), "сумма": chance.randrange(10**6) / 100, "да": chance.random() < 0.5}
    if chance.random() < 0.7:
        found["почта"] = chance.choice((None, "a@b.ru"))
    found["адрес"] = {
        "город": chance.choice(WORDS),
        "гео": {"lat": chance.random(), "lon": None},
        "индекс": chance.choice((None, "101000")),
    }
    found["строки"] = [
        {
            "код": chance.choice(WORDS),
            "n": chance.randrange(9),
            **({"да": True} if chance.random() < 0.5 else {}),
            "части": [{"x": None}] * chance.randrange(2),
        }
        for _ in range(chance.randrange(4))
    ]
    found["метки"] = [chance.choice(WORDS) for _ in range(chance.randrange(3))]
    found["точки"] = [[1.5, 2], []][: chance.randrange(3)]
    return found


def write(folder: Path, way: str, texts: list[str]) -> tuple[Path, ir.Source]:
    """Write records in one of the ways in which programs do."""
    form: Literal["json", "ndjson"] = "ndjson" if way in ("lines", "gz", "utf-16") else "json"
    path = folder / ("made." + form + (".gz" if way.startswith("gz") else ""))
    gaps = {"spread": ", ", "duckdb": ",\n\t", "indented": ",\n  ", "gz list": ","}
    text = "\n".join(texts) + "\n" if form == "ndjson" else "[" + gaps.get(way, ",").join(texts) + "]\n"
    if way == "envelope":
        text = '{"meta": {"items": [1]}, "data": {"items": ' + text + '}, "total": 3}'
    raw = text.encode("utf-16" if way == "utf-16" else "utf-8")
    path.write_bytes(gzip.compress(raw) if way.startswith("gz") else raw)
    return path, ir.Source(None, path.name, form, records="data.items" if way == "envelope" else None)


def both(path: Path, source: ir.Source, tmp_path: Path) -> Prepared | None:
    """Hold both readers against each other; return what the quick one gives."""
    file = File(path.name, path, path.stat().st_size)
    quick = json_plain.prepare(file, source, tmp_path, 0)
    careful = None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_plain, "prepare", lambda *_: None)
        scratch = tmp_path / "scratch"
        scratch.mkdir(exist_ok=True)
        if quick:
            careful = source_json.prepare(file, source, scratch)
    if quick and careful:
        assert [getattr(quick, name) for name in ALIKE] == [getattr(careful, name) for name in ALIKE]
        assert rows(quick) == rows(careful)
    return quick


def dumped(way: str) -> Callable[[Any], str]:  # Any: whatever JSON holds
    """Return what writes a record."""
    marks = (", ", ": ") if way in ("spread", "gz", "envelope") else (",", ":")
    return lambda one: json.dumps(one, ensure_ascii=False, separators=marks, indent=2 if way == "indented" else None)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("seed", range(2))
def test_records_that_are_alike_are_matched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str, seed: int) -> None:
    """However they are written and packed, in one piece or many, and whatever the first of them lack."""
    chance = random.Random(seed)  # noqa: S311  made-up data
    monkeypatch.setattr(json_lines, "PIECE", chance.choice((20_000, 1 << 20)))
    monkeypatch.setattr(json_reading, "_START", chance.choice((2000, 10**6)))
    path, source = write(tmp_path, way, list(map(dumped(way), (made(chance, number) for number in range(RECORDS)))))
    found = both(path, source, tmp_path)
    assert found is not None
    assert found.plain is not None
    assert found.plain.matched


@pytest.mark.parametrize("way", ["lines", "list"])
@pytest.mark.parametrize("odd", range(len(ODD)))
def test_an_odd_record_among_them_is_read_as_ever(tmp_path: Path, way: str, odd: int) -> None:
    """Or the careful reader reads the file; the quick one takes nothing for what it is not."""
    chance = random.Random(odd)  # noqa: S311  made-up data
    texts = list(map(dumped(way), (made(chance, number) for number in range(60))))
    texts.insert(50, ODD[odd])
    both(*write(tmp_path, way, texts), tmp_path)


def test_a_large_file_with_an_odd_record_is_not_left_to_the_careful_reader(tmp_path: Path) -> None:
    """One text with an escape, one number that is spelt as no program spells it, and one new key are looked at alone."""
    chance = random.Random(1)  # noqa: S311  made-up data
    records = [made(chance, number) for number in range(RECORDS)]
    records[300]["имя"] = 'ООО "Ромашка"'
    records[390]["новый"] = "поздно"
    found = both(*write(tmp_path, "lines", list(map(dumped("lines"), records))), tmp_path)
    assert found is not None
    assert found.plain is not None
    assert found.plain.matched
    assert "новый" in found.header


def test_the_items_of_lists_are_profiled_from_what_was_made_ready_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the profile of each is what it is by itself; the rows without a list have none."""
    chance = random.Random(3)  # noqa: S311  made-up data
    path, _ = write(tmp_path, "lines", list(map(dumped("lines"), (made(chance, number) for number in range(RECORDS)))))
    made_ready: list[Prepared] = []
    prepare = source_json.prepare

    def prepared(file: File, source: ir.Source, scratch: Path) -> Prepared:
        made_ready.append(prepare(file, source, scratch))
        return made_ready[-1]

    monkeypatch.setattr(source_json, "prepare", prepared)
    parent, *lists = survey.profile_lists(tmp_path, path.name)
    assert len(made_ready) == 1
    assert [one.source for one in lists] == ["строки"]
    assert [key.columns for key in lists[0].keys] == [("../id", ".position")]
    assert parent == survey.profile(tmp_path, path.name)
    assert lists == [survey.profile(tmp_path, path.name, levels=(level,)) for level in beneath(parent)]

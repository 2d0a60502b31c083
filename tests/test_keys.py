"""Keys, near-keys, what decides what, and what refers to what: proved on rows, told with the rows that spoil it."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING

import duckdb

from dataeng_ai.profile import alerts, alike, card, facts, functional, profile, view
from dataeng_ai.profile.across import related
from dataeng_ai.profile.further import answered
from dataeng_ai.profile.measure import VIEW
from dataeng_ai.profile.relations import relations
from tests.benchmarks.keys_marks import Marks, judge
from tests.benchmarks.keys_schemas import employees, northwind, pubs, sakila
from tests.benchmarks.keys_unseen import films, russian_shop, star

if TYPE_CHECKING:
    from pathlib import Path

    from dataeng_ai.profile import Profile
    from tests.shell import Shell


def made(folder: Path, name: str, header: str, rows: list[str]) -> Profile:
    (folder / name).write_text("\n".join([header, *rows]) + "\n", "utf-8")
    return profile(folder, name)


def test_keys_and_references_of_classic_databases_are_found_by_their_rows_alone(tmp_path: Path) -> None:
    every = Marks()
    for make in (northwind, pubs, employees, sakila, star, russian_shop, films):
        folder = tmp_path / make.__name__
        folder.mkdir()
        database = make()
        database.write(folder)
        every.add(judge(make.__name__, folder, database.keys, database.references))
    assert every.right_keys * 43 >= 41 * every.keys, every.notes
    assert every.f1 >= 0.95, every.notes


def test_names_tell_kinds_chiefs_and_short_forms_from_what_is_referred_to() -> None:
    def score(column: str, key: str, table: str, *, own: bool = False) -> float:
        return alike.alike(column, key, table, own=own).score

    assert score("Код клиента", "Код", "Клиенты") >= alike.TABLE
    assert score("movie_id", "id", "movies") >= alike.TABLE
    assert (
        score("current_cdemo_sk", "demo_sk", "customer_demographics") >= alike.OTHERWISE > score("hdemo_sk", "x", "customer_demographics")
    )
    assert score("manager_id", "employee_id", "employees", own=True) > 0 == score("manager_id", "item_sk", "item", own=True)
    assert score("post_type_id", "id", "posts") == 0 < score("post_type_id", "id", "post_types")
    assert [alike.is_count(name) for name in ("UpVotes", "status", "ReportsTo", "address", "order_ids")] == [
        True,
        False,
        False,
        False,
        False,
    ]


def test_questions_that_need_too_much_memory_together_are_asked_apart() -> None:
    names = [f"c{place}" for place in range(24)]
    asked = functional.asks([(one, other) for one in names for other in names[:2] if one != other], {})
    with closing(duckdb.connect()) as con:
        con.execute("CREATE TABLE made AS SELECT range AS i FROM range(30000)")
        columns = ", ".join(f"((i * {7 + at}) % {2000 + at * 13})::VARCHAR AS {name}" for at, name in enumerate(names))
        con.execute(f'CREATE VIEW "{VIEW}" AS SELECT {columns} FROM made')
        whole = answered(con, asked)
        con.execute("SET memory_limit = '60MB'; SET temp_directory = ''")
        assert answered(con, asked) == whole


def test_ids_that_all_begin_at_one_refer_to_nothing_by_that(tmp_path: Path) -> None:
    tables = {
        name: made(tmp_path, f"{name}.csv", f"{name}_id,цена,остаток", [f"{n},{n * 3 % 50}.5,{n % 20 + 1}" for n in range(1, 60)])
        for name in ("cat", "shop", "road")
    }
    assert not any(relations(tables).references.values())


def test_a_near_key_says_which_rows_spoil_it(tmp_path: Path) -> None:
    rows = [f"{n},Имя {n % 7}" for n in range(1, 200)]
    rows[49], rows[120], rows[150] = "7,Ещё раз", "7,И ещё", ",Без номера"
    found = made(tmp_path, "заказы.csv", "номер_заказа,название", rows)
    (near,) = found.near_keys
    assert (near.column, near.repeated, near.missing) == ("номер_заказа", 2, 1)
    (one,) = near.examples
    assert (one.value, one.rows, [(at.file, at.record) for at in one.places]) == ("7", 3, [("заказы.csv", n) for n in (7, 50, 121)])
    assert [(at.file, at.record) for at in near.without] == [("заказы.csv", 151)]
    said = "`номер_заказа`, but for 2 rows that repeat a value and 1 row without one: 7 in record 7, record 50, record 121 of заказы.csv"
    assert said in view.text(found)
    assert any(said in alert for alert in alerts.of(found))
    assert "record 121" in card.html(found)


def test_a_near_key_of_a_person_is_masked(tmp_path: Path) -> None:
    rows = [f"anna.{n:03}@example.com,{n % 5}" for n in range(100)]
    rows[60] = rows[10]
    found = made(tmp_path, "people.csv", "email,group", rows)
    (near,) = found.near_keys
    assert near.repeated == 1
    assert "anna" not in json.dumps(found.to_dict()) + view.text(found) + card.html(found)
    assert not [one for one in found.sketches if one.column == "email"]


def test_a_key_is_no_near_key(tmp_path: Path) -> None:
    assert made(tmp_path, "t.csv", "id,x", [f"{n},{n % 3}" for n in range(500)]).near_keys == ()


def test_what_decides_what_is_proved_on_all_rows(tmp_path: Path) -> None:
    towns = [("Тверь", "ЦФО"), ("Орёл", "ЦФО"), ("Псков", "СЗФО"), ("Омск", "СФО"), ("Томск", "СФО"), ("Пермь", "ПФО")]
    rows = [f"{n},{towns[n % 6][0]},{towns[n % 6][1]},{n * 7 % 5}" for n in range(5000)]
    found = made(tmp_path, "a.csv", "id,город,округ,балл", rows)
    assert [(one.column, one.decides, one.values) for one in found.decides] == [("город", ("округ",), 6)]
    assert "`город` decides `округ`, in all 6 of its values" in view.text(found)
    rows[4990] = "4990,Тверь,ПФО,1"
    assert made(tmp_path, "b.csv", "id,город,округ,балл", rows).decides == ()


def test_a_row_is_told_in_words(tmp_path: Path) -> None:
    tickets = made(tmp_path, "tickets.csv", "ticket_id,price", [f"{n},{n % 9}.50" for n in range(300)])
    assert tickets.grain == "one row per ticket (`ticket_id`)"
    days = [f"{museum},2024-01-{day:02},{museum * day % 4}" for museum in range(9) for day in range(1, 29)]
    assert made(tmp_path, "visits.csv", "museum_id,date,visits", days).grain == "one row per museum and day (`museum_id`, `date`)"
    assert made(tmp_path, "log.csv", "level,text", ["a,b"] * 50).grain is None


def test_specs_of_a_project_refer_to_each_other(shell: Shell) -> None:
    (shell.folder / "museums.csv").write_text("museum_id,name\n" + "".join(f"{n},Музей {n}\n" for n in range(1, 41)), "utf-8")
    visits = "".join(f"{n},{n % 40 + 1},{n % 11}\n" for n in range(1000))
    (shell.folder / "visits.csv").write_text("visit_id,museum_id,score\n" + visits, "utf-8")
    for name in ("museums", "visits"):
        shell.ok("new", name, "--source", f"{name}.csv")
        shell.ok("profile", name)
    said = shell.ok("profile", "visits")
    assert "refers to: museum_id -> museums.museum_id" in said.out
    (found,) = json.loads(shell.ok("profile", "visits", "--format", "json").out)["foreign_keys"]
    assert (found["columns"], found["table"], found["references"]) == (["museum_id"], "museums", ["museum_id"])
    assert (found["share"], found["compared"], found["exact"]) == (1.0, 40, True)
    kept = (shell.folder / ".dataeng" / "profiles" / "visits.json").read_text("utf-8")
    assert not json.loads(kept)["references"]
    assert shell.ok("profile", "visits", "--format", "json").out == shell.ok("profile", "visits", "--format", "json").out


def test_several_files_are_shown_beside_each_other(shell: Shell) -> None:
    (shell.folder / "a.csv").write_text("a_id,x\n" + "".join(f"{n},{n % 3}\n" for n in range(1, 30)), "utf-8")
    (shell.folder / "b.csv").write_text("b_id,a_id\n" + "".join(f"{n},{n % 29 + 1}\n" for n in range(100, 300)), "utf-8")
    said = shell.ok("profile", "a.csv", "b.csv").out
    assert "a_id -> a.csv.a_id" in said
    assert "  key: b_id" in said
    found = json.loads(shell.ok("profile", "a.csv", "b.csv", "--format", "json").out)
    assert found["b.csv"]["primary_key"] == ["b_id"]
    assert found["b.csv"]["foreign_keys"][0]["table"] == "a.csv"


def test_a_profile_is_kept_whole(tmp_path: Path) -> None:
    one = made(tmp_path, "t.csv", "id,day,town", [f"{n},2024-01-{n % 28 + 1:02},{'ab'[n % 2]}" for n in range(400)])
    assert facts.from_json(facts.to_json(one)) == one
    assert "sketches" not in one.to_dict()
    assert related({"t": one})["t"].references == ()

"""What a profile tells a person, beside its table of columns: all of it, in any terminal, of one source and of several."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from dataeng_ai.profile import alerts, card, profile, sentences, together, view
from dataeng_ai.profile.across import related
from dataeng_ai.profile.evidence import Growth
from tests.shell import Shell
from tests.test_profile_card import HOSTILE, PROMISED, read

if TYPE_CHECKING:
    from dataeng_ai.profile import Profile

ROOT = Path(__file__).resolve().parents[1]
CITIES = ("Москва", "Тверь", "Казань", "Самара")


@pytest.fixture(scope="module")
def sales(tmp_path_factory: pytest.TempPathFactory) -> Profile:
    """A report of a shop as its bookkeeper saves it: lines above and below, a word for nothing, one shop."""
    folder = tmp_path_factory.mktemp("лавка")
    rows = [f"{n:06d};{CITIES[n % 4]};{'н/д' if n % 50 == 0 else n % 9 + 1};{n % 7 * 1250},50;Лавка № 1" for n in range(1, 301)]
    head = "Отчёт о продажах\r\n\r\n№ чека;Город;Кол-во;Сумма;Магазин\r\n"
    (folder / "продажи.csv").write_bytes(f"{head}{chr(10).join(rows)}\nИтого;;;991,00;\n".encode("cp1251"))
    return profile(folder, "продажи.csv")


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_longer_than_the_terminal_and_no_word_is_lost(sales: Profile, width: int) -> None:
    folded, whole = view.text(sales, width), view.text(sales)
    assert max(map(len, folded.splitlines())) <= width
    told = [line for line in whole.splitlines() if line.startswith(("  ", "key: ", "look at: ", "forecast: "))]
    assert told
    assert all(" ".join(line.split()) in " ".join(folded.split()) for line in told)


def test_what_was_left_out_or_read_as_nothing_is_said_in_the_text_and_on_the_card(sales: Profile) -> None:
    text, page = view.text(sales), read(card.html(sales)).text
    assert "footer 1: the last record holds no data, from `Итого` on" in text
    assert "read as Russian" in text
    for alert in ("`Кол-во`: `н/д` is read as missing", "`Магазин`: every cell is the same"):
        assert f"look at: {alert}" in text
        assert alert.replace("`", "").replace(" ", "") in page.replace(" ", "")
    assert set(alerts.beyond(sales)) <= set(alerts.of(sales))


def test_lists_are_told_with_what_makes_rows_of_them(tmp_path: Path) -> None:
    (tmp_path / "заказы.json").write_text(
        '[{"id": 1, "позиции": [{"цена": 1}, {"цена": 2}]}, {"id": 2, "позиции": [{"цена": 3}]}]', "utf-8"
    )
    found = profile(tmp_path, "заказы.json")
    look = "`spec profile FILE --lists` looks at them"
    told = f"`позиции` has 3 objects in its lists; {look}, `spec new NAME --source FILE --split` drafts a spec whose rows they are"
    assert f"list: {told}" in view.text(found)
    assert "Lists" in read(card.html(found)).text


@pytest.mark.parametrize(
    ("a_day", "told"), [(69.4, "69 rows a day"), (2.0, "14 rows a week"), (0.2, "6 rows a month"), (0.001, "0 rows a year")]
)
def test_few_rows_are_told_of_a_longer_time(a_day: float, told: str) -> None:
    assert sentences.pace(Growth("день", a_day, a_day, a_day, 600, "")).startswith(told)


def test_no_estimate_says_more_values_than_there_are_between_the_ends(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,b\n" + "\n".join(f"{n},{n * 7919 % 19997}" for n in range(60_000)), "utf-8")
    column = profile(tmp_path, "t.csv").column("b")
    assert not column.distinct_exact
    assert column.distinct <= 19_997


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Profile]:
    """Orders and their customers, which refer to each other by their name."""
    folder = tmp_path_factory.mktemp("shop")
    (folder / "customers.csv").write_text("id,город\n" + "\n".join(f"{n},{CITIES[n % 4]}" for n in range(1, 201)), "utf-8")
    orders = "\n".join(f"{n},{n * 7 % 200 + 1},{n}.50" for n in range(1000, 2000))
    (folder / "orders.csv").write_text(f"order_id,customer_id,сумма\n{orders}", "utf-8")
    return {name: profile(folder, f"{name}.csv") for name in ("customers", "orders")}


def test_several_sources_are_one_card_with_what_refers_to_what(
    shop: dict[str, Profile], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = related(shop)
    page = read(together.html(found)).text
    for fact in ("2 sources", "1,000 rows", "customer_id -> customers.id", "one row per customer", "→ customers.id", "columns of orders"):
        assert fact in page
    assert "→ customers.id" in read(card.html(found["orders"])).text
    monkeypatch.chdir(tmp_path)
    for name in ("a", "b"):
        (tmp_path / f"{name}.csv").write_text("id\n1\n2\n", "utf-8")
    out = Shell(tmp_path, capsys).ok("profile", "a.csv", "b.csv", "--format", "html").out
    assert out.startswith("<!doctype html>\n<html")
    assert "2 sources beside each other" in out


def test_the_card_of_many_wide_sources_is_small_says_what_is_left_out_and_keeps_names_words(shop: dict[str, Profile]) -> None:
    wide = replace(
        shop["orders"],
        columns=tuple(replace(shop["orders"].columns[0], name=f"{HOSTILE[n % 7]} {n}") for n in range(200)),
        keys=(),
        sketches=(),
    )
    for many, left in ((3, "more columns"), (900, "more sources are not shown")):
        html = together.html({f"{HOSTILE[n % 7]} {n}": wide for n in range(many)})
        assert len(html.encode()) < PROMISED
        assert left in read(html).text


def test_tables_of_two_databases_with_one_name_are_two_specs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shell = Shell(tmp_path, capsys)
    monkeypatch.chdir(tmp_path)
    shell.write("dataeng.yaml", "version: 1\nconnections: {shop: {kind: sqlite}, mill: {kind: sqlite}}\n")
    for name in ("shop", "mill"):
        monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", f"sqlite:///{tmp_path / name}.db")
        with sqlite3.connect(tmp_path / f"{name}.db") as connection:
            connection.executescript(
                "CREATE TABLE orders (id INTEGER PRIMARY KEY);"
                "CREATE TABLE items (id INTEGER PRIMARY KEY, order_id INTEGER REFERENCES orders (id));"
            )
        shell.ok("new", "--connection", name, "--all")
    specs = {path.stem: path.read_text("utf-8") for path in (tmp_path / "specs").glob("*.yaml")}
    assert set(specs) == {"orders", "items", "mill_orders", "mill_items"}
    assert "spec: mill_orders" in specs["mill_items"]
    assert "a spec reads each of these tables already" in shell.ok("new", "--connection", "shop", "--all").out


@pytest.mark.parametrize("kind", ["sqlite", "duckdb"])
def test_the_file_of_a_database_says_by_what_it_is_read(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "лавка.db"
    connection = sqlite3.connect(file) if kind == "sqlite" else duckdb.connect(str(file))
    connection.execute("CREATE TABLE t (a INTEGER)")
    connection.close()
    said = Shell(tmp_path, capsys).spec("profile", str(file))
    assert said.code == 1
    assert f"{{kind: {kind}}}" in said.err


def test_a_folder_is_told_by_the_files_in_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a.xml", "b.xml", "c.csv"):
        (tmp_path / name).write_text("<a/>", "utf-8")
    assert f"write `{tmp_path}/*.xml`" in Shell(tmp_path, capsys).spec("profile", str(tmp_path)).err


def test_each_field_of_the_json_stands_in_the_documentation(sales: Profile) -> None:
    page = (ROOT / "docs/profile.md").read_text("utf-8")
    data = sales.to_dict()
    for field in {*data, *data["columns"][0]}:
        assert f"`{field}`" in page, field

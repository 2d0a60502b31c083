"""The card of a profile says what the profile says: in words too, escaped, small, and with nothing that runs or is fetched."""

from __future__ import annotations

import json
import random
import re
import time
import xml.etree.ElementTree as ET
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest

from dataeng_ai.demo.tickets import ROWS, tickets
from dataeng_ai.profile import alerts, card, profile, view
from tests.shell import Shell

if TYPE_CHECKING:
    from pathlib import Path

    from dataeng_ai.profile import Profile

PROMISED = 100_000
VOID = {"meta", "img", "br", "link", "wbr"}
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "Очень длинное название столбца, которое никто не дочитает до конца " * 4,
    "a\u202eb\u2066c",
    "строка\nи ещё одна",
    "{{ 7 * 7 }}{% raw %}",
    "`; DROP TABLE t; --",
)


class Page(HTMLParser):
    """What a browser and a screen reader find: tags that close, texts, alternative texts, headers of tables."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {key: value or "" for key, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]


def read(html: str) -> Page:
    """Return the card read, which holds no script, fetches nothing, and closes what it opens."""
    page = Page(html.replace("<wbr>", ""))  # where a name may be broken
    assert not page.open
    assert {tag for tag, _ in page.tags} <= ALLOWED
    assert not [key for _, attributes in page.tags for key in attributes if key.startswith("on") or key in ("href", "srcset", "action")]
    assert not re.search(r"url\(|@import|https?://", re.sub(r"http%3A//www.w3.org|http://www.w3.org", "", html))
    for image in page.all("img"):
        assert image["src"].startswith("data:image/svg+xml,")
        ET.fromstring(unquote(image["src"].partition(",")[2]))  # noqa: S314  our own drawing
        assert "alt" in image
    return page


ALLOWED = {
    *("html", "head", "meta", "title", "style", "body", "main", "div", "section", "h3", "h4", "p", "ul", "li"),
    *("table", "thead", "tbody", "tr", "th", "td", "img", "span", "b", "bdi", "code", "details", "summary"),
}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Profile:
    folder = tmp_path_factory.mktemp("demo")
    (folder / "tickets.csv").write_bytes(tickets())
    return profile(folder, "tickets.csv")


def made(folder: Path, header: list[str], rows: list[list[object]]) -> Profile:
    quoted = ['"{}"'.format(str(name).replace('"', '""')) for name in header]
    lines = [";".join(quoted), *(";".join(map(str, row)) for row in rows)]
    (folder / "t.csv").write_text("\n".join(lines) + "\n", "utf-8")
    return profile(folder, "t.csv")


def test_the_card_says_what_the_profile_says(demo: Profile) -> None:
    page = read(card.html(demo))
    said = page.text
    assert f"{ROWS + 7:,} rows 27 columns 1 file" in said
    assert f"{demo.rejects} records rejected" in said
    assert "encoding cp1251 because" in said
    assert "delimiter ; because 27 fields in each of the first" in said
    for one in demo.reject_reasons:
        assert f"{one.reason} {one.count} {'; '.join(f'{line:,}' for line in one.lines)}" in said
    for key in demo.keys:
        assert f"{' + '.join(key.columns)} {key.reason}" in said
    for moments in demo.times:
        assert f"{moments.name} {moments.minimum} {moments.maximum}" in said
    for warning in demo.warnings:
        assert warning.replace("`", " ").split(":")[1].strip() in said
    for storage, _ in demo.forecast:
        assert storage in said


def test_every_column_has_a_row_with_its_facts(demo: Profile) -> None:
    html = card.html(demo)
    body = html[html.rindex("<tbody>") : html.rindex("</tbody>")]
    rows = [read(f"<table>{row}</tr></table>") for row in body.removeprefix("<tbody>").split("</tr>") if "<th" in row]
    assert len(rows) == len(demo.columns)
    for row, column in zip(rows, demo.columns, strict=True):
        assert row.text.startswith(f"{column.name} {column.type}")
        assert column.role in row.text
        assert f"{column.distinct:,}" in row.text
        assert (card.percent(column.nulls / demo.rows) if column.nulls else "none") in row.text
        assert not column.pii or f"personal: {column.pii}" in row.text
        assert not column.exceptions or f"{column.exceptions} do not fit" in row.text
        found = [image["alt"] for image in row.all("img") if image["alt"]]
        assert len(found) == (column.histogram is not None)
        if column.histogram:
            assert f"counts {', '.join(str(one.count) for one in column.histogram.bins)}" in found[0]
            assert f"from {column.histogram.bins[0].low} to {column.histogram.bins[-1].high}" in found[0]
        if column.role == "dimension" and not column.pii:
            assert all(f"{value} {count:,}" in row.text for value, count in column.top[:4])


def test_headers_of_tables_say_what_they_head(demo: Profile) -> None:
    scopes = [each["scope"] for each in read(card.html(demo)).all("th")]
    assert set(scopes) == {"col", "row"}
    assert scopes.count("row") == len(demo.columns) + len(demo.times) + len(demo.reject_reasons) + len(demo.outlook)


def test_no_personal_value_stands_in_the_card(demo: Profile, tmp_path: Path) -> None:
    (tmp_path / "tickets.csv").write_bytes(tickets())
    html = card.html(demo)
    bare = profile(tmp_path, "tickets.csv", unmask=True)
    shown = card.html(bare)
    personal = [(column.name, value) for column in bare.columns if column.pii for value, _ in column.top]
    assert len({name for name, _ in personal}) > 4
    assert not [value for _, value in personal if value in html]
    assert [value for _, value in personal if value in shown]


def test_a_card_of_27_columns_is_small_and_soon_drawn(demo: Profile) -> None:
    html = card.html(demo)
    assert len(html.encode()) < PROMISED
    start = time.process_time()
    assert card.html(demo) == html
    assert time.process_time() - start < 2  # 0.03 on a laptop; this says no more than that nothing is read or measured again


@pytest.mark.parametrize("width", [200, 500])
def test_a_wide_table_is_cut_and_the_card_says_so(tmp_path: Path, width: int) -> None:
    numbers = random.Random(4)  # noqa: S311  data, no secret
    one = made(tmp_path, ["показатель"], [[numbers.randint(0, 99) / 4] for _ in range(600)])
    columns = [replace(one.columns[0], name=f"Показатель номер {number} за отчётный период") for number in range(width)]
    found = replace(one, columns=tuple(columns))
    html = card.page(found, "spec profile t.csv")
    assert len(html.encode()) < PROMISED
    page = read(html)
    rows = [each for each in page.all("th") if each["scope"] == "row"][len(found.outlook) :]
    assert 20 < len(rows) < width
    assert f"{width - len(rows)} more columns are not shown; spec profile t.csv lists them all" in page.text
    assert f"{width} columns" in page.text


def test_hostile_names_and_values_stay_words(tmp_path: Path) -> None:
    header = [*HOSTILE, "значение"]
    quoted = ['"{}"'.format(name.replace('"', '""')) for name in HOSTILE]
    found = made(tmp_path, header, [[number, *range(len(HOSTILE) - 1), quoted[number % len(quoted)]] for number in range(70)])
    html = card.page(found, "")
    page = read(html)
    assert len(html.encode()) < PROMISED
    assert "<script>alert(1)</script>" in page.text
    assert "{{ 7 * 7 }}{% raw %}" in page.text
    assert not {"\u202e", "\u2066"} & set(html)
    assert max(map(len, page.texts)) < 1000


def test_what_deserves_a_look_is_told(tmp_path: Path) -> None:
    rows: list[list[object]] = [["Москва", "", 5 if row // 2 % 3 == 0 else "", row // 2] for row in range(100)]
    found = made(tmp_path, ["город", "пусто", "редко", "пара"], rows)
    assert alerts.of(found) == (
        "`пусто`: no cell has a value",
        "50 rows stand twice, whole",
        "no column, and no few columns together, identify a row",
        "`город`: every cell is the same",
        "`редко`: every cell that has a value has the same",
        "`редко`: 66% of the cells are missing",
    )
    said = read(card.html(found)).text
    assert "! город : every cell is the same" in said
    assert "50 rows stand twice" in said
    assert "none was found" in said


def test_what_is_of_chosen_rows_says_so(demo: Profile) -> None:
    column = next(each for each in demo.columns if each.histogram and each.role == "measure")
    assert column.histogram is not None
    some = replace(column, distinct_exact=False, histogram=replace(column.histogram, exact=False, values=4096))
    said = read(card.html(replace(demo, columns=(some,)))).text
    assert f"≈ {column.distinct}" in said
    assert "drawn from 4,096 chosen values" in said
    assert "among chosen rows" in said
    assert "chosen" not in read(card.html(replace(demo, columns=(column,)))).text


def test_what_would_be_a_key_but_for_missing_cells_is_told(tmp_path: Path) -> None:
    found = made(tmp_path, ["паспорт изделия", "n"], [[f"ИЗД-{row:04d}" if row else "", row // 2] for row in range(60)])
    assert "`паспорт изделия`: all 59 values differ; but for its 1 missing cell, it would be a key" in alerts.of(found)


def test_a_source_of_another_format_has_a_card(demo: Profile) -> None:
    said = read(card.html(replace(demo, format="ndjson", csv=None, reasons=("each line is an object",), reject_reasons=(), rejects=0))).text
    assert "no record rejected format ndjson each line is an object Look at" in said


def test_a_source_without_rows_has_a_card(tmp_path: Path) -> None:
    found = made(tmp_path, ["а", "б"], [])
    assert "0 rows 2 columns" in read(card.html(found)).text


def test_a_terminal_has_the_histogram_too_where_it_can_show_it(demo: Profile) -> None:
    drawn = view.text(demo)
    for column in demo.columns:
        if column.histogram and column.role in ("measure", "time"):
            assert view.bars([one.count for one in column.histogram.bins]) in drawn
    assert not set("▁▂▃▄▅▆▇█·") & set(view.text(demo, blocks=False))


def test_blocks_are_as_high_as_counts_and_none_is_a_dot() -> None:
    assert view.bars([0, 1, 50, 100]) == "·▁▄█"
    assert view.bars([]) == ""
    assert view.bars([7] * 23) == "█" * 12


@pytest.mark.parametrize(("share", "written"), [(0.5, "50 %"), (0.1234, "12.3 %"), (1e-9, "< 0.1 %"), (0.99999, "> 99.9 %"), (1, "100 %")])
def test_a_share_is_never_rounded_to_nothing_or_all(share: float, written: str) -> None:
    assert card.percent(share) == written


def test_the_command_prints_a_whole_page_and_the_notebook_gets_the_card(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "билеты.csv").write_bytes(b"".join(tickets().splitlines(keepends=True)[:200]))
    shell = Shell(tmp_path, capsys)
    out = shell.ok("profile", "билеты.csv", "--format", "html").out
    assert out.startswith("<!doctype html>\n<html")
    page = read(out.removeprefix("<!doctype html>"))
    assert {"charset": "utf-8"} in page.all("meta")
    assert "<title>Profile of билеты.csv</title>" in out
    assert len(out.encode()) < PROMISED
    from dataeng_ai.commands.loading import profile as command

    result = command("билеты.csv")
    assert result._repr_html_() in out
    histograms = [column["histogram"] for column in json.loads(shell.ok("profile", "билеты.csv", "--format", "json").out)["columns"]]
    assert any(histograms)
    assert isinstance(result.data, dict)
    assert histograms == [column["histogram"] for column in result.data["columns"]]

"""The report for people: true to the profile and the last load, in English and in Russian, HTML that no word can break."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given, settings

from dataeng_ai import ir
from dataeng_ai.demo.tickets import tickets
from dataeng_ai.emit import ddl
from dataeng_ai.emit.facts import facts
from dataeng_ai.fill import Entry, Lock
from dataeng_ai.project import find
from dataeng_ai.report import Known, LastLoad, gather, language_of, page
from dataeng_ai.report.timing import in_words
from dataeng_ai.report.tongue import tongue
from tests.fill_facts import TICKETS as PROFILE
from tests.pipelines import HOSTILE, TICKETS, pipelines
from tests.shell import Shell

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DAY = "2026-11-22"
EN, RU = tongue("en"), tongue("ru")
NBSP = "\u00a0"
_VOID = {"meta", "img", "col", "br"}


@dataclass
class Page(HTMLParser):
    """A page, parsed: its elements balance, and its words are known."""

    open: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href", "srcset", "action", "style") and tag != "col"]
        assert not [name for name, _ in attrs if name.startswith("on")]
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.words.append(data)

    @property
    def text(self) -> str:
        return "".join(self.words).replace(NBSP, " ")


def parsed(html: str) -> Page:
    found = Page()
    found.feed(html)
    found.close()
    assert found.open == []
    return found


def known(pipeline: ir.Pipeline = TICKETS, **parts: Any) -> Known:
    usual: dict[str, Any] = {"facts": facts(pipeline), "profile": None, "load": None, "refused": None, "ddl": ddl(pipeline), "made": DAY}
    return Known(**(usual | parts))


def load(**counts: int) -> LastLoad:
    usual: dict[str, Any] = {
        "rows_in": 1000,
        "rows_loaded": 990,
        "rows_rejected": 10,
        "rows_filtered": 0,
        "rows_deduplicated": 0,
        "rows_skipped": 0,
    }
    return LastLoad("f00", "published", "2026-01-31T22:15:00+00:00", **(usual | counts))


@pytest.fixture(scope="module")
def museum(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from dataeng_ai.demo import tour

    folder = tmp_path_factory.mktemp("музей") / "museum"
    tour(folder)
    return folder


@pytest.fixture(scope="module")
def told(museum: Path) -> Known:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(museum)
        return gather("tickets", find(museum), DAY)


# --- the demo, in both languages ---


def test_the_demo_in_english_says_what_profile_and_load_say(told: Known) -> None:
    found = parsed(page(told))
    for part in (
        "Owner: analysts",
        "report of 22 November 2026",
        "3,000",
        "of 3,011 rows that came in",
        "every day at 03:00, time zone Europe/Moscow",
        "from 1 April 2024 to 16 April 2024",
        "price: not a decimal(10, 2)",
        "9 checks before each publication: 1 can stop it, 8 only warn",
        "entry_time (40%)",
        "phone (phone number)",
        "about 190 a day, about 69,000 more come in a year",
        "never null and never the same twice in 3,007 rows",
        'CREATE TABLE IF NOT EXISTS "tickets"',
        "5 columns with personal data are stored readable",
    ):
        assert part in found.text, part


def test_the_demo_in_russian_is_russian_throughout(told: Known) -> None:
    found = parsed(page(told, "ru"))
    for part in (
        "Ответственный: analysts",
        "отчёт от 22 ноября 2026 г.",
        "3 000",
        "пришло: 3 011 строк",
        "каждый день в 03:00, часовой пояс Europe/Moscow",
        "с 1 апреля 2024 г. по 16 апреля 2024 г.",
        "price: не decimal(10, 2)",
        "9 проверок: могут остановить её — 1, только предупреждают — 8",
        "entry_time (40 %)",
        "phone (телефон)",
        "16 дней по sale_date",
        "5 столбцов",
        "строк: 3 007",
    ):
        assert part in found.text, part
    assert told.profile is not None
    assert told.load is not None
    sentences = [*told.profile.reasons, *(key.reason for key in told.profile.keys), *(reason for _, reason, _ in told.load.reasons)]
    sentences += [part for one in told.facts.decisions for part in (one.evidence, one.reason) if part]
    sentences += [loss for _, loss in told.facts.gives_up]
    parts = {part for sentence in sentences for part in sentence.split("; ")}
    assert not [part for part in parts if not re.search("[а-яё]", str(RU.told(part)))]


def test_no_cell_of_a_personal_column_stands_in_the_report(told: Known) -> None:
    html = page(told) + page(told, "ru")
    rows = [line.split(";") for line in tickets().decode("cp1251").splitlines()[1:200]]
    planted = {cell for row in rows if len(row) == 27 for cell in (row[24], row[25]) if cell}
    assert len(planted) > 200
    assert not [cell for cell in planted if cell in html]


def test_the_page_is_one_file_without_script_and_nothing_is_fetched(told: Known) -> None:
    html = page(told)
    found = parsed(html)
    assert not set(found.tags) & {"script", "link", "iframe", "object", "embed", "form", "base", "svg", "a"}
    assert all(address.startswith("data:image/svg+xml,") for address in found.addresses)
    assert not re.search(r"url\(|@import|https?:(?!//www\.w3\.org)", html)
    assert len(html.encode()) < 100_000
    for rule in ("size:A4", "table-header-group", "break-inside:avoid", "break-before:page"):
        assert rule in html, rule


def test_the_same_facts_give_the_same_bytes(told: Known) -> None:
    assert page(told, "ru") == page(told, "ru")


# --- what is known, and what is not ---


def test_what_is_not_known_is_said_to_be_missing_and_no_number_is_made_up() -> None:
    text = parsed(page(known())).text
    for part in (
        "No published load is known",
        "Nothing was counted",
        "no size is told",
        "The data were not looked at as they are today (spec profile tickets)",
        "There is no lock beside the spec",
    ):
        assert part in text, part
    assert "in a year" not in text
    nobody = replace(TICKETS, owner=None, schedule=None, about="", primary_key=(), load=ir.Load("append"))
    text = parsed(page(known(nobody))).text
    for part in ("nobody is named", "does not say what the data are for", "Loaded when somebody starts it", "The table has no key"):
        assert part in text, part


def test_the_numbers_are_those_of_the_load_and_the_profile() -> None:
    text = parsed(page(known(profile=PROFILE, load=load()))).text
    assert "990" in text
    assert "1.0%" in text
    assert "Last published load: 31 January 2026, 22:15 UTC." in text


def test_risks_follow_from_facts_and_go_with_them() -> None:
    near = parsed(page(known(load=load(rows_rejected=1, rows_loaded=999)))).text
    assert "more than half of what is allowed" in near
    far = parsed(page(known(replace(TICKETS, load=replace(TICKETS.load, max_rejects_percent="5")), load=load(rows_rejected=1)))).text
    assert "more than half" not in far
    refused = replace(load(), state="staged")
    assert "The last load was refused" in parsed(page(known(load=load(), refused=refused))).text
    kept = replace(TICKETS, columns=tuple(replace(c, pii=c.pii and ir.Pii(c.pii.category, "keep")) for c in TICKETS.columns))
    assert "2 columns with personal data are stored readable" in parsed(page(known(kept))).text
    assert "stored readable" not in parsed(page(known())).text


def test_decisions_of_a_model_are_named_as_such_and_one_that_a_person_changed_is_no_ones(
    museum: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = Entry("full", "model", "one file", "it is a snapshot", "append", "f", "qwen2.5:14b")
    lock = Lock({"load.mode": entry, "columns.price.type": replace(entry, value="decimal(10, 2)", by="rule:columns.type", model=None)})
    text = parsed(page(known(facts=facts(TICKETS, lock)))).text
    assert "the model qwen2.5:14b" in text
    assert "1 value chosen by a language model" in text
    assert "1 value chosen by rules, 1 value chosen by a language model" in text
    monkeypatch.chdir(museum)
    shell = Shell(museum, capsys)
    spec = museum / "specs/tickets.yaml"
    before = spec.read_bytes()
    shell.ok("set", "tickets", "load.mode=append", "load.cursor=null")
    places = {one.place for one in gather("tickets", find(museum), DAY).facts.decisions}
    spec.write_bytes(before)
    assert "load.mode" not in places
    assert "primary_key" in places


def test_a_hundred_personal_columns_leave_the_managers_their_page() -> None:
    many = tuple(replace(TICKETS.columns[4], name=f"phone_{place}", source=f"Телефон {place}") for place in range(100))
    found = parsed(page(known(replace(TICKETS, columns=(TICKETS.columns[0], *many))), "ru")).text.split("Для инженеров")
    assert "phone_11 (телефон), и ещё 88 столбцов" in found[0]
    assert "phone_99" not in found[0]
    assert "phone_99" in found[1]


# --- whatever a spec says, it stays text ---


def hostile(word: str) -> Known:
    pipeline = replace(
        TICKETS,
        about=word,
        source=replace(TICKETS.source, connection=word, path=word),
        target=ir.Target("postgres", word, word, word),
        columns=tuple(replace(column, name=word, source=word, description=word, unit=word) for column in TICKETS.columns[:1]),
        primary_key=(word,),
        quality=(ir.Check(word, "pattern", (word,), pattern=word),),
        owner=word,
        schedule=ir.Schedule(None, after=(word, "stage")),
    )
    lock = Lock({word: Entry(word, "model", word, word, word, "f", word)})
    reasons = ((word, word, 1),)
    return known(facts=facts(pipeline, lock), ddl=word, load=replace(load(), reasons=reasons), profile=replace(PROFILE, reasons=(word,)))


@pytest.mark.parametrize(
    "word", [*HOSTILE, "<img src=x onerror=alert(1)>", "`</code><script>alert(1)</script>`", "{x} {0} {x.y}", "\u202egnp"]
)
@pytest.mark.parametrize("language", ["en", "ru"])
def test_no_word_becomes_markup(word: str, language: str) -> None:
    found, plain = parsed(page(hostile(word), language)), parsed(page(hostile("plain"), language))
    less = [tag for tag in found.tags if tag != "code"]
    assert less == [tag for tag in plain.tags if tag != "code"]
    assert "\u202e" not in "".join(found.words[:20])


@given(pipelines())
@settings(max_examples=25, deadline=None)
def test_every_pipeline_has_a_report_in_every_language(pipeline: ir.Pipeline) -> None:
    for language in ("en", "ru"):
        assert pipeline.name in parsed(page(known(facts=facts(pipeline), ddl="", profile=PROFILE), language)).text


# --- the languages ---


def flat(value: object, place: str = "") -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from flat(inner, f"{place}.{key}")
    else:
        yield place, value


def test_both_languages_have_the_same_phrases_with_the_same_holes() -> None:
    read = {
        name: yaml.safe_load((files("dataeng_ai") / "templates" / "report" / f"{name}.yaml").read_text("utf-8")) for name in ("en", "ru")
    }
    said = {
        name: {place: value for place, value in flat(all_) if not re.match(r"\.(counted|translations)\b", place)}
        for name, all_ in read.items()
    }
    assert said["en"].keys() == said["ru"].keys()
    for place, ours in said["en"].items():
        theirs = said["ru"][place]
        if isinstance(ours, str):
            assert holes(ours) == holes(str(theirs)), place
        else:
            assert isinstance(ours, list)
            assert isinstance(theirs, list)
            assert len(ours) == len(theirs), place
    assert read["en"]["counted"].keys() == read["ru"]["counted"].keys()
    for what, forms in read["ru"]["counted"].items():
        assert list(forms) == ["one", "few", "many"], what
    for ours, here in read["ru"]["translations"].items():
        assert ours.count("{}") == len(re.findall(r"\{\d?\}", here)), ours


def holes(phrase: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(phrase) if name}


@pytest.mark.parametrize(
    ("number", "rows"),
    [
        *((number, "строка") for number in (1, 21, 101, 1001)),
        *((number, "строки") for number in (2, 4, 22, 104)),
        *((number, "строк") for number in (0, 5, 11, 12, 14, 25, 111, 112, 1011)),
    ],
)
def test_russian_counts_in_the_form_that_the_number_asks_for(number: int, rows: str) -> None:
    assert RU.count("rows", number).split(NBSP)[-1] == rows
    assert EN.count("rows", number).split(NBSP)[-1] == ("row" if number == 1 else "rows")


def test_numbers_shares_and_sizes_are_written_as_each_language_writes_them() -> None:
    assert (EN.number(1234567), RU.number(1234567)) == ("1,234,567", f"1{NBSP}234{NBSP}567")
    assert (EN.share(11, 3011), RU.share(11, 3011)) == ("0.4%", f"0,4{NBSP}%")
    assert (EN.share(0, 10), EN.share(1, 10**6), EN.share(10**6 - 1, 10**6), EN.share(5, 5)) == ("0%", "less than 0.1%", "99.9%", "100%")
    assert (EN.size(999), EN.size(1_079_972), RU.size(1_079_972)) == (f"999{NBSP}bytes", f"1.1{NBSP}MB", f"1,1{NBSP}МБ")
    assert (EN.about(68_598), RU.about(188)) == ("69,000", "190")


@pytest.mark.parametrize(
    ("cron", "english", "russian"),
    [
        ("0 3 * * *", "every day at 03:00", "каждый день в 03:00"),
        ("30 6 * * 1-5", "Monday to Friday at 06:30", "по будням в 06:30"),
        ("0 6 * * 1", "every Monday at 06:00", "по понедельникам в 06:00"),
        ("0 6 * * 0,3", "every Sunday, Wednesday at 06:00", "по воскресеньям, средам в 06:00"),
        ("0 6 1 * *", "on day 1 of every month at 06:00", "1-го числа каждого месяца в 06:00"),
        ("0 6 1 1,4,7,10 *", "on the first day of every quarter at 06:00", "в первый день каждого квартала в 06:00"),
        ("0 6 9 5 *", "every year on 9 May at 06:00", "каждый год 9 мая в 06:00"),
        ("15 * * * *", "every hour, 15 minutes past", "каждый час, в 15 минут"),
        ("*/5 * * * *", "every 5 minutes", "каждые 5 минут"),
        ("*/2 * * * *", "every 2 minutes", "каждые 2 минуты"),
        ("0 */4 * * *", "every 4 hours", "каждые 4 часа"),
    ],
)
def test_schedules_read_as_people_say_them(cron: str, english: str, russian: str) -> None:
    assert [str(in_words(cron, words)).replace(NBSP, " ") for words in (EN, RU)] == [english, russian]


@pytest.mark.parametrize("cron", ["0 3 * 1-3 *", "0 3 1-7 * 1", "@daily", "5,35 * * * *", "0 0 31 13 *", "0 6 * * MON#1"])
def test_a_schedule_that_is_not_plain_is_shown_as_it_is(cron: str) -> None:
    assert in_words(cron, EN) is None
    text = parsed(page(known(replace(TICKETS, schedule=ir.Schedule(cron, "Europe/Moscow"))))).text
    assert f"Loaded by the schedule {cron}, time zone Europe/Moscow" in text


def test_the_language_is_that_of_the_purpose() -> None:
    assert (language_of("Museum tickets"), language_of("Билеты музеев"), language_of("")) == ("en", "ru", "en")
    assert '<html lang="ru">' in page(known(replace(TICKETS, about="Билеты музеев, каждую ночь")))


# --- the command ---


def test_the_suffix_or_the_format_decides_and_the_language_can_be_named(
    museum: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(museum)
    shell = Shell(museum, capsys)
    assert shell.ok("report", "tickets", "-o", "отчёт.html", "--language", "ru").out == "wrote отчёт.html\n"
    assert '<html lang="ru">' in (museum / "отчёт.html").read_text("utf-8")
    assert shell.ok("report", "tickets", "--format", "html").out.startswith("<!DOCTYPE html>")
    assert shell.ok("report", "tickets").out == (museum / "build/docs/tickets.md").read_text("utf-8")
    assert shell.spec("report", "tickets", "--format", "md", "--language", "ru").code == 2


def test_a_storage_out_of_reach_leaves_the_load_out_and_the_report_stands(
    museum: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(museum)
    monkeypatch.setenv("AIRFLOW_CONN_NOWHERE", "postgresql://user:secret@127.0.0.1:1/db")
    shell = Shell(museum, capsys)
    spec, settings_ = museum / "specs/tickets.yaml", museum / "dataeng.yaml"
    before = spec.read_bytes(), settings_.read_bytes()
    settings_.write_text("version: 1\nconnections: {nowhere: {kind: postgres}}\n", "utf-8")
    shell.ok("set", "tickets", "order_by=null", "target.storage=postgres", "target.connection=nowhere")
    out = shell.ok("report", "tickets", "--format", "html").out
    spec.write_bytes(before[0])
    settings_.write_bytes(before[1])
    assert "No published load is known" in out
    assert "secret" not in out


def test_cards_of_report_and_ddl_let_no_word_out_of_its_place(
    museum: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from dataeng_ai.commands import compiling

    monkeypatch.chdir(museum)
    shell = Shell(museum, capsys)
    spec = museum / "specs/tickets.yaml"
    before = spec.read_bytes()
    shell.ok("set", "tickets", 'about=</iframe></pre>"><script>alert(1)</script> {{ x }}')
    results = [
        compiling.report("tickets", form="html"),
        compiling.report("tickets"),
        compiling.ddl("tickets"),
        compiling.ddl("tickets", ["all"]),
    ]
    cards = [result.html() for result in results if result.html]
    spec.write_bytes(before)
    assert len(cards) == 4
    for card in cards:
        assert "<script" not in card
        assert len(card.encode()) < 100_000
        parsed(card)
    assert "<iframe sandbox " in cards[0]
    assert cards[3].count("<th scope=") == 2

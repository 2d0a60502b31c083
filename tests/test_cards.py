"""Cards: what a notebook shows of each command. They hold the facts, run nothing, fetch nothing, and are never large."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest

from dataeng_ai import fill as filling
from dataeng_ai import ir
from dataeng_ai.commands import tree
from dataeng_ai.commands.cards import compiling, completing, explaining, loading, looking
from dataeng_ai.commands.looking import Standing
from dataeng_ai.diagnostics import Diagnostic, Span, Text
from dataeng_ai.fill import Adversary
from dataeng_ai.fill.doctor import Finding
from dataeng_ai.fill.prompt import Prompt
from dataeng_ai.plan import Change
from dataeng_ai.results import Result
from dataeng_ai.runtime import RunReport
from tests import fill_facts
from tests.places import sales
from tests.test_house import imports_of

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST = 100_000
"""Bytes of a card."""
VOID = {"br", "img", "wbr"}
BLOCKS = {"td", "th", "p", "br", "h3", "h4", "pre", "div", "code"}
HARMLESS = {
    *(
        "alt",
        "aria-label",
        "class",
        "colspan",
        "height",
        "lang",
        "open",
        "role",
        "rowspan",
        "scope",
        "src",
        "style",
        "tabindex",
        "title",
        "width",
    )
}
ATTACK = "<img src=x onerror=alert(1)>\"'&`{{7*7}}</pre></style><script>alert(2)</script>"
TURN = "\u202eabc\u2066"
"""Characters that turn the rest of a line around."""


class Card(HTMLParser):
    """A card as a browser reads it; what must not be in one is an error."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.html = html
        self.open: list[str] = []
        self.tags: list[str] = []
        self.pieces: list[str] = []
        self.inside: list[tuple[str, str]] = []
        self.fresh = True
        self.feed(html)
        self.close()
        assert not self.open
        assert len(html.encode()) < MOST
        assert not {"script", "iframe", "object", "embed", "link", "form", "base", "meta", "svg", "a"} & set(self.tags)
        assert "url(" not in re.sub('src="[^"]*"', "", html)
        assert "@import" not in html

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert {name for name, _ in attrs if not name.startswith("data-")} <= HARMLESS, (tag, attrs)
        for name, value in attrs:
            assert name != "src" or (value or "").startswith("data:image/svg+xml,%3Csvg"), value
        self.fresh |= tag in BLOCKS
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" in self.open:
            return
        if self.fresh or not self.pieces:
            self.pieces.append("")
        self.fresh = False
        self.pieces[-1] += data
        self.inside.append((self.open[-1] if self.open else "", data))

    @property
    def text(self) -> str:
        """What a person reads, blanks as one."""
        return " ".join(" ".join(self.pieces).split())

    def within(self, tag: str) -> list[str]:
        return [piece for one, piece in self.inside if one == tag]


def spec(*words: str) -> Result:
    """Type a command in a notebook."""
    result = tree.main(list(words), prog_name="%dataeng", standalone_mode=False)
    assert isinstance(result, Result)
    return result


def card(*words: str) -> Card:
    """Type a command, and look at its card."""
    return Card(spec(*words)._repr_html_())


STATES = ("оплачен", "возврат", "")
ROWS = "Номер;Дата;Сумма;Статус;Телефон\n" + "".join(
    f"{row};{row % 28 + 1:02}.04.2024;{row * 3},50;{STATES[row % 3]};+7 916 555-{row % 100:02}-{row % 90:02}\n" for row in range(1, 301)
)
BAD = "301;какая-то дата;1,00;оплачен;+7 916 555-77-13\nтолько одно поле\n"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project whose data are Russian, with two records that are no rows."""
    root = tmp_path_factory.mktemp("музей")
    before = Path.cwd()
    os.chdir(root)
    (root / "продажи.csv").write_text(ROWS + BAD, "utf-8")
    yield root
    os.chdir(before)


@pytest.fixture(scope="module")
def way(project: Path) -> dict[str, Card]:
    """Every step from nothing to a loaded table, each looked at."""
    steps = {
        "init": ("init",),
        "new": ("new", "sales", "Продажи билетов, every night; analysts chart revenue by day", "--source", "продажи.csv"),
        "show of a draft": ("show", "sales"),
        "prompts": ("fill", "sales", "--model", "small", "--show-prompt"),
        "dry": ("fill", "sales", "--dry-run"),
        "fill": ("fill", "sales"),
        "show": ("show", "sales"),
        "resolved": ("show", "sales", "--resolved"),
        "why": ("why", "sales"),
        "why one": ("why", "sales", "load.mode"),
        "why mine": ("why", "sales", "about"),
        "page": ("why", "E101"),
        "check": ("check",),
        "set": ("set", "sales", "load.max_rejects=5"),
        "set again": ("set", "sales", "load.max_rejects=5"),
        "changed": ("why", "sales", "load.max_rejects"),
        "diff": ("compile", "--diff"),
        "compile": ("compile",),
        "compile again": ("compile",),
        "dag": ("dag", "sales"),
        "mermaid": ("dag", "sales", "--format", "mermaid"),
        "preview": ("preview", "sales", "--rows", "7"),
        "run": ("run", "sales"),
        "run again": ("run", "sales"),
        "rejects": ("rejects", "sales"),
        "sql": ("sql", "sales", "SELECT 12 AS n, '007' AS code, NULL AS nothing, '' AS empty, 'null' AS word"),
        "status": ("status",),
        "schema": ("schema",),
        "completion": ("completion", "bash"),
        "profile": ("profile", "sales"),
        "recommend": ("recommend", "sales"),
        "ddl": ("ddl", "sales"),
        "report": ("report", "sales"),
        "demo": ("demo", "tour"),
    }
    elsewhere = {"undo", "doctor", "connections"}
    assert {words[0] for words in steps.values()} | elsewhere == set(tree.commands)
    assert project.is_dir()
    return {step: card(*words) for step, words in steps.items()}


@pytest.mark.parametrize(
    ("step", "facts"),
    [
        ("init", ["wrote dataeng.yaml", "%dataeng new NAME"]),
        ("new", ["sales.yaml is started", "продажи.csv", "%dataeng fill sales"]),
        ("show of a draft", ["specs/sales.yaml", "open, and not written: source.format, target.storage, columns"]),
        ("prompts", ["questions to the model", "1 of ", "nothing was sent, nothing was written"]),
        ("dry", ["values decided", "nothing was written (--dry-run)"]),
        (
            "fill",
            [
                "sales: ",
                "values decided",
                "by profile",
                "by rule",
                "load.mode",
                "5 columns, what was decided on each",
                "%dataeng undo sales",
                "next:",
            ],
        ),
        ("show", ["primary_key", "from: Номер"]),
        ("resolved", ["sales, with every default", "run.retries", "default", "written", "rule:load.mode"]),
        ("why", ["sales: who decided what, and why", "load.mode", "decisions on columns"]),
        ("why one", ["sales: load.mode", "rule", "nearly"]),
        ("why mine", ["nobody but the person decided about here"]),
        ("page", ["E101", "%dataeng fill"]),
        ("check", ["1 spec checked: ✓ no errors", "%dataeng why W", "specs/sales.yaml:", "^^^"]),
        ("set", ["load.max_rejects is set", "next: %dataeng check sales"]),
        ("set again", ["load.max_rejects was that already"]),
        ("changed", ["changed by hand since"]),
        ("diff", ["files would change", "+++ b/dags/sales.py"]),
        ("compile", ["files written to build", "+ new", "dags/sales/publish.sql"]),
        ("compile again", ["nothing to change"]),
        ("dag", ["DAG sales", "every day at 03:00", "0 3 * * *", "dataeng://pipelines/sales", "the file that Airflow reads", "with DAG("]),
        ("mermaid", ["flowchart LR"]),
        ("preview", ["the first 7 of 301 rows, 5 columns", "%dataeng preview sales --rows all"]),
        ("run", ["✓ 300 rows loaded", "302", "the project's own duckdb", "stage", "reconcile", "✓ holds", "no value twice"]),
        ("run again", ["nothing new, nothing was done", "running again changes nothing"]),
        ("rejects", ["2 rows, 5 columns", "продажи.csv", "302", "303", "too few fields"]),
        ("sql", ["1 row, 5 columns", "007"]),
        ("status", ["1 spec", "sales", "compiled", "%dataeng run sales"]),
        ("completion", ["_SPEC_COMPLETE", "~/.bashrc"]),
        ("profile", ["продажи.csv", "301 rows", "Сумма", "decimal"]),
        ("recommend", ["load.mode", "%dataeng set sales load.mode=merge"]),
        ("ddl", ["the table in duckdb", "CREATE TABLE", "DECIMAL("]),
        ("report", ["sales"]),
        ("demo", ["the tour, in tour", "spec run tickets"]),
        ("schema", ["the JSON Schema of a spec", "$defs", "more lines, left out of this card; print(_.text) shows all"]),
    ],
)
def test_a_card_holds_the_facts(way: dict[str, Card], step: str, facts: list[str]) -> None:
    for fact in facts:
        assert fact in way[step].text


def test_nothing_says_so_and_what_to_type(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for words in (("status",), ("check",), ("compile",)):
        assert "no specs here yet" in card(*words).text
        assert "%dataeng new NAME --source FILE" in card(*words).text


def test_the_balance_of_a_run_adds_up_on_the_card(way: dict[str, Card]) -> None:
    assert "rows in loaded rejected filtered deduplicated skipped 302 = 300 + 2 + 0 + 0 + 0" in way["run"].text
    assert "rows in loaded rejected filtered deduplicated skipped 302 = 0 + 0 + 0 + 0 + 302" in way["run again"].text


def test_a_run_says_why_records_were_turned_away_and_where(way: dict[str, Card]) -> None:
    said = way["run"].text.partition("Turned away")[2]
    assert "1 date not a date продажи.csv:302" in said
    assert "1 too few fields продажи.csv:303" in said
    assert "%dataeng rejects sales" in said
    assert "Turned away" not in way["run again"].text


def test_no_card_shows_personal_data(way: dict[str, Card]) -> None:
    shown = [step for step, one in way.items() if re.search(r"916.?555", one.html)]
    assert not shown


def test_differences_are_seen_without_colour(way: dict[str, Card]) -> None:
    assert "-load: {mode: full, max_rejects: 2%}" in way["set"].within("del")
    assert "+load: {mode: full, max_rejects: 5}" in way["set"].within("ins")
    assert all(line.startswith("+") for line in way["fill"].within("ins"))


def test_nothing_looks_other_than_an_empty_text(way: dict[str, Card]) -> None:
    cells = re.findall(r"<td.*?</td>", way["sql"].html)
    assert cells == [
        '<td class="number">12</td>',
        "<td>007</td>",
        '<td><i class="aside">null</i></td>',
        '<td><i class="aside">""</i></td>',
        "<td>null</td>",
    ]


def test_what_is_open_is_marked_where_it_stands(project: Path) -> None:
    text = (project / "specs/sales.yaml").read_text("utf-8")
    (project / "specs/half.yaml").write_text(
        text.replace("name: sales", "name: half").replace("partition: null", "partition: auto"), "utf-8"
    )
    shown = card("show", "half")
    assert "← open" in shown.within("span")
    assert "partition: auto ← open" in shown.text
    (project / "specs/half.yaml").unlink()


def test_the_line_beside_the_next_best_takes_it_and_undo_takes_the_fill_back(project: Path) -> None:
    draft = spec("new", "again", "Продажи, every night", "--source", "продажи.csv").text
    filled = card("fill", "again")
    assert "merge" in filled.text
    [line] = re.findall(r"%dataeng (set again load.mode=\w+)", filled.text)
    assert "set" in card(*line.split()).text
    assert f"mode: {line.rpartition('=')[2]}" in (project / "specs/again.yaml").read_text("utf-8")
    spec("set", "again", "load.mode=full")
    undone = card("undo", "again")
    assert "what it was before the last fill" in undone.text
    assert any(line.startswith("-load:") for line in undone.within("del"))
    assert (project / "specs/again.yaml").read_text("utf-8").rstrip("\n") == draft
    (project / "specs/again.yaml").unlink()


def test_a_dag_is_drawn_with_what_it_waits_for_whatever_that_is_called() -> None:
    parent = ir.Rows("notes", ir.Target("duckdb", None, None, "notes"), "full", "items", None)
    pipeline = sales(
        "duckdb",
        source=ir.Source(None, "notes", "rows", rows=parent),
        schedule=ir.Schedule(None, after=("stage", ATTACK)),
        target=ir.Target("duckdb", None, "мир", "check"),
    )
    shown = Card(compiling.dag(pipeline, "import x", "python"))
    drawn = unquote(shown.html)
    for fact in ("lists of pipeline notes", "notes.items", "pipeline, before this", "мир.check", "table in duckdb", "records turned away"):
        assert fact in drawn
    assert "after stage" in shown.text
    assert "alert(1)" in drawn


def test_a_command_on_a_card_is_whole(way: dict[str, Card]) -> None:
    commands = [line for step in ("fill", "run", "status", "check") for line in way[step].within("code") if line.startswith("%dataeng")]
    assert len(commands) > 12
    assert not [line for line in commands if "…" in line or "spec " in line]


def test_fill_shows_what_it_would_choose_otherwise_today() -> None:
    draft, project = fill_facts.draft(), fill_facts.project()
    first = filling.fill(draft, fill_facts.TICKETS, project, lock=filling.Lock())
    fewer = replace(fill_facts.TICKETS, keys=fill_facts.TICKETS.keys[1:])
    again = filling.fill(first.draft, fewer, project, lock=first.lock, refresh=True)
    assert again.proposals
    shown = Card(completing.filled("tickets", again, (fewer, project), "", (), written=True))
    assert "The evidence has changed" in shown.text
    assert '%dataeng set tickets \'primary_key=["order_id", "sale_date"]\'' in shown.within("code")
    assert "undo" not in shown.text


def test_what_a_model_made_up_is_not_on_the_card_but_that_it_was_refused_is() -> None:
    draft, project = fill_facts.draft(), fill_facts.project()
    done = filling.fill(draft, fill_facts.TICKETS, project, Adversary(), filling.Lock())
    shown = Card(completing.filled("tickets", done, (fill_facts.TICKETS, project), "", (), written=False))
    assert "refused: an answer that is none of the options" in shown.text
    refused = " ".join(words for one in done.decided for words in one.refused)
    assert refused
    assert not [word for word in ("DROP", "os.system", "Ignore all", "AAAA", "alert") if word in refused]


def test_a_choice_of_a_model_bears_its_name_and_says_what_the_rule_would_take() -> None:
    draft, project = fill_facts.draft(), fill_facts.project()
    model = filling.Scripted([("load.mode", "append")])
    done = filling.fill(draft, fill_facts.TICKETS, project, model, filling.Lock())
    [mode] = [one for one in done.decided if one.place == "load.mode"]
    assert mode.by == "model"
    assert mode.runner_up in {option.name for option in mode.options}
    shown = Card(completing.filled("tickets", done, (fill_facts.TICKETS, project), "", (), written=True))
    assert "by model scripted" in shown.text
    assert "the rule likes it better" in shown.text


def every_card(bad: str) -> list[str]:
    """Draw every card with a text in all places, long and far too often."""
    long = bad * 800
    many = [bad + str(number) for number in range(400)]
    report = RunReport(bad, bad, "published", 10, 7, 3, 0, 0, 0, (bad,), seconds={"stage": 1.0}, table=bad, place=bad)
    entry = filling.Entry(many[:20], "model", bad, long, bad, bad, bad)
    span = Span(0, 10, 1, 1)
    problems = [Diagnostic("E101", bad, one, span, (long, bad), bad) for one in many[:300]]
    changes = [Change(one, "change", bad, long, edited=True) for one in many]
    return [
        completing.started(long, bad, many),
        completing.changed(bad, "\n".join(f"+{one}" for one in many), many),
        completing.prompts([Prompt(long, {}, {}, {}, 100)] * 20, many),
        compiling.checked(3, problems, [Text(bad, long)], many),
        compiling.compiled(changes, bad, many),
        compiling.dag(sales("duckdb", name=bad, schedule=ir.Schedule(None, after=tuple(many[:40]))), long, "python"),
        compiling.differs(changes[:100]),
        explaining.reasons(bad, [(one, entry, bad) for one in many], bad, many),
        explaining.page("E101", f"{bad}\n\n{long}"),
        explaining.resolved(bad, [{"path": one, "value": many[:20], "origin": bad} for one in many]),
        loading.table(bad, many, [[*many[:-2], None, long]] * 120, bad),
        loading.table(bad, many, [[None] * 400] * 120, bad),
        loading.table(bad, ["a", "b"], [[one, one] for one in many], bad),
        loading.ran(bad, report, bad, lambda: (), many),
        looking.standings([Standing(one, bad, f"spec run {one}") for one in many], many),
        looking.findings(bad, [Finding(bad, good=False, words=long)], many),
        Result(long * 3, [bad], notes=tuple(many))._repr_html_(),
    ]


@pytest.fixture(scope="module")
def hostile() -> list[str]:
    return every_card(ATTACK + TURN)


@pytest.mark.parametrize("text", ['"' * 70, "Ж" * 70, "`x` " * 20], ids=["quotes", "Cyrillic", "code"])
def test_no_text_makes_a_card_large(text: str) -> None:
    for html in every_card(text):
        Card(html)


def test_hostile_values_are_text_and_no_card_is_large(hostile: list[str]) -> None:
    for html in hostile:
        shown = Card(html)
        assert "<img src=x" not in html
        assert "<img src=x onerror=alert(1)>" in shown.text
        assert not {"\u202e", "\u2066"} & set(html)


def test_what_was_cut_is_told(hostile: list[str]) -> None:
    for html in hostile:
        assert "left out of this card" in html or "…" in html


def test_a_wide_table_has_small_cards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names = ["id", *(f"Показатель {number} <b>" for number in range(90))]
    lines = [";".join(names), *(";".join([str(row), *("строка" for _ in names[1:])]) for row in range(20))]
    Path("wide.csv").write_text("\n".join(lines) + "\n", "utf-8")
    for words in (
        ("new", "wide", "--source", "wide.csv"),
        ("fill", "wide"),
        ("show", "wide"),
        ("show", "wide", "--resolved"),
        ("why", "wide"),
        ("check", "wide"),
        ("compile", "--diff"),
        ("dag", "wide"),
        ("preview", "wide"),
    ):
        shown = card(*words)
        assert "b" not in shown.tags or "Показатель 1 <b>" not in shown.html
    assert "more columns, left out of this card" in shown.text


def test_nothing_is_drawn_where_nothing_is_shown(tmp_path: Path) -> None:
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs/a.yaml").write_text("version: 1\nname: a\n", "utf-8")
    assert not imports_of(("-m", "dataeng_ai", "show", "a"), tmp_path) & {"pygments"}

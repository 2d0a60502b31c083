"""Laws of the report: whatever a spec says, it stays text, code or a label; tables stay tables."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from dataeng_ai import ir
from dataeng_ai.emit import docs, drawing, markdown
from tests.pipelines import HOSTILE, TICKETS, pipelines

if TYPE_CHECKING:
    from collections.abc import Mapping

    from markdown_it.token import Token

ATTACKS = (
    *HOSTILE,
    "[click](https://evil.example)",
    "![x](https://evil.example/x.png)",
    "<img src=x onerror=alert(1)>",
    "https://evil.example www.evil.example a@evil.example",
    "# heading",
    "- item",
    "1. item",
    "> quote",
    "```\nfence",
    "| a | b |",
    "***",
    "===",
    "&lt;b&gt; &#60;",
    "\u202egnp.exe",
    "\\",
    "`",
    "~~~",
    "$x$",
)


@dataclass(frozen=True)
class Entry:
    value: object
    by: str
    reason: str
    evidence: str = "counted"
    runner_up: str | None = None
    model: str | None = None


@dataclass(frozen=True)
class Lock:
    entries: Mapping[str, Entry] = field(default_factory=dict)


def tokens(text: str) -> list[Token]:
    found: list[Token] = []
    for token in MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(text):
        found += [token, *(token.children or [])]
    return found


def hostile(word: str) -> ir.Pipeline:
    return replace(
        TICKETS,
        about=word,
        source=replace(TICKETS.source, connection=word, path=word),
        target=ir.Target("postgres", word, word, word),
        columns=tuple(replace(column, name=word, source=word, description=word, unit=word) for column in TICKETS.columns[:1]),
        primary_key=(word,),
        quality=(ir.Check(word, "pattern", (word,), pattern=word),),
        owner=word,
        tags=(word,),
    )


@pytest.mark.parametrize("word", ATTACKS)
def test_no_word_becomes_markup(word: str) -> None:
    text = docs(hostile(word), Lock({word: Entry(word, word, word)}))
    plain = docs(hostile("plain"), Lock({"plain": Entry("plain", "plain", "plain")}))
    assert [token.type for token in tokens(text) if token.type not in {"softbreak", "text"}] == [
        token.type for token in tokens(plain) if token.type not in {"softbreak", "text"}
    ]
    assert sum(token.type == "link_open" for token in tokens(text)) == 2


@given(pipelines())
def test_every_report_is_tables_of_whole_rows(pipeline: ir.Pipeline) -> None:
    widths: list[list[int]] = []
    for token in tokens(docs(pipeline)):
        if token.type == "table_open":
            widths.append([])
        elif token.type == "tr_open":
            widths[-1].append(0)
        elif token.type in {"td_open", "th_open"}:
            widths[-1][-1] += 1
    assert widths
    assert all(len(set(rows)) == 1 for rows in widths)
    assert not any(token.type in {"html_block", "html_inline", "image"} for token in tokens(docs(pipeline)))


@given(st.text())
def test_code_reads_back_as_it_was_but_for_line_ends(word: str) -> None:
    [found] = [token for token in tokens(markdown.code(word).replace("\\|", "|")) if token.type == "code_inline"]
    shown = " ".join(word.split())
    if all(c.isprintable() for c in shown):
        assert found.content.strip() == shown.strip()


@given(st.text())
def test_a_label_holds_nothing_that_ends_it(word: str) -> None:
    assert re.fullmatch(r'"(?:[\w .,/-]|#\d+;|[^\x00-\x7f])*"', markdown.label(word))


def test_the_drawing_shows_the_way_of_the_rows() -> None:
    pipeline = replace(TICKETS, schedule=ir.Schedule(None, after=("museums",)))
    assert drawing(pipeline).splitlines() == [
        "flowchart LR",
        '  after1(["museums"]) -.-> stage',
        '  source[/"landing/tickets/#42;.csv.gz"/] --> stage',
        "  stage --> check --> publish --> reconcile",
        '  stage -. "bad rows" .-> rejects[("_dataeng_rejects")]',
        '  publish --> table[("museums.tickets")]',
    ]


def test_decisions_that_are_alike_stand_together() -> None:
    lock = Lock(
        {
            "columns.a.b.type": Entry("text", "profile", "proved", "all fit"),
            "columns.c.type": Entry("date", "profile", "proved"),
            "columns.c.nullable": Entry(value=False, by="rule:x", reason="news"),
            "load.mode": Entry("full", "model", "said so", runner_up='"append"', model="qwen"),
        }
    )
    rows = [line for line in docs(TICKETS, lock).split("Who decided what")[1].splitlines() if line.startswith("| `")]
    assert rows == [
        '| `load.mode` | `"full"` | model `qwen` | counted; said so | `"append"` |',
        "| `columns.*.nullable` of `c` | `false` | rule:x | counted; news |  |",
        "| `columns.*.type` of `a.b`, `c` |  | profile | proved |  |",
    ]


def test_the_report_says_what_a_reader_asks() -> None:
    text = docs(TICKETS)
    for part in (
        "Museum ticket sales",
        "`museums.tickets` in DuckDB",
        "`0 3 * * * Europe/Moscow`",
        "more than 0.1 %",
        "not stored",
        "(RUB)",
    ):
        assert part in text, part
    assert "Who decided what" not in text

"""The strict reader: what words mean, where values stand, and what is refused, all at once, with an edit that mends it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataeng_ai.diagnostics import Diagnostic, Problems, Text
from dataeng_ai.draft import AUTO, Draft, apply, fill, holes, read
from dataeng_ai.draft.reader import MAX_BYTES, MAX_DEPTH, compose
from dataeng_ai.draft.scalars import quote, resolve, write_scalar


def faults(text: str) -> tuple[Diagnostic, ...]:
    with pytest.raises(Problems) as caught:
        read(Text("specs/x.yaml", text))
    return caught.value.diagnostics


def the_fault(text: str) -> Diagnostic:
    (fault,) = faults(text)
    return fault


def marked(text: str, fault: Diagnostic) -> str:
    assert fault.span
    return text[fault.span.start : fault.span.end]


def mended(text: str) -> Draft:
    """The draft after every edit that the diagnostics propose was made."""
    return read(Text("specs/x.yaml", apply(text, [fault.edit for fault in faults(text) if fault.edit])))


@pytest.mark.parametrize(
    ("word", "value"),
    [
        *(
            (word, word)
            for word in [
                "no",
                "on",
                "off",
                "yes",
                "y",
                "010",
                "1:30",
                "12:30:45",
                "2026-01-01",
                "1_000",
                ".nan",
                ".inf",
                "1e999",
                "=",
                "<<",
            ]
        ),
        *(("null", None), ("~", None), ("Null", None), ("true", True), ("False", False), ("TRUE", True)),
        *(("0", 0), ("-12", -12), ("+5", 5), ("0o17", 15), ("0x1F", 31), ("1.5", 1.5), ("-.5", -0.5), ("1e3", 1000.0), ("2.", 2.0)),
        *(("truee", "truee"), ("nullx", "nullx"), ("1a", "1a"), ("--1", "--1"), ("9" * 300, int("9" * 300)), ("9" * 5000, "9" * 5000)),
    ],
)
def test_words_mean_what_yaml_1_2_says(word: str, value: object) -> None:
    read_value = read(Text("x", f"meta: {{a: {word}}}\nabout: {word}\n")).plain["about"]
    assert (read_value, type(read_value)) == (value, type(value))
    assert resolve(word) == value


@given(
    st.text(st.characters(exclude_categories=["Cs"]))
    | st.sampled_from(["auto", "no", "decimal(10, 2)", "{{ x }}", " a", "a ", "'\"\\", "---", "\r\n"])
)
def test_a_written_text_reads_as_itself_in_block_and_in_flow(text: str) -> None:
    written = quote(text)
    assert "\n" not in written
    draft = read(Text("x", f"about: {written}\nmeta: {{a: {written}, {quote('k' + text)}: [{written}]}} # c\n"))
    assert draft.plain == {"about": text, "meta": {"a": text, "k" + text: [text]}}
    assert draft.data["about"] == text


@given(st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.booleans() | st.none())
def test_a_written_value_reads_as_itself(value: object) -> None:
    read_value = read(Text("x", f"a: {write_scalar(value)}\n")).plain["a"]
    assert (read_value, type(read_value)) == (value, type(value))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), {1, 2}])
def test_what_yaml_cannot_hold_is_not_written(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        write_scalar(value)


@pytest.mark.parametrize(
    "text", ["One sold ticket", "Дата продажи", "museums.tickets", "Europe/Moscow", "2026-01-01", "0.1%", "5m", "cp1251"]
)
def test_plain_words_are_written_without_quotes(text: str) -> None:
    assert quote(text) == text


@pytest.mark.parametrize(
    "text", ["auto", "no", "On", "null", "1.5", "decimal(10, 2)", "", ";", "a: b", "a #b", "1e5", "010", "0 3 * * *", "- x", "a\u00a0b"]
)
def test_all_other_texts_are_written_in_quotes(text: str) -> None:
    assert quote(text)[0] in "\"'"


# Each: the text, what is marked, and what the value under `a` (or the whole) is once the proposed edits were made.
TRAPS = [
    ("a: *.csv\n", "*.csv", "*.csv"),
    ("a: **/*.csv # all\n", "**/*.csv", "**/*.csv"),
    ("a: */5 * * * *\n", "*/5 * * * *", "*/5 * * * *"),
    ("a: @daily\n", "@daily", "@daily"),
    ("a: `x`\n", "`x`", "`x`"),
    ("a: %Y-%m-%d\n", "%Y-%m-%d", "%Y-%m-%d"),
    ("a: {{ ds }}\n", "{{ ds }}", "{{ ds }}"),
    ("a: {{ ds }}/x.csv\n", "{{ ds }}/x.csv", "{{ ds }}/x.csv"),
    ("a: {b: {{ ds }}/x, c: 1}\n", "{{ ds }}/x", {"b": "{{ ds }}/x", "c": 1}),
    ("a: [{{ x }}, y]\n", "{{ x }}", ["{{ x }}", "y"]),
    ("a: {type: decimal(10, 2), b: 1}\n", "decimal(10, 2)", {"type": "decimal(10, 2)", "b": 1}),
    ("a: {type: f(a, b, c)}\n", "f(a, b, c)", {"type": "f(a, b, c)"}),
    ("a: [decimal(10, 2), text]\n", "decimal(10, 2)", ["decimal(10, 2)", "text"]),
    ("a: b: c\n", "b: c", "b: c"),
    ("a: {x: b: c, y: 1}\n", "b: c", {"x": "b: c", "y": 1}),
    ("a: Sales of item #5 daily\n", "#5 daily", "Sales of item #5 daily"),
    ("a: #\n", "#", "#"),
    ("a: {delimiter: #, x: 1}\n", "#", {"delimiter": "#", "x": 1}),
    ("a: ]\n", "]", "]"),
    ("a: , b\n", ", b", ", b"),
    ("a: > 5\n", "> 5", "> 5"),
    ("a: |x\n", "|x", "|x"),
    ("a: 'it's'\n", "'it's'", "it's"),
    ('a: "x" y\n', '"x" y', '"x" y'),
    ('a: "C:\\data"\n', "\\d", "C:\\data"),
    ('a: "it\'s \\d"\n', "\\d", "it's \\d"),
    ("a: &x\n", "&x", "&x"),
    ("a: !important\n", "!important", "!important"),
    ("a: *name\n", "*name", "*name"),
    ("a:\n\tb: 1\n", "\t", {"b": 1}),
    ("a:\n\t\tb: 1\n\t\tc: 2\n", "\t\t", {"b": 1, "c": 2}),
    ("a: [1, 2\nc: 3\n", "[", [1, 2]),
    ("a: {b: 1 # c\nc: 3\n", "{", {"b": 1}),
    ('a: "x\nb: 1\n', '"', "x"),
    ("a: {b: 1 c: 2}\n", "c", {"b": 1, "c": 2}),
    ('a: ["x" "y"]\n', '"', ["x", "y"]),
    ("a: {b:1}\n", ":", {"b": 1}),
    ("a:1\nb: 2\n", ":", 1),
    ("a:1\n", ":", 1),
    ("@a: 1\n", "@a", None),
    ("1: x\n", "1", None),
    ("true: x\n", "true", None),
    ("a: \u200b\u202ex\n", "\u202e", "\u200bx"),
    ("a: \x07x\n", "\x07", "x"),
    ("a: x\u2028y\n", "\u2028", "xy"),
]


@pytest.mark.parametrize(("text", "mark", "value"), TRAPS, ids=[repr(text) for text, _, _ in TRAPS])
def test_each_trap_is_marked_and_its_edit_mends_it(text: str, mark: str, value: object) -> None:
    first = faults(text)[0]
    assert marked(text, first) == mark
    assert first.help
    if value is not None:
        assert mended(text).plain["a"] == value


REFUSED = [
    ("", "E012", ""),
    ("# only\n", "E012", ""),
    ("- a\n- b\n", "E012", "- a"),
    ("just words\n", "E012", "just words"),
    ("a: 1\n---\nb: 2\n", "E004", "---"),
    ("%YAML 1.1\n---\na: 1\n", "E004", "%YAML 1.1"),
    ("a: &x [1]\nb: 1\n", "E004", "&x"),
    ("a: !!int 1\n", "E004", "!!int"),
    ("? a\n: b\n", "E011", "a"),
    ("? [a]\n: b\n", "E006", "["),
    ("{a: 1}: b\n", "E006", "{"),
    ("a: {b: 1, c}\n", "E011", "c"),
    ("a: {: 1}\n", "E006", ":"),
    ("a: 1\n  b: 2\n", "E009", "b"),
    ("a:\n   b: 1\n  c: 2\nd: 3\n", "E009", "c: 2"),
    ("a: 1\n- b\nc: 1\n", "E009", "-"),
    ("a: one\ntwo words\nc: 1\n", "E011", "two words"),
    ("a: [1, , 2]\n", "E013", ","),
    ("a: [1, 2}\n", "E010", "}"),
    ("a: {b: 1,\n", "E010", "{"),
]


@pytest.mark.parametrize(("text", "code", "mark"), REFUSED, ids=[repr(text) for text, _, _ in REFUSED])
def test_what_has_no_place_in_a_spec_is_refused(text: str, code: str, mark: str) -> None:
    fault = the_fault(text)
    assert (fault.code, marked(text, fault)) == (code, mark)
    assert fault.help


def test_all_faults_of_a_text_are_found_at_once() -> None:
    head = "path: *.csv\nname: x\ncron: @daily\nname: y\nt: {type: decimal(10, 2)}\nu:\n\tb: 1\n"
    text = head + "w: {{ x }}\na: b: c\nl: [1, 2\nz: &q 1\n1: x\nk:v\n"
    found = [(fault.code, fault.span.line) for fault in faults(text) if fault.span]
    assert found == [
        ("E007", 1),
        ("E007", 3),
        ("E005", 4),
        ("E007", 5),
        ("E008", 7),
        ("E007", 8),
        ("E007", 9),
        ("E010", 10),
        ("E004", 11),
        ("E006", 12),
        ("E011", 13),
    ]


def test_a_key_that_is_there_twice_shows_both_places() -> None:
    fault = the_fault("name: a\nload: {mode: full, mode: merge}\n")
    assert fault.span
    assert (fault.span.line, fault.span.column) == (2, 20)
    assert [(other.span.line, other.span.column) for other in fault.related] == [(2, 8)]


def test_depth_and_size_are_limited_before_anything_is_built() -> None:
    fine = "a: " + "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1)
    assert holes(read(Text("x", fine)))
    for deep in ["a: " + "[" * MAX_DEPTH, "a: " + "{a: " * 100_000, "\n".join(" " * i + "a:" for i in range(60)), "a: " + "[" * 400_000]:
        assert {fault.code for fault in faults(deep)} == {"E002"}
    assert the_fault("a: " + "x" * MAX_BYTES).code == "E002"
    assert read(Text("x", "a: " + "x" * 100_000)).plain


def test_no_text_of_the_allowed_size_takes_long() -> None:
    blank = " " * (MAX_BYTES // 2)
    texts = [
        f"a: *x{blank}b\n",
        f"a: {{b: @x{blank}y, c: 1}}\n",
        "a: b #c\n" * 20_000,
        "a: [1\n" * 50_000,
        "a: @\n" * 90_000,
        f"a: x{blank}#y\n",
    ]
    start = time.process_time()
    for text in texts:
        assert faults(text)
    draft = read(Text("x", "source:\r\n  path: a\r\n" + "  \r\n" * 100_000 + "name: x\r\n"))
    assert fill(draft, {("source", "format"): "csv"}).get(("name",)) == "x"
    assert time.process_time() - start < 20  # seconds of work, not of waiting; what grows with the square takes minutes


def test_comments_are_comments() -> None:
    text = "a: x # c\nb: auto # c\nc: # c d\n  - 1 #one\n  - 2\nd: 3 #three\ne: 'q' #q\nf: [x] #list\n# g\n#h\n"
    assert read(Text("x", text)).plain == {"a": "x", "b": "auto", "c": [1, 2], "d": 3, "e": "q", "f": ["x"]}


@pytest.mark.parametrize("bom", ["", "\ufeff"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_places_count_what_an_editor_counts(bom: str, newline: str) -> None:
    text = bom + newline.join(["name: 表🙂", "source:", "  path: Дата # c", "load: {mode: full}", ""])
    draft = read(Text("x", text))
    span = draft.spans["source", "path"]
    assert (text[span.start : span.end], span.line, span.column) == ("Дата", 3, 9)
    span = draft.spans["name",]
    assert (text[span.start : span.end], span.line, span.column) == ("表🙂", 1, 7)
    assert text[draft.keys["load", "mode"].start :].startswith("mode")
    assert draft.text.text == text


def test_a_missing_place_is_that_of_the_nearest_parents_key() -> None:
    draft = read(Text("x", "name: x\nload:\n  mode: full\n"))
    assert draft.span(("load", "max_rejects")) == draft.keys["load",]
    assert draft.span(("partition", "by")).line == 1
    assert draft.span(("load", "mode")).line == 3


def test_auto_is_open_only_where_a_decision_is() -> None:
    head = 'name: auto\nabout: "auto"\ntags: [auto]\nmeta: {a: auto, b: }\nowner:\nprimary_key: [auto]\n'
    text = head + "order_by: auto\npartition:\nrun: auto\nsource: {path: auto}\n"
    data = read(Text("x", text)).data
    assert data == {
        "name": "auto",
        "about": "auto",
        "tags": ["auto"],
        "meta": {"a": "auto", "b": None},
        "owner": None,
        "primary_key": ["auto"],
        "order_by": AUTO,
        "partition": AUTO,
        "run": AUTO,
        "source": {"path": "auto"},
    }


@settings(max_examples=1500)
@given(st.text(st.sampled_from(list("ab:# \n\t-[]{},\"'|>*&!%@`\\1.(){}\r\u0085\ufeff🙂я?")), max_size=60))
def test_no_text_makes_the_reader_do_anything_but_read_or_explain(text: str) -> None:
    root, found = compose(Text("x", text))
    for fault in found:
        assert fault.span
        assert fault.message
        assert fault.help
        assert 0 <= fault.span.start <= fault.span.end <= len(text) + 1
    if not found:
        assert root
        draft = read(Text("x", text))
        assert holes(draft)
        assert all(0 <= span.start <= span.end <= len(text) for span in draft.spans.values())

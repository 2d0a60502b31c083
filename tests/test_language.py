"""Every faulty spec beside `tests/bad` is drawn exactly as the text beside it says; `pytest --update` accepts what is drawn now."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it ships without types

from dataeng_ai import draft as drafts
from dataeng_ai.check import check, explain
from dataeng_ai.diagnostics import Diagnostic, Problems, Text, render
from dataeng_ai.project import find
from dataeng_ai.spec.schema import schema

BAD = Path(__file__).parent / "bad"
SPECS = sorted(path for path in BAD.glob("*.yaml") if path.name != "dataeng.yaml")
PROJECT = find(BAD)
STRICT, LOOSE = (Draft202012Validator(schema(strict=strict)) for strict in (True, False))
_IN_SCHEMA = {"E100", "E102", "E104", "E106", "E108"}
"""What a schema can say too; a share or a date that cannot be read it cannot."""


def diagnose(path: Path) -> tuple[Text, tuple[Diagnostic, ...]]:
    text = Text(f"bad/{path.name}", path.read_bytes().decode())
    try:
        draft = drafts.read(text)
    except Problems as problems:
        return text, problems.diagnostics
    checked = check(draft, PROJECT)
    assert checked.spec is None
    return text, checked.diagnostics


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_a_faulty_spec_is_drawn_as_the_text_beside_it(path: Path, *, update: bool) -> None:
    text, diagnostics = diagnose(path)
    drawn = render(diagnostics, [text]) + "\n"
    expected = path.with_suffix(".txt")
    if update:
        expected.write_text(drawn, encoding="utf-8")
    assert drawn == expected.read_text(encoding="utf-8")
    assert any(diagnostic.severity == "error" for diagnostic in diagnostics)


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_a_diagnostic_of_a_faulty_spec_has_a_place_in_the_text_and_a_page(path: Path) -> None:
    text, diagnostics = diagnose(path)
    for diagnostic in diagnostics:
        assert diagnostic.span is not None
        assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(text.text)
        assert explain(diagnostic.code)


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_the_schema_that_editors_read_refuses_what_the_language_refuses_and_nothing_else(path: Path) -> None:
    try:
        draft = drafts.read(Text(path.name, path.read_text("utf-8")))
    except Problems:
        return  # not read at all, so no editor holds it against a schema
    codes = {diagnostic.code for diagnostic in diagnose(path)[1]}
    if codes & _IN_SCHEMA:
        assert not STRICT.is_valid(draft.plain)
    elif not {code for code in codes if code.startswith("E1")}:
        assert STRICT.is_valid(draft.plain)
        assert LOOSE.is_valid(draft.plain)


@pytest.mark.parametrize(
    "source",
    [
        "{path: a.csv, format: csv, csv: {delimiter: ';', quote: null, escape: null, header: true, encoding: cp1251, null_values: []}}",
        "{connection: landing, path: a.json.gz, format: json, records: data.items}",
        "{path: a.jsonl, format: ndjson, records: null}",
        "{path: a.parquet, format: parquet}",
        "{path: a.xml.gz, format: xml, records: company.branch}",
        "{path: a.xlsx, format: excel, excel: {sheet: Лист1, header: true, skip: 3, footer: 1}}",
        "{spec: register, records: items}",
    ],
)
def test_a_good_source_of_every_format_passes_check_and_both_schemas(source: str) -> None:
    words = (BAD / "after_each_other.yaml").read_text("utf-8")
    head, _, rest = words.partition("source:")
    text = f"{head}source: {source}\n{rest[rest.index('target:') :]}".replace("{after: [register, chicken]}", "null")
    draft = drafts.read(Text("bad/after_each_other.yaml", text))
    assert check(draft, PROJECT).diagnostics == ()
    assert STRICT.is_valid(draft.plain)
    assert LOOSE.is_valid(draft.plain)


def test_there_are_faulty_specs_enough_and_none_without_its_text() -> None:
    assert len(SPECS) >= 130
    assert {path.stem for path in BAD.glob("*.txt")} == {path.stem for path in SPECS}


def test_no_secret_of_a_faulty_spec_is_ever_drawn() -> None:
    drawn = "".join(path.read_text(encoding="utf-8") for path in BAD.glob("*.txt"))
    assert not re.search(r"pa55word|hunter2|AKIAIOSFODNN7EXAMPLE|0123456789abcdef", drawn)


def test_the_command_says_it_all_at_once_exits_1_and_never_shows_a_traceback() -> None:
    command = [sys.executable, "-m", "dataeng_ai", "check", "--format", "json", *map(str, SPECS)]
    run = subprocess.run(command, cwd=BAD, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "Traceback" not in run.stdout + run.stderr
    told = [(Path(one["file"]).name, one["line"], one["column"], one["code"]) for one in json.loads(run.stdout)]
    known = [(path.name, one.span.line, one.span.column, one.code) for path in SPECS for one in diagnose(path)[1] if one.span]
    assert sorted(told) == sorted(known)

"""Laws of the DAG file that need no Airflow: what goes in, and that nothing of it is code."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataeng_ai.diagnostics import Problems
from dataeng_ai.emit.dag import Literal, dag, environment, literal
from dataeng_ai.ir import Load, Pipeline, Run, Schedule, Source, Target

if TYPE_CHECKING:
    from collections.abc import Sequence

PIPELINE = Pipeline(
    "tickets",
    "Museum ticket sales, every night.",
    Source("landing", "tickets/*.csv.gz", "csv", None),
    Target("postgres", "warehouse", "museums", "tickets"),
    (),
    Load("full"),
    schedule=Schedule("0 3 * * *", "Europe/Moscow"),
    tags=("museum",),
    owner="dwh",
)

HOSTILE = [
    'it\'s "quoted" \'\'\'three\'\'\' """times"""',
    "{{ macros.os.system('x') }} {% raw %} {# #}",
    "'); DROP TABLE tickets; --",
    '")\nimport os\nos.system("x")\n("',
    "back\\slash\\",
    "line\r\nline\u2028line\x0b\x00",
    "bidi \u202e override",
    "Цена 🎟️ ёлки",
    "x" * 200,
    "ends in .md",
    "`code` ``` and **bold**",
    "",
]


def shape(text: str) -> list[str]:
    """Return the program's tree with every constant blanked: what the file does, whatever it says."""
    lines = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant):
            node.value = "…"
        lines.append(type(node).__name__)
    return lines


def hostile(word: str) -> Pipeline:
    return replace(
        PIPELINE,
        about=f"a{word}",
        owner=word or None,
        tags=(word[:100],),
        source=Source(word, f"f{word}", "csv", None),
        target=Target("postgres", word, word, f"t{word}"),
        run=replace(PIPELINE.run, pool=f"p{word}"),
        schedule=Schedule(word, word or "UTC"),
    )


@pytest.mark.parametrize("word", HOSTILE)
def test_hostile_text_changes_constants_and_nothing_else(word: str) -> None:
    plain = shape(dag(hostile("plain")))
    assert shape(dag(hostile(word))) == plain


@given(st.text())
def test_no_text_whatever_changes_more_than_constants(word: str) -> None:
    plain = shape(dag(hostile("plain")))
    assert shape(dag(hostile(word))) == plain


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(_JSON)
def test_a_literal_reads_back_as_its_value(value: object) -> None:
    assert ast.literal_eval(literal(value)) == value


@pytest.mark.parametrize("value", [1.5, b"x", ("a",), {1, 2}, object(), Literal("exit()"), [object()], {"a": 1.5}])
def test_what_is_no_literal_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="no literal for"):
        literal(value)


def test_the_template_lets_nothing_through_without_the_filter() -> None:
    with pytest.raises(TypeError, match="without the filter"):
        environment().from_string("{{ name }}").render(name="exit()")


def test_every_value_of_the_template_goes_through_the_filter() -> None:
    python = environment()
    assert python.loader is not None
    source = python.loader.get_source(python, "dags/PIPELINE.py.j2")[0]
    printed: Sequence[str] = re.findall(r"\{\{(.*?)\}\}", source)
    assert len(printed) > 10
    assert all(re.fullmatch(r" \w+ \| literal ", expression) for expression in printed)


def calls(text: str) -> dict[str, ast.Call]:
    return {node.func.id: node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}


def test_a_dag_says_everything_that_airflow_would_else_decide() -> None:
    words = {keyword.arg for keyword in calls(dag(PIPELINE))["DAG"].keywords}
    assert words == {
        "dag_id",
        "description",
        "doc_md",
        "schedule",
        "start_date",
        "catchup",
        "max_active_runs",
        "tags",
        "default_args",
    }


def test_the_file_names_no_place_and_no_time_of_this_machine() -> None:
    text = dag(PIPELINE)
    assert not re.search(r"/home|/root|/tmp|/work|environ|now\(|today\(", text)


def test_a_pipeline_after_others_waits_for_their_tables_and_knows_no_cron() -> None:
    text = dag(replace(PIPELINE, schedule=Schedule(None, after=("orders", "items"))))
    assert "dataeng://pipelines/orders" in text
    assert "Cron" not in text


def test_a_pipeline_without_a_schedule_is_started_by_hand() -> None:
    assert "schedule=None" in dag(replace(PIPELINE, schedule=None))


def test_the_pool_is_named_only_where_there_is_one() -> None:
    assert '"pool"' not in dag(PIPELINE)
    assert '"pool": "narrow",' in dag(replace(PIPELINE, run=Run(pool="narrow")))


def test_a_tag_that_airflow_refuses_is_refused_here() -> None:
    with pytest.raises(Problems, match="E450"):
        dag(replace(PIPELINE, tags=("x" * 101,)))


def test_the_file_stands_as_a_formatter_leaves_it() -> None:
    text = dag(PIPELINE)
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length=140", "-"],
        input=text,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == text

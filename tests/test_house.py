"""The laws of the house: what start-up may import, what files are called, what the wheel holds."""

from __future__ import annotations

import re
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parent.parent
HEAVY = {"pydantic", "yaml", "sqlglot", "duckdb", "jinja2", "rich", "airflow", "psycopg", "ollama", "IPython", "pyarrow"}
FORBIDDEN_NAMES = {"utils", "helpers", "common", "base", "misc", "manager"}
MAX_LINES = 300


def imports_of(arguments: Sequence[str], cwd: Path = ROOT) -> set[str]:
    """Return the top-level packages that a run of Python brings in."""
    done = subprocess.run([sys.executable, "-X", "importtime", *arguments], cwd=cwd, capture_output=True, text=True, check=True)
    modules = re.findall(r"^import time:.*\|\s*([\w.]+)$", done.stderr, re.MULTILINE)
    assert "encodings" in modules, done.stderr
    return {module.partition(".")[0] for module in modules}


@pytest.mark.parametrize(
    "arguments",
    [("-c", "import dataeng_ai"), ("-c", "import dataeng_ai.cli"), ("-m", "dataeng_ai", "--help"), ("-m", "dataeng_ai", "--version")],
    ids=" ".join,
)
def test_start_up_imports_nothing_but_click(arguments: tuple[str, ...]) -> None:
    ours = imports_of(arguments)
    assert not ours & HEAVY
    third_party = ours - set(sys.stdlib_module_names) - imports_of(("-c", "pass"))
    # `org`: the standard library's `copy` tries for Jython's module, and there is none.
    assert third_party <= {"dataeng_ai", "click", "org"}


@pytest.mark.parametrize("command", ["show tickets", "profile examples/data/sales.csv"])
def test_who_shows_a_spec_or_has_a_file_looked_at_loads_no_compiler(command: str) -> None:
    """Of a file that another process reads, this one needs neither what reads it nor what speaks SQL."""
    at_end = "import atexit, sys; atexit.register(lambda: print(*sys.modules, file=sys.stderr)); from dataeng_ai.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", at_end, *command.split()], capture_output=True, text=True, check=True)
    ours = {module.partition(".")[0] for module in done.stderr.split()}
    assert "dataeng_ai" in ours
    assert not ours & {"sqlglot", "duckdb", "jinja2", "ollama", "pydantic"} - ({"pydantic"} if command.startswith("show") else set())


def modules(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert not [path for path in modules("dataeng_ai", "magics", "tests") if path.stem in FORBIDDEN_NAMES]


def test_a_long_module_says_why_it_is_long() -> None:
    long = [path for path in modules("dataeng_ai", "magics") if len(path.read_text().splitlines()) > MAX_LINES]
    assert not [path for path in long if "long because" not in path.read_text().lower()]


def test_no_connection_draws_a_bar_of_its_own() -> None:
    """DuckDB draws one wherever Python takes statements by hand, as notebooks do and whoever reads files in another process."""
    look = "import duckdb; print(duckdb.sql(\"SELECT current_setting('enable_progress_bar')\").fetchall())"
    assert subprocess.check_output([sys.executable, "-c", look], text=True) == "[(True,)]\n"
    quiet = {str(path): path.read_text().count("quiet(") for path in modules("dataeng_ai")}
    opened = {str(path): path.read_text().count("duckdb.connect(") for path in modules("dataeng_ai") if path.name != "about.py"}
    assert sum(opened.values())
    assert {path for path, count in opened.items() if count > quiet[path]} == set()


def test_every_exemption_carries_its_reason() -> None:
    bare = re.compile(r"#\s*(noqa(:\s*[A-Z]+\d+(,\s*[A-Z]+\d+)*)?|type:\s*ignore(\[[\w, -]+\])?)\s*$")
    found = [
        f"{path}:{number}"
        for path in modules("dataeng_ai", "magics", "tests")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if bare.search(line)
    ]
    assert not found


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", out], cwd=ROOT, check=True, capture_output=True)
    return next(out.glob("*.whl"))


def test_a_decision_has_a_number_of_its_own_and_stands_in_the_list_with_its_rule(*, update: bool) -> None:
    folder = ROOT / "docs" / "decisions"
    pages = sorted(path for path in folder.glob("*.md") if path.name != "README.md")
    assert len({page.name[:3] for page in pages}) == len(pages)
    rules = [f"- [{page.name[:3]}]({page.name}) {page.read_text('utf-8').splitlines()[0].removeprefix('# ')}" for page in pages]
    listed = folder / "README.md"
    head = listed.read_text("utf-8").partition("\n- ")[0]
    if update:
        listed.write_text("\n".join([head, *rules, ""]), "utf-8")
    assert listed.read_text("utf-8") == "\n".join([head, *rules, ""])
    assert all("violates this when" in " ".join(page.read_text("utf-8").split()) for page in pages)


def test_what_a_document_links_to_is_there() -> None:
    for page in (ROOT / name for name in ("README.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/profile.md")):
        words = page.read_text("utf-8")
        linked = [target.partition("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", words) if "://" not in target]
        # A recipe names files in code; one with a placeholder in capitals is for the reader to make.
        named = re.findall(r"`((?:dataeng_ai|tests|templates|docs)/[\w./]*)`", words)
        paths = [page.parent / target for target in linked if target] + [ROOT / name for name in named if not re.search(r"[A-Z]{4}", name)]
        assert not [str(path) for path in paths if not path.exists()]


def test_the_wheel_has_every_file_of_the_package_once_and_nothing_else(wheel: Path) -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "dataeng_ai/", "magics", "templates"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    links = {"dataeng_ai/magics", "dataeng_ai/templates"}
    expected = [
        f"dataeng_ai/{name}" if name.startswith(("magics/", "templates/")) else name
        for name in tracked.stdout.splitlines()
        if name not in links
    ]
    packed = [name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name]
    assert len(packed) == len(set(packed))
    assert set(expected) <= set(packed)
    assert {name.partition("/")[0] for name in packed} == {"dataeng_ai"}


def test_the_wheel_works_without_the_repository(wheel: Path, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    python = tmp_path / "venv/bin/python"
    site = next((tmp_path / "venv/lib").glob("python*/site-packages"))
    zipfile.ZipFile(wheel).extractall(site)
    # What we depend on comes from the environment of the tests; a path named in a .pth brings no .pth of its own, hence no editable us.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    program = (
        "import dataeng_ai, dataeng_ai.magics, importlib.resources as r\n"
        "print(dataeng_ai.__file__)\n"
        "print([p.name for p in (r.files('dataeng_ai') / 'templates' / 'dags').iterdir()])"
    )
    done = subprocess.run([python, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True)
    where, templates = done.stdout.splitlines()
    assert Path(where).is_relative_to(site)
    assert "PIPELINE.py.j2" in templates
    done = subprocess.run([python, "-m", "dataeng_ai", "--help"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "Usage" in done.stdout


def test_make_says_what_each_target_is_for() -> None:
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert {"demo", "test", "lint", "update", "docs"} <= {line.split()[0] for line in done.stdout.splitlines()}

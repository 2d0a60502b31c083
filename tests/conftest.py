"""What every test may ask for, and the law that a skip is no pass."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.services import airflow as _airflow
from tests.services import clickhouse as _clickhouse
from tests.services import mariadb as _mariadb
from tests.services import postgres as _postgres
from tests.shell import Shell

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

# Started in the background of a shell, the tests inherit a SIGINT that is ignored; what they start must hear Ctrl-C as anywhere.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Two cores shared by real systems: how long one example takes says nothing.
settings.register_profile("house", deadline=None, print_blob=True)
settings.load_profile("house")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip into a failure: what was not proved has not passed."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and a skip is no pass: {call.excinfo.value if call.excinfo else ''}"
    return report


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--update`: what is drawn now becomes what is expected."""
    parser.addoption("--update", action="store_true", help="accept what is drawn now as what is expected")


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    """Whether what is drawn now is to be accepted."""
    return bool(request.config.getoption("--update"))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[_postgres.Server]:
    """A PostgreSQL cluster for this process's tests (each worker of pytest-xdist has its own)."""
    with _postgres.cluster() as server:
        yield server


@pytest.fixture
def postgres(postgres_server: _postgres.Server) -> Iterator[str]:
    """The URL of a new, empty PostgreSQL database, dropped after the test."""
    with postgres_server.database() as url:
        yield url


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[_mariadb.Server]:
    """A MariaDB server for this process's tests."""
    with _mariadb.server() as server:
        yield server


@pytest.fixture(scope="session")
def clickhouse_server() -> Iterator[_clickhouse.Server]:
    """A ClickHouse server for this process's tests."""
    with _clickhouse.server() as server:
        yield server


@pytest.fixture(scope="module", params=_airflow.PYTHONS)
def airflow(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> _airflow.Airflow:
    """Each Airflow that we promise, with a home of its own and no database yet: good for parsing DAG files."""
    return _airflow.Airflow(request.param, tmp_path_factory.mktemp("airflow"))


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    """A person in an empty folder of their own."""
    monkeypatch.chdir(tmp_path)
    return Shell(tmp_path, capsys)

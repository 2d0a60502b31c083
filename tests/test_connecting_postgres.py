"""`spec connections --test` on a real PostgreSQL: what it says, and the cause of every failure; the password is never said."""

from __future__ import annotations

import json
import logging
import os
import socket
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from psycopg import sql

from dataeng_ai.commands import tree
from dataeng_ai.connections import Connection
from dataeng_ai.targets.postgres.refusals import refused
from tests.test_connecting import SECRET, museum

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.services.postgres import Server
    from tests.shell import Said, Shell

__all__ = ["museum"]


class Way:
    """A database, a user with a password, and a project that loads there."""

    def __init__(self, shell: Shell, server: Server, url: str, user: str) -> None:
        self.shell, self.port, self.url, self.user = shell, server.port, url, user
        self.database = url.rpartition("/")[2]

    def test(self, monkeypatch: pytest.MonkeyPatch, **changes: object) -> dict[str, Any]:
        """Open the connection with something of it changed, and return what was seen; the password is nowhere."""
        fields = {"conn_type": "postgres", "host": "127.0.0.1", "port": self.port, "login": self.user, "password": SECRET}
        monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", json.dumps({**fields, "schema": self.database, **changes}))
        said = self.shell.spec("connections", "warehouse", "--test", "--format", "json")
        drawn = tree.main(["connections", "warehouse", "--test"], standalone_mode=False)
        password = str(changes.get("password") or SECRET)
        for text in (said.out, said.err, drawn._repr_html_(), repr(drawn), str(drawn.value)):
            assert password not in text
            assert quote(password, safe="") not in text
        tested: dict[str, Any] = said.data[0]["tested"]
        assert said.code == (0 if tested["good"] else 3 if tested["fault"] else 1)
        return tested

    def run(self, statement: str, *names: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@pytest.fixture
def way(museum: Shell, postgres_server: Server) -> Iterator[Way]:
    with postgres_server.user(SECRET) as user, postgres_server.database() as url:
        yield Way(museum, postgres_server, url, user)


def facts(tested: dict[str, Any]) -> dict[str, str]:
    return {fact["what"]: fact["words"] for fact in tested["facts"]}


def test_it_says_host_user_database_version_rights_and_latency(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    tested = way.test(monkeypatch)
    found = facts(tested)
    with psycopg.connect(way.url) as connection:
        version = connection.execute("SHOW server_version").fetchone()
    assert version is not None
    assert found["server"] == f"PostgreSQL {version[0]} at 127.0.0.1, port {way.port}"
    assert (found["user"], found["database"]) == (way.user, f"{way.database}, in UTF8")
    assert found["tls"] == "none: what is sent can be read on the way"
    assert tested["latency_ms"] > 0
    assert found["rights"] == "may make nothing; may read 0 of 0 tables"


def test_rights_that_a_spec_needs_are_said_with_the_grant_that_gives_them(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    def need() -> dict[str, Any]:
        tested = way.test(monkeypatch)
        found: dict[str, Any] = next(fact for fact in tested["facts"] if fact["what"] == "target of tickets")
        assert found["good"] == tested["good"]
        return found

    database = need()
    assert database["fix"] == f'GRANT CREATE ON DATABASE "{way.database}" TO "{way.user}"'
    way.run(database["fix"])
    assert need()["words"] == "the schema `museums` is not there; the first run makes it"
    way.run("CREATE SCHEMA museums")
    schema = need()
    assert schema["fix"] == f'GRANT USAGE, CREATE ON SCHEMA "museums" TO "{way.user}"'
    way.run(schema["fix"])
    assert need()["words"] == "`museums.tickets` is made by the first run"
    way.run("CREATE TABLE museums.tickets (x int)")
    table = need()
    assert table["words"] == "`museums.tickets` may not be read and written"
    way.run(table["fix"])
    assert need()["words"] == "`museums.tickets` may be read and written"
    assert facts(way.test(monkeypatch))["rights"] == "may make schemas; may read 1 of 1 tables"


def test_nothing_can_be_written_while_it_looks(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataeng_ai.targets.postgres import about
    from dataeng_ai.targets.postgres.opening import opened

    found = Connection("w", "postgres", "127.0.0.1", way.port, "postgres", database=way.database)
    with opened(found, about.READ_ONLY) as connection, pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        connection.execute("CREATE TABLE t (x int)")


def free() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


@pytest.fixture
def talker() -> Iterator[int]:
    """A server of another kind: whatever it hears, it answers in HTTP."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            while True:
                try:
                    caller, _ = listening.accept()
                except OSError:
                    return
                with caller:
                    caller.recv(1024)
                    caller.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
    thread.join()


def test_every_failure_has_its_cause(way: Way, talker: int, monkeypatch: pytest.MonkeyPatch) -> None:
    cases: list[tuple[str, dict[str, object]]] = [
        ("E621", {"host": "no-such-host.invalid"}),
        ("E622", {"port": free()}),
        ("E622", {"host": "/nowhere"}),
        ("E624", {"password": "Drugoj!Parol"}),
        ("E624", {"password": ""}),
        ("E624", {"login": "никто", "password": ""}),
        ("E625", {"schema": "нет такой"}),
        ("E626", {"extra": {"sslmode": "require"}}),
        ("E626", {"extra": {"sslmode": "always"}}),
        ("E627", {"port": talker}),
    ]
    seen = [(code, way.test(monkeypatch, **changes)["fault"]) for code, changes in cases]
    assert [fault["code"] for _, fault in seen] == [code for code, _ in cases], seen
    assert all(fault["help"] for _, fault in seen)


def test_a_machine_that_does_not_answer_is_told_from_a_port_where_nothing_listens(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    """A listener that takes no more callers: packets are dropped, as a firewall drops them."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            changes = {"port": port, "extra": {"connect_timeout": "2"}}
            assert way.test(monkeypatch, **changes)["fault"]["code"] == "E623"


def test_who_may_not_connect_is_told_so(way: Way, postgres_server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    way.run("REVOKE CONNECT ON DATABASE {} FROM PUBLIC", way.database)
    assert way.test(monkeypatch)["fault"]["code"] == "E613"
    with postgres_server.user(group="with_tls") as user:
        fault = way.test(monkeypatch, login=user, password="")["fault"]
        assert (fault["code"], "`sslmode` = `require`" in fault["help"]) == ("E628", True)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ('ВАЖНО:  пользователь "anna" не прошёл проверку подлинности (по паролю)', "E624"),
        ('ВАЖНО:  база данных "dwh" не существует', "E625"),
        ('ВАЖНО:  роль "anna" не существует', "E624"),
        ('ВАЖНО:  в pg_hba.conf нет записи для компьютера "10.0.0.1", пользователя "anna", базы "dwh", без шифрования', "E628"),
        ("ВАЖНО:  извините, уже слишком много клиентов", "E611"),
        ("FATAL:  sorry, too many clients already", "E611"),
        ("ВАЖНО:  система баз данных запускается", "E610"),
        ("FATAL:  the database system is starting up", "E610"),
        ("FATAL:  something new", "E610"),
    ],
)
def test_what_a_server_says_in_russian_or_rarely_is_understood(said: str, code: str) -> None:
    """As the server's own catalogue of messages has them; one that speaks Russian is not at hand."""
    found = Connection("w", "postgres", "db", 5432, "anna", SECRET, "dwh")
    diagnostic = refused(psycopg.OperationalError(f"connection failed: {said} {SECRET}"), found).diagnostics[0]
    assert diagnostic.code == code
    assert SECRET not in str(diagnostic)


@pytest.fixture
def tls(postgres_server: Server) -> Iterator[Path]:
    """TLS, with a certificate that the server signed itself; gone again afterwards."""
    with psycopg.connect(postgres_server.url(), autocommit=True) as connection:
        row = connection.execute("SHOW data_directory").fetchone()
        assert row is not None
        folder = Path(row[0])
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "museum")])
        now = datetime.now(UTC)
        made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(1))
        certificate = made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        for file, text in ((folder / "server.crt", certificate), (folder / "server.key", private)):
            file.write_bytes(text)
            file.chmod(0o600)
            os.chown(file, folder.stat().st_uid, folder.stat().st_gid)
        _switch(connection, "on")
        yield folder / "server.crt"
        _switch(connection, "off")


def _switch(connection: psycopg.Connection[Any], to: str) -> None:
    connection.execute(sql.SQL("ALTER SYSTEM SET ssl = {}").format(sql.Literal(to)))
    connection.execute("SELECT pg_reload_conf()")
    while connection.execute("SHOW ssl").fetchone() != (to,):
        connection.execute("SELECT pg_sleep(0.05)")


def test_tls_is_named_and_a_certificate_that_does_not_hold_is_told(way: Way, tls: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert facts(way.test(monkeypatch, extra={"sslmode": "require"}))["tls"].startswith("TLSv1.")
    authority = way.shell.folder / "ca.crt"
    authority.write_bytes(tls.read_bytes())
    for mode, good in (("verify-ca", True), ("verify-full", False)):
        tested = way.test(monkeypatch, extra={"sslmode": mode, "sslrootcert": str(authority)})
        assert (tested["fault"] is None, (tested["fault"] or {"code": ""})["code"]) == (good, "" if good else "E626")


def test_set_opens_before_it_writes(way: Way, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    from tests.test_connecting import FILE, given

    def address(password: str) -> str:
        where = f"127.0.0.1:{way.port}/{way.database}"
        return f"postgres://{quote(way.user)}:{quote(password, safe='')}@{where}"

    way.shell.write("specs/tickets.yaml", "version: 1\nname: tickets\n")
    wrong = given(way.shell, "warehouse", address("Drugoj!Parol"))
    assert (wrong.code, wrong.err.startswith("error[E624]")) == (3, True)
    assert not (way.shell.folder / FILE).exists()
    right = given(way.shell, "warehouse", address(SECRET))
    assert (right.code, f"user      {way.user}" in right.out) == (0, True), right
    broken = given(way.shell, "warehouse", f"postgres://anna:{SECRET}@db/dwh")
    assert broken.code == 1
    assert not _said(wrong, right, broken, caplog.text) & {SECRET, quote(SECRET, safe=""), "Drugoj!Parol"}


def _said(*every: Said | str) -> set[str]:
    whole = "".join(one if isinstance(one, str) else one.out + one.err for one in every)
    return {secret for secret in (SECRET, quote(SECRET, safe=""), "Drugoj!Parol") if secret in whole}


def test_a_driver_that_is_not_there_is_named(museum: Shell) -> None:
    """An installation without the extra: the package cannot be found."""
    program = "import sys; sys.modules['psycopg'] = None; from dataeng_ai.cli import main; main(['connections', 'warehouse', '--test'])"
    environment = {**os.environ, "AIRFLOW_CONN_WAREHOUSE": "postgres://u@h/d"}
    done = subprocess.run([sys.executable, "-c", program], cwd=museum.folder, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, "E620" in done.stdout, "pip install 'dataeng-ai[postgres]'" in done.stdout) == (1, True, True)

"""Files of S3: a real server that checks signatures, from a key to a table."""

from __future__ import annotations

import gzip
import json
import os
import socket
import threading
import zipfile
from contextlib import contextmanager, suppress
from io import BytesIO
from itertools import count
from random import Random
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from dataeng_ai.diagnostics import Problems, Unreachable
from dataeng_ai.sources import files, stores
from dataeng_ai.sources.unpacking import opened
from tests.services import s3
from tests.services.airflow import Airflow

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.shell import Shell

LARGE = Random(1).randbytes(3_000_000)  # noqa: S311  any bytes will do
_numbers = count(1)


@pytest.fixture(scope="module")
def server() -> Iterator[s3.Server]:
    with s3.server() as found:
        yield found


@pytest.fixture
def prefix(server: s3.Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """A folder of the test's own, to which the connection `landing` leads."""
    name = f"папка {next(_numbers)}"
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setenv("AIRFLOW_CONN_LANDING", server.connection(path=name))
    return name


def find(pattern: str, root: Path) -> tuple[files.File, ...]:
    return files.find(stores.place("landing", root), pattern)


def refused(pattern: str, root: Path) -> tuple[str, bool]:
    with pytest.raises(Problems) as caught:
        _ = [file.path for file in find(pattern, root)]
    (one,) = caught.value.diagnostics
    assert s3.SECRET not in one.message + one.help
    return one.code, isinstance(caught.value, Unreachable)


def test_a_glob_means_what_it_means_in_a_folder(server: s3.Server, prefix: str, tmp_path: Path) -> None:
    names = [
        "билеты/январь #%? 1.csv",
        "билеты/2.csv",
        "билеты/.скрыт.csv",
        "билеты/глубже/3.csv",
        "data[1].csv",
        "data1.csv",
        "a+b&c=d.csv",
    ]
    folder = tmp_path / "folder"
    for name in names:
        server.put(f"{prefix}/{name}", name.encode())
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(name.encode())
    server.client.put_object(Bucket=s3.BUCKET, Key=f"{prefix}/пусто/")
    for pattern in ("билеты/*.csv", "**/*.csv", "data[1].csv", "*.csv", "билеты/**", "*/*/*.csv", "билеты/январь #%? 1.csv", "a+*"):
        here, there = files.find(folder, pattern), find(pattern, tmp_path)
        seen = [[(file.name, file.size, file.path.read_bytes()) for file in found] for found in (here, there)]
        assert seen[0] == seen[1]
        assert [files.fingerprint(file) for file in here] == [files.fingerprint(file) for file in there]
    assert [refused(pattern, tmp_path)[0] for pattern in ("нет/*", "билеты", "пусто/*", "нет.csv")] == ["E301"] * 4


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"password": "другой"}, "E624"),
        ({"login": "NOBODY"}, "E624"),
        ({"bucket": "nowhere"}, "E616"),
        ({"endpoint_url": "http://127.0.0.1:1"}, "E622"),
        ({"endpoint_url": "http://nix.invalid"}, "E621"),
    ],
)
def test_who_is_not_let_in_hears_why(
    server: s3.Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, how: dict[str, str], code: str
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_LANDING", server.connection(**how))
    assert refused("*", tmp_path) == (code, True)


def test_a_connection_says_its_bucket_in_any_of_airflows_ways(server: s3.Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    server.put("ways/a.csv", b"a\n1\n")
    address = f"endpoint_url={server.url.replace(':', '%3A').replace('/', '%2F')}&region_name=us-east-1"
    secret = s3.SECRET.replace("%", "%25").replace("/", "%2F").replace("+", "%2B").replace("#", "%23")
    service = {"s3": {"bucket_name": s3.BUCKET, "endpoint_url": server.url}}
    ways = [
        f"s3://{s3.KEY}:{secret}@{s3.BUCKET}/ways?{address}",
        f"aws://{s3.KEY}:{secret}@/?{address}&bucket={s3.BUCKET}&path=ways",
        json.dumps({"conn_type": "aws", "login": s3.KEY, "password": s3.SECRET, "extra": {"service_config": service, "prefix": "/ways/"}}),
        json.dumps({"conn_type": "aws", "extra": {"aws_access_key_id": s3.KEY, "aws_secret_access_key": s3.SECRET, "bucket": s3.BUCKET,
                                                  "endpoint_url": server.url, "path": "ways"}}),
    ]  # fmt: skip
    for way in ways:
        monkeypatch.setenv("AIRFLOW_CONN_LANDING", way)
        assert [file.name for file in find("*.csv", tmp_path)] == ["a.csv"]
    monkeypatch.setenv("AIRFLOW_CONN_LANDING", f"aws://{s3.KEY}:{secret}@/")
    assert refused("*", tmp_path)[0] == "E607"


@pytest.mark.parametrize("then", ["replaced", "gone"])
def test_a_key_that_is_another_by_then_is_refused(server: s3.Server, prefix: str, tmp_path: Path, then: str) -> None:
    server.put(f"{prefix}/a.csv", b"n\n1\n")
    (file,) = find("a.csv", tmp_path)
    if then == "gone":
        server.client.delete_object(Bucket=s3.BUCKET, Key=f"{prefix}/a.csv")
    else:
        server.put(f"{prefix}/a.csv", b"n\n2\n")
    with pytest.raises(Problems) as caught:
        file.path.stat()
    assert caught.value.diagnostics[0].code == "E661"


@contextmanager
def between(port: int, most: list[int]) -> Iterator[int]:
    """Stand between a client and a server, and break each connection off once so many bytes of the answer have passed."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        door.settimeout(0.1)
        over = threading.Event()

        def pump(source: socket.socket, target: socket.socket, left: int | None) -> None:
            try:
                while piece := source.recv(65536):
                    target.sendall(piece if left is None else piece[:left])
                    left = None if left is None else left - len(piece)
                    if left is not None and left <= 0:
                        break
            except OSError:
                pass
            for one in (source, target):
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

        def serve() -> None:
            while not over.is_set():
                try:
                    client, _ = door.accept()
                except OSError:
                    continue
                server = socket.create_connection(("127.0.0.1", port))
                left = most.pop(0) if most else None
                threading.Thread(target=pump, args=(client, server, None), daemon=True).start()
                threading.Thread(target=pump, args=(server, client, left), daemon=True).start()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield door.getsockname()[1]
        finally:
            over.set()
            thread.join()


def test_a_line_that_breaks_mid_way_is_taken_up(server: s3.Server, prefix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server.put(f"{prefix}/l.bin", LARGE)
    # The first connection lists, too; what it has left is of the key.
    most = [1_500_000, 1_000_000]
    with between(server.port, most) as port:
        monkeypatch.setenv("AIRFLOW_CONN_LANDING", server.connection(path=prefix, endpoint_url=f"http://127.0.0.1:{port}"))
        (file,) = find("l.bin", tmp_path)
        assert file.path.read_bytes() == LARGE
        assert not most


def test_copies_go_when_nobody_holds_them(server: s3.Server, prefix: str, tmp_path: Path) -> None:
    server.put(f"{prefix}/a.csv", b"n\n1\n")
    found = find("*.csv", tmp_path)
    copy = found[0].path
    assert copy.is_file()
    del found
    assert not copy.parent.exists()


def test_members_of_an_archive_are_read_through_it(server: s3.Server, prefix: str, tmp_path: Path) -> None:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("январь.csv", "n\n1\n")
        archive.writestr("readme.txt", "нет")
    server.put(f"{prefix}/drops/2024.zip", packed.getvalue())
    (file,) = find("drops/*.zip/*.csv", tmp_path)
    with opened(file) as stream:
        assert (file.name, stream.read()) == ("drops/2024.zip/январь.csv", b"n\n1\n")


def project(shell: Shell, path: str) -> None:
    shell.write("dataeng.yaml", "version: 1\nconnections:\n  landing: {kind: files}\n")
    shell.ok("new", "tickets", "Билеты музея", "--connection", "landing", "--source", path)
    shell.ok("fill", "tickets", "--model", "rules")


def test_a_spec_reads_it_from_end_to_end(server: s3.Server, prefix: str, shell: Shell) -> None:
    for month in ("январь", "февраль"):
        rows = "".join(f"{month}-{n};Анна;1,50\n" for n in range(300))
        server.put(f"{prefix}/билеты/{month} #%? 1.csv.gz", gzip.compress(f"номер;имя;цена\n{rows}".encode("cp1251")))
    project(shell, "билеты/*.csv.gz")
    assert "cp1251" in (shell.folder / "specs/tickets.yaml").read_text("utf-8")
    loaded: Any = shell.ok("run", "tickets", "--format", "json").data
    assert (loaded["rows_in"], loaded["rows_loaded"], loaded["rows_rejected"]) == (600, 600, 0)
    assert shell.ok("run", "tickets", "--format", "json").data["load_id"] == loaded["load_id"]
    assert shell.ok("preview", "tickets", "--rows", "all", "--format", "csv").out.count("\n") == 601
    profiled = [shell.ok("profile", "tickets", "--format", "json").out for _ in range(2)]
    assert profiled[0] == profiled[1]
    assert json.loads(profiled[0])["files"] == 2
    tried = shell.ok("connections", "landing", "--test").out
    assert all(word in tried for word in (f"s3://{s3.BUCKET}/{prefix}", s3.KEY, "listed in", "may be listed and read"))
    assert s3.SECRET not in tried


def test_the_same_bytes_are_the_same_load_wherever_they_lie(server: s3.Server, prefix: str, shell: Shell) -> None:
    text = "id;name\n" + "".join(f"{n};Анна\n" for n in range(50))
    server.put(f"{prefix}/in/a.csv", text.encode())
    shell.write("landing/in/a.csv", text)
    project(shell, "in/*.csv")
    there: Any = shell.ok("run", "tickets", "--format", "json").data
    os.environ["AIRFLOW_CONN_LANDING"] = json.dumps({"conn_type": "fs", "extra": {"path": "landing"}})
    here: Any = shell.ok("run", "tickets", "--format", "json").data
    assert here["load_id"] == there["load_id"]
    server.put(f"{prefix}/in/a.csv", text.encode())  # anew, with the same bytes
    os.environ["AIRFLOW_CONN_LANDING"] = server.connection(path=prefix)
    assert shell.ok("run", "tickets", "--format", "json").data["load_id"] == here["load_id"]


def test_a_dag_reads_it_inside_airflow(server: s3.Server, prefix: str, shell: Shell, tmp_path: Path) -> None:
    server.put(f"{prefix}/билеты/2026-01-31.csv", ("id;name\n" + "".join(f"{n};Анна\n" for n in range(40))).encode())
    server.put(f"{prefix}/билеты/2026-02-01.csv", b"id;name\n1;x\n")
    project(shell, "билеты/2026-01-31.csv")
    shell.write("dataeng.yaml", "version: 1\nconnections:\n  landing: {kind: files}\n  warehouse: {kind: duckdb}\n")
    shell.ok("set", "tickets", "source.path=билеты/%Y-%m-%d.csv")
    shell.ok("set", "tickets", "target.connection=warehouse")
    shell.ok("set", "tickets", 'schedule={cron: "0 0 * * *", timezone: UTC, start_date: 2026-01-01}')
    shell.ok("compile", "tickets")
    home = tmp_path / "airflow"
    home.mkdir()
    inside = Airflow("3", home)
    inside.migrate()
    warehouse = tmp_path / "warehouse.duckdb"
    (run,) = inside.run(
        tmp_path / "build/dags",
        "tickets@2026-02-01T00:00:00+00:00",
        AIRFLOW_CONN_LANDING=server.connection(path=prefix),
        AIRFLOW_CONN_WAREHOUSE=json.dumps({"conn_type": "duckdb", "extra": {"path": str(warehouse)}}),
    )
    assert run["state"] == "success", inside.log()[-4000:]
    with duckdb.connect(str(warehouse), read_only=True) as found:
        assert found.execute("SELECT count(*), min(_source_file) FROM tickets").fetchall() == [(40, "билеты/2026-01-31.csv")]
    assert s3.SECRET not in inside.log()

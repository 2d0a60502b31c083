"""Files of a real HDFS, from a block to a table."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any

import pytest

from dataeng_ai.diagnostics import Problems, Unreachable
from dataeng_ai.sources import files, stores
from tests.services import hdfs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.shell import Shell


@pytest.fixture(scope="module")
def cluster() -> Iterator[hdfs.Cluster]:
    with hdfs.cluster() as found:
        yield found


@pytest.fixture(autouse=True, params=["hdfs", "webhdfs"])
def word(cluster: hdfs.Cluster, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    """Airflow's word for the protocol that the connection `landing` speaks."""
    monkeypatch.setenv("AIRFLOW_CONN_LANDING", cluster.connection(request.param))
    monkeypatch.setenv("HADOOP_USER_NAME", "hdfs")  # put back after a connection has set it
    return str(request.param)


def find(pattern: str, root: Path) -> tuple[files.File, ...]:
    return files.find(stores.place("landing", root), pattern)


def refused(pattern: str, root: Path) -> tuple[str, bool]:
    with pytest.raises(Problems) as caught:
        _ = [file.path for file in find(pattern, root)]
    return caught.value.diagnostics[0].code, isinstance(caught.value, Unreachable)


def test_a_glob_means_what_it_means_in_a_folder(cluster: hdfs.Cluster, tmp_path: Path) -> None:
    names = ["билеты/январь #%? 1.csv", "билеты/2.csv", "билеты/.скрыт.csv", "билеты/глубже/3.csv", "data[1].csv", "data1.csv"]
    for name in names:
        cluster.put(f"glob/{name}", name.encode())
        (tmp_path / "glob" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "glob" / name).write_bytes(name.encode())
    for pattern in ("glob/билеты/*.csv", "glob/**/*.csv", "glob/data[1].csv", "gl*/*.csv", "glob/билеты/январь #%? 1.csv"):
        here, there = files.find(tmp_path, pattern), find(pattern, tmp_path)
        seen = [[(file.name, file.size, file.path.read_bytes()) for file in found] for found in (here, there)]
        assert seen[0] == seen[1]
    assert [refused(pattern, tmp_path)[0] for pattern in ("нет/*", "glob", "нет.csv")] == ["E301"] * 3


def test_rights_are_the_users(cluster: hdfs.Cluster, word: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    cluster.put("secret.csv", b"n\n1\n", 0o600)
    assert find("secret.csv", tmp_path)[0].path.read_bytes() == b"n\n1\n"
    monkeypatch.setenv("AIRFLOW_CONN_LANDING", cluster.connection(word, login="anna"))
    assert refused("secret.csv", tmp_path) == ("E613", True)


def test_who_does_not_answer_is_named(cluster: hdfs.Cluster, word: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_LANDING", cluster.connection(word, host="nix.invalid"))
    assert refused("a.csv", tmp_path) == ("E621", True)
    monkeypatch.setenv("AIRFLOW_CONN_LANDING", cluster.connection(word, host=""))
    assert refused("a.csv", tmp_path)[0] == "E607"


def test_of_two_name_nodes_the_one_that_answers_is_asked(
    cluster: hdfs.Cluster, word: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    cluster.put("pair.csv", b"n\n1\n")
    port = cluster.port if word == "hdfs" else cluster.web
    monkeypatch.setenv("AIRFLOW_CONN_LANDING", cluster.connection(word, host=f"127.0.0.1:1,127.0.0.1:{port}"))
    assert find("pair.csv", tmp_path)[0].path.read_bytes() == b"n\n1\n"


def test_a_file_that_was_replaced_or_went_meanwhile_is_refused(cluster: hdfs.Cluster, tmp_path: Path) -> None:
    for name, then in (
        ("a.csv", lambda: cluster.put("race/a.csv", b"n\n22\n")),
        ("b.csv", lambda: cluster.client.delete("/landing/race/b.csv")),
    ):
        cluster.put(f"race/{name}", b"n\n1\n")
        (file,) = find(f"race/{name}", tmp_path)
        then()
        with pytest.raises(Problems) as caught:
            file.path.stat()
        assert caught.value.diagnostics[0].code == "E661"


def test_a_spec_reads_it_from_end_to_end(cluster: hdfs.Cluster, word: str, shell: Shell) -> None:
    for month in ("январь", "февраль"):
        rows = "".join(f"{month}-{n};Анна;1,50\n" for n in range(300))
        cluster.put(f"билеты/{month} 1.csv.gz", gzip.compress(f"номер;имя;цена\n{rows}".encode()))
    shell.write("dataeng.yaml", "version: 1\nconnections:\n  landing: {kind: files}\n")
    shell.ok("new", "tickets", "Билеты музея", "--connection", "landing", "--source", "билеты/*.csv.gz")
    shell.ok("fill", "tickets", "--model", "rules")
    loaded: Any = shell.ok("run", "tickets", "--format", "json").data
    assert (loaded["rows_in"], loaded["rows_loaded"], loaded["rows_rejected"]) == (600, 600, 0)
    tried = shell.ok("connections", "landing", "--test").out
    assert all(word in tried for word in (f"{word}://127.0.0.1:", "/landing", "user", "hdfs", "listed in"))

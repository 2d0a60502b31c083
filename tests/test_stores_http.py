"""Files of web servers: whole or refused, whatever the line does."""

from __future__ import annotations

import base64
import gzip
import json
import subprocess
import zipfile
from hashlib import sha256
from io import BytesIO
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from dataeng_ai.diagnostics import Problems, Unreachable
from dataeng_ai.sources import files, stores
from dataeng_ai.sources.unpacking import opened
from tests.services import web

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator
    from pathlib import Path

    from tests.shell import Shell

CSV = "номер;имя;цена\n1;Анна;10,50\n2;Борис;7,25\n".encode()
LARGE = Random(1).randbytes(3_000_000)  # noqa: S311  any bytes will do


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[web.Site]:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with web.serving() as found:
        monkeypatch.setenv("AIRFLOW_CONN_LANDING", found.connection())
        yield found


def find(path: str, root: Path) -> tuple[files.File, ...]:
    return files.find(stores.place("landing", root), path)


def refused(path: str, root: Path) -> tuple[str, str, bool]:
    with pytest.raises(Problems) as caught:
        _ = [file.path for file in find(path, root)]
    (one,) = caught.value.diagnostics
    return one.code, one.message, isinstance(caught.value, Unreachable)


@pytest.mark.parametrize("name", ["билеты/январь 2024.csv", "a b#c.csv", "100%.csv", "x&y=z+w.csv"])
def test_a_name_is_written_as_it_stands(site: web.Site, tmp_path: Path, name: str) -> None:
    site.files[name] = CSV
    (file,) = find(name, tmp_path)
    assert (file.name, file.size, file.path.read_bytes(), files.fingerprint(file)) == (name, len(CSV), CSV, sha256(CSV).hexdigest())


def test_a_query_goes_with_its_path(site: web.Site, tmp_path: Path) -> None:
    site.files["export?format=csv&day=2024-01-31"] = CSV
    assert find("export?format=csv&day=2024-01-31", tmp_path)[0].path.read_bytes() == CSV


def test_a_broken_connection_is_taken_up_where_it_broke(site: web.Site, tmp_path: Path) -> None:
    site.files["l.bin"] = LARGE
    (file,) = find("l.bin", tmp_path)
    site.cuts = [1_000_000, 500_000, 0]
    assert file.path.read_bytes() == LARGE
    assert [headers.get("range") for _, headers in site.asked[1:]] == [None, *[f"bytes={n}-" for n in (1_000_000, 1_500_000, 1_500_000)]]


@pytest.mark.parametrize("how", [{"ranges": False}, {"marked": False}])
def test_without_ranges_or_marks_a_broken_file_comes_anew(site: web.Site, tmp_path: Path, how: dict[str, bool]) -> None:
    site.files["l.bin"] = LARGE
    for key, value in how.items():
        setattr(site, key, value)
    (file,) = find("l.bin", tmp_path)
    site.cuts = [1_000_000, 2_500_000]
    assert file.path.read_bytes() == LARGE


def test_a_connection_that_always_breaks_is_given_up(site: web.Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dataeng_ai.sources.stores.fetching._PAUSE", 0.01)
    site.files["l.bin"] = LARGE
    (file,) = find("l.bin", tmp_path)
    site.cuts = [100] * 50
    with pytest.raises(Unreachable) as caught:
        file.path.stat()
    assert caught.value.diagnostics[0].code == "E662"
    assert "broke off after" in caught.value.diagnostics[0].message


def test_a_file_that_became_another_is_refused(site: web.Site, tmp_path: Path) -> None:
    site.files["a.csv"] = LARGE
    (file,) = find("a.csv", tmp_path)
    site.files["a.csv"] = LARGE[::-1]
    with pytest.raises(Problems) as caught:
        file.path.stat()
    assert caught.value.diagnostics[0].code == "E661"


def test_one_that_changes_between_two_tries_is_refused(site: web.Site, tmp_path: Path) -> None:
    site.files["a.csv"] = LARGE
    (file,) = find("a.csv", tmp_path)
    site.cuts = [1000]
    site.headers["X-Before"] = "1"
    served = site.files

    class Changing(dict[str, bytes]):
        def __getitem__(self, name: str) -> bytes:
            return served[name] if len(site.asked) < 3 else LARGE[::-1]

    site.files = Changing(served)
    with pytest.raises(Problems) as caught:
        file.path.stat()
    assert caught.value.diagnostics[0].code == "E661"


def test_a_name_and_a_password_are_asked_for(site: web.Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site.files["a.csv"] = CSV
    site.locked = True
    assert refused("a.csv", tmp_path)[0::2] == ("E624", True)
    monkeypatch.setenv("AIRFLOW_CONN_LANDING", site.connection(login=web.USER, password=web.PASSWORD[1:]))
    assert refused("a.csv", tmp_path)[0] == "E624"
    monkeypatch.setenv("AIRFLOW_CONN_LANDING", site.connection(login=web.USER, password=web.PASSWORD))
    assert find("a.csv", tmp_path)[0].path.read_bytes() == CSV


def test_headers_of_the_connection_are_sent(site: web.Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site.files["a.csv"] = CSV
    extra = {"X-Api-Key": "ключ".encode().hex(), "headers": {"Authorization": "Bearer t", "Range": "bytes=0-1"}}
    monkeypatch.setenv("AIRFLOW_CONN_LANDING", site.connection(extra=extra))
    assert find("a.csv", tmp_path)[0].path.read_bytes() == CSV
    assert all(
        (sent["x-api-key"], sent["authorization"], sent.get("range")) == ("ключ".encode().hex(), "Bearer t", None) for _, sent in site.asked
    )


def test_another_host_hears_no_password(site: web.Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with web.serving() as other:
        other.files["there.csv"] = CSV
        site.moved = {"a.csv": f"{other.url}/there.csv", "b.csv": "/c.csv", "round.csv": "/round.csv", "mail.csv": "ftp://127.0.0.1/x"}
        site.files["c.csv"] = CSV
        given = site.connection(login=web.USER, password=web.PASSWORD, extra={"X-Api-Key": "k"})
        monkeypatch.setenv("AIRFLOW_CONN_LANDING", given)
        assert find("a.csv", tmp_path)[0].path.read_bytes() == CSV
        assert other.asked
        assert not any("authorization" in sent or "x-api-key" in sent for _, sent in other.asked)
        site.locked = True
        assert find("b.csv", tmp_path)[0].path.read_bytes() == CSV
        assert [refused(name, tmp_path)[0] for name in ("round.csv", "mail.csv")] == ["E665", "E665"]


@pytest.mark.parametrize(("status", "code"), [(403, "E613"), (404, "E301"), (429, "E610"), (500, "E610"), (418, "E665")])
def test_an_answer_that_is_no_file_says_what_it_is(site: web.Site, tmp_path: Path, status: int, code: str) -> None:
    site.status = status
    assert refused("a.csv", tmp_path)[0] == code


def test_a_glob_is_refused_where_nothing_is_listed(site: web.Site, tmp_path: Path) -> None:
    assert refused("tickets/*.csv", tmp_path)[0] == "E663"
    assert not site.asked


def test_a_file_without_a_length_could_be_cut_unseen(site: web.Site, tmp_path: Path) -> None:
    site.files["a.csv"] = CSV
    site.measured = False
    assert refused("a.csv", tmp_path)[0] == "E665"


def test_packed_on_its_way_is_unpacked_as_any_packed_file(site: web.Site, tmp_path: Path) -> None:
    site.files["a.csv"] = gzip.compress(CSV, mtime=0)
    site.headers["Content-Encoding"] = "gzip"
    (file,) = find("a.csv", tmp_path)
    with opened(file) as stream:
        assert stream.read() == CSV
    site.headers["Content-Encoding"] = "br"
    assert refused("a.csv", tmp_path)[0] == "E665"


@pytest.mark.parametrize("header", ["Repr-Digest", "Digest", "Content-MD5"])
def test_a_checksum_that_is_said_is_held_against_the_bytes(site: web.Site, tmp_path: Path, header: str) -> None:
    good = base64.b64encode(sha256(CSV).digest()).decode()
    site.files["a.csv"] = CSV
    if header != "Content-MD5":
        site.headers[header] = f"sha-256=:{good}:"
        assert find("a.csv", tmp_path)[0].path.read_bytes() == CSV
    site.headers[header] = (
        "AAAAAAAAAAAAAAAAAAAAAA==" if header == "Content-MD5" else f"sha-256=:{base64.b64encode(sha256(b'').digest()).decode()}:"
    )
    assert refused("a.csv", tmp_path)[0] == "E662"


def test_members_of_an_archive_are_read_through_it(site: web.Site, tmp_path: Path) -> None:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("январь.csv", CSV)
        archive.writestr("readme.txt", "нет")
    site.files["2024.zip"] = packed.getvalue()
    (file,) = find("2024.zip/*.csv", tmp_path)
    with opened(file) as stream:
        assert (file.name, stream.read()) == ("2024.zip/январь.csv", CSV)


def test_certificates_are_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with web.serving(authority(tmp_path)) as site:
        site.files["a.csv"] = CSV
        monkeypatch.setenv("AIRFLOW_CONN_LANDING", site.connection("https"))
        assert refused("a.csv", tmp_path)[0] == "E626"
        monkeypatch.setenv("AIRFLOW_CONN_LANDING", site.connection("https", extra={"verify": False}))
        assert refused("a.csv", tmp_path)[0] == "E626"
        monkeypatch.setenv("AIRFLOW_CONN_LANDING", site.connection("https", extra={"verify": str(tmp_path / "нет.pem")}))
        assert refused("a.csv", tmp_path)[0] == "E626"
        monkeypatch.setenv("AIRFLOW_CONN_LANDING", site.connection("https", extra={"verify": str(tmp_path / "cert.pem")}))
        assert find("a.csv", tmp_path)[0].path.read_bytes() == CSV


def authority(folder: Path) -> ssl.SSLContext:
    import ssl

    key, cert = folder / "key.pem", folder / "cert.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=tests"]
    subprocess.run(
        [*made, "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(cert)], check=True, capture_output=True
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context


@pytest.mark.parametrize(("host", "code"), [("nix.invalid", "E621"), ("127.0.0.1:1", "E622")])
def test_who_does_not_answer_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str, code: str) -> None:
    name, _, port = host.partition(":")
    monkeypatch.setenv("AIRFLOW_CONN_LANDING", json.dumps({"conn_type": "http", "host": name, "port": port or None}))
    assert refused("a.csv", tmp_path)[0::2] == (code, True)


def test_a_spec_reads_it_from_end_to_end(site: web.Site, shell: Shell) -> None:
    site.files["билеты/все 1.csv.gz"] = gzip.compress(
        "номер;имя;цена\n".encode() + "".join(f"{n};Анна;1,50\n" for n in range(500)).encode()
    )
    shell.write("dataeng.yaml", "version: 1\nconnections:\n  landing: {kind: files}\n")
    shell.ok("new", "tickets", "--connection", "landing", "--source", "билеты/все 1.csv.gz")
    shell.ok("fill", "tickets", "--model", "rules")
    asked = len(site.asked)
    shell.ok("check", "tickets")
    # What was profiled is known to be the same without fetching it: the server is only asked what it has.
    assert len(site.asked) <= asked + 2
    loaded: Any = shell.ok("run", "tickets", "--format", "json").data
    assert (loaded["rows_in"], loaded["rows_loaded"], loaded["rows_rejected"]) == (500, 500, 0)
    again: Any = shell.ok("run", "tickets", "--format", "json").data
    assert again["load_id"] == loaded["load_id"]
    profiled = [shell.ok("profile", "tickets", "--format", "json").out for _ in range(2)]
    assert profiled[0] == profiled[1]
    tried = shell.ok("connections", "landing", "--test")
    assert "answered in" in tried.out

"""What all stores have in common: what a name means, what is asked of a person, what is said without a server."""

from __future__ import annotations

import json
from glob import glob
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataeng_ai import connections, wiring
from dataeng_ai.connections import values
from dataeng_ai.diagnostics import Problems
from dataeng_ai.sources import stores
from dataeng_ai.sources.stores import fetching
from dataeng_ai.sources.stores.matching import fixed, is_flat, meant
from dataeng_ai.sources.stores.store import Object
from dataeng_ai.wiring import forms
from dataeng_ai.wiring.known import shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from dataeng_ai.asking import Field
    from dataeng_ai.connections import Connection

NAMES = [
    "a.csv",
    "б.csv",
    ".h.csv",
    "x/a.csv",
    "x/y/b.csv",
    "x/.z/c.csv",
    "x/y/z/q.csv.gz",
    "data[1].csv",
    "data1.csv",
    "б #%? 1.csv",
    "x/n\nl.csv",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("names")
    for name in NAMES:
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_text("")
    return made


PARTS = st.sampled_from(
    ["*", "**", "?.csv", "*.csv", "x", "y", ".z", "[!a].csv", "data[1].csv", "data[[]1].csv", "б*", ".*", "q*", "a.csv", "*.gz"]
)


@given(parts=st.lists(PARTS, min_size=1, max_size=4))
def test_a_pattern_means_in_a_store_what_it_means_in_a_folder(folder: Path, parts: list[str]) -> None:
    pattern = "/".join(parts)
    found = glob(pattern, root_dir=folder, recursive=True)  # noqa: PTH207  as the product asks a folder
    there = {pattern} if (folder / pattern).is_file() else {name for name in found if name in NAMES}
    assert meant(pattern, NAMES) == there
    assert all(name.startswith(fixed(pattern)) for name in there)
    depth = fixed(pattern).count("/")
    assert not is_flat(pattern) or all(name.count("/") == depth for name in there)


def typed(*lines: str) -> tuple[list[Field], Connection]:
    """Return what was asked, and what the answers made."""
    asked: list[Field] = []
    left = iter(lines)

    def ask(field: Field) -> str:
        asked.append(field)
        return next(left)

    made = wiring.answered(forms.Proposal("landing", "files"), ask)
    assert next(left, None) is None
    return asked, made


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["landing/in"], {"conn_type": "fs", "extra": {"path": "landing/in"}}),
        (
            ["s3://музей-1/билеты/2024", "KEY", "se/cr+et", "eu-central-1", ""],
            {"conn_type": "aws", "login": "KEY", "password": "se/cr+et",
             "extra": {"region_name": "eu-central-1", "path": "билеты/2024", "bucket": "музей-1"}},
        ),
        (
            ["s3://b", "", "", "", "http://127.0.0.1:9000"],
            {"conn_type": "aws", "extra": {"endpoint_url": "http://127.0.0.1:9000", "bucket": "b"}},
        ),
        (
            ["hdfs://namenode:9000/landing", "anna"],
            {"conn_type": "hdfs", "host": "namenode", "port": 9000, "login": "anna", "extra": {"path": "landing"}},
        ),
        (["https://data.example.com/открытые", "", ""], {"conn_type": "https", "host": "data.example.com", "extra": {"path": "открытые"}}),
    ],
)  # fmt: skip
def test_an_address_says_which_store_and_the_rest_is_asked(lines: list[str], expected: object) -> None:
    asked, made = typed(*lines)
    value = values.written(made)
    assert json.loads(value) == expected
    assert values.read("landing", value) == made
    assert [field.hidden for field in asked if field.name == "password"] == [True] * ("password" in {field.name for field in asked})


def test_what_was_set_is_proposed_again() -> None:
    _, made = typed("s3://b/in", "KEY", "secret", "eu-west-1", "")
    asked: list[Field] = []

    def enter(field: Field) -> str:
        asked.append(field)
        return ""

    assert wiring.answered(forms.Proposal("landing", "files", made), enter) == made
    assert [(field.name, field.default) for field in asked] == [
        ("path", "s3://b/in"), ("user", "KEY"), ("password", ""), ("region_name", "eu-west-1"), ("endpoint_url", ""),
    ]  # fmt: skip


def test_an_address_with_a_password_is_asked_for_again() -> None:
    asked, made = typed("https://anna:geheim@host/x", "https://host:port/x", "https://host/x", "", "")
    assert made.host == "host"
    assert [bool(field.remark) for field in asked] == [False, True, True, False, False]


def test_secrets_of_stores_are_veiled() -> None:
    value = {"conn_type": "https", "host": "h", "extra": {"X-Api-Key": "k-1", "headers": {"Cookie": "c-2", "Accept": "text/csv"}}}
    found = values.read("landing", json.dumps(value))
    assert not any(secret in connections.veiled("k-1 c-2", found) for secret in ("k-1", "c-2"))
    assert "k-1" not in str(shown(found))
    assert "k-1" not in repr(found)


@pytest.mark.parametrize("word", sorted(set(stores.STORES)))
def test_a_connection_that_says_no_place_is_refused(word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_LANDING", json.dumps({"conn_type": word}))
    with pytest.raises(Problems) as caught:
        stores.place("landing", tmp_path)
    assert caught.value.diagnostics[0].code == "E607"


class Shelf:
    """A store of bytes in memory: what a batch does with it is the law here."""

    where = "shelf://"

    def __init__(self, **held: bytes) -> None:
        self.held = held

    def find(self, pattern: str) -> tuple[Object, ...]:
        return tuple(Object(name, len(data), "1") for name, data in self.held.items() if pattern in ("*", name))

    def read(self, one: Object, start: int) -> Iterator[bytes]:
        yield self.held[one.name][start:]


def test_files_that_do_not_fit_are_not_fetched(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    (one,) = fetching.remotes(Shelf(a=b"x"), [Object("a", 1 << 60, "1")])
    with pytest.raises(Problems) as caught:
        _ = one.path
    assert caught.value.diagnostics[0].code == "E666"


def test_more_bytes_than_were_listed_are_another_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    (one,) = fetching.remotes(Shelf(a=b"four"), [Object("a", 3, "1")])
    with pytest.raises(Problems) as caught:
        _ = one.path
    assert caught.value.diagnostics[0].code == "E661"


def test_a_thousand_files_are_fetched_once_and_gone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    shelf = Shelf(**{f"f{n}": str(n).encode() for n in range(1000)})
    found = fetching.remotes(shelf, shelf.find("*"))
    assert [one.path.read_text() for one in found] == [str(n) for n in range(1000)]
    copy = found[0].path
    assert found[0].path == copy
    del found
    assert not copy.exists()

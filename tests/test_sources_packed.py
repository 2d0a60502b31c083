"""A packed file gives exactly the bytes that were packed, or is refused with the place: with each packer, alone and in archives."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import tarfile
import zipfile
from typing import TYPE_CHECKING

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dataeng_ai.diagnostics import Problems
from dataeng_ai.profile.survey import profile
from dataeng_ai.sources import files, streams

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from dataeng_ai.sources.files import File

DATA = "id;город\n".encode() + b"".join(f"{n};Санкт-Петербург {n * n}\n".encode() for n in range(20_000))
ZSTD = zstandard.ZstdCompressor(write_checksum=True).compress
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "zstd": ZSTD,
    "bzip2": bz2.compress,
    "xz": lambda data: lzma.compress(data, preset=0),
}
CHUNK = 64 << 10
# Beyond what hypothesis waits for on a slow machine.
LAW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def written(folder: Path, data: bytes, name: str = "выгрузка.csv") -> File:
    (folder / name).write_bytes(data)
    return files.find(folder, name)[0]


def read(file: File, size: int = CHUNK) -> bytes:
    return b"".join(streams.chunks(file, "utf-8", size))


def refused(call: Callable[[], object]) -> tuple[str, str]:
    with pytest.raises(Problems) as caught:
        call()
    (one,) = caught.value.diagnostics
    return one.code, f"{one.message}; {one.help}"


@pytest.mark.parametrize("packer", PACKERS)
def test_a_packed_file_gives_its_bytes_whatever_it_is_called(packer: str, tmp_path: Path) -> None:
    file = written(tmp_path, PACKERS[packer](DATA))
    assert streams.packed(file)
    assert read(file) == DATA
    assert streams.prefix(file, 1000) == DATA[:1000]
    assert streams.tail(file, 777) == DATA[-777:]
    assert DATA.startswith(streams.windows(file, 1000, 4))


@pytest.mark.parametrize("packer", PACKERS)
@LAW
@given(parts=st.lists(st.binary(max_size=300), min_size=1, max_size=5), size=st.sampled_from([1, 7, 4096]))
def test_streams_put_together_give_all_their_bytes(packer: str, parts: list[bytes], size: int, tmp_path: Path) -> None:
    file = written(tmp_path, b"".join(map(PACKERS[packer], parts)))
    with streams.opened(file) as stream:
        pieces = list(iter(lambda: stream.read(size), b""))
    assert b"".join(pieces) == b"".join(parts)
    assert all(len(piece) == size for piece in pieces[:-1])


@pytest.mark.parametrize("packer", PACKERS)
@LAW
@given(data=st.data())
def test_no_prefix_of_a_packed_file_passes_for_the_whole(packer: str, data: st.DataObject, tmp_path: Path) -> None:
    packed = PACKERS[packer](DATA[:20_000]) + PACKERS[packer](DATA[20_000:40_000])
    whole = {len(packed), len(PACKERS[packer](DATA[:20_000]))}
    cut = data.draw(st.integers(20, len(packed)).filter(lambda size: size not in whole))
    file = written(tmp_path, packed[:cut])
    code, said = refused(lambda: read(file))
    assert (code, "is cut short after" in said) == ("E313", True), said


@pytest.mark.parametrize("packer", PACKERS)
def test_damage_is_told_with_the_place_up_to_which_the_bytes_are_sound(packer: str, tmp_path: Path) -> None:
    packed = PACKERS[packer](DATA)
    middle = len(packed) // 2
    file = written(tmp_path, packed[:middle] + bytes(200) + packed[middle + 200 :])
    code, said = refused(lambda: read(file))
    assert code == "E313"
    assert f"the {packer} stream of `выгрузка.csv` is" in said
    done, line = (int("".join(filter(str.isdigit, said.partition(word)[2].split(",")[0].split(";")[0]))) for word in ("after", "in line"))
    # Deflate and LZMA have no checks within: what is damaged may unpack to other bytes, and only the sum at the end tells.
    assert packer in ("gzip", "xz") or line == DATA[:done].count(b"\n") + 1


@pytest.mark.parametrize("packer", PACKERS)
def test_what_stands_behind_a_stream_and_is_none_is_told(packer: str, tmp_path: Path) -> None:
    file = written(tmp_path, PACKERS[packer](DATA) + b"rubbish behind it")
    assert refused(lambda: read(file))[0] == "E313"


@pytest.mark.parametrize("packer", PACKERS)
def test_zeros_behind_a_stream_are_padding(packer: str, tmp_path: Path) -> None:
    assert read(written(tmp_path, PACKERS[packer](DATA) + bytes(64))) == DATA


def test_frames_that_zstd_skips_are_skipped(tmp_path: Path) -> None:
    skipped = b"\x50\x2a\x4d\x18" + (4).to_bytes(4, "little") + b"note"
    assert read(written(tmp_path, skipped + ZSTD(DATA[:500]) + skipped + ZSTD(DATA[500:]))) == DATA


def test_a_stream_that_unpacks_without_end_is_refused_before_it_fills_the_disk(tmp_path: Path) -> None:
    file = written(tmp_path, ZSTD(bytes(2 << 20)) * 2000)
    code, said = refused(lambda: sum(map(len, streams.chunks(file, "utf-8"))))
    assert (code, "or more" in said) == ("E304", True)


def test_a_missing_package_is_named_with_what_to_type(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = written(tmp_path, ZSTD(DATA))
    monkeypatch.setitem(__import__("sys").modules, "zstandard", None)
    code, said = refused(lambda: read(file))
    assert (code, "pip install 'dataeng-ai[files]'" in said) == ("E305", True)


def _tar(data: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        entry = tarfile.TarInfo("a.csv")
        entry.size = len(data)
        archive.addfile(entry, io.BytesIO(data))
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (gzip.compress(_tar(DATA), mtime=0), "a tar archive, packed, not CSV"),
        (gzip.compress(ZSTD(DATA), mtime=0), "packed with zstd, packed, not CSV"),
        (b"Rar!\x1a\x07\x01\x00" + bytes(50), "a RAR archive, not CSV"),
        (b"\x03\x7c\x01\x02" + bytes([5, 0, 0, 0, 0x61, 0, 9, 0]) + bytes(50), "a dBase table, not CSV"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(50), "a 7z archive"),
        (gzip.compress(b"PAR1" + bytes(50), mtime=0), "a Parquet file, packed"),
        (b"\xef\xbb\xbf\r\n<html><table><tr><td>1</td></tr></table></html>", "an HTML page"),
        (b'<?xml version="1.0"?><Workbook/>', "an XML document"),
        (b"%PDF-1.7\n", "a PDF"),
    ],
)
def test_a_file_of_another_kind_is_called_by_its_name(data: bytes, said: str, tmp_path: Path) -> None:
    file = written(tmp_path, data)
    code, message = refused(lambda: streams.refuse_foreign(file))
    assert (code, said in message) == ("E314", True), message


# --- archives ---


def zipped(folder: Path, contents: dict[str, bytes], name: str = "2024.zip", method: int = zipfile.ZIP_DEFLATED) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", method) as archive:
        for member, data in contents.items():
            archive.writestr(member, data)
    return path


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_each_member_of_an_archive_is_a_file_of_its_own(method: int, tmp_path: Path) -> None:
    contents = {
        "б.csv": DATA[:3000],
        "a/b.csv": DATA,
        "empty.csv": b"",
        "a/": b"",
        "__MACOSX/a/._b.csv": b"x",
        ".DS_Store": b"x",
        "a/.hidden": b"x",
        "Thumbs.db": b"x",
    }
    zipped(tmp_path, contents, "продажи/2024.zip", method)
    (tmp_path / "продажи/2023.csv").write_bytes(DATA[:30])
    found = files.find(tmp_path, "продажи/*")
    assert [file.name for file in found] == [
        "продажи/2023.csv",
        "продажи/2024.zip/a/b.csv",
        "продажи/2024.zip/empty.csv",
        "продажи/2024.zip/б.csv",
    ]
    assert [read(file) for file in found] == [DATA[:30], DATA, b"", DATA[:3000]]
    assert [streams.tail(file, 10) for file in found[1:]] == [DATA[-10:], b"", DATA[:3000][-10:]]
    assert files.fingerprint(found[1]) == hashlib.sha256(DATA).hexdigest()


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("*.zip", ["x.csv", "in/y.csv", "in/z.txt"]),
        ("drop.ZIP/x.csv", ["x.csv"]),
        ("*.ZIP/*.csv", ["x.csv"]),
        ("drop.ZIP/*/*.csv", ["in/y.csv"]),
        ("*.ZIP/**/*.csv", ["x.csv", "in/y.csv"]),
        ("**/*.ZIP/in/*", ["in/y.csv", "in/z.txt"]),
    ],
)
def test_members_are_chosen_by_a_pattern_behind_the_archive(pattern: str, names: list[str], tmp_path: Path) -> None:
    zipped(tmp_path, {"x.csv": b"1", "in/y.csv": b"2", "in/z.txt": b"3"}, "drop.ZIP")
    found = files.find(tmp_path, pattern.replace("*.zip", "*.ZIP"))
    assert sorted(file.name for file in found) == sorted(f"drop.ZIP/{name}" for name in names)
    with pytest.raises(Problems) as caught:
        files.find(tmp_path, "drop.ZIP/*.xml")
    assert caught.value.diagnostics[0].code == "E301"


@pytest.mark.parametrize(("encoding", "flag"), [("cp866", 0), ("utf-8", 0), ("utf-8", 1 << 11)])
def test_names_of_members_are_read_as_they_were_written(encoding: str, flag: int, tmp_path: Path) -> None:
    path = zipped(tmp_path, {"XXXXXXXXXXXXXXX": DATA})
    name = "Продажи за май"[: 15 if encoding == "cp866" else 7].encode(encoding)
    name += b"_" * (15 - len(name))
    data = path.read_bytes().replace(b"X" * 15, name)
    at = data.rindex(b"PK\x01\x02")
    data = data[:at] + data[at : at + 8] + flag.to_bytes(2, "little") + data[at + 10 :]
    path.write_bytes(data[:6] + flag.to_bytes(2, "little") + data[8:])
    (found,) = files.find(tmp_path, "2024.zip")
    assert found.name == "2024.zip/" + name.decode(encoding)
    assert read(found) == DATA


def test_an_archive_cut_short_anywhere_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path, {"a.csv": DATA})
    whole = path.read_bytes()
    for size in (4, 40, len(whole) // 2, len(whole) - 30, len(whole) - 1):
        path.write_bytes(whole[:size])
        code, said = refused(lambda: [read(file) for file in files.find(tmp_path, "2024.zip")])
        assert (code, "2024.zip" in said) == ("E313", True), said


def test_a_damaged_member_is_refused_and_its_fingerprint_too(tmp_path: Path) -> None:
    path = zipped(tmp_path, {"a.csv": DATA, "b.csv": DATA})
    whole = path.read_bytes()
    path.write_bytes(whole[:9000] + bytes(20) + whole[9020:])
    first, second = files.find(tmp_path, "2024.zip")
    for call in (lambda: read(first), lambda: files.fingerprint(first)):
        code, said = refused(call)
        assert (code, "the zip stream of `2024.zip/a.csv` is damaged" in said) == ("E313", True), said
    assert read(second) == DATA


def _flagged(path: Path, offset: int, value: bytes) -> None:
    """Change what the archive's directory says of its only member."""
    data = path.read_bytes()
    at = data.rindex(b"PK\x01\x02") + offset
    path.write_bytes(data[:at] + value + data[at + len(value) :])


def test_an_archive_that_cannot_be_read_as_it_is_says_why(tmp_path: Path) -> None:
    for name, offset, value, said in (
        ("secret.zip", 8, b"\x01\x00", "it is encrypted"),
        ("deflate64.zip", 10, b"\x09\x00", "it is packed with deflate64"),
    ):
        _flagged(zipped(tmp_path, {"a.csv": DATA}, name), offset, value)
        code, message = refused(lambda name=name: files.find(tmp_path, name))  # type: ignore[misc]  # a default binds the loop's name
        assert (code, said in message) == ("E303", True), message
    with zipfile.ZipFile(tmp_path / "twice.zip", "w") as archive:
        archive.writestr("a.csv", b"1")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("a.csv", b"2")
    assert "two files of that name" in refused(lambda: files.find(tmp_path, "twice.zip"))[1]
    zipped(tmp_path, {"folder/": b""}, "nothing.zip")
    assert refused(lambda: files.find(tmp_path, "nothing.zip"))[0] == "E303"


def test_a_member_that_says_it_unpacks_without_end_is_refused_at_once(tmp_path: Path) -> None:
    path = zipped(tmp_path, {"a.csv": bytes(1 << 20)})
    _flagged(path, 24, (3 << 30).to_bytes(4, "little"))
    assert refused(lambda: files.find(tmp_path, "2024.zip"))[0] == "E304"


def test_a_member_never_gives_more_than_the_directory_says(tmp_path: Path) -> None:
    path = zipped(tmp_path, {"a.csv": bytes(8 << 20)})
    _flagged(path, 24, (1000).to_bytes(4, "little"))
    (file,) = files.find(tmp_path, "2024.zip")
    assert refused(lambda: read(file))[0] == "E313"


def test_an_archive_within_an_archive_is_called_by_its_name(tmp_path: Path) -> None:
    inner = zipped(tmp_path, {"a.csv": DATA}, "inner.zip").read_bytes()
    zipped(tmp_path, {"inner.zip": inner, "a.csv.gz": gzip.compress(DATA)}, "outer.zip")
    said = [refused(lambda file=file: streams.refuse_foreign(file)) for file in files.find(tmp_path, "outer.zip")]  # type: ignore[misc]  # likewise
    assert [code for code, _ in said] == ["E314", "E314"]
    assert "packed with gzip, packed" in said[0][1]
    assert "a zip archive or an Excel workbook, packed" in said[1][1]


@pytest.mark.parametrize("name", ["книга.xlsx", "a.parquet", "a.csv.gz", "a.zip", "a.ods"])
def test_a_damaged_start_is_no_table_of_what_is_left(name: str, tmp_path: Path) -> None:
    """What is called a workbook and has lost its first bytes would else be read as CSV in some encoding, and most of it rejected."""
    (tmp_path / name).write_bytes(b"QK\x03\x04\x14\0\0\0\x08\0" + bytes(range(256)) * 8)
    with pytest.raises(Problems) as caught:
        profile(tmp_path, name)
    assert caught.value.diagnostics[0].code == "E314"
    (tmp_path / name).write_bytes("id;имя\n1;Ёж\n2;Уж\n".encode("utf-16"))
    assert profile(tmp_path, name).rows == 2

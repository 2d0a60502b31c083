"""A packed file gives exactly the bytes that were packed, or is refused with the place: with each packer, alone and in archives."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
from typing import TYPE_CHECKING

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dataeng_ai.diagnostics import Problems
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
    assert (code, "times its size" in said) == ("E304", True)


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
        (gzip.compress(_tar(DATA)), "a tar archive, packed, not CSV"),
        (gzip.compress(ZSTD(DATA)), "packed with zstd, packed, not CSV"),
        (b"Rar!\x1a\x07\x01\x00" + bytes(50), "a RAR archive, not CSV"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(50), "a 7z archive"),
        (gzip.compress(b"PAR1" + bytes(50)), "a Parquet file, packed"),
        (b"\xef\xbb\xbf\r\n<html><table><tr><td>1</td></tr></table></html>", "an HTML page"),
        (b'<?xml version="1.0"?><Workbook/>', "an XML document"),
        (b"%PDF-1.7\n", "a PDF"),
    ],
)
def test_a_file_of_another_kind_is_called_by_its_name(data: bytes, said: str, tmp_path: Path) -> None:
    file = written(tmp_path, data)
    code, message = refused(lambda: streams.refuse_foreign(file))
    assert (code, said in message) == ("E314", True), message

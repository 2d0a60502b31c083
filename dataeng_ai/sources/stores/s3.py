"""S3 and what speaks like it: files are the keys of one bucket, below a prefix.

A connection is Airflow's own for Amazon (`aws`): the key's id is the login, its secret the password; what neither it nor the environment
says is found as boto3 finds it, in a profile or the machine's role. `extra` holds `bucket`, `path` (the prefix), `endpoint_url`,
`region_name`, `verify` (a file of certificates), and what else Airflow's has for a session.
"""

from __future__ import annotations

import hashlib
import re
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.config import Config

from dataeng_ai.connections import Fact
from dataeng_ai.connections.connection import block
from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.sources.stores import matching
from dataeng_ai.sources.stores.s3_errors import ours
from dataeng_ai.sources.stores.store import Object, changed, checked
from dataeng_ai.sources.stores.tls import authority

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dataeng_ai.connections import Connection

_PIECE: Final = 1 << 18
_MD5: Final = re.compile(r'"?([0-9a-f]{32})"?')
_PATIENCE: Final = {"connect_timeout": 10, "read_timeout": 60, "retries": {"mode": "standard", "max_attempts": 3}}


@dataclass(frozen=True)
class Bucket:
    """The keys of a bucket below a prefix, which ends in `/` or is empty."""

    connection: Connection
    bucket: str
    prefix: str

    @property
    def where(self) -> str:
        """Return it as the field writes it."""
        return f"s3://{self.bucket}/{self.prefix}".rstrip("/")

    def find(self, pattern: str) -> tuple[Object, ...]:
        """Return the keys that a pattern means; only those below its fixed beginning are listed.

        Raises:
            Unreachable: as the table of `s3_errors` has it.
        """
        found = {one.name: one for one in self._listed(matching.fixed(pattern), flat=matching.is_flat(pattern))}
        return tuple(found[name] for name in sorted(matching.meant(pattern, list(found))))

    def _listed(self, start: str, *, flat: bool) -> Iterator[Object]:
        how = {"Delimiter": "/"} if flat else {}
        with ours(self.where):
            for page in self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix + start, **how):
                for entry in page.get("Contents", ()):
                    name = entry["Key"].removeprefix(self.prefix)
                    # Consoles make a folder as an empty key with a stroke at its end.
                    if name and not name.endswith("/"):
                        yield Object(name, entry["Size"], f"{entry['ETag']} {entry['Size']}")

    def read(self, one: Object, start: int) -> Iterator[bytes]:
        """Yield the bytes of a key, of just the version that was listed.

        Raises:
            Cut, Problems, Unreachable: as `Store.read`.
        """
        etag = one.state.rpartition(" ")[0]
        part = {"Range": f"bytes={start}-"} if start else {}
        with ours(self.where, one.name):
            answer = self.client.get_object(Bucket=self.bucket, Key=self.prefix + one.name, IfMatch=etag, **part)
            with closing(answer["Body"]) as body:
                if answer.get("ETag") != etag:
                    raise changed(one.name, self.where)
                pieces, md5 = body.iter_chunks(_PIECE), _MD5.fullmatch(etag)
                # Of a key in parts, or under a key of Amazon's own, the ETag is no MD5.
                if md5 and not start and answer.get("ServerSideEncryption", "AES256") == "AES256" and "SSECustomerAlgorithm" not in answer:
                    pieces = checked(pieces, bytes.fromhex(md5[1]), hashlib.md5(usedforsecurity=False), one.name)
                yield from pieces

    @cached_property
    def session(self) -> boto3.Session:
        """Who asks: a key that the connection has, or else what boto3 finds; in the role that the connection names."""
        extra = self.connection.extra
        session = boto3.Session(
            aws_access_key_id=self.connection.user or extra.get("aws_access_key_id"),
            aws_secret_access_key=self.connection.password or extra.get("aws_secret_access_key"),
            aws_session_token=extra.get("aws_session_token"),
            profile_name=extra.get("profile_name"),
            # A server of one's own has no region, and signatures need one.
            region_name=extra.get("region_name") or ("us-east-1" if _endpoint(self.connection) else None),
        )
        return _in_role(session, extra) if "role_arn" in extra else session

    @cached_property
    def client(self) -> Any:  # noqa: ANN401  boto3 makes its clients while it runs
        """Return what speaks to the server."""
        wanted = block(self.connection, "config_kwargs")
        said = {key: value for key, value in wanted.items() if key in ("s3", "signature_version", "proxies")}
        with ours(self.where):
            return self.session.client(
                "s3", endpoint_url=_endpoint(self.connection), verify=authority(self.connection), config=Config(**_PATIENCE, **said)
            )


def opened(found: Connection) -> Bucket:
    """Return the bucket that a connection means.

    Raises:
        Problems: it names none (E607).
    """
    service = block(found, "service_config").get("s3", {})
    named = found.extra.get("bucket") or found.extra.get("bucket_name") or service.get("bucket_name")
    host = found.host if found.host and "/" not in found.host and ":" not in found.host else None
    bucket = named or host or found.database
    if not bucket:
        message = f"the connection `{found.name}` does not say which bucket it means"
        advice = 'write it as JSON: {"conn_type": "aws", "login": "…", "password": "…", "extra": {"bucket": "landing", "region_name": "…"}}'
        raise Problems(Diagnostic("E607", message, help=advice))
    below = found.extra.get("path") or found.extra.get("prefix") or (found.database if host and not named else "") or ""
    prefix = below.strip("/")
    return Bucket(found, bucket, f"{prefix}/" if prefix else "")


def about(found: Connection) -> Iterator[Fact]:
    """Yield what is seen of a bucket.

    Raises:
        Problems, Unreachable: it cannot be listed, and why.
    """
    bucket = opened(found)
    yield Fact("bucket", f"`{bucket.where}` at {bucket.client.meta.endpoint_url}")
    with ours(bucket.where):
        keys = bucket.session.get_credentials()
        whence = "" if found.user else f", from {keys.method}" if keys else ""
        yield Fact("user", f"key {keys.access_key}{whence}" if keys else "nobody: no keys were found")
        start = perf_counter()
        page = bucket.client.list_objects_v2(Bucket=bucket.bucket, Prefix=bucket.prefix, MaxKeys=1000)
    took = (perf_counter() - start) * 1000
    files = [entry for entry in page.get("Contents", ()) if not entry["Key"].endswith("/")]
    yield Fact("holds", f"{'more than ' if page.get('IsTruncated') else ''}{len(files):,} files")
    yield Fact("latency", f"listed in {took:.1f} ms", number=round(took, 3))
    if files:
        name = files[0]["Key"].removeprefix(bucket.prefix)
        with ours(bucket.where, name):
            bucket.client.head_object(Bucket=bucket.bucket, Key=files[0]["Key"])
    yield Fact("rights", "may be listed and read" if files else "may be listed; there is no file yet to try reading")


def _endpoint(found: Connection) -> str | None:
    """Return the address of a server that is not Amazon's."""
    of_service = block(found, "service_config").get("s3", {}).get("endpoint_url")
    named = found.extra.get("endpoint_url") or of_service or found.extra.get("host")
    if named or found.host is None:
        return named
    host = found.host if found.port is None else f"{found.host}:{found.port}"
    return (host if "://" in host else f"https://{host}") if "://" in found.host or found.port is not None else None


def _in_role(session: boto3.Session, extra: Mapping[str, str]) -> boto3.Session:
    """Return a session of the role that the connection names."""
    outside = {"ExternalId": extra["external_id"]} if "external_id" in extra else {}
    with ours(extra["role_arn"]):
        taken = session.client("sts", config=Config(**_PATIENCE)).assume_role(
            RoleArn=extra["role_arn"], RoleSessionName="dataeng_ai", **outside
        )
    keys = taken["Credentials"]
    return boto3.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], session.region_name)

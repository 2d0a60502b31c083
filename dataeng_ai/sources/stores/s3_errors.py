"""S3's errors become ours, in one table."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from botocore import exceptions as theirs
from urllib3.exceptions import HTTPError

from dataeng_ai.diagnostics import Diagnostic, Problems, Unreachable
from dataeng_ai.sources.stores.network import unconnected
from dataeng_ai.sources.stores.store import Cut, changed, gone

if TYPE_CHECKING:
    from collections.abc import Iterator

_KEYS: Final = "`spec connections NAME --set` asks for both anew"
_RIGHT: Final = "grant s3:ListBucket on the bucket, and s3:GetObject on its keys"
_REGION: Final = "write the bucket's region as `region_name` of the connection, and `endpoint_url` if the server is your own"
_RETRY: Final = "look at the server, then run again: nothing half done is left"
_OURS: Final = {
    "InvalidAccessKeyId": ("E624", "the server knows no such key", _KEYS),
    "SignatureDoesNotMatch": ("E624", "the secret is not that of the key", _KEYS),
    "InvalidToken": ("E624", "the session's token is not good", _KEYS),
    "ExpiredToken": ("E624", "the session's token has run out", "get a new one, or let the machine have a role"),
    "AccessDenied": ("E613", "a right is missing", _RIGHT),
    "403": ("E613", "a right is missing", _RIGHT),
    "AllAccessDisabled": ("E613", "the bucket is closed", _RIGHT),
    "InvalidObjectState": ("E613", "the key is archived, and has to be restored first", "restore it, or let `path` leave it out"),
    "NoSuchBucket": ("E616", "there is no such bucket", "correct `bucket` of the connection"),
    "RequestTimeTooSkewed": ("E664", "the clock here and that of the server differ too much", "set the clock: `timedatectl`, chrony"),
    "PermanentRedirect": ("E665", "the bucket is in another region", _REGION),
    "AuthorizationHeaderMalformed": ("E665", "the region is another one", _REGION),
    "IllegalLocationConstraintException": ("E665", "the bucket is in another region", _REGION),
    "301": ("E665", "the bucket is in another region", _REGION),
    "InvalidBucketName": ("E616", "a bucket cannot be called so", "correct `bucket` of the connection"),
    "SlowDown": ("E610", "the server asks to be asked less", _RETRY),
    "ServiceUnavailable": ("E610", "the server cannot answer now", _RETRY),
    "InternalError": ("E610", "the server failed", _RETRY),
}
"""The server's code -> ours, what it means, what to do."""
_OTHER: Final = ("E665", "the server refuses", "look at `endpoint_url` and `region_name` of the connection: does S3 answer there?")
_ANOTHER: Final = ("PreconditionFailed", "412", "InvalidRange", "416")
_NOT_THERE: Final = ("NoSuchKey", "404")


@contextmanager
def ours(where: str, name: str | None = None) -> Iterator[None]:
    """Turn boto3's errors into diagnostics that name the bucket, and the file where it is about one."""
    try:
        yield
    except theirs.ClientError as error:
        raise _answered(error, where, name) from error
    except (theirs.NoCredentialsError, theirs.PartialCredentialsError, theirs.ProfileNotFound, theirs.CredentialRetrievalError) as error:
        message = f"`{where}`: there is no key to ask with: {error}"
        raise Unreachable(Diagnostic("E624", message, help="write key and secret into the connection as login and password")) from error
    except (theirs.NoRegionError, theirs.InvalidRegionError) as error:
        raise Problems(Diagnostic("E602", f"`{where}`: the connection does not say its region", help=_REGION)) from error
    except (ValueError, theirs.ParamValidationError) as error:
        message = f"`{where}`: the connection cannot be used: {' '.join(str(error).split())}"
        raise Problems(Diagnostic("E602", message, help=_REGION)) from error
    except (theirs.ConnectionError, theirs.HTTPClientError, theirs.IncompleteReadError, HTTPError, OSError) as error:
        if name is not None and not isinstance(error, theirs.SSLError):
            raise Cut(" ".join(str(error).split())) from error
        raise unconnected(error, where) from error
    except theirs.BotoCoreError as error:
        code, meaning, advice = _OTHER
        raise Unreachable(Diagnostic(code, f"`{where}`: {meaning}: {' '.join(str(error).split())}", help=advice)) from error


def _answered(error: theirs.ClientError, where: str, name: str | None) -> Exception:
    said = error.response.get("Error", {})
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    word = str(said.get("Code", ""))
    if name is not None and word in _ANOTHER:
        return changed(name, where)
    if name is not None and word in _NOT_THERE:
        return gone(name, where)
    found = _OURS.get(word) or (_OURS["NoSuchBucket"] if word in _NOT_THERE else None)
    if found is None and status >= 500:  # noqa: PLR2004  HTTP's number
        found = _OURS["InternalError"]
    code, meaning, advice = found or (_OURS["AccessDenied"] if status == 403 else _OTHER)  # noqa: PLR2004  as above
    at = f"`{where}`" if name is None else f"`{name}` in `{where}`"
    words = " ".join(f"{word} {said.get('Message') or ''}".split())
    return Unreachable(Diagnostic(code, f"{at}: {meaning}: {words}", help=advice))

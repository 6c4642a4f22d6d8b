"""S3, or any store that speaks its protocol, as connected storage."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
from lxml import etree

from flexorchd.engine.connectors.signature import Credentials, canonical_query, sign
from flexorchd.engine.connectors.storage import StorageError, StoredFile
from flexorchd.engine.store.moments import now

_TIMEOUT = httpx.Timeout(30.0, connect=5.0)


class Bucket:
    """One bucket.

    Args:
        config: ``bucket``, ``region``, the keys under either of the two names that clients send
            (``access_key_id`` or ``aws_access_key_id`` …), and optionally ``endpoint_url`` of a
            compatible store, ``prefix`` and ``session_token``.
    """

    def __init__(self, config: Mapping[str, Any]) -> None:
        region = str(config.get("region") or "us-east-1")
        self._credentials = Credentials(
            access_key_id=_required(config, "access_key_id"),
            secret_access_key=_required(config, "secret_access_key"),
            region=region,
            session_token=config.get("session_token"),
        )
        bucket = _required(config, "bucket")
        endpoint = str(config.get("endpoint_url") or f"https://s3.{region}.amazonaws.com")
        if urlsplit(endpoint).scheme not in ("http", "https"):
            raise StorageError("config.endpoint_url must begin with https:// or http://.")
        self._base = f"{endpoint.rstrip('/')}/{quote(bucket, safe='')}"
        self._client = httpx.Client(timeout=_TIMEOUT, trust_env=False)

    def check(self) -> None:
        """Whether the bucket can be listed."""
        self._listing({"max-keys": "1"})

    def list(self, prefix: str) -> Iterator[StoredFile]:
        """The objects whose key begins with `prefix`, page by page."""
        token: str | None = None
        while True:
            page = self._listing(
                {"prefix": prefix} | ({"continuation-token": token} if token else {})
            )
            for entry in page.iterfind("{*}Contents"):
                yield StoredFile(
                    key=entry.findtext("{*}Key", ""),
                    version=entry.findtext("{*}ETag", ""),
                    size=int(entry.findtext("{*}Size", "0")),
                )
            token = page.findtext("{*}NextContinuationToken")
            if not token:
                return

    def read(self, key: str, most: int) -> bytes:
        """An object's bytes."""
        url = self._url(key)
        headers = sign(self._credentials, "GET", url, b"", now())
        with _problems(), self._client.stream("GET", url, headers=headers) as answer:
            if answer.is_error:
                answer.read()
            _refuse(answer, key)
            data = bytearray()
            for chunk in answer.iter_bytes():
                data += chunk
                if len(data) > most:
                    break
        return bytes(data[: most + 1])

    def write(self, key: str, data: bytes) -> None:
        """Put an object."""
        url = self._url(key)
        headers = sign(self._credentials, "PUT", url, data, now())
        with _problems():
            _refuse(self._client.put(url, content=data, headers=headers), key)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _listing(self, parameters: Mapping[str, str]) -> etree._Element:
        query = canonical_query({"list-type": "2"} | dict(parameters))
        url = f"{self._base}?{query}"
        with _problems():
            answer = self._client.get(url, headers=sign(self._credentials, "GET", url, b"", now()))
        _refuse(answer, "the bucket")
        try:
            return _parsed(answer.content)
        except etree.XMLSyntaxError as error:
            raise StorageError("The storage's answer is not that of an S3 store.") from error

    def _url(self, key: str) -> str:
        return f"{self._base}/{quote(key, safe='-_.~/')}"


def _parsed(text: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    return etree.fromstring(text, parser)


def _required(config: Mapping[str, Any], name: str) -> str:
    value = config.get(name) or config.get(f"aws_{name}")
    if not isinstance(value, str):
        raise StorageError(f"config.{name} is missing.")
    return value


def _refuse(answer: httpx.Response, what: str) -> None:
    if answer.is_success:
        return
    code = ""
    with contextlib.suppress(etree.XMLSyntaxError, ValueError):
        root = _parsed(answer.content)
        code = root.findtext("{*}Code") or root.findtext("Code") or ""
    raise StorageError(f"The storage refused {what}: {code or 'HTTP'} {answer.status_code}.")


@contextlib.contextmanager
def _problems() -> Iterator[None]:
    try:
        yield
    except httpx.HTTPError as error:
        raise StorageError(f"The storage cannot be reached ({type(error).__name__}).") from error

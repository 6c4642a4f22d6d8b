"""Signed containers (``.p7m``): CMS in DER, BER, base64 or PEM (RFC 5652), unwrapped, not verified."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import replace

from asn1crypto import cms

from flexorchd.engine.model import Content
from flexorchd.engine.steps.extract import failures
from flexorchd.engine.steps.extract.source import Read, Source

MAX_DEPTH = 5
_WHAT = "signed file"
_ARMOUR = re.compile(rb"-----[^-\n]*-----")


def read(source: Source, read_inner: Read) -> Content:
    """The content of what was signed, marked as bearing a CAdES signature.

    Raises:
        DocumentError: PROTECTED where it is encrypted, MALFORMED, or what the inner file raises.
    """
    if source.depth >= MAX_DEPTH:
        raise failures.too_large(_WHAT, f"{MAX_DEPTH} envelopes in one another")
    name = re.sub(r"\.p7[ms]$", "", source.filename, flags=re.IGNORECASE)
    content = read_inner(source.inner(unwrap(source.data), name))
    return replace(content, signatures=tuple(dict.fromkeys(["CAdES", *content.signatures])))


def unwrap(data: bytes) -> bytes:
    """The bytes that were signed.

    Raises:
        DocumentError: PROTECTED or MALFORMED.
    """
    try:
        envelope = cms.ContentInfo.load(_binary(data))
        kind = envelope["content_type"].native
        inner = (
            envelope["content"]["encap_content_info"]["content"].native
            if kind == "signed_data"
            else None
        )
    except (ValueError, TypeError, KeyError, binascii.Error) as error:
        raise failures.malformed(_WHAT) from error
    if kind in ("enveloped_data", "encrypted_data", "authenticated_enveloped_data"):
        raise failures.protected(_WHAT)
    if not isinstance(inner, bytes) or not inner:
        raise failures.malformed(_WHAT, "holds a signature without the document that it signs")
    return inner


def _binary(data: bytes) -> bytes:
    if data[:1] == b"\x30":
        return data
    return base64.b64decode(b"".join(_ARMOUR.sub(b"", data).split()), validate=True)

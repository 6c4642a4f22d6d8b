"""EML through the standard library, which parses what others refuse.

Header values and bodies are decoded here from their raw bytes: what a mail declares about its
encoding is wrong too often to be trusted. For the same reason the policy is the older one: the
newer parses headers when they are looked at, and takes minutes over hostile ones.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from email.header import decode_header
from email.message import Message
from typing import Any, TypeAlias

from flexorchd.engine.model import Content, DocumentError, Table
from flexorchd.engine.steps.extract import charset, failures, html
from flexorchd.engine.steps.extract.mail import Attachment, Mail
from flexorchd.engine.steps.extract.source import Source

Part: TypeAlias = "Message[Any, Any]"

_HEADERS = ("From", "To", "Cc", "Subject", "Date")
_MAX_HEADER = 20_000
_MAX_NAME = 255
_MAX_PARTS = 1_000
# Lines that may part a mail: to parse many takes long.
_MAX_DASHES = 10_000
_MBOX_LINE = re.compile(rb"\A\s*From [^\n]*\n")
_REFERENCE = re.compile(r"""cid:([^"'\s>)]+)""", re.IGNORECASE)


def parse(source: Source) -> Mail:
    """The message of an EML file, malformed ones included.

    Raises:
        DocumentError: TOO_LARGE, where it has more parts than any mail that people send.
    """
    if source.data.count(b"\n--") > _MAX_DASHES:
        raise _too_many_parts()
    data = _MBOX_LINE.sub(b"", source.data, count=1).lstrip()
    return _mail(email.message_from_bytes(data, policy=email.policy.compat32), source.locale)


def _too_many_parts() -> DocumentError:
    return failures.too_large("mail", f"{_MAX_PARTS:,} parts")


def _mail(message: Part, locale: str) -> Mail:
    parts = list(_parts(message))
    if len(parts) > _MAX_PARTS:
        raise _too_many_parts()
    bodies = [part for part in parts if _is_body(part)]
    shown = _REFERENCE.findall("".join(_text(part, locale) for part in bodies if _is_html(part)))
    attached = [part for part in parts if part not in bodies and not _is_decoration(part, shown)]
    return Mail(
        kind="eml",
        headers=tuple(_headers(message, locale)),
        body=_body(bodies, locale),
        attachments=tuple(
            _attachment(part, number, locale) for number, part in enumerate(attached, 1)
        ),
    )


def _headers(message: Part, locale: str) -> Iterator[tuple[str, str]]:
    raw = {name.lower(): str(value) for name, value in reversed(list(message.raw_items()))}
    declared = message.get_content_charset()
    for name in _HEADERS:
        value = _header(raw.get(name.lower(), ""), locale, declared)
        if value:
            yield name, value


def _header(raw: str, locale: str, declared: str | None) -> str:
    """A header's words; bytes beyond ASCII stand in the raw value as lone surrogates."""
    unfolded = " ".join(raw[:_MAX_HEADER].split())
    text = charset.decode(unfolded.encode("utf-8", "surrogateescape"), locale, declared) or ""
    if "=?" not in text:
        return text
    try:
        words = decode_header(text)
    except ValueError:
        return text
    return "".join(
        word if isinstance(word, str) else _word(word, declared, locale) for word, declared in words
    )


def _word(data: bytes, declared: str | None, locale: str) -> str:
    if declared is None:
        # Text between encoded words, which the library hands back in raw-unicode-escape.
        return data.decode("raw-unicode-escape", "replace")
    return charset.decode(data, locale, declared) or ""


def _parts(message: Part) -> Iterator[Part]:
    """The leaves; of alternatives, the plain text where it says anything, else the last."""
    children = _children(message)
    if message.get_content_maintype() != "multipart" or not children:
        yield message
    elif message.get_content_subtype() == "alternative":
        alternatives = [list(_parts(child)) for child in children]
        yield from _best(alternatives)
    else:
        for child in children:
            yield from _parts(child)


def _children(message: Part) -> list[Part]:
    payload = message.get_payload()
    if not isinstance(payload, list):
        return []
    return [child for child in payload if isinstance(child, Message)]


def _best(alternatives: list[list[Part]]) -> list[Part]:
    for wanted in ("text/plain", "text/html"):
        for parts in alternatives:
            if any(part.get_content_type() == wanted and _payload(part).strip() for part in parts):
                return parts
    return alternatives[-1] if alternatives else []


def _is_body(part: Part) -> bool:
    return (
        part.get_content_type()
        in ("text/plain", "text/html", "multipart/alternative", "multipart/mixed")
        and part.get_content_disposition() != "attachment"
        and not part.get_filename()
    )


def _is_html(part: Part) -> bool:
    return part.get_content_subtype() == "html"


def _is_decoration(part: Part, shown: list[str]) -> bool:
    """Whether a picture belongs to the body's looks, such as a signature's logo."""
    return (
        part.get_content_maintype() == "image"
        and str(part.get("Content-ID", "")).strip(" <>") in shown
    )


def _body(bodies: list[Part], locale: str) -> Content:
    texts: list[str] = []
    tables: list[Table] = []
    for part in bodies:
        text = _text(part, locale)
        if _is_html(part):
            page = html.parse(text)
            tables += page.tables
            text = page.text
        texts.append(text)
    return Content("eml", "\n".join(texts), tuple(tables))


def _text(part: Part, locale: str) -> str:
    return charset.decode(_payload(part), locale, part.get_content_charset()) or ""


def _payload(part: Part) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _attachment(part: Part, number: int, locale: str) -> Attachment:
    name = _header(part.get_filename() or "", locale, part.get_content_charset())[:_MAX_NAME]
    name = name or _unnamed(part, number)
    inner = _children(part)
    if part.get_content_type() == "message/rfc822" and inner:
        return Attachment(name, mail=_mail(inner[0], locale))
    if inner:
        # Reports of delivery and the like: headers in several blocks.
        blocks = (str(block).encode("utf-8", "replace") for block in inner)
        return Attachment(name, b"\n".join(blocks))
    is_signature = part.get_content_subtype().endswith("pkcs7-signature")
    return Attachment(name, b"" if is_signature else _payload(part))


def _unnamed(part: Part, number: int) -> str:
    if part.get_content_type() == "message/rfc822":
        return f"message-{number}.eml"
    subtype = part.get_content_subtype()
    return f"attachment-{number}.{'txt' if subtype == 'plain' else subtype}"

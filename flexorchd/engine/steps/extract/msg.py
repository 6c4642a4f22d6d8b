"""Outlook MSG: properties by their number (MS-OXPROPS) from the storages of the file (MS-OXMSG)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from email.utils import format_datetime
from typing import Any

from olefile import OleFileIO  # type: ignore[import-untyped]
from oxmsg.properties import Properties
from oxmsg.storage import Storage

from flexorchd.engine.model import Content
from flexorchd.engine.steps.extract import charset, html
from flexorchd.engine.steps.extract.mail import Attachment, Mail
from flexorchd.engine.steps.extract.source import Source

_SUBJECT, _BODY, _HTML, _RTF = 0x0037, 0x1000, 0x1013, 0x1009
_SENDER, _SENDER_ADDRESS, _SENDER_SMTP, _SENT_FOR = 0x0C1A, 0x0C1F, 0x5D01, 0x0042
_SUBMITTED, _DELIVERED = 0x0039, 0x0E06
_NAME, _ADDRESS, _SMTP, _ROLE = 0x3001, 0x3003, 0x39FE, 0x0C15
_LONG_FILENAME, _FILENAME, _DATA, _CONTENT_ID = 0x3707, 0x3704, 0x3701, 0x3712
_UNICODE, _ONE_BYTE, _BINARY = 0x001F, 0x001E, 0x0102
_EMBEDDED = f"__substg1.0_{_DATA:04X}000D"
# Where the fixed-size properties begin, in the file's own and in other storages.
_ROOT_OFFSET, _EMBEDDED_OFFSET, _CHILD_OFFSET = 32, 24, 8
_ROLES = {1: "To", 2: "Cc"}


def parse(source: Source) -> Mail:
    """The message of an MSG file, with the messages attached to it."""
    with OleFileIO(io.BytesIO(source.data)) as ole:
        storage = Storage.from_ole(ole)
    return _message(storage, _ROOT_OFFSET, source.locale)


def _message(storage: Storage, offset: int, locale: str) -> Mail:
    attached = storage.iter_attachment_storages()
    return Mail(
        kind="msg",
        headers=tuple((name, value) for name, value in _headers(storage, offset, locale) if value),
        body=_body(storage, locale),
        attachments=tuple(
            _attachment(part, number, locale) for number, part in enumerate(attached, 1)
        ),
    )


def _headers(storage: Storage, offset: int, locale: str) -> Iterator[tuple[str, str]]:
    smtp, address = _text(storage, _SENDER_SMTP, locale), _text(storage, _SENDER_ADDRESS, locale)
    name = _text(storage, _SENDER, locale) or _text(storage, _SENT_FOR, locale)
    yield "From", _mailbox(name, smtp or address)
    recipients = list(storage.iter_recipient_storages())
    for role, header in _ROLES.items():
        yield (
            header,
            ", ".join(_recipient(each, locale) for each in recipients if _role(each) == role),
        )
    yield "Subject", _text(storage, _SUBJECT, locale)
    yield "Date", _date(storage, offset)


def _recipient(storage: Storage, locale: str) -> str:
    address = _text(storage, _SMTP, locale) or _text(storage, _ADDRESS, locale)
    return _mailbox(_text(storage, _NAME, locale), address)


def _role(storage: Storage) -> int:
    return Properties(storage, _CHILD_OFFSET).int_prop_value(_ROLE) or 1


def _mailbox(name: str, address: str) -> str:
    """``Name <address>``; addresses of a directory (X.500) say nothing to anyone and are left out."""
    if "@" not in address or address == name:
        return name
    return f"{name} <{address}>" if name else address


def _date(storage: Storage, offset: int) -> str:
    properties = Properties(storage, offset)
    moment = properties.date_prop_value(_SUBMITTED) or properties.date_prop_value(_DELIVERED)
    return format_datetime(moment) if moment else ""


def _body(storage: Storage, locale: str) -> Content:
    text = _text(storage, _BODY, locale)
    if text.strip():
        return Content("msg", text)
    page = charset.decode(_bytes(storage, _HTML), locale) or _text(storage, _HTML, locale)
    if page.strip():
        return html.parse(page)
    rich = bool(_bytes(storage, _RTF))
    return Content(
        "msg",
        "",
        warnings=("The mail's body is rich text only, which is not read.",) if rich else (),
    )


def _attachment(storage: Storage, number: int, locale: str) -> Attachment:
    name = (
        _text(storage, _LONG_FILENAME, locale)
        or _text(storage, _FILENAME, locale)
        or _text(storage, _NAME, locale)
    )
    embedded = next((each for each in storage.storages if each.name == _EMBEDDED), None)
    if embedded is not None:
        return Attachment(
            name or f"message-{number}.msg", mail=_message(embedded, _EMBEDDED_OFFSET, locale)
        )
    return Attachment(name or f"attachment-{number}", _bytes(storage, _DATA))


def _text(storage: Storage, pid: int, locale: str) -> str:
    wide = _stream(storage, pid, _UNICODE)
    if wide:
        return wide.decode("utf-16-le", "replace").rstrip("\0")
    return (charset.decode(_stream(storage, pid, _ONE_BYTE), locale) or "").rstrip("\0")


def _bytes(storage: Storage, pid: int) -> bytes:
    return _stream(storage, pid, _BINARY)


def _stream(storage: Storage, pid: int, kind: int) -> bytes:
    try:
        data: Any = storage.property_stream_bytes(pid, kind)
    except KeyError:
        return b""
    return bytes(data)

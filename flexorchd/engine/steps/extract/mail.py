"""A mail as text: headers as lines, its body, and the text of what is attached."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import fmean

from flexorchd.engine.model import Content, DocumentError, Table
from flexorchd.engine.steps.extract.source import Read, Source

MAX_DEPTH = 3
MAX_ATTACHMENTS = 200


@dataclass(frozen=True, slots=True)
class Attachment:
    """An attached file or message; neither where the mail only names it."""

    name: str
    data: bytes = b""
    mail: Mail | None = None


@dataclass(frozen=True, slots=True)
class Mail:
    """A message in either format.

    Attributes:
        kind: ``eml`` or ``msg``.
        headers: name and value of the headers that people see, in order.
        body: the body as read, from plain text or HTML.
        attachments: in order.
        signatures: signature formats found.
    """

    kind: str
    headers: tuple[tuple[str, str], ...]
    body: Content
    attachments: tuple[Attachment, ...] = ()
    signatures: tuple[str, ...] = ()


@dataclass(slots=True)
class _Enclosed:
    """What the attachments held."""

    lines: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    einvoices: list[bytes] = field(default_factory=list)
    confidences: list[float] = field(default_factory=list)
    signatures: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def compose(mail: Mail, source: Source, read: Read) -> Content:
    """The mail with its attachments read by `read`, down to `MAX_DEPTH` mails within mails.

    An e-invoice among the attachments is the mail's, if it is the only one.
    """
    enclosed = _Enclosed()
    for number, attachment in enumerate(mail.attachments, 1):
        enclosed.lines += ["", f"Attachment: {attachment.name}"]
        if attachment.data or attachment.mail:
            _read_attachment(number, attachment, source, read, enclosed)
    headers = [f"{name}: {value}" for name, value in mail.headers]
    return Content(
        kind=mail.kind,
        text="\n".join([*headers, "", mail.body.text, *enclosed.lines]),
        tables=(*mail.body.tables, *enclosed.tables),
        einvoice=enclosed.einvoices[0] if len(enclosed.einvoices) == 1 else None,
        ocr_confidence=fmean(enclosed.confidences) if enclosed.confidences else None,
        title=next((value for name, value in mail.headers if name == "Subject"), None),
        attachments=tuple(attachment.name for attachment in mail.attachments),
        signatures=tuple(dict.fromkeys([*mail.signatures, *enclosed.signatures])),
        warnings=(*mail.body.warnings, *enclosed.warnings),
    )


def _read_attachment(
    number: int, attachment: Attachment, source: Source, read: Read, enclosed: _Enclosed
) -> None:
    inner = source.inner(attachment.data, attachment.name)
    if inner.depth > MAX_DEPTH or number > MAX_ATTACHMENTS:
        enclosed.warnings.append(
            f"Attachment {number} was not read: too much is attached to this mail."
        )
        return
    try:
        content = compose(attachment.mail, inner, read) if attachment.mail else read(inner)
    except DocumentError as error:
        # By number: names of attachments may be personal, and warnings are not masked.
        enclosed.warnings.append(f"Attachment {number} was not read: {error.message}")
        return
    enclosed.lines.append(content.text)
    enclosed.tables += content.tables
    enclosed.signatures += content.signatures
    enclosed.warnings += [f"Attachment {number}: {warning}" for warning in content.warnings]
    if content.einvoice is not None:
        enclosed.einvoices.append(content.einvoice)
    if content.ocr_confidence is not None:
        enclosed.confidences.append(content.ocr_confidence)

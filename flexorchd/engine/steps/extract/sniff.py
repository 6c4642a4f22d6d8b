"""Tells what a file is by its bytes; the name only breaks ties between kinds of text."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Literal

from flexorchd.engine.model import DocumentError
from flexorchd.engine.steps.extract import charset, failures
from flexorchd.engine.steps.extract.source import Source

Container = Literal["eml", "msg", "p7m"]
Kind = Literal["pdf", "docx", "xlsx", "html", "txt", "xml", "image"] | Container

_IMAGES = (
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",
    b"II*\0",
    b"MM\0*",
    b"II+\0",
    b"MM\0+",
    b"GIF87a",
    b"GIF89a",
)
_FOREIGN = (
    (b"{\\rtf", "an RTF document"),
    (b"%!PS", "a PostScript document"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\0", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"PAR1", "a Parquet file"),
    (b"AT&TFORM", "a DjVu document"),
    (b"ID3", "an audio file"),
    (b"OggS", "an audio file"),
    (b"!BDN", "an Outlook data file"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_CMS_OIDS = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07"

_HTML_TAGS = (
    "html|head|body|title|meta|link|script|style|table|tr|td|div|span|p|h[1-6]|ul|ol|li|br|hr|a|b|i|u|img|font"
    "|center|form|section|article|main|nav|header|footer|pre|strong|em"
)
_HTML_START = re.compile(rf"<(?:!doctype\s+html|(?:{_HTML_TAGS})[\s/>])", re.IGNORECASE)
_PAGE_START = re.compile(r"<(?:!doctype\s+html|html[\s>])", re.IGNORECASE)
_PROLOGUE = re.compile(r"(?:\s+|<\?.*?\?>|<!--.*?-->)", re.DOTALL)
_XML_ROOT = re.compile(r"<((?:[A-Za-z_][\w.-]*:)?[A-Za-z_][\w.-]*)[\s/>]")
_E_INVOICE = re.compile(
    "urn:oasis:names:specification:ubl|CrossIndustry|SCRDMCCBD|FatturaElettronica"
)
_HEADER = re.compile(r"([A-Za-z][A-Za-z0-9-]*)[ \t]*:")
_PEM_OR_BASE64 = re.compile(r"(?:-----BEGIN (?:PKCS7|CMS)-----\s*)?M[IE][A-Za-z0-9+/\s]{60}")
_ROUTE = re.compile(
    "received|return-path|delivered-to|message-id|mime-version|content-type|content-transfer-encoding|dkim-signature"
    "|x-mailer|x-received|authentication-results"
)
_CORRESPONDENCE = re.compile("from|to|cc|bcc|subject|date|sender|reply-to")
_TEXT_NAMES = (".txt", ".text", ".md", ".log", "")


def kind_of(source: Source) -> Kind:
    """The kind of a file's content.

    Raises:
        DocumentError: it is empty, of a kind that is not read, or neither text nor anything known.
    """
    data = source.data
    if not data.strip(b"\0 \t\r\n\x0b\x0c"):
        raise failures.empty()
    return _binary_kind(data) or _text_kind(source)


def _binary_kind(data: bytes) -> Kind | None:
    if b"%PDF-" in data[:1024] and not data[:1024].lstrip().startswith(b"<"):
        return "pdf"
    if data.startswith(_IMAGES) or _is_bmp(data) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP"):
        return "image"
    if data.startswith(_ZIP):
        return _zip_kind(data)
    if data.startswith(_OLE):
        return _ole_kind(data)
    if data[0] == 0x30 and _CMS_OIDS in data[:64]:
        return "p7m"
    _refuse_foreign(data)
    return None


def _is_bmp(data: bytes) -> bool:
    return data[:2] == b"BM" and data[6:10] == b"\0\0\0\0"


def _refuse_foreign(data: bytes) -> None:
    for magic, name in _FOREIGN:
        if data.startswith(magic):
            raise failures.unsupported(name)
    if data[4:8] == b"ftyp":
        heif = data[8:12] in (b"heic", b"heix", b"mif1", b"msf1", b"avif", b"heim", b"heis")
        raise failures.unsupported("a HEIF or AVIF picture" if heif else "a video or audio file")


def _zip_kind(data: bytes) -> Kind:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = package.namelist()
            mimetype = package.read("mimetype")[:100] if _stores_mimetype(package) else b""
    except (
        zipfile.BadZipFile,
        ValueError,
        EOFError,
        OSError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise failures.malformed("ZIP-based document") from error
    if any(name.startswith("word/") for name in names):
        return "docx"
    if any(re.fullmatch(r"xl/workbook\d*\.xml", name) for name in names):
        return "xlsx"
    raise failures.unsupported(_name_of_zip(names, mimetype))


def _stores_mimetype(package: zipfile.ZipFile) -> bool:
    return any(info.filename == "mimetype" and info.file_size < 200 for info in package.infolist())


def _name_of_zip(names: list[str], mimetype: bytes) -> str:
    if b"opendocument" in mimetype:
        return "an OpenDocument file"
    if b"epub" in mimetype:
        return "an EPUB book"
    if any(name.startswith("ppt/") for name in names):
        return "a PowerPoint presentation"
    if any(name.startswith("xl/") for name in names):
        return "an Excel binary workbook (XLSB)"
    return "a ZIP archive"


def _ole_kind(data: bytes) -> Kind:
    import olefile  # type: ignore[import-untyped]

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as package:
            streams = {path[0].lower() for path in package.listdir(streams=True, storages=False)}
    except Exception as error:  # whatever its parsing ran into
        raise failures.malformed("Office file") from error
    if "__properties_version1.0" in streams:
        return "msg"
    if streams & {"encryptedpackage", "encryptioninfo"}:
        raise failures.protected("Office document")
    raise _legacy_office(streams)


def _legacy_office(streams: set[str]) -> DocumentError:
    if "worddocument" in streams:
        return failures.unsupported(
            "an old Word document (.doc)", "Save it as DOCX or PDF and send that."
        )
    if streams & {"workbook", "book"}:
        return failures.unsupported(
            "an old Excel workbook (.xls)", "Save it as XLSX and send that."
        )
    if "powerpoint document" in streams:
        return failures.unsupported(
            "an old PowerPoint presentation (.ppt)", "Save it as PDF and send that."
        )
    return failures.unsupported("an Office file of an unknown kind")


def _text_kind(source: Source) -> Kind:
    preview = charset.preview(source.data)
    if preview is None:
        raise failures.malformed("file", "is neither text nor a document that is known")
    head = preview.lstrip("\ufeff \t\r\n")
    start = _after_prologue(head)
    declared = head.startswith("<?xml")
    if (_PAGE_START if declared else _HTML_START).match(head, start):
        return "html"
    if declared or _is_xml(head, start, source.data):
        return "txt" if source.suffix in _TEXT_NAMES and not _E_INVOICE.search(head) else "xml"
    if _is_mail(head, source.suffix):
        return "eml"
    if _PEM_OR_BASE64.match(head):
        return "p7m"
    if source.suffix in (".html", ".htm") and re.search(
        r"</?[a-z][a-z0-9]*[\s/>]", head, re.IGNORECASE
    ):
        return "html"
    _refuse_structured(head, source.suffix)
    return "txt"


def _after_prologue(head: str) -> int:
    """Where the first thing stands that is neither blank, comment nor instruction."""
    position = 0
    while match := _PROLOGUE.match(head, position):
        position = match.end()
    return position


def _is_xml(head: str, start: int, data: bytes) -> bool:
    if head.startswith("<!DOCTYPE", start):
        return True
    root = _XML_ROOT.match(head, start)
    if root is None:
        return False
    return " xmlns" in head[start : start + 2000] or f"</{root[1]}".encode() in data[-500:]


def _is_mail(head: str, suffix: str) -> bool:
    names = _header_names(head)
    route = sum(1 for name in names if _ROUTE.fullmatch(name))
    correspondence = sum(1 for name in names if _CORRESPONDENCE.fullmatch(name))
    if suffix == ".eml":
        return route + correspondence > 0
    return route > 1 or (route == 1 and correspondence > 0)


def _header_names(head: str) -> set[str]:
    """Names of the header fields that the text begins with; none if it begins with anything else."""
    names: set[str] = set()
    for number, line in enumerate(head.splitlines()):
        if not line.strip():
            break
        match = _HEADER.match(line)
        if match:
            names.add(match[1].lower())
        elif not (line[0] in " \t" and names) and not (number == 0 and line.startswith("From ")):
            break
    return names


def _refuse_structured(head: str, suffix: str) -> None:
    """Data tables under another name than a text's were meant as data, which is not read."""
    if suffix in _TEXT_NAMES:
        return
    if suffix in (".csv", ".tsv") or _is_separated(head):
        raise failures.unsupported(
            "a CSV file", "Save it as XLSX, or rename it to .txt to have it read as text."
        )
    if re.match(r'\s*(?:\{\s*"|\[\s*[\{\["\d])', head):
        raise failures.unsupported("a JSON file", "Rename it to .txt to have it read as text.")


def _is_separated(head: str) -> bool:
    lines = [line for line in head.splitlines()[:30] if line.strip()]
    if len(lines) < 2:
        return False
    return any(
        len(counts) == 1 and min(counts) > 0
        for counts in ({line.count(c) for line in lines} for c in ";\t,")
    )

"""Mails of both formats, with what is attached to them."""

from __future__ import annotations

import time

import pytest

from flexorchd.engine.model import DocumentError
from flexorchd.engine.steps.extract import extract
from tests.engine.extract import made


def test_headers_are_lines_and_the_plain_body_is_preferred() -> None:
    message = made.eml("Plain words.", subject="Rechnung für März")
    message.add_alternative("<p>HTML words.</p>", subtype="html")
    content = extract(message.as_bytes(), "a.eml")
    assert content.kind == "eml"
    assert content.title == "Rechnung für März"
    assert content.text.splitlines() == [
        "From: Ada Lovelace <ada@example.org>",
        "To: Charles Babbage <charles@example.org>",
        "Subject: Rechnung für März",
        "Date: Mon, 02 Mar 2026 10:00:00 +0000",
        "",
        "Plain words.",
    ]


def test_html_is_read_where_there_is_no_plain_text() -> None:
    message = made.eml()
    message.set_content("<table><tr><td>Sum</td><td>5</td></tr></table>", subtype="html")
    content = extract(message.as_bytes(), "a.eml")
    assert content.text.endswith("Sum\t5")
    assert content.tables[0].rows == (("Sum", "5"),)


def test_attachments_are_listed_and_read() -> None:
    message = made.eml()
    message.add_attachment(made.pdf(), maintype="application", subtype="pdf", filename="Brief.pdf")
    message.add_attachment(b"a note", maintype="text", subtype="plain", filename="nöte.txt")
    message.add_attachment(
        b"PK\x03\x04junk", maintype="application", subtype="zip", filename="bad.zip"
    )
    content = extract(message.as_bytes(), "a.eml")
    assert content.attachments == ("Brief.pdf", "nöte.txt", "bad.zip")
    assert made.LETTER[0] in content.text
    assert "a note" in content.text
    (warning,) = content.warnings
    assert "Attachment 3" in warning
    assert "bad.zip" not in warning


@pytest.mark.parametrize(("count", "found"), [(1, True), (2, False)])
def test_an_attached_invoice_is_the_mails_if_it_is_the_only_one(count: int, found: bool) -> None:
    message = made.eml()
    for number in range(count):
        message.add_attachment(
            made.UBL.encode(), maintype="application", subtype="xml", filename=f"{number}.xml"
        )
    assert (extract(message.as_bytes(), "a.eml").einvoice is not None) is found


def test_attached_mails_are_read_to_a_depth() -> None:
    message = made.eml("innermost words")
    for level in range(6):
        outer = made.eml(f"level {level}", subject=f"Level {level}")
        outer.add_attachment(message)
        message = outer
    content = extract(message.as_bytes(), "a.eml")
    assert "level 5" in content.text
    assert "level 2" in content.text
    assert "innermost words" not in content.text
    assert content.warnings


def test_a_signature_beside_a_mail_is_named_and_no_trouble() -> None:
    message = made.eml()
    message.add_attachment(
        b"\x30\x80", maintype="application", subtype="pkcs7-signature", filename="smime.p7s"
    )
    content = extract(message.as_bytes(), "a.eml")
    assert content.attachments == ("smime.p7s",)
    assert content.warnings == ()


def test_pictures_of_the_body_are_no_attachments() -> None:
    message = made.eml("Hello")
    message.add_alternative('<p>Hello <img src="cid:logo@x"></p>', subtype="html")
    message.get_payload()[1].add_related(b"GIF89a", maintype="image", subtype="gif", cid="<logo@x>")
    assert extract(message.as_bytes(), "a.eml").attachments == ()


@pytest.mark.parametrize(
    ("head", "body", "words"),
    [
        pytest.param(
            "Content-Type: text/plain; charset=utf-8",
            "Grüße".encode("cp1252"),
            "Grüße",
            id="not UTF-8",
        ),
        pytest.param(
            "Content-Type: text/plain; charset=us-ascii", "Grüße".encode(), "Grüße", id="not ASCII"
        ),
        pytest.param(
            "Content-Type: text/plain; charset=nonsense",
            "Grüße".encode(),
            "Grüße",
            id="no such charset",
        ),
        pytest.param(
            "Content-Type: text/plain; charset=iso-2022-jp",
            "請求書".encode("iso-2022-jp"),
            "請求書",
            id="Japanese",
        ),
        pytest.param(
            "Content-Transfer-Encoding: base64", b"R3LDvMOf!ZQ", "Grüße", id="broken base64"
        ),
        pytest.param(
            "Content-Type: multipart/mixed; boundary=x",
            b"no boundary at all",
            "no boundary",
            id="no parts",
        ),
        pytest.param("Content-Type: ;;;", b"odd type", "odd type", id="a type that is none"),
    ],
)
def test_malformed_mails_are_read_all_the_same(head: str, body: bytes, words: str) -> None:
    data = b"From: a@example.org\nSubject: x\nMessage-ID: <1@x>\n" + head.encode() + b"\n\n" + body
    assert words in extract(data, "a.eml").text


@pytest.mark.parametrize(
    ("subject", "shown"),
    [
        (b"=?utf-8?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        (b"=?iso-8859-9?B?3t1r?= =?utf-8?Q?_x?=", "Şİk x"),
        ("Grüße".encode(), "Grüße"),
        ("Grüße".encode("cp1252"), "Grüße"),
        (b"=?no-such?Q?abc?= tail", "abc tail"),
        (b"long\n folded\n\tsubject", "long folded subject"),
    ],
)
def test_subjects_are_decoded(subject: bytes, shown: str) -> None:
    data = b"From: a@example.org\nMessage-ID: <1@x>\nSubject: " + subject + b"\n\nBody"
    assert extract(data, "a.eml").title == shown


HEAD = b"From: a@example.org\nMessage-ID: <1@x>\n"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(
            HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 50_000,
            "TOO_LARGE",
            id="parts",
        ),
        pytest.param(
            HEAD + b"Content-Type: text/plain" + b"; a=b" * 20_000 + b"\n\nx",
            "READ",
            id="parameters",
        ),
        pytest.param(
            HEAD + b"Subject: " + b"=?utf-8?q?" * 100_000 + b"\n\nx", "READ", id="a long subject"
        ),
    ],
)
def test_mails_made_to_keep_one_busy_end_soon(data: bytes, code: str) -> None:
    begun = time.process_time()
    try:
        extract(data, "a.eml")
    except DocumentError as error:
        assert error.code == code  # noqa: PT017 (either end is one, the time is what matters)
    else:
        assert code == "READ"
    assert time.process_time() - begun < 10


def outlook() -> bytes:
    """A message with two recipients, an attached file and an attached message."""
    inner = made.msg({0x0037: "Inner", 0x1000: "Inner words"}, header=24)
    return made.ole(
        made.msg(
            {
                0x0037: "The engine",
                0x0C1A: "Ada Lovelace",
                0x5D01: "ada@example.org",
                0x1000: "Please see below, Şükrü.\0",
            },
            {
                "__recip_version1.0_#00000000": made.recipient(
                    "Charles Babbage", "charles@example.org", 1
                ),
                "__recip_version1.0_#00000001": made.recipient(
                    "Lady Byron", "byron@example.org", 2
                ),
                "__attach_version1.0_#00000000": made.msg(
                    {0x3707: "nöte.txt", 0x3701: b"a note"}, header=8
                ),
                "__attach_version1.0_#00000001": made.msg(
                    {0x3001: "Forwarded"}, {"__substg1.0_3701000D": inner}, header=8
                ),
            },
        )
    )


def test_outlook_messages_are_read_with_what_is_attached() -> None:
    content = extract(outlook(), "a.msg")
    assert content.kind == "msg"
    assert content.title == "The engine"
    assert content.attachments == ("nöte.txt", "Forwarded")
    for words in (
        "From: Ada Lovelace <ada@example.org>",
        "To: Charles Babbage <charles@example.org>",
        "Cc: Lady Byron <byron@example.org>",
        "Please see below, Şükrü.",
        "a note",
        "Subject: Inner",
        "Inner words",
    ):
        assert words in content.text


def test_an_outlook_body_in_html_is_read() -> None:
    data = made.ole(made.msg({0x0037: "Hi", 0x1013: "<p>Größe <b>M</b>".encode("cp1252")}))
    assert extract(data, "a.msg").text == "Subject: Hi\n\nGröße M"


def test_a_truncated_outlook_message_is_malformed() -> None:
    with pytest.raises(DocumentError) as caught:
        extract(outlook()[:700], "a.msg")
    assert caught.value.code == "MALFORMED"

"""The ways a document can fail to be read, worded once for every reader."""

from __future__ import annotations

from flexorchd.engine.model import DocumentError

ACCEPTED = "PDF, DOCX, XLSX, HTML, EML, MSG, TXT, XML e-invoice, JPEG, PNG or TIFF"


def malformed(what: str, reason: str = "is damaged or incomplete") -> DocumentError:
    """The bytes are not what they claim to be; `what` is a noun such as ``PDF``."""
    return DocumentError(
        "MALFORMED",
        f"The {what} {reason}.",
        "Open it in the program it comes from, save it again and send the new file.",
    )


def protected(what: str) -> DocumentError:
    """The content is encrypted."""
    return DocumentError(
        "PROTECTED",
        f"The {what} is protected by a password.",
        "Remove the password and send it again.",
    )


def unsupported(seems: str, remedy: str = f"Send it as {ACCEPTED}.") -> DocumentError:
    """The content is of a kind that is not read; `seems` names it, article included."""
    return DocumentError("UNSUPPORTED_CONTENT", f"The file seems to be {seems}.", remedy)


def too_large(what: str, limit: str) -> DocumentError:
    """The content would take more memory or time than a document may have."""
    return DocumentError(
        "TOO_LARGE",
        f"The {what} holds more than {limit}.",
        "Split it into smaller documents and send these.",
    )


def empty(what: str = "file") -> DocumentError:
    """There is nothing to read."""
    return DocumentError(
        "EMPTY_DOCUMENT",
        f"No text was found in the {what}.",
        "Check that it is the right file and that its pages are not blank.",
    )

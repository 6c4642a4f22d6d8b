"""Masking: a value is replaced by what the document's strategy says, the same value always by the same."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable

from flexorchd.engine.model import Finding, MaskStrategy
from flexorchd.engine.steps.privacy.plans import PLANS
from flexorchd.engine.steps.privacy.rules import bare
from flexorchd.engine.steps.privacy.stand_ins import stand_in
from flexorchd.engine.steps.privacy.vocabulary import fold

_DIGEST_LENGTH = 16
_LETTER = re.compile(r"[^\W\d_]")
_SPACE = re.compile(r"[\s,]+")


def canonical(pii_type: str, value: str) -> str:
    """A value in the one writing in which it equals itself: without case, grouping or country code.

    Args:
        pii_type: the value's PII type.
        value: the value as a document writes it.
    """
    if pii_type == "name":
        return " ".join(sorted(_SPACE.split(fold(value).strip())))
    if pii_type in ("email", "ip", "ip_v6"):
        return value.strip().casefold()
    if pii_type.startswith("phone_") and not _LETTER.search(value):
        digits = re.sub(r"\D", "", value.replace("(0)", "")).removeprefix("00")
        return digits.removeprefix(PLANS[pii_type.removeprefix("phone_")].code).removeprefix("0")
    return bare(value)


class Masker:
    """Masks one document: its text, its fields and its records, by one strategy.

    Args:
        strategy: ``redact`` ``[MASKED_EMAIL]``, ``replace`` a plausible stand-in, ``token`` ``<EMAIL_1>``
            counted in order of appearance, ``hash`` sixteen hex digits of a keyed digest.
        key: the secret behind ``replace`` and ``hash``; with one key of a workspace, hashes can be joined
            across documents, with a key a document they cannot.
    """

    def __init__(self, strategy: MaskStrategy, key: bytes) -> None:
        self._strategy = strategy
        self._key = key
        self._tokens: dict[tuple[str, str], int] = {}
        self._counts: dict[str, int] = {}

    def mask(self, pii_type: str, value: str) -> str:
        """What stands in place of a value."""
        if self._strategy == "redact":
            return f"[MASKED_{pii_type.upper()}]"
        known_as = canonical(pii_type, value)
        if self._strategy == "token":
            return f"<{pii_type.upper()}_{self._token(pii_type, known_as)}>"
        digest = hmac.digest(
            self._key, f"{pii_type}\0{known_as}".encode("utf-8", "surrogatepass"), "sha256"
        )
        return (
            digest.hex()[:_DIGEST_LENGTH]
            if self._strategy == "hash"
            else stand_in(pii_type, value, digest)
        )

    def _token(self, pii_type: str, known_as: str) -> int:
        if (pii_type, known_as) not in self._tokens:
            self._counts[pii_type] = self._counts.get(pii_type, 0) + 1
            self._tokens[pii_type, known_as] = self._counts[pii_type]
        return self._tokens[pii_type, known_as]

    def mask_text(self, text: str, findings: Iterable[Finding]) -> str:
        """The text with each finding replaced, everything else as it was.

        Args:
            text: the text in which the findings were made.
            findings: as `find_pii` gives them: sorted, without overlaps.
        """
        pieces, last = [], 0
        for finding in findings:
            pieces += [
                text[last : finding.start],
                self.mask(finding.type, text[finding.start : finding.end]),
            ]
            last = finding.end
        return "".join((*pieces, text[last:]))

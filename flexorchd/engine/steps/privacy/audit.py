"""flexorch-audit as a first look: its findings under the service's names, without its faults.

The library is shown bounded windows without long white space, since its patterns are super-linear, and only
lines that can hold something. What it finds by form alone is left to this package's own rules, which check
it and know the document's countries; its types that the service does not have are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import flexorch_audit

from flexorchd.engine.model import Finding
from flexorchd.engine.steps.privacy import checksums
from flexorchd.engine.steps.privacy.accounts import iban_type
from flexorchd.engine.steps.privacy.labels import Labels
from flexorchd.engine.steps.privacy.network import is_ip
from flexorchd.engine.steps.privacy.rules import bare
from flexorchd.engine.steps.privacy.windows import NUMBER_OR_ADDRESS, lines_with, squeeze, windows

_ANNOUNCED = {
    "emeklilik_no": "emeklilik_no",
    "isyeri_sicil_no": "isyeri_sicil_no",
    "bagkur_no": "bagkur_no",
    "sgk_no": "national_id_tr",
    "siret_fr": "tax_id_fr",
    "company_id_fr": "tax_id_fr",
    "tax_id_uk": "national_id_uk",
    "tax_id_pl": "tax_id_pl",
}
"""The library's types that it finds by their labels, and the service's names for them."""


def look(text: str) -> list[Finding]:
    """All that the library finds, under its own names."""
    found = (
        hit for start, end in lines_with(NUMBER_OR_ADDRESS, text) for hit in _look(text, start, end)
    )
    return list(dict.fromkeys(found))


def _look(text: str, start: int, end: int) -> Iterator[Finding]:
    squeezed = squeeze(text[start:end])
    for offset, window in windows(squeezed.text):
        for hit in flexorch_audit.audit(window, locale="und")["pii"]:
            first, last = (squeezed.original(offset + at) for at in (hit["start"], hit["end"] - 1))
            yield Finding(start + first, start + last + 1, hit["type"])


def network(looked: Sequence[Finding], text: str, labels: Labels) -> Iterator[Finding]:
    """E-mail and IP addresses among the library's findings; versions of four parts are not addresses."""
    for finding in looked:
        if finding.type == "email" or (finding.type == "ip" and is_ip(finding, text, labels)):
            yield finding


def numbers(looked: Sequence[Finding], text: str) -> Iterator[Finding]:
    """The library's findings that rest on a label or on an IBAN's check digits."""
    for finding in looked:
        value = bare(text[finding.start : finding.end])
        if finding.type in _ANNOUNCED:
            yield Finding(finding.start, finding.end, _ANNOUNCED[finding.type])
        elif finding.type.startswith("iban") and checksums.iban(value):
            yield Finding(finding.start, finding.end, iban_type(value))

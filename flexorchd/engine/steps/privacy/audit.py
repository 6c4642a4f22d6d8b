"""flexorch-audit as a first look: its findings under the service's names, without its faults.

The library is shown bounded windows without long white space (its patterns are super-linear), and what it
finds by form alone is left to this package's own rules, which check it. Its types that the service does not
have are left out.
"""

from __future__ import annotations

from collections.abc import Iterator

import flexorch_audit

from flexorchd.engine.model import Finding
from flexorchd.engine.steps.privacy import checksums
from flexorchd.engine.steps.privacy.accounts import iban_type
from flexorchd.engine.steps.privacy.labels import Labels
from flexorchd.engine.steps.privacy.network import is_ip
from flexorchd.engine.steps.privacy.rules import bare
from flexorchd.engine.steps.privacy.windows import NUMBER_OR_ADDRESS, lines_with, squeeze, windows

_SERVICE_NAMES = {
    "ssn": "ssn_us",
    "national_id_us": "ssn_us",
    "social_id_uk": "national_id_uk",
    "tax_id_uk": "national_id_uk",
    "social_id_fr": "national_id_fr",
    "social_id_de": "national_id_de",
    "social_id_at": "national_id_at",
    "tax_id_pt": "national_id_pt",
    "siret_fr": "tax_id_fr",
    "company_id_fr": "tax_id_fr",
    "sgk_no": "national_id_tr",
    "iban_intl": "iban",
}
_ANNOUNCED = frozenset(
    [
        "emeklilik_no",
        "isyeri_sicil_no",
        "bagkur_no",
        "sgk_no",
        "siret_fr",
        "company_id_fr",
        "tax_id_uk",
        "tax_id_pl",
    ]
)


def look(text: str) -> list[tuple[Finding, str]]:
    """All that the library finds, at the text's offsets, each with the library's own name for it."""
    found: dict[tuple[int, int, str], tuple[Finding, str]] = {}
    for at, end in lines_with(NUMBER_OR_ADDRESS, text):
        squeezed = squeeze(text[at:end])
        for offset, window in windows(squeezed.text):
            for hit in flexorch_audit.audit(window, locale="und")["pii"]:
                start = at + squeezed.original(offset + hit["start"])
                stop = at + squeezed.original(offset + hit["end"] - 1) + 1
                name = hit["type"]
                found[start, stop, name] = (
                    Finding(start, stop, _SERVICE_NAMES.get(name, name)),
                    name,
                )
    return list(found.values())


def network(looked: list[tuple[Finding, str]], text: str, labels: Labels) -> Iterator[Finding]:
    """E-mail and IP addresses among the library's findings; versions of four parts are not addresses."""
    for finding, name in looked:
        if name == "email" or (name == "ip" and is_ip(finding, text, labels)):
            yield finding


def numbers(looked: list[tuple[Finding, str]], text: str) -> Iterator[Finding]:
    """The library's findings that rest on a label or on an IBAN's check digits."""
    for finding, name in looked:
        value = bare(text[finding.start : finding.end])
        if name in _ANNOUNCED:
            yield finding
        elif name.startswith("iban") and checksums.iban(value):
            yield Finding(finding.start, finding.end, iban_type(value))

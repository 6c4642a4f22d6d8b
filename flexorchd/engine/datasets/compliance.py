"""What kinds of personal data mean in law: pure tables, no legal advice."""

from __future__ import annotations

from collections.abc import Iterable

EU = frozenset({"de", "fr", "it", "nl", "es", "pl", "at", "be", "se", "dk", "fi", "pt"})
_TURKISH = frozenset({"emeklilik_no", "isyeri_sicil_no", "bagkur_no"})
_FINANCIAL = ("iban", "credit_card")
_CONTACT = ("email", "phone")


def category(pii_type: str) -> str:
    """One of ``identification financial contact``; the detectors know no others.

    A network address identifies (recital 30 of the GDPR).
    """
    if pii_type.startswith(_FINANCIAL):
        return "financial"
    return "contact" if pii_type.startswith(_CONTACT) else "identification"


def categories(pii_types: Iterable[str]) -> list[str]:
    """The categories of these types, each once."""
    return sorted(set(map(category, pii_types)))


def countries(pii_types: Iterable[str]) -> list[str]:
    """The countries that these types belong to, as ISO 3166 codes."""
    known = EU | {"tr", "uk", "us"}
    endings = {"tr" if kind in _TURKISH else kind.rpartition("_")[2] for kind in pii_types}
    return sorted("GB" if ending == "uk" else ending.upper() for ending in endings & known)


def regulations(country_codes: Iterable[str]) -> list[str]:
    """The regulations that data from these countries comes under."""
    return sorted({_regulation(code) for code in country_codes})


def _regulation(country: str) -> str:
    return {"TR": "KVKK", "GB": "UK GDPR", "US": "CCPA"}.get(country, "GDPR")

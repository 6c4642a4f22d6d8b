"""Whose national numbers a document is expected to hold."""

from __future__ import annotations

from dataclasses import dataclass

COUNTRIES = (
    "tr",
    "de",
    "fr",
    "it",
    "nl",
    "es",
    "pl",
    "uk",
    "us",
    "at",
    "be",
    "se",
    "dk",
    "fi",
    "pt",
)
"""The countries whose numbers have types of their own."""

_BY_LANGUAGE: dict[str, tuple[str, ...]] = {
    "tr": ("tr",),
    "de": ("de", "at"),
    "en": ("uk", "us"),
    "fr": ("fr", "be"),
    "it": ("it",),
    "nl": ("nl", "be"),
    "es": ("es",),
    "pl": ("pl",),
    "pt": ("pt",),
    "sv": ("se", "fi"),
    "da": ("dk",),
    "fi": ("fi",),
}
_BY_REGION = {"gb": "uk"} | {country: country for country in COUNTRIES}


@dataclass(frozen=True, slots=True)
class Scope:
    """The countries at home in a document, the likeliest first; none where nothing is known of it."""

    countries: tuple[str, ...]

    def __contains__(self, country: str) -> bool:
        return country in self.countries

    @property
    def first(self) -> str | None:
        """The likeliest country."""
        return self.countries[0] if self.countries else None


def scope_of(locale: str, language: str) -> Scope:
    """Read a scope from what the sender said and what the text itself is written in.

    Args:
        locale: ``und``, a language (``de``), a country (``at``, ``uk``) or both (``de-AT``, ``en_US``).
        language: the detected language, ISO 639-1, or ``und``.
    """
    spoken = _BY_LANGUAGE.get(language.lower()[:2], ())
    return Scope(tuple(dict.fromkeys((*_countries_of_locale(locale), *spoken))))


def _countries_of_locale(locale: str) -> tuple[str, ...]:
    base, _, region = locale.lower().replace("_", "-").partition("-")
    named = (_BY_REGION[region],) if region in _BY_REGION else ()
    if base in _BY_LANGUAGE:
        return named + _BY_LANGUAGE[base]
    if base == "eu":
        return named + tuple(country for country in COUNTRIES if country not in ("tr", "uk", "us"))
    return named + ((_BY_REGION[base],) if base in _BY_REGION else ())

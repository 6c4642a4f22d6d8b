"""The national, tax and social security numbers that have types of their own."""

from __future__ import annotations

from flexorchd.engine.steps.privacy import checksums
from flexorchd.engine.steps.privacy.rules import Rule, digits, grouped, rule, spaced

_ID = "id_number"
_TAX = "tax_number"
_NEVER = r"(?!)"
_GAP = r"[ \-.]?"

_NIR = spaced(
    "[1-478]", r"\d\d", r"(?:0[1-9]|[1-9]\d)", r"(?:\d\d|2[ABab])", r"\d{3}", r"\d{3}", r"\d\d"
)
_FRENCH_VAT = rf"FR[ ]?[0-9A-HJ-NP-Z]{_GAP}[0-9A-HJ-NP-Z]{_GAP}{digits(9)}"
_DUTCH_VAT = rf"NL[ .]?(?:\d{{9}}|{grouped('4 2 3', '3 3 3')})[ .]?B[ .]?\d{{2}}"
_FISCALE = _GAP.join(
    (
        "[A-Z]{3}",
        "[A-Z]{3}",
        r"[\dL-NP-V]{2}[ABCDEHLMPRST][\dL-NP-V]{2}",
        r"[A-Z][\dL-NP-V]{3}[A-Z]",
    )
)
_DNI = r"(?:\d{8}|\d{1,2}\.\d{3}\.\d{3})[ \-]?[A-HJ-NP-TV-Z]"
_NIE = r"[XYZ][ \-]?\d{7}[ \-]?[A-HJ-NP-TV-Z]"
_CIF = r"[ABCDEFGHJNPQRSUVW][ \-]?(?:\d{7}|\d{2}[.\- ]?\d{3}[.\- ]?\d{2}|\d{2}\.\d{2}\.\d{3})[ \-]?[0-9A-J]"
_NINO = ("(?:[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]|QQ)", r"\d{2}", r"\d{2}", r"\d{2}", "[A-D]")
_SSN = r"(?!9\d\d-?(?:[0-4]|89|93))\d{3}"
_INSURED = (r"\d{2}", r"\d{2}[ ]?\d{2}[ ]?\d{2}", "[A-Z]", r"\d{2}[ ]?\d")
_AUSTRIAN = r"[1-9]\d{3}[ \-/.]?(?:0[1-9]|[12]\d|3[01])[.]?(?:0[1-9]|1[0-5])[.]?\d\d"
_BELGIAN = r"\d\d[.\- /]?[0-6]\d[.\- /]?\d\d[.\- /]?\d{3}[.\- /]?\d\d"
_HETU = (r"\d{6}", r"[\-+A-FU-Y]", r"\d{3}[0-9A-FHJ-NPR-Y]")

TURKEY = (
    rule("national_id_tr", grouped("11", "3 3 3 2", "3 2 2 2 2", "3 3 2 3"), checksums.tckn, "anywhere",
         loose=digits(11), kinds=f"{_ID} tax_id_tr"),
    rule("tax_id_tr", grouped("10", "3 3 4", "3 3 2 2", "3 7"), checksums.vkn, "at home",
         loose=digits(10), kinds=_TAX),
    rule("tax_id_tr", r"0\d{15}", checksums.mersis, "anywhere", loose=digits(15, 16)),
    rule("emeklilik_no", _NEVER, checksums.always, "labelled", loose=digits(7, 13)),
    rule("isyeri_sicil_no", grouped("1 4 2 2 7 3 2 2 3"), checksums.always, "anywhere", loose=digits(7, 26)),
    rule("bagkur_no", _NEVER, checksums.always, "labelled", loose=digits(9, 13)),
)  # fmt: skip

GERMANY = (
    rule("tax_id_de", grouped("11", "2 3 3 3", "3 3 3 2", "3 3 5"), checksums.steuer_id, "anywhere",
         loose=digits(11), kinds=_TAX),
    rule("tax_id_de", grouped("11", "2 3 3 3"), checksums.steuer_id_lenient, "at home"),
    rule("tax_id_de", rf"(?:DE|de)[ ]?(?:\d{{9}}|{grouped('3 3 3')})", checksums.german_vat, "anywhere",
         loose=rf"(?:DE|de)[ ]?{digits(9)}", kinds=_TAX),
    rule("tax_id_de", _NEVER, checksums.always, "labelled",
         loose=r"\d{2,3}[ /]{1,3}\d{3,4}[ /]{1,3}\d{4,5}|\d{13}"),
    rule("national_id_de", _NEVER, checksums.german_identity_card, "labelled",
         loose=r"[CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ0-9]{8}\d?D?", kinds=_ID),
    rule("national_id_de", "[ ]?".join(_INSURED), checksums.german_insurance, "anywhere",
         loose=rf"{digits(8)}{_GAP}[A-Z]{_GAP}{digits(3)}", kinds=_ID),
)  # fmt: skip

FRANCE = (
    rule("national_id_fr", _NIR, checksums.nir, "anywhere", kinds=_ID),
    rule("national_id_fr", _NEVER, checksums.always, "labelled", loose=digits(12, 13)),
    rule("tax_id_fr", _FRENCH_VAT, checksums.french_vat, "anywhere", kinds=_TAX),
    rule("tax_id_fr", grouped("2 2 3 3 3", "2 2 3 3 2 1", "1 3 3 3 3"), checksums.french_tax, "at home",
         loose=digits(13), kinds=_TAX),
    rule("tax_id_fr", grouped("3 3 3 5"), checksums.luhn, "at home", loose=digits(14)),
    rule("tax_id_fr", _NEVER, checksums.luhn, "labelled", loose=digits(9)),
)  # fmt: skip

ITALY = (
    rule(
        "national_id_it",
        f"(?i:{_FISCALE})",
        checksums.codice_fiscale,
        "anywhere",
        kinds=f"{_ID} {_TAX}",
    ),
)

NETHERLANDS = (
    rule("national_id_nl", grouped("9", "3 3 3", "4 2 3", "4 3 2"), checksums.bsn, "at home",
         loose=digits(8, 9), kinds=_ID),
    rule("tax_id_nl", f"(?i:{_DUTCH_VAT})", checksums.always, "anywhere", kinds=_TAX),
    rule("tax_id_nl", _NEVER, checksums.bsn, "labelled", loose=digits(9), kinds=_TAX),
)  # fmt: skip

SPAIN = (
    rule("national_id_es", f"{_DNI}|{_NIE}", checksums.dni, "anywhere",
         loose=rf"(?:[XYZ][ \-.]?{digits(7)}|{digits(8)}){_GAP}[A-Za-z]", kinds=f"tax_id_es {_ID} {_TAX}"),
    rule("tax_id_es", _CIF, checksums.cif, "at home",
         loose=rf"[ABCDEFGHJNPQRSUVW]{_GAP}{digits(7)}{_GAP}[0-9A-J]", kinds=f"national_id_es {_TAX}"),
    rule("tax_id_es", r"ES[ \-]?(?:[ABCDEFGHJNPQRSUVWXYZ]\d{7}[0-9A-Z]|\d{8}[A-Z])", checksums.spanish_vat,
         "anywhere", kinds=f"national_id_es {_TAX}"),
)  # fmt: skip

POLAND = (
    rule("national_id_pl", grouped("11", "6 5", "3 3 3 2"), checksums.pesel, "anywhere",
         loose=digits(11), kinds=_ID),
    rule("national_id_pl", _NEVER, checksums.polish_identity_card, "labelled",
         loose=r"[A-Z]{3}[ ]?\d{3}[ ]?\d{3}", kinds=_ID),
    rule("tax_id_pl", grouped("10", "3 3 2 2", "3 2 2 3", "3 3 4"), checksums.nip, "at home",
         loose=digits(10), kinds=_TAX),
    rule("tax_id_pl", rf"PL[ ]?(?:\d{{10}}|{grouped('3 3 2 2', '3 2 2 3')})", checksums.nip, "anywhere",
         loose=rf"PL[ ]?{digits(10)}", kinds=_TAX),
)  # fmt: skip

BRITAIN = (
    rule("national_id_uk", " ".join(_NINO), checksums.nino, "anywhere"),
    rule("national_id_uk", _GAP.join(_NINO), checksums.nino, "at home",
         loose=f"(?i:{'[ .-]{0,2}'.join(_NINO)})", kinds=f"{_ID} {_TAX}"),
    rule("national_id_uk", _NEVER, checksums.nhs, "labelled", loose=digits(10)),
)  # fmt: skip

AMERICA = (
    rule("ssn_us", rf"{_SSN}-\d\d-\d{{4}}", checksums.ssn, "anywhere"),
    rule("ssn_us", rf"(?<!\d ){_SSN} \d\d \d{{4}}(?! \d)", checksums.ssn, "at home",
         loose=digits(9), kinds=f"{_ID} {_TAX}"),
)  # fmt: skip

OTHERS = (
    rule("national_id_at", _AUSTRIAN, checksums.austrian_insurance, "at home",
         loose=digits(10), kinds=f"{_ID} national_id_de"),
    rule("national_id_be", _BELGIAN, checksums.belgian_register, "anywhere", loose=digits(11), kinds=_ID),
    rule("national_id_se", r"(?:19|20)?\d{6}[\-+–]\d{4}", checksums.personnummer, "anywhere"),
    rule("national_id_se", r"(?:19|20)?\d{6}[ ]?\d{4}", checksums.personnummer, "at home",
         loose=r"(?:19|20)?\d{6}[ \-+–]?\d{4}", kinds=_ID),
    rule("national_id_dk", r"\d{6}[ \-–]\d{4}", checksums.cpr, "at home",
         loose=r"\d{6}[ \-–]?\d{4}|\d{2}[ .]\d{2}[ .]\d{2}[ \-]\d{4}", kinds=_ID),
    rule("national_id_fi", "".join(_HETU), checksums.hetu, "anywhere",
         loose=f"(?i:{'[ ]?'.join(_HETU)})", kinds=_ID),
    rule("national_id_pt", grouped("9", "3 3 3"), checksums.portuguese_tax, "at home",
         loose=digits(9), kinds=f"{_ID} {_TAX}"),
    rule("national_id_pt", r"\d{8}[ ]?\d[ ]?[A-Z]{2}\d", checksums.portuguese_citizen_card, "anywhere",
         loose=r"\d{8}[ \-]?\d[ ]?[A-Z0-9]{2}\d", kinds=_ID),
)  # fmt: skip

RULES: tuple[Rule, ...] = (
    *TURKEY, *GERMANY, *FRANCE, *ITALY, *NETHERLANDS, *SPAIN, *POLAND, *BRITAIN, *AMERICA, *OTHERS,
)  # fmt: skip
"""All of them; where two say the same of a number, the first."""

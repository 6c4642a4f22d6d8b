"""The national, tax and social security numbers that have types of their own."""

from __future__ import annotations

from flexorchd.engine.steps.privacy import checksums
from flexorchd.engine.steps.privacy.rules import Rule, digits, grouped, rule, spaced

_ID = "id_number"
_TAX = "tax_number"

_NIR = spaced(
    "[1-478]", r"\d\d", r"(?:0[1-9]|[1-9]\d)", r"(?:\d\d|2[ABab])", r"\d{3}", r"\d{3}", r"\d\d"
)
_FISCALE = (
    r"[A-Z]{3}{s}[A-Z]{3}{s}[\dL-NP-V]{2}[ABCDEHLMPRST][\dL-NP-V]{2}{s}[A-Z][\dL-NP-V]{3}[A-Z]"
).replace("{s}", r"[ \-.]?")
_NINO = r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]{s}\d{2}{s}\d{2}{s}\d{2}{s}[A-D]"
_SSN = r"(?!9\d\d-?(?:[0-4]|89|93))\d{3}"

RULES: tuple[Rule, ...] = (
    rule("national_id_tr", grouped("11", "3 3 3 2", "3 2 2 2 2", "3 3 2 3"), checksums.tckn, "anywhere",
         loose=digits(11), kinds=f"{_ID} tax_id_tr"),
    rule("tax_id_tr", grouped("10", "3 3 4", "3 3 2 2", "3 7"), checksums.vkn, "at home",
         loose=digits(10), kinds=_TAX),
    rule("tax_id_tr", r"0\d{15}", checksums.mersis, "anywhere", loose=digits(15, 16), kinds="other"),
    rule("emeklilik_no", r"(?!)", checksums.always, "labelled", loose=digits(7, 13)),
    rule("isyeri_sicil_no", grouped("1 4 2 2 7 3 2 2 3"), checksums.always, "anywhere", loose=digits(7, 26)),
    rule("bagkur_no", r"(?!)", checksums.always, "labelled", loose=digits(9, 13)),

    rule("tax_id_de", grouped("11", "2 3 3 3", "3 3 3 2", "3 3 5"), checksums.steuer_id, "anywhere",
         loose=digits(11), kinds=_TAX),
    rule("tax_id_de", grouped("11", "2 3 3 3"), checksums.steuer_id_lenient, "at home"),
    rule("tax_id_de", f"(?:DE|de)[ ]?{grouped('9')}|DE[ ]?{grouped('3 3 3')}", checksums.german_vat, "anywhere",
         loose=rf"(?:DE|de)[ ]?{digits(9)}", kinds=_TAX),
    rule("tax_id_de", r"(?!)", checksums.always, "labelled",
         loose=r"\d{2,3}[ /]{1,3}\d{3,4}[ /]{1,3}\d{4,5}|\d{13}"),
    rule("national_id_de", r"(?!)", checksums.german_identity_card, "labelled",
         loose=r"[CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ0-9]{8}\d?D?", kinds=_ID),
    rule("national_id_de", r"\d{2}[ ]?\d{6}[ ]?[A-Z][ ]?\d{3}|\d{2}[ ]\d{2}[ ]?\d{2}[ ]?\d{2}[ ][A-Z][ ]\d{2}[ ]?\d",
         checksums.german_insurance, "anywhere", loose=rf"{digits(8)}[ \-./]?[A-Z][ \-./]?{digits(3)}", kinds=_ID),

    rule("national_id_fr", _NIR, checksums.nir, "anywhere", kinds=_ID),
    rule("national_id_fr", r"(?!)", checksums.always, "labelled", loose=digits(12, 13)),
    rule("tax_id_fr", r"FR[ ]?[0-9A-HJ-NP-Z]{2}[ ]?(?:\d{9}|\d{3}[ .]\d{3}[ .]\d{3})", checksums.french_vat,
         "anywhere", loose=rf"FR[ ]?[0-9A-HJ-NP-Z]{{2}}[ ]?{digits(9)}", kinds=_TAX),
    rule("tax_id_fr", grouped("2 2 3 3 3", "2 2 3 3 2 1", "1 3 3 3 3"), checksums.french_tax, "at home",
         loose=digits(13), kinds=_TAX),
    rule("tax_id_fr", r"(?!)", checksums.luhn, "labelled", loose=digits(14), kinds="other"),
    rule("tax_id_fr", r"(?!)", checksums.luhn, "labelled", loose=digits(9)),

    rule("national_id_it", f"(?i:{_FISCALE})", checksums.codice_fiscale, "anywhere", kinds=f"{_ID} {_TAX}"),

    rule("national_id_nl", grouped("9", "3 3 3", "4 2 3", "4 3 2"), checksums.bsn, "at home",
         loose=digits(8, 9), kinds=_ID),
    rule("tax_id_nl", r"(?:NL|nl)[ .]?(?:\d{9}|\d{4}[ .]\d{2}[ .]\d{3}|\d{3}[ .]\d{3}[ .]\d{3})[ .]?[Bb][ .]?\d{2}",
         checksums.always, "anywhere", kinds=_TAX),
    rule("tax_id_nl", r"(?!)", checksums.bsn, "labelled", loose=digits(9), kinds=_TAX),

    rule("national_id_es", r"\d{8}[ \-]?[A-HJ-NP-TV-Z]|\d{1,2}\.\d{3}\.\d{3}[ \-]?[A-HJ-NP-TV-Z]|[XYZ][ \-]?\d{7}[ \-]?[A-HJ-NP-TV-Z]",
         checksums.dni, "anywhere", loose=rf"(?:[XYZ][ \-.]?{digits(7)}|{digits(8)})[ \-.]?[A-Za-z]",
         kinds=f"tax_id_es {_ID} {_TAX}"),
    rule("tax_id_es", r"[ABCDEFGHJNPQRSUVW][ \-]?(?:\d{7}|\d{2}[.\- ]?\d{3}[.\- ]?\d{2}|\d{2}\.?\d{2}\.?\d{3})[ \-]?[0-9A-J]",
         checksums.cif, "at home", loose=rf"[ABCDEFGHJNPQRSUVW][ \-.]?{digits(7)}[ \-.]?[0-9A-J]",
         kinds=f"national_id_es {_TAX}"),
    rule("tax_id_es", r"ES[ \-]?(?:[ABCDEFGHJNPQRSUVWXYZ]\d{7}[0-9A-Z]|\d{8}[A-Z])", checksums.spanish_vat,
         "anywhere", kinds=f"national_id_es {_TAX}"),

    rule("national_id_pl", grouped("11", "6 5", "3 3 3 2"), checksums.pesel, "anywhere", loose=digits(11), kinds=_ID),
    rule("national_id_pl", r"(?!)", checksums.polish_identity_card, "labelled", loose=r"[A-Z]{3}[ ]?\d{3}[ ]?\d{3}", kinds=_ID),
    rule("tax_id_pl", grouped("10", "3 3 2 2", "3 2 2 3", "3 3 4"), checksums.nip, "at home",
         loose=digits(10), kinds=_TAX),
    rule("tax_id_pl", r"PL[ ]?(?:\d{10}|\d{3}[ \-]\d{3}[ \-]\d{2}[ \-]\d{2}|\d{3}[ \-]\d{2}[ \-]\d{2}[ \-]\d{3})",
         checksums.nip, "anywhere", loose=rf"PL[ ]?{digits(10)}", kinds=_TAX),

    rule("national_id_uk", _NINO.replace("{s}", " "), checksums.nino, "anywhere"),
    rule("national_id_uk", _NINO.replace("{s}", r"[ \-.]?"), checksums.nino, "at home",
         loose=f"(?i:{_NINO})".replace("{s}", r"[ \-.]{0,2}"), kinds=f"{_ID} {_TAX}"),
    rule("national_id_uk", grouped("3 3 4"), checksums.nhs, "labelled", loose=digits(10)),

    rule("ssn_us", rf"{_SSN}-\d\d-\d{{4}}", checksums.ssn, "anywhere"),
    rule("ssn_us", rf"{_SSN} \d\d \d{{4}}", checksums.ssn, "at home", loose=digits(9), kinds=f"{_ID} {_TAX}"),

    rule("national_id_at", r"[1-9]\d{3}[ \-/.]?(?:0[1-9]|[12]\d|3[01])[.]?(?:0[1-9]|1[0-5])[.]?\d\d",
         checksums.austrian_insurance, "at home", loose=digits(10), kinds=f"{_ID} national_id_de"),

    rule("national_id_be", r"\d\d[.\- /]?[0-6]\d[.\- /]?\d\d[.\- /]?\d{3}[.\- /]?\d\d", checksums.belgian_register,
         "anywhere", loose=digits(11), kinds=_ID),

    rule("national_id_se", r"(?:19|20)?\d{6}[\-+–]\d{4}", checksums.personnummer, "anywhere"),
    rule("national_id_se", r"(?:19|20)?\d{6}[ ]?\d{4}", checksums.personnummer, "at home",
         loose=r"(?:19|20)?\d{6}[ \-+–]?\d{4}", kinds=_ID),

    rule("national_id_dk", r"\d{6}[ \-–]\d{4}", checksums.cpr, "at home", loose=r"\d{6}[ \-–]?\d{4}|\d{2}[ .]\d{2}[ .]\d{2}[ \-]\d{4}", kinds=_ID),

    rule("national_id_fi", r"\d{6}[\-+A-FU-Y]\d{3}[0-9A-FHJ-NPR-Y]", checksums.hetu, "anywhere",
         loose=r"\d{6}[\-+A-FU-Ya-fu-y ]\d{3}[0-9A-FHJ-NPR-Ya-fhj-npr-y]", kinds=_ID),

    rule("national_id_pt", grouped("9", "3 3 3"), checksums.portuguese_tax, "at home", loose=digits(9),
         kinds=f"{_ID} {_TAX}"),
    rule("national_id_pt", r"\d{8}[ ]?\d[ ]?[A-Z]{2}\d", checksums.portuguese_citizen_card, "anywhere",
         loose=r"\d{8}[ \-]?\d[ ]?[A-Z0-9]{2}\d", kinds=_ID),
)  # fmt: skip

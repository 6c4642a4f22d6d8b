"""What is found, under which type, and what is left alone."""

from __future__ import annotations

import pytest

from flexorchd.engine.steps.privacy import count_types, find_pii

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
CATALOGUE = frozenset(
    {
        *(
            "email",
            "credit_card",
            "ip",
            "ip_v6",
            "iban",
            "iban_tr",
            "iban_de",
            "iban_fr",
            "iban_it",
            "name",
        ),
        *("ssn_us", "emeklilik_no", "isyeri_sicil_no", "bagkur_no"),
        *(f"phone_{country}" for country in COUNTRIES),
        *(f"national_id_{country}" for country in COUNTRIES if country != "us"),
        *(f"tax_id_{country}" for country in ("tr", "de", "fr", "nl", "es", "pl")),
    }
)


def found(text: str, locale: str = "und", language: str = "und") -> list[tuple[str, str]]:
    return [(f.type, text[f.start : f.end]) for f in find_pii(text, locale, language)]


EXAMPLES = [
    ("email", "ayse.yilmaz@ornek.com.tr", "en", "Write to {} today."),
    ("credit_card", "4111 1111 1111 1111", "en", "Paid with {}."),
    ("credit_card", "5500005555555559", "de", "Karte {} belastet."),
    ("credit_card", "3782-822463-10005", "en", "Amex {}"),
    ("ip", "192.168.17.20", "en", "from host {} at noon"),
    ("ip_v6", "2001:db8:85a3::8a2e:370:7334", "en", "Address {}."),
    ("iban", "GB82 WEST 1234 5698 7654 32", "en", "Our account is {}, thank you."),
    ("iban", "NL91ABNA0417164300", "nl", "Rekening {}"),
    ("iban_tr", "TR33 0006 1005 1978 6457 8413 26", "tr", "IBAN: {}"),
    ("iban_de", "DE89\u00a03704\u00a00044\u00a00532\u00a00130\u00a000", "de", "auf {} überweisen"),
    ("iban_de", "DE89 3704 0044\n0532 0130 00", "de", "Konto: {}\n"),
    ("iban_fr", "FR14-2004-1010-0505-0001-3M02-606", "fr", "Compte {}"),
    ("iban_it", "it60x0542811101000000123456", "it", "Conto {}"),
    ("name", "AYŞE YILMAZ", "tr", "Adı Soyadı: {}\n"),
    ("name", "Ayşe Nur Yılmaz", "tr", "Sayın {}, merhaba"),
    ("name", "Mehmet", "tr", "{} Bey aradı."),
    ("name", "Jürgen von der Heide", "de", "Herr {} hat angerufen."),
    ("name", "O'Neill", "en", "Dear Mr {},\n"),
    ("name", "Thibault de La Roche", "fr", "Interlocuteur : {}\n"),
    ("name", "Weber, Karin", "de", "Mitarbeiterin: {}\n"),
    ("name", "Xanthippe Quagmire", "en", 'From: "{}" <x@example.org>\n'),
    ("name", "Xanthippe Quagmire", "en", "all for now.\n\nKind regards,\n\n{}\nHead of Sales\n"),
    ("name", "Giulia Esposito", "it", "ha scritto {} ieri"),
    ("national_id_tr", "10000000146", "tr", "T.C. kimlik numaram {}."),
    ("national_id_tr", "10000000146", "en", "Her number is {} there."),
    ("tax_id_tr", "1234567890", "tr", "Vergi No: {}"),
    ("emeklilik_no", "123456789", "tr", "Emekli Sicil No: {}"),
    ("isyeri_sicil_no", "2 4711 01 01 1234567 034 12 34 000", "tr", "İşyeri Sicil No: {}"),
    ("bagkur_no", "1234567890", "tr", "Bağ-Kur No: {}"),
    ("tax_id_de", "86 095 742 719", "de", "Meine Steuer-ID lautet {}."),
    ("tax_id_de", "DE136695976", "de", "USt-IdNr.: {}"),
    ("tax_id_de", "12/345/67890", "de", "Steuernummer {} beim Finanzamt"),
    ("national_id_de", "15 070649 C 103", "de", "Versicherung {} bitte angeben"),
    ("national_id_fr", "1 85 05 78 006 084 91", "fr", "N° de sécurité sociale : {}"),
    ("tax_id_fr", "FR 83 404 833 048", "fr", "TVA intracommunautaire {}"),
    ("national_id_it", "RSS MRA 85T10 A562S", "it", "codice fiscale {}"),
    ("national_id_nl", "111222333", "nl", "BSN: {}"),
    ("tax_id_nl", "NL004495445B01", "nl", "btw {}"),
    ("national_id_es", "12345678-Z", "es", "con DNI {} y domicilio"),
    ("national_id_es", "X1234567L", "es", "NIE {}"),
    ("tax_id_es", "A58818501", "es", "CIF: {}"),
    ("national_id_pl", "44051401359", "pl", "numerem PESEL {}"),
    ("tax_id_pl", "123-456-32-18", "pl", "NIP {}"),
    ("national_id_uk", "AB 12 34 56 C", "en", "My NI number is {}."),
    ("national_id_uk", "943 476 5919", "en", "NHS Number: {}"),
    ("ssn_us", "123-45-6789", "en", "SSN {}"),
    ("national_id_at", "1237 010180", "de", "SVNR: {}"),
    ("national_id_be", "85.07.30-033.28", "nl", "Rijksregisternummer {}"),
    ("national_id_se", "811228-9874", "sv", "Personnummer {}"),
    ("national_id_dk", "010190-1234", "da", "CPR-nr. {}"),
    ("national_id_fi", "131052-308T", "fi", "Hetu: {}"),
    ("national_id_pt", "123 456 789", "pt", "NIF {}"),
    ("phone_tr", "(0532) 123 45 67", "tr", "Tel: {}"),
    ("phone_tr", "+90 212 555 44 33", "en", "call {} now"),
    ("phone_tr", "0212 555 44 33", "tr", "Bizi {} üzerinden arayın"),
    ("phone_de", "+49 (0)30 1234567", "de", "unter {} erreichbar"),
    ("phone_de", "0171 1234567", "de", "Sie erreichen mich unter {}."),
    ("phone_fr", "06.12.34.56.78", "fr", "au {} en journée"),
    ("phone_it", "347 123 4567", "it", "chiamare {} dopo"),
    ("phone_nl", "06-12345678", "nl", "bel {} even"),
    ("phone_es", "612 345 678", "es", "llame al {} hoy"),
    ("phone_pl", "601 234 567", "pl", "dzwonić pod {} proszę"),
    ("phone_uk", "020 7946 0958", "en", "ring {} please"),
    ("phone_us", "(415) 555-0132", "en", "Phone {}"),
    ("phone_at", "+43 1 234 56 78", "de", "Tel. {}"),
    ("phone_be", "+32 470 12 34 56", "nl", "gsm {}"),
    ("phone_se", "070-123 45 67", "sv", "ring {} sen"),
    ("phone_dk", "20 12 34 56", "da", "Tlf. {}"),
    ("phone_fi", "040 123 4567", "fi", "soita {} huomenna"),
    ("phone_pt", "912 345 678", "pt", "ligue {} amanhã"),
]


@pytest.mark.parametrize(("pii_type", "value", "language", "sentence"), EXAMPLES)
def test_each_type_is_found_as_people_write_it(pii_type, value, language, sentence):
    assert (pii_type, value) in found(sentence.format(value), "und", language)


def test_the_examples_cover_the_catalogue():
    assert {example[0] for example in EXAMPLES} == CATALOGUE


@pytest.mark.parametrize(("pii_type", "value", "language", "sentence"), EXAMPLES)
def test_nothing_else_is_found_in_a_value(pii_type, value, language, sentence):
    others = [f for f in found(sentence.format(value), "und", language) if f[0] != pii_type]
    assert [f for f in others if f[0] != "email"] == []


NOBODYS = [
    ("en", "Version 10.2.1.7 of the driver, build 20250314.3, Chrome 119.0.6045.105"),
    ("en", "Section 3.2.1.4 applies; see 1.2.3.4 and v2.14.3.1"),
    ("en", "Order no: 4500012345, invoice INV-2025-00417, tracking 1Z999AA10123456784"),
    ("de", "Bestellnummer: 4562923732, Artikel-Nr. 10004711, Betrag 1.234.567,89 EUR"),
    (
        "tr",
        "Sipariş No: 1234567890, Fatura No: FTR2025000056059, Tutar: 12.450,50 TL, Tarih: 14.03.2025",
    ),
    (
        "de",
        "Leistung 01.05.14-31.05.14, 01.02.2024 bis 29.02.2024, Stand 2024-02-29, 030.123456 oder 0,1234567",
    ),
    (
        "en",
        "Registration Name: Buyer Official Name\nContact: Buyer contact person\nItem 4. Mine Safety",
    ),
    ("pl", "Kwota 612 345 678,00 zł, faktura nr FV/2025/00417"),
    ("fr", "Montant : 1 234,90 € au 14/03/2025, commande n° 4500012345, TVA BE 0403.019.261"),
    ("en", "EAN 4006381333931, ISBN 978-3-16-148410-0, 2025-03-14T09:41:27Z, 12:45:10"),
    ("en", "sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
    (
        "en",
        "3f2504e0-4f89-41d3-9a0c-0305e82c3301 at 41.0082, 28.9784 std::vector 00:1A:2B:3C:4D:5E",
    ),
    (
        "en",
        "Dear Sir or Madam,\nDear Customer,\nPrince Albert Road, Peter Jones Ltd, Henry Schein Inc.",
    ),
    (
        "de",
        "Sehr geehrte Damen und Herren,\nMartin-Luther-Straße 5, Robert Bosch GmbH, Karl Marx Platz",
    ),
    ("fr", "12, rue Victor Hugo, Établissements Paul Martin SARL, avenue Charles de Gaulle"),
    ("it", "via Giuseppe Verdi 12, Carlo Conti S.p.A., corso Vittorio Emanuele II"),
    ("pl", "ul. Adama Mickiewicza 3, Adam Nowicki sp. z o.o."),
    ("tr", "Mehmet Öz İnşaat Ltd. Şti., Cemal Gürsel Caddesi No: 5"),
    ("en", "Card 4111 1111 1111 1112 and card no 1234 5678 9012 3456 do not exist"),
    ("de", "[MASKED_PHONE_DE] <IBAN_DE_1> [MASKED_NAME]"),
]


@pytest.mark.parametrize(("language", "text"), NOBODYS)
def test_what_is_nobodys_is_left_alone(language, text):
    assert found(text, "und", language) == []


def test_national_writing_is_read_by_the_documents_locale():
    assert found("Ruf 0171 1234567 an", "de")[0][0] == "phone_de"
    assert found("appel 06 12 34 56 78 ok", "fr", "und")[0][0] == "phone_fr"
    assert found("nummer 123456782 hier", "nl") == [("national_id_nl", "123456782")]
    assert found("nummer 123456782 hier", "tr") == []


def test_a_locale_may_name_a_country():
    assert found("ring 0664 1234567 an", "de-AT")[0][0] == "phone_at"
    assert found("Nummer 1237 010180.", "at") == [("national_id_at", "1237 010180")]


def test_a_label_outweighs_a_failed_check():
    assert found("T.C. Kimlik No: 12345678901", "tr") == [("national_id_tr", "12345678901")]
    assert found("IBAN: DE89 3704 0044 0532 0130 01", "de") == [
        ("iban_de", "DE89 3704 0044 0532 0130 01")
    ]


def test_without_a_label_a_failed_check_decides():
    assert found("Die Nummer 12345678901 steht hier, DE89 3704 0044 0532 0130 01 auch.", "de") == []


def test_columns_are_read_by_their_heads():
    text = "Mitarbeiter\tSteuernummer\tHandy\nXerxes Ypsilon\t12/345/67890\t0171 1234567\n"
    assert found(text, "de") == [
        ("name", "Xerxes Ypsilon"),
        ("tax_id_de", "12/345/67890"),
        ("phone_de", "0171 1234567"),
    ]


def test_a_name_found_once_is_found_wherever_it_stands():
    text = "Adı Soyadı: Xanthi Quagmür\n\nRapor: Xanthi Quagmür ödeme yaptı."
    assert found(text, "tr") == [("name", "Xanthi Quagmür")] * 2


def test_a_certain_number_wins_over_one_that_it_contains():
    text = "IBAN DE89 3704 0044 0532 0130 00 und Tel. 0171 1234567"
    assert count_types(find_pii(text, "tr", "de")) == {"iban_de": 1, "phone_de": 1}


def test_findings_are_counted_by_type():
    text = "a@example.org b@example.org 10.20.30.40"
    assert count_types(find_pii(text)) == {"email": 2, "ip": 1}

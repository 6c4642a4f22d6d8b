"""Published numbers pass, altered ones do not, and numbers made by other arithmetic pass."""

from __future__ import annotations

from random import Random

import pytest

from benchmarks import pii_numbers as make
from flexorchd.engine.steps.privacy import checksums

PUBLISHED = [
    (checksums.tckn, "10000000146"),
    (checksums.tckn, "12345678950"),
    (checksums.vkn, "1234567890"),
    (checksums.steuer_id, "86095742719"),
    (checksums.steuer_id, "65929970489"),
    (checksums.german_vat, "DE136695976"),
    (checksums.german_insurance, "15070649C103"),
    (checksums.german_insurance, "65170839J003"),
    (checksums.german_identity_card, "T220001293"),
    (checksums.nir, "185057800608491"),
    (checksums.nir, "255081416802538"),
    (checksums.french_vat, "FR83404833048"),
    (checksums.luhn, "732829320"),
    (checksums.luhn, "73282932000074"),
    (checksums.codice_fiscale, "RSSMRA85T10A562S"),
    (checksums.codice_fiscale, "MRTMTT91D08F205J"),
    (checksums.bsn, "111222333"),
    (checksums.dutch_vat, "NL004495445B01"),
    (checksums.dni, "12345678Z"),
    (checksums.dni, "X1234567L"),
    (checksums.cif, "A58818501"),
    (checksums.spanish_vat, "ESA58818501"),
    (checksums.pesel, "44051401359"),
    (checksums.polish_identity_card, "ABA300000"),
    (checksums.nip, "1234563218"),
    (checksums.nhs, "9434765919"),
    (checksums.austrian_insurance, "1237010180"),
    (checksums.belgian_register, "85073003328"),
    (checksums.personnummer, "8112289874"),
    (checksums.hetu, "131052308T"),
    (checksums.portuguese_tax, "123456789"),
    (checksums.portuguese_citizen_card, "000000000ZZ4"),
    (checksums.card, "4111111111111111"),
    (checksums.card, "5500005555555559"),
    (checksums.card, "378282246310005"),
    (checksums.iban, "GB82WEST12345698765432"),
    (checksums.iban, "TR330006100519786457841326"),
    (checksums.iban, "MT84MALT011000012345MTLCAST001S"),
    (checksums.iban, "NO9386011117947"),
]

MADE = [
    (checksums.tckn, make.tckn),
    (checksums.vkn, make.vkn),
    (checksums.steuer_id, make.steuer_id),
    (checksums.german_vat, make.german_vat),
    (checksums.german_insurance, make.german_insurance),
    (checksums.nir, make.nir),
    (checksums.french_tax, make.spi),
    (checksums.french_vat, make.french_vat),
    (checksums.codice_fiscale, make.codice_fiscale),
    (checksums.bsn, make.bsn),
    (checksums.dutch_vat, make.dutch_vat),
    (checksums.dni, make.dni),
    (checksums.dni, make.nie),
    (checksums.cif, make.cif),
    (checksums.pesel, make.pesel),
    (checksums.nip, make.nip),
    (checksums.nino, make.nino),
    (checksums.nhs, make.nhs),
    (checksums.ssn, make.ssn),
    (checksums.austrian_insurance, make.austrian_insurance),
    (checksums.belgian_register, make.belgian_register),
    (checksums.personnummer, make.personnummer),
    (checksums.cpr, make.cpr),
    (checksums.portuguese_tax, make.portuguese_tax),
    (checksums.card, make.card),
]


@pytest.mark.parametrize(("check", "number"), PUBLISHED)
def test_a_published_number_passes(check, number):
    assert check(number)


@pytest.mark.parametrize(
    ("check", "number"), [pair for pair in PUBLISHED if pair[0] is not checksums.dutch_vat]
)
def test_a_published_number_with_its_last_character_changed_fails(check, number):
    last = number[-1]
    others = "0123456789" if last.isdigit() else "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    passing = [other for other in others if other != last and check(number[:-1] + other)]
    assert len(passing) <= (1 if check in (checksums.cif, checksums.belgian_register) else 0)


@pytest.mark.parametrize(("check", "maker"), MADE)
def test_numbers_made_from_the_specification_by_other_code_pass(check, maker):
    rng = Random(7)
    numbers = [maker(rng) for _ in range(200)]
    assert [number for number in numbers if not check(number)] == []


@pytest.mark.parametrize("country", sorted(make.BANKS))
def test_accounts_of_every_country_pass_and_transposed_ones_fail(country):
    rng = Random(country)
    for _ in range(50):
        number = make.iban(rng, country)
        assert checksums.iban(number)
        assert not checksums.iban(number + "0")
        if number[-1] != number[-2]:
            assert not checksums.iban(number[:-2] + number[-1] + number[-2])

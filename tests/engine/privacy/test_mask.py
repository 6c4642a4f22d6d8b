"""The four strategies, and that equal values are masked alike."""

from __future__ import annotations

import re
from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexorchd.engine.steps.privacy import Masker, checksums, find_pii
from tests.engine.privacy.test_find import CATALOGUE, EXAMPLES


def masked(strategy: str, text: str, locale: str = "und", key: bytes = b"key") -> str:
    return Masker(strategy, key).mask_text(text, find_pii(text, locale))


def test_redact_says_what_was_there():
    assert (
        masked("redact", "Mail a@example.org, IP 10.20.30.40.")
        == "Mail [MASKED_EMAIL], IP [MASKED_IP]."
    )


def test_token_counts_values_in_order_of_appearance():
    text = "b@example.org, a@example.org, B@example.org"
    assert masked("token", text) == "<EMAIL_1>, <EMAIL_2>, <EMAIL_1>"


@pytest.mark.parametrize(
    ("pii_type", "writings"),
    [
        (
            "iban_de",
            [
                "DE89370400440532013000",
                "DE89 3704 0044 0532 0130 00",
                "de89-3704-0044-0532-0130-00",
            ],
        ),
        (
            "phone_tr",
            ["+90 532 123 45 67", "0532 123 45 67", "(0532) 1234567", "0090 532 123 45 67"],
        ),
        ("phone_de", ["+49 (0)30 1234567", "030/1234567"]),
        ("name", ["Ayşe Yılmaz", "AYŞE YILMAZ", "Yılmaz, Ayşe"]),
        ("national_id_tr", ["10000000146", "100 000 001 46"]),
    ],
)
def test_the_same_value_in_another_writing_gets_the_same_token(pii_type, writings):
    masker = Masker("token", b"key")
    assert {masker.mask(pii_type, writing) for writing in writings} == {f"<{pii_type.upper()}_1>"}


def test_a_hash_has_sixteen_hex_digits_and_depends_on_the_key():
    one, other = (Masker("hash", key).mask("email", "a@example.org") for key in (b"one", b"other"))
    assert re.fullmatch(r"[0-9a-f]{16}", one)
    assert one != other
    assert one == Masker("hash", b"one").mask("email", "A@example.org")


@pytest.mark.parametrize(
    ("pii_type", "value"), sorted({(e[0], e[1]) for e in EXAMPLES if e[0] != "email"})
)
def test_a_stand_in_is_written_like_the_value_and_is_another(pii_type, value):
    stand_in = Masker("replace", b"key").mask(pii_type, value)
    assert stand_in != value
    assert stand_in == Masker("replace", b"key").mask(pii_type, value)
    assert stand_in != Masker("replace", b"another key").mask(pii_type, value) or pii_type in (
        "name",
        "ip",
    )
    if pii_type not in ("name", "ip", "ip_v6"):
        assert re.sub(r"\w", "x", stand_in) == re.sub(r"\w", "x", value)


@pytest.mark.parametrize("country", ["TR33 0006 1005 1978 6457 8413 26", "GB82WEST12345698765432"])
def test_an_account_is_replaced_by_one_of_a_bank_that_does_not_exist(country):
    bare = Masker("replace", b"key").mask("iban", country).replace(" ", "")
    assert checksums.iban(bare)
    assert set(bare[4:12]) == {"0"}


def test_a_card_is_replaced_by_one_of_no_issuer():
    stand_in = Masker("replace", b"key").mask("credit_card", "4111 1111 1111 1111")
    bare = stand_in.replace(" ", "")
    assert checksums.luhn(bare)
    assert not checksums.card(bare)


def test_addresses_are_replaced_by_ones_kept_for_documentation():
    masker = Masker("replace", b"key")
    networks = [ip_network(net) for net in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")]
    assert any(ip_address(masker.mask("ip", "85.1.2.3")) in net for net in networks)
    assert ip_address(masker.mask("ip_v6", "2a02::1:2:3")) in ip_network("2001:db8::/32")
    assert masker.mask("email", "ayse@ornek.com.tr").endswith("@example.com")


@pytest.mark.parametrize(
    ("pii_type", "value", "check"),
    [
        ("national_id_tr", "10000000146", checksums.tckn),
        ("tax_id_de", "86095742719", checksums.steuer_id_lenient),
        ("national_id_fr", "185057800608491", checksums.nir),
        ("national_id_es", "12345678Z", checksums.dni),
        ("national_id_nl", "111222333", checksums.bsn),
        ("tax_id_tr", "1234567890", checksums.vkn),
    ],
)
def test_a_stand_in_for_an_identity_is_nobodys(pii_type, value, check):
    stand_ins = {Masker("replace", bytes([n])).mask(pii_type, value) for n in range(40)}
    assert len(stand_ins) > 20
    assert [number for number in stand_ins if check(number)] == []


def test_capitals_and_single_words_are_kept_in_names():
    masker = Masker("replace", b"key")
    assert masker.mask("name", "AYŞE YILMAZ").isupper()
    assert " " not in masker.mask("name", "Ayşe")


def test_the_key_is_in_no_representation():
    assert "secret" not in repr(Masker("hash", b"secret"))


@given(
    st.text(min_size=1, max_size=40),
    st.sampled_from(sorted(CATALOGUE)),
    st.sampled_from(["redact", "token", "hash", "replace"]),
)
def test_any_value_of_any_type_can_be_masked(value, pii_type, strategy):
    masker = Masker(strategy, b"key")
    assert masker.mask(pii_type, value) == masker.mask(pii_type, value)

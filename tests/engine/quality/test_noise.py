"""Noise: what nobody would read counts, what people write in eight languages and their tables does not."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexorchd.engine.steps.noise import noise_of

PROSE = {
    "en": "The workshop has been moved to the second floor; please bring the signed agreement.",
    "de": "Die Besprechung wurde verschoben, bitte bringen Sie die unterschriebene Vereinbarung in zweifacher"
    " Ausfertigung mit. Rechtsschutzversicherungsgesellschaften benötigen außerdem einen Identitätsnachweis.",
    "fr": "La réunion a été déplacée au deuxième étage ; veuillez apporter le contrat signé.",
    "it": "La riunione è stata spostata al secondo piano; si prega di portare il contratto firmato.",
    "es": "La reunión se ha trasladado a la segunda planta; traigan por favor el acuerdo firmado.",
    "nl": "De vergadering is verplaatst naar de tweede verdieping; neem de ondertekende overeenkomst mee.",
    "pl": "Spotkanie przeniesiono na drugie piętro; prosimy przynieść podpisaną umowę w dwóch egzemplarzach.",
    "tr": "Toplantı ikinci kata taşındı; lütfen imzalanmış sözleşmeyi iki nüsha olarak yanınızda getiriniz.",
    "hu": "A megbeszélést áthelyezték a második emeletre, kérjük hozza magával az aláírt szerződést.",
    "fi": "Kokous on siirretty toiseen kerrokseen, ottakaa allekirjoitettu sopimus mukaan.",
}
ORDINARY = [
    "Invoice INV-2025-00417\nDate 14.03.2025\nTotal\t1.234,56 EUR\nIBAN DE89 3704 0044 0532 0130 00",
    "SKU-7731-B\t12\t4,50\t54,00\nSKU-9904-C\t3\t19,99\t59,97\nhttps://shop.example.org/a?id=12",
    "-------------------------------------\nSubtotal ........ 12,00\n=====================",
    "2025-03-14T09:41:27Z 10.20.30.40 a.b@example.org +49 (0)30 1234567 50 % 3 × 4 § 312",
    "ООО Ромашка выставляет счёт на оплату. 株式会社の請求書です。 Η εταιρεία εκδίδει τιμολόγιο.",
]


@pytest.mark.parametrize("language", PROSE)
def test_prose_is_hardly_noise(language):
    assert noise_of(PROSE[language]) <= 0.10


@pytest.mark.parametrize("text", ORDINARY)
def test_numbers_codes_rules_and_other_scripts_are_no_noise(text):
    assert noise_of(text) <= 0.10


@pytest.mark.parametrize(
    "text",
    [
        "@@@###!!! " * 100,
        "asdf qwer " * 100,
        "MÃ¼ller grÃ¼ÃŸt die StraÃŸe fÃ¼r Ã¤ltere BÃ¼rger",
        "H\ufffdllo W\ufffdrld, h\ufffdw \ufffdre y\ufffdu",
        "I n v o i c e  n u m b e r  " * 5,
        "~}|{ ;:'[] l|;!1 }{|~ ''`^ _~=+ |||; ",
        "TWFuIGlzIGRpc3Rpbmd1aXNoZWQsIG5vdCBvbmx5IGJ5IGhpcyByZWFzb24s " * 5,
    ],
)
def test_what_nobody_reads_is_mostly_noise(text):
    assert noise_of(text) > 0.50


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    "letters", ["abcdefghijklmnopqrstuvwxyz", "abcdefghijklmnopqrstuvwxyzäöüßéèçşğıżłñ"]
)
def test_random_letters_are_noise(seed, letters):
    rng = Random(seed)
    words = ("".join(rng.choice(letters) for _ in range(rng.randint(2, 9))) for _ in range(200))
    assert noise_of(" ".join(words)) > 0.50


def test_part_noise_counts_as_a_part():
    half = PROSE["en"] + " " + "".join("@#%&!?~^" for _ in range(len(PROSE["en"]) // 8))
    assert 0.3 < noise_of(half) < 0.7


@given(st.text())
def test_noise_is_a_share_of_any_text(text):
    assert 0.0 <= noise_of(text) <= 1.0

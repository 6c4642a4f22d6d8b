"""Language: told from prose and from forms; a hint decides only where the text does not."""

from __future__ import annotations

import pytest

from flexorchd.engine.steps.language import detect_language

PROSE = {
    "en": "We would like to thank you for your order and hope that you are satisfied with the goods.",
    "de": "Wir möchten uns für Ihre Bestellung bedanken und hoffen, dass Sie mit der Ware zufrieden sind.",
    "fr": "Nous vous remercions de votre commande et espérons que vous êtes satisfait de la marchandise.",
    "it": "Vi ringraziamo per il vostro ordine e speriamo che siate soddisfatti della merce che vi è arrivata.",
    "es": "Les agradecemos su pedido y esperamos que estén satisfechos con la mercancía que han recibido.",
    "nl": "Wij danken u voor uw bestelling en hopen dat u tevreden bent met de goederen die u heeft ontvangen.",
    "pl": "Dziękujemy za zamówienie i mamy nadzieję, że są Państwo zadowoleni z towaru, który do nas dotarł.",
    "tr": "Siparişiniz için teşekkür eder, gönderilen ürünlerden memnun kaldığınızı umarız ve yine bekleriz.",
}
FORMS = {
    "en": "Invoice Number 5\nTotal 10.00",
    "de": "Rechnungsnummer 5\nGesamtbetrag 10,00",
    "fr": "Facture n° 5\nMontant TTC 10,00",
    "it": "Fattura n. 5\nImporto totale 10,00",
    "es": "Factura nº 5\nImporte total 10,00",
    "nl": "Factuurnummer 5\nTotaal te betalen 10,00",
    "pl": "Faktura nr 5\nKwota do zapłaty 10,00",
    "tr": "Fatura No 5\nGenel toplam tutar 10,00",
}


@pytest.mark.parametrize("language", PROSE)
def test_prose_and_forms_tell_their_language_whatever_the_hint(language: str) -> None:
    assert detect_language(PROSE[language], "tr" if language != "tr" else "de") == language
    assert detect_language(FORMS[language]) == language


@pytest.mark.parametrize(
    "text", ["", "12345 67,89", "@@@ ### !!!", "Привет, как дела? Это письмо."]
)
def test_what_tells_no_language_has_the_hint_or_none(text: str) -> None:
    assert detect_language(text) == "und"
    assert detect_language(text, "it") == "it"


def test_a_country_may_hint_at_a_language() -> None:
    assert detect_language("", "us") == "en"
    assert detect_language("", "at") == "de"
    assert detect_language("", "eu") == "und"


def test_latin_is_none_of_them() -> None:
    text = "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed eiusmod tempor incididunt ut labore."
    assert detect_language(text * 20) == "und"

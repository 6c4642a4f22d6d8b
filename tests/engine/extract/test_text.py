"""Plain text in the encodings that people save it in."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexorchd.engine.model import DocumentError
from flexorchd.engine.steps.extract import extract

TURKISH = "Sayın İbrahim Yıldız, ödemeniz gereken tutar 1.250,50 TL'dir. Şirketimiz adına teşekkür ederiz."
GERMAN = "Sehr geehrter Herr Müller, die Gebühr für März beträgt 12,50 €. Grüße aus Köln, Straße 5."
FRENCH = (
    "Très cher élève, le coût de l’hôtel s’élève à 80 € ; veuillez régler dès réception, ça presse."
)
POLISH = "Szanowny Panie Łukaszu, należność wynosi 500 zł. Proszę o wpłatę. Dziękuję, Józef Żółć."
SPANISH = (
    "Estimado señor Núñez: el importe es de 75 €. ¿Cuándo realizará el pago? Atentamente, José."
)
ITALIAN = "Gentile cliente, l'importo è di 30 €. La città più bella è Forlì; perché no?"
ENGLISH = "Dear Sir, the amount due is £25 – see “terms” overleaf. Naïve café owners beware."


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        pytest.param(TURKISH, "utf-8", id="UTF-8"),
        pytest.param(TURKISH, "utf-8-sig", id="UTF-8 with a mark"),
        pytest.param(TURKISH, "utf-16", id="UTF-16 with a mark"),
        pytest.param(GERMAN, "utf-16-le", id="UTF-16 without a mark"),
        pytest.param(GERMAN, "utf-16-be", id="UTF-16 the other way round"),
        pytest.param(POLISH, "utf-32", id="UTF-32"),
        pytest.param(TURKISH, "cp1254", id="Turkish Windows"),
        pytest.param(TURKISH, "iso8859-9", id="Latin-5"),
        pytest.param(GERMAN, "cp1252", id="German Windows"),
        pytest.param(FRENCH, "cp1252", id="French Windows"),
        pytest.param(SPANISH, "cp1252", id="Spanish Windows"),
        pytest.param(ITALIAN, "cp1252", id="Italian Windows"),
        pytest.param(ENGLISH, "cp1252", id="English Windows"),
        pytest.param(POLISH, "cp1250", id="Polish Windows"),
        pytest.param(POLISH, "iso8859-2", id="Latin-2"),
        pytest.param(GERMAN.replace("€", "EUR"), "cp850", id="German DOS"),
        pytest.param(TURKISH, "cp857", id="Turkish DOS"),
        pytest.param("Поставка товара по договору", "cp1251", id="Cyrillic Windows"),
    ],
)
def test_text_is_read_in_any_usual_encoding(text: str, encoding: str) -> None:
    content = extract(text.encode(encoding), "letter.txt")
    assert content.kind == "txt"
    assert content.text == unicodedata.normalize("NFC", text)


def test_the_locale_decides_where_the_bytes_do_not() -> None:
    ambiguous = "Sıra no 5".encode("cp1254")
    assert extract(ambiguous, "a.txt", "tr").text == "Sıra no 5"


def test_text_is_normalized_and_free_of_what_is_invisible() -> None:
    raw = "Cafe\u0301\r\nzero\u200bwidth\x00\x07\u202etxt\xa0e\ufb03cient\t7\x0cnext page   \n\n\n\nend"
    text = extract(raw.encode(), "a.txt").text
    assert text == "Café\nzerowidthtxt efficient\t7\nnext page\n\nend"


@pytest.mark.parametrize(
    "data", [b"", b" \r\n\t ", b"\xef\xbb\xbf", "\ufeff \n".encode("utf-16"), b"\0" * 64]
)
def test_what_has_no_words_is_empty(data: bytes) -> None:
    with pytest.raises(DocumentError) as caught:
        extract(data, "a.txt")
    assert caught.value.code == "EMPTY_DOCUMENT"


def test_bytes_that_are_no_text_are_malformed() -> None:
    with pytest.raises(DocumentError) as caught:
        extract(bytes(range(256)) * 40, "a.txt")
    assert caught.value.code == "MALFORMED"


@given(
    st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc"]) | st.sampled_from("\r\n\t"),
        max_size=200,
    )
)
def test_any_text_comes_back_clean(text: str) -> None:
    got = extract(b"Text: " + text.encode(), "a.txt").text
    assert got == unicodedata.normalize("NFC", got)
    assert not any(unicodedata.category(char) in ("Cc", "Cs") for char in got if char not in "\n\t")
    assert got.encode("utf-8")


def test_long_runs_of_blanks_cost_linear_time() -> None:
    data = (b"a" + b" " * 300_000) * 20
    assert len(extract(data, "a.txt").text) == len(data.rstrip())

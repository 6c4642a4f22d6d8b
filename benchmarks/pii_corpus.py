"""Documents with personal data in known places: the development corpus, which patterns may be written against.

Fifteen countries, seven layouts, labels before, above, at the head of a column or not at all, and in every
document numbers that are nobody's: orders, versions, dates, amounts, product codes, hashes, coordinates. The
held-out corpus (`pii_held_out`) shares the numbers' arithmetic with this one and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

from benchmarks import pii_numbers as make

Maker = Callable[[Random], str]


@dataclass(frozen=True, slots=True)
class Value:
    """A personal value as a document writes it."""

    type: str
    written: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A text, and where personal data stands in it."""

    text: str
    spans: tuple[tuple[int, int, str], ...]
    locale: str
    language: str
    layout: str


def document(pieces: Sequence[str | Value], locale: str, language: str, layout: str) -> Document:
    """Join pieces to a document and note where its values stand."""
    text, spans = "", []
    for piece in pieces:
        if isinstance(piece, Value):
            spans.append((len(text), len(text) + len(piece.written), piece.type))
        text += piece if isinstance(piece, str) else piece.written
    return Document(text, tuple(spans), locale, language, layout)


def filled(rng: Random, shape: str) -> str:
    """A shape with every ``#`` replaced by a digit."""
    return "".join(rng.choice("0123456789") if char == "#" else char for char in shape)


def grouped(number: str, *sizes: int, by: str = " ") -> str:
    """A number in groups of the given sizes."""
    pieces, at = [], 0
    for size in sizes:
        pieces.append(number[at : at + size])
        at += size
    return by.join(pieces)


def fours(number: str) -> str:
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4))


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of personal data in a country: how it is made and written, how it is labelled, and whether it may
    stand without a label."""

    type: str
    make: Maker
    labels: tuple[str, ...]
    bare: bool = True


@dataclass(frozen=True, slots=True)
class Country:
    """What documents of a country look like."""

    code: str
    language: str
    given: tuple[str, ...]
    family: tuple[str, ...]
    name_labels: tuple[str, ...]
    titles: tuple[str, ...]
    closings: tuple[str, ...]
    phones: tuple[str, ...]
    phone_labels: tuple[str, ...]
    iban: str
    iban_labels: tuple[str, ...]
    kinds: tuple[Kind, ...]
    prose: tuple[str, ...]
    others: tuple[str, ...]
    numbers: dict[str, str] = field(default_factory=dict)


def w(value: Maker, *shapes: Callable[[str], str]) -> Maker:
    """A maker that writes its number in one of several ways."""
    return lambda rng: rng.choice(shapes)(value(rng)) if shapes else value(rng)


def as_is(number: str) -> str:
    return number


def by(*sizes: int, sep: str = " ") -> Callable[[str], str]:
    return lambda number: grouped(number, *sizes, by=sep)


TR = Country(
    "tr", "tr",
    ("Ayşe", "Mehmet", "Zeynep", "Mustafa", "Elif", "Hakan", "Derya"),
    ("Yılmaz", "Demir", "Şahin", "Öztürk", "Çelik", "Arslan", "Koç"),
    ("Adı Soyadı", "Ad Soyad", "Müşteri Adı", "Yetkili Kişi", "Hesap Sahibi"),
    ("Sayın",), ("Saygılarımla,", "Saygılarımızla"),
    ("0532 ### ## ##", "(0533) ### ## ##", "+90 535 ### ## ##", "+90 212 ### ## ##", "0 216 ### ## ##", "0542#######",
     "(0312) ### ## ##", "+905#########"),
    ("Tel", "Telefon", "GSM", "Cep Tel", "Faks"), "TR", ("IBAN", "Hesap No", "IBAN No"),
    (
        Kind("national_id_tr", w(make.tckn, as_is), ("T.C. Kimlik No", "TCKN", "TC Kimlik Numarası", "Kimlik No")),
        Kind("tax_id_tr", w(make.vkn, as_is, by(3, 3, 4)), ("Vergi No", "VKN", "Vergi Kimlik No", "Vergi Numarası")),
        Kind("emeklilik_no", lambda r: make.digits(r, 9), ("Emekli Sicil No", "Emeklilik Sicil No"), bare=False),
        Kind("isyeri_sicil_no", lambda r: make.digits(r, 9), ("İşyeri Sicil No", "İşyeri SGK Sicil No"), bare=False),
        Kind("bagkur_no", lambda r: make.digits(r, 10), ("Bağkur No", "Bağ-Kur Sicil No"), bare=False),
    ),
    ("Görüşmemizde konuştuğumuz belgeleri ekte bulabilirsiniz.", "Ödemenizi vade tarihine kadar yapmanızı rica ederiz.",
     "Bilgilerinizi aşağıda güncelledik."),
    ("Sipariş No: #########", "Fatura No: FTR20250000####", "Ürün kodu 11########", "Tutar: 12.4##,50 TL", "Tarih: 14.03.2025",
     "Takip No: 1##########"),
)  # fmt: skip

DE = Country(
    "de", "de",
    ("Anna", "Thomas", "Sabine", "Jürgen", "Katrin", "Stefan", "Lena"),
    ("Müller", "Schmidt", "Weber", "Schäfer", "Groß", "Köhler", "Vogel"),
    ("Name", "Ansprechpartner", "Kontoinhaber", "Vor- und Nachname", "Mitarbeiter"),
    ("Herr", "Frau", "Herrn"), ("Mit freundlichen Grüßen", "Beste Grüße"),
    ("030 1234###", "+49 89 ######", "(040) ####-##", "0171 #######", "+49 (0) 221 ######", "0211/######", "+49 151 ########",
     "0049 711 ######", "069 - ######"),
    ("Tel.", "Telefon", "Mobil", "Fax", "Handy"), "DE", ("IBAN", "Bankverbindung", "Konto"),
    (
        Kind("tax_id_de", w(make.steuer_id, as_is, by(2, 3, 3, 3)), ("Steuer-ID", "IdNr.", "Steueridentifikationsnummer")),
        Kind("tax_id_de", w(make.german_vat, as_is, lambda n: f"DE {n[2:]}"), ("USt-IdNr.", "USt-ID", "Umsatzsteuer-ID")),
        Kind("tax_id_de", lambda r: filled(r, "##/###/#####"), ("Steuernummer", "St.-Nr."), bare=False),
        Kind("national_id_de", w(make.german_insurance, as_is, by(2, 6, 1, 3)), ("Sozialversicherungsnummer", "SV-Nummer")),
    ),
    ("Anbei erhalten Sie die angeforderten Unterlagen.", "Bitte überweisen Sie den Betrag innerhalb von 14 Tagen.",
     "Ihre Angaben haben wir wie folgt gespeichert."),
    ("Bestellnummer: 45########", "Rechnungs-Nr. 2025-0####", "Artikel-Nr. 10######", "Betrag: 1.2##,90 EUR", "Datum: 14.03.2025",
     "Kundennummer 70####"),
)  # fmt: skip

FR = Country(
    "fr", "fr",
    ("Marie", "Pierre", "Camille", "Nicolas", "Sophie", "Julien", "Hélène"),
    ("Dupont", "Lefèvre", "Moreau", "Girard", "Rousseau", "Fontaine", "Mercier"),
    ("Nom et prénom", "Nom", "Titulaire du compte", "Interlocuteur"),
    ("M.", "Mme", "Monsieur", "Madame"), ("Cordialement,", "Bien cordialement"),
    ("01 ## ## ## ##", "06.##.##.##.##", "+33 6 ## ## ## ##", "+33 (0)1 ## ## ## ##", "07########", "0033 4 ## ## ## ##"),
    ("Tél.", "Téléphone", "Portable", "Fax", "Mobile"), "FR", ("IBAN", "Compte", "Compte bancaire"),
    (
        Kind("national_id_fr", w(make.nir, as_is, by(1, 2, 2, 2, 3, 3, 2)), ("N° de sécurité sociale", "NIR", "Numéro de sécurité sociale")),
        Kind("tax_id_fr", w(make.french_vat, as_is, lambda n: f"FR {n[2:4]} {n[4:7]} {n[7:10]} {n[10:]}"), ("TVA intracommunautaire", "N° TVA")),
        Kind("tax_id_fr", w(make.spi, as_is, by(2, 2, 3, 3, 3)), ("Numéro fiscal", "N° fiscal"), bare=False),
    ),
    ("Vous trouverez ci-joint les documents demandés.", "Merci de régler le montant sous trente jours.",
     "Nous avons mis à jour vos coordonnées."),
    ("Commande n° 45########", "Facture n° F2025-0####", "Réf. 10######", "Montant : 1 2##,90 €", "Date : 14/03/2025", "N° client 70####"),
)  # fmt: skip

IT = Country(
    "it", "it",
    ("Giulia", "Marco", "Francesca", "Alessandro", "Paola", "Lorenzo"),
    ("Rossi", "Bianchi", "Esposito", "Ricci", "Marino", "Greco"),
    ("Nome e Cognome", "Intestatario", "Referente"),
    ("Sig.", "Sig.ra", "Signora"), ("Cordiali saluti", "Distinti saluti,"),
    ("333 #######", "+39 347 ### ####", "02 ########", "+39 06 #######", "338-#######", "(011) ######"),
    ("Tel.", "Telefono", "Cellulare", "Fax"), "IT", ("IBAN", "Conto corrente"),
    (Kind("national_id_it", w(make.codice_fiscale, as_is, by(3, 3, 5, 5)), ("Codice Fiscale", "C.F.", "Cod. Fisc.")),),
    ("In allegato trova la documentazione richiesta.", "La preghiamo di saldare l'importo entro trenta giorni."),
    ("Ordine n. 45########", "Fattura n. 2025/0####", "Codice articolo 10######", "Importo: 1.2##,90 €", "Data: 14/03/2025"),
)  # fmt: skip

NL = Country(
    "nl", "nl",
    ("Sanne", "Pieter", "Femke", "Jeroen", "Lotte", "Maarten"),
    ("de Vries", "Jansen", "van den Berg", "Bakker", "Visser", "Smit"),
    ("Naam", "Contactpersoon", "Rekeninghouder"),
    ("Dhr.", "Mevr.", "De heer", "Mevrouw"), ("Met vriendelijke groet,", "Hoogachtend"),
    ("06-########", "020-#######", "+31 6 ########", "(010) ### ## ##", "+31 (0)20 ### ####", "0318-######", "06 ## ## ## ##"),
    ("Tel.", "Telefoon", "Mobiel", "Telefoonnummer"), "NL", ("IBAN", "Rekeningnummer"),
    (
        Kind("national_id_nl", w(make.bsn, as_is, by(3, 3, 3), by(4, 2, 3, sep=".")), ("BSN", "Burgerservicenummer")),
        Kind("tax_id_nl", w(make.dutch_vat, as_is, lambda n: f"NL {n[2:6]}.{n[6:8]}.{n[8:11]}.{n[11:]}"), ("BTW-nummer", "BTW nr.", "Btw-id")),
    ),
    ("Bijgaand ontvangt u de gevraagde documenten.", "Wij verzoeken u het bedrag binnen veertien dagen over te maken."),
    ("Bestelnummer: 45#######", "Factuurnummer 2025-0####", "Artikelnr. 10######", "Bedrag: € 1.2##,90", "Datum: 14-03-2025", "KvK 1#######"),
)  # fmt: skip

ES = Country(
    "es", "es",
    ("María", "Javier", "Lucía", "Carlos", "Carmen", "Sergio"),
    ("García López", "Fernández", "Martínez Ruiz", "Sánchez", "Romero", "Navarro Gil"),
    ("Nombre y apellidos", "Titular", "Persona de contacto"),
    ("Sr.", "Sra.", "D.", "Don"), ("Atentamente,", "Un cordial saludo"),
    ("612 ### ###", "91 ### ## ##", "+34 6## ### ###", "93# ## ## ##", "+34 91 ### ## ##", "654######"),
    ("Tel.", "Teléfono", "Móvil", "Fax"), "ES", ("IBAN", "Cuenta"),
    (
        Kind("national_id_es", w(make.dni, as_is, lambda n: f"{n[:8]}-{n[8]}", lambda n: f"{n[:2]}.{n[2:5]}.{n[5:8]}-{n[8]}"), ("DNI", "NIF", "D.N.I.")),
        Kind("national_id_es", w(make.nie, as_is, lambda n: f"{n[0]}-{n[1:8]}-{n[8]}"), ("NIE",)),
        Kind("tax_id_es", w(make.cif, as_is, lambda n: f"{n[0]}-{n[1:]}"), ("CIF", "NIF", "C.I.F.")),
    ),
    ("Adjunto encontrará la documentación solicitada.", "Le rogamos que abone el importe en un plazo de treinta días."),
    ("Pedido n.º 45########", "Factura n.º 2025/0####", "Referencia 10######", "Importe: 1.2##,90 €", "Fecha: 14/03/2025"),
)  # fmt: skip

PL = Country(
    "pl", "pl",
    ("Anna", "Piotr", "Katarzyna", "Tomasz", "Agnieszka", "Michał"),
    ("Kowalski", "Nowak", "Wiśniewska", "Wójcik", "Kamińska", "Zieliński"),
    ("Imię i nazwisko", "Osoba kontaktowa", "Posiadacz rachunku"),
    ("Pan", "Pani"), ("Z poważaniem", "Pozdrawiam,"),
    ("601 ### ###", "+48 22 ### ## ##", "+48 5## ### ###", "(22) ### ## ##", "12 ### ## ##"),
    ("Tel.", "Telefon", "Komórka", "Faks"), "PL", ("IBAN", "Nr rachunku", "Konto"),
    (
        Kind("national_id_pl", w(make.pesel, as_is), ("PESEL", "Nr PESEL")),
        Kind("tax_id_pl", w(make.nip, as_is, by(3, 3, 2, 2, sep="-"), by(3, 2, 2, 3, sep="-")), ("NIP", "Numer NIP")),
    ),
    ("W załączeniu przesyłam wymagane dokumenty.", "Prosimy o uregulowanie kwoty w terminie czternastu dni."),
    ("Zamówienie nr 45########", "Faktura nr FV/2025/0####", "Indeks 10######", "Kwota: 1 2##,90 zł", "Data: 14.03.2025"),
)  # fmt: skip

UK = Country(
    "uk", "en",
    ("Emma", "James", "Charlotte", "William", "Grace", "Oliver"),
    ("Smith", "Taylor", "Walker", "Wright", "Hughes", "Bennett"),
    ("Full Name", "Name", "Account Holder", "Contact Person"),
    ("Mr", "Mrs", "Ms", "Dr"), ("Kind regards,", "Yours sincerely,"),
    ("020 7### ####", "07### ######", "+44 20 7### ####", "+44 (0)161 ### ####", "0161 ### ####", "+44 7### ### ###", "01865 ######"),
    ("Tel", "Phone", "Mobile", "Telephone"), "GB", ("IBAN", "Account"),
    (
        Kind("national_id_uk", w(make.nino, as_is, by(2, 2, 2, 2, 1)), ("National Insurance No", "NI number", "NINO")),
        Kind("national_id_uk", w(make.nhs, by(3, 3, 4), as_is), ("NHS Number", "NHS No"), bare=False),
    ),
    ("Please find the requested documents attached.", "We kindly ask you to pay the amount within thirty days."),
    ("Order no: 45########", "Invoice INV-2025-0####", "Part no. 10######", "Amount: £1,2##.90", "Date: 14 March 2025"),
)  # fmt: skip

US = Country(
    "us", "en",
    ("Jennifer", "Michael", "Ashley", "Christopher", "Amanda", "Joshua"),
    ("Johnson", "Brown", "Davis", "Miller", "Anderson", "Thompson"),
    ("Name", "Full Name", "Employee Name", "Account Holder"),
    ("Mr.", "Mrs.", "Ms.", "Dr."), ("Sincerely,", "Best regards,"),
    ("(415) 55#-####", "212-55#-####", "+1 305 55# ####", "+1-650-55#-####", "617.55#.####", "1-800-55#-####"),
    ("Phone", "Cell", "Tel", "Fax"), "GB", ("IBAN",),
    (Kind("ssn_us", w(make.ssn, by(3, 2, 4, sep="-")), ("SSN", "Social Security Number", "Social Security No.")),),
    ("Please find the requested documents attached.", "Your information was updated as follows."),
    ("Order #45########", "Invoice No. 2025-0####", "SKU 10######", "Total: $1,2##.90", "Date: 03/14/2025", "ZIP 94###-####"),
)  # fmt: skip

AT = Country(
    "at", "de", DE.given, ("Gruber", "Huber", "Steiner", "Moser"), DE.name_labels, DE.titles, DE.closings,
    ("+43 1 ### ## ##", "0664 #######", "+43 (0) 512 ######", "01 / ### ## ##"), DE.phone_labels, "AT", DE.iban_labels,
    (Kind("national_id_at", w(make.austrian_insurance, as_is, by(4, 6)), ("Sozialversicherungsnummer", "SVNR", "SV-Nr.")),),
    DE.prose, DE.others,
)  # fmt: skip
BE = Country(
    "be", "nl", NL.given, ("Peeters", "Janssens", "Maes", "Claes"), NL.name_labels, NL.titles, NL.closings,
    ("+32 2 ### ## ##", "0470 ## ## ##", "02 ### ## ##", "+32 475 ## ## ##"), NL.phone_labels, "BE", NL.iban_labels,
    (Kind("national_id_be", w(make.belgian_register, as_is, lambda n: f"{n[:2]}.{n[2:4]}.{n[4:6]}-{n[6:9]}.{n[9:]}"), ("Rijksregisternummer", "INSZ")),),
    NL.prose, NL.others,
)  # fmt: skip
SE = Country(
    "se", "sv", ("Anna", "Lars", "Karin", "Erik"), ("Andersson", "Lindqvist", "Nilsson"), ("Namn", "Full name"), ("Herr", "Fru"),
    ("Med vänliga hälsningar",), ("070-### ## ##", "+46 70 ### ## ##", "08-### ### ##", "+46 8 ### ## ##"), ("Tel", "Telefon", "Mobil"),
    "SE", ("IBAN", "Konto"), (Kind("national_id_se", w(make.personnummer, by(6, 4, sep="-")), ("Personnummer", "Personnr")),),
    ("Bifogat finner du de begärda handlingarna.",), ("Order 45########", "Faktura 2025-0####", "Datum: 2025-03-14", "Belopp: 1 2##,90 kr"),
)  # fmt: skip
DK = Country(
    "dk", "da", ("Mette", "Jens", "Søren", "Lone"), ("Hansen", "Sørensen", "Møller"), ("Navn", "Full name"), ("Hr.", "Fru"),
    ("Med venlig hilsen",), ("+45 ## ## ## ##", "20 ## ## ##", "+45 33## ####"), ("Tlf.", "Telefon", "Mobil"), "DK", ("IBAN", "Konto"),
    (Kind("national_id_dk", w(make.cpr, by(6, 4, sep="-")), ("CPR-nr.", "CPR-nummer")),),
    ("Vedlagt finder du de ønskede dokumenter.",), ("Ordre 45########", "Faktura 2025-0####", "Dato: 14.03.2025", "Beløb: 1.2##,90 kr."),
)  # fmt: skip
FI = Country(
    "fi", "fi", ("Matti", "Anna", "Jukka", "Päivi"), ("Korhonen", "Virtanen", "Mäkinen"), ("Nimi", "Full name"), ("Herra", "Rouva"),
    ("Ystävällisin terveisin",), ("040 ### ####", "+358 40 ### ####", "09 ### ####", "+358 9 ### ###"), ("Puh.", "Puhelin"), "FI", ("IBAN", "Tilinumero"),
    (Kind("national_id_fi", make.hetu, ("Henkilötunnus", "Hetu")),),
    ("Liitteenä pyytämänne asiakirjat.",), ("Tilaus 45########", "Lasku 2025-0####", "Päiväys 14.3.2025", "Summa: 1 2##,90 €"),
)  # fmt: skip
PT = Country(
    "pt", "pt", ("João", "Ana", "Tiago", "Inês"), ("Silva", "Ferreira", "Carvalho"), ("Nome completo", "Nome"), ("Sr.", "Sra."),
    ("Com os melhores cumprimentos", "Atenciosamente,"), ("912 ### ###", "+351 21# ### ###", "21 ### ## ##", "+351 96# ### ###"),
    ("Tel.", "Telefone", "Telemóvel"), "PT", ("IBAN", "Conta"),
    (Kind("national_id_pt", w(make.portuguese_tax, as_is, by(3, 3, 3)), ("NIF", "Contribuinte", "N.º de contribuinte")),),
    ("Em anexo encontra os documentos pedidos.",), ("Encomenda n.º 45########", "Fatura n.º 2025/0####", "Data: 14/03/2025", "Total: 1.2##,90 €"),
)  # fmt: skip

COUNTRIES = (TR, DE, FR, IT, NL, ES, PL, UK, US, AT, BE, SE, DK, FI, PT)
IBAN_TYPES = {"TR": "iban_tr", "DE": "iban_de", "FR": "iban_fr", "IT": "iban_it"}
PLACES = {
    "tr": ("Mustafa Kemal Bulvarı No: 5", "Ali Rıza Usta Sokak 3", "Mehmet Öz İnşaat Ltd. Şti.", "Cemal Gürsel Caddesi"),
    "de": ("Anna-Seghers-Straße 7", "Thomas Mann Allee 12", "Werner Schulz GmbH & Co. KG", "Karl Marx Platz", "Otto Versand AG"),
    "fr": ("8 rue Jean Jaurès", "avenue Charles de Gaulle 12", "Pierre Fabre SA", "boulevard Henri Barbusse", "Louis Vuitton Malletier SAS"),
    "it": ("via Marco Polo 9", "piazza Antonio Gramsci", "Carlo Conti S.p.A.", "corso Vittorio Emanuele II"),
    "nl": ("Willem de Zwijgerlaan 4", "Anna Paulownastraat 9", "Hendrik Smit B.V.", "Pieter Calandlaan"),
    "es": ("Avenida José Antonio 4", "Plaza Antonio Machado", "Francisco Ros S.L.", "Paseo María Cristina"),
    "pl": ("ul. Adama Mickiewicza 3", "ul. Stanisława Moniuszki 7", "Piotr Skarga sp. z o.o.", "al. Józefa Piłsudskiego"),
    "en": ("22 Charles Darwin Road", "George Washington Avenue", "Peter Jones Ltd", "Henry Schein Inc.", "Victoria Park Street"),
}  # fmt: skip
NOBODYS = (
    "v4.12.0.3", "Version 10.2.1.7", "2025-03-14T09:41:27Z", "EAN 400638133####", "sha256: 9f86d081884c7d659a2feaa0c55ad015",
    "41.0082, 28.9784", "3f2504e0-4f89-41d3-9a0c-0305e82c3301", "100 x 25 mm", "12:45:10", "§ 312 Abs. 2", "99,95 %", "2024/25",
    "ISBN 978-3-16-148410-0", "SW-2210-448", "1.234.567,89", "p. 12-18", "A4 210 x 297",
)  # fmt: skip


def name_of(rng: Random, country: Country) -> Value:
    name = f"{rng.choice(country.given)} {rng.choice(country.family)}"
    return Value("name", name.upper() if rng.random() < 0.1 and country.code == "tr" else name, rng.choice(country.name_labels))


def phone_of(rng: Random, country: Country) -> Value:
    return Value(f"phone_{country.code}", filled(rng, rng.choice(country.phones)), rng.choice(country.phone_labels))


def iban_of(rng: Random, country: Country) -> Value:
    number = make.iban(rng, country.iban)
    written = rng.choice((number, fours(number), fours(number)))
    return Value(IBAN_TYPES.get(country.iban, "iban"), written, rng.choice(country.iban_labels))


def email_of(rng: Random, _country: Country) -> Value:
    user = rng.choice(("info", "a.weber", "m_rossi", "jane-doe", "k.nowak77", "satis", "x.y"))
    return Value("email", f"{user}@{rng.choice(('firma.de', 'ornek.com.tr', 'mail.example.co.uk', 'acme.io'))}", "E-mail")


def card_of(rng: Random, _country: Country) -> Value:
    number = make.card(rng)
    sizes = (4, 6, 5) if len(number) == 15 else (4, 4, 4, 4)
    return Value("credit_card", rng.choice((number, grouped(number, *sizes), grouped(number, *sizes, by="-"))), "Card")


def address_of(rng: Random, _country: Country) -> Value:
    return rng.choice((Value("ip", make.ip(rng), "IP"), Value("ip_v6", make.ip_v6(rng), "IP address")))


def kind_of(rng: Random, country: Country, *, bare: bool = False) -> Value:
    kind = rng.choice([k for k in country.kinds if k.bare or not bare])
    return Value(kind.type, kind.make(rng), rng.choice(kind.labels))


UNIVERSAL = (phone_of, iban_of, email_of, card_of, address_of)


def other(rng: Random, country: Country) -> str:
    places = PLACES.get(country.language, NOBODYS)
    return filled(rng, rng.choice(rng.choice((country.others, country.others, NOBODYS, NOBODYS, places))))


def values(rng: Random, country: Country, *, bare: bool = False) -> list[Value]:
    chosen = [rng.choice(UNIVERSAL)(rng, country) for _ in range(2)]
    return [*chosen, kind_of(rng, country, bare=bare), kind_of(rng, country, bare=bare)]


Pieces = list[str | Value]


def form(rng: Random, country: Country) -> Pieces:
    pieces: Pieces = [f"{other(rng, country)}\n"]
    for value in (name_of(rng, country), *values(rng, country)):
        pieces += [f"{value.label}{rng.choice((': ', ' : ', ':  ', chr(9), ' ..... ', ' – ', ' | ', ' '))}", value, "\n"]
    return [*pieces, other(rng, country), "\n"]


def above(rng: Random, country: Country) -> Pieces:
    pieces: Pieces = [f"{rng.choice(country.prose)}\n\n"]
    for value in values(rng, country):
        pieces += [f"{value.label}\n", value, "\n\n"]
    return [*pieces, other(rng, country), "\n"]


def table(rng: Random, country: Country) -> Pieces:
    gap = rng.choice(("\t", "\t", "  ", "   |   ", "; ", ";", " | "))
    columns = (name_of, rng.choice(UNIVERSAL[:2]), kind_of)
    seed = rng.random()
    rows = [[column(Random(seed), country) for column in columns]]
    heads = [value.label for value in rows[0]]
    pieces: Pieces = [gap.join((*heads, "Ref")), "\n"]
    for _ in range(3):
        kind = next(k for k in country.kinds if heads[2] in k.labels)
        row = [columns[0](rng, country), columns[1](rng, country), Value(kind.type, kind.make(rng))]
        for value in row:
            pieces += [value, gap]
        pieces += [filled(rng, "A-####"), "\n"]
    return pieces


def letter(rng: Random, country: Country) -> Pieces:
    person = name_of(rng, country)
    pieces: Pieces = [f"{rng.choice(country.titles)} ", person, f"\n\n{rng.choice(country.prose)} {other(rng, country)}. "]
    for value in values(rng, country):
        pieces += [f"{value.label} ", value, ". "]
    return [*pieces, f"\n\n{rng.choice(country.closings)}\n", name_of(rng, country), "\n"]


def unlabelled(rng: Random, country: Country) -> Pieces:
    pieces: Pieces = []
    for value in values(rng, country, bare=True):
        pieces += [f"{rng.choice(country.prose)[:-1]} (", value, f"), {other(rng, country)}.\n"]
    return pieces


def mail(rng: Random, country: Country) -> Pieces:
    person = name_of(rng, country)
    return [
        "From: ", person, " <", email_of(rng, country), ">\nDate: Fri, 14 Mar 2025 09:41:27 +0100\nSubject: ",
        f"{other(rng, country)}\n\n{rng.choice(country.prose)}\n{other(rng, country)}\n\n{rng.choice(country.closings)}\n",
        name_of(rng, country), f"\n{rng.choice(country.phone_labels)}: ", phone_of(rng, country), "\n",
    ]  # fmt: skip


def invoice(rng: Random, country: Country) -> Pieces:
    lines: Pieces = [f"{o}\n" for o in (filled(rng, other) for other in country.others)]
    for place in range(3):
        lines.append(filled(rng, f"{place + 1}\t400638133####\tWidget {place}\t2\t1##,50\t2##,00\n"))
    bank, tax = iban_of(rng, country), kind_of(rng, country)
    return [*lines, f"{bank.label}: ", bank, " · BIC COBADEFFXXX · ", f"{tax.label}: ", tax, "\n"]


LAYOUTS = (form, above, table, letter, unlabelled, mail, invoice)


def development(seed: int, count: int) -> Iterator[Document]:
    """Documents of the development corpus: the same for the same seed."""
    rng = Random(seed)
    for number in range(count):
        country = COUNTRIES[number % len(COUNTRIES)]
        layout = LAYOUTS[number // len(COUNTRIES) % len(LAYOUTS)]
        locale, language = rng.choice((("und", country.language), (country.language, country.language), (country.code, "und")))
        yield document(layout(rng, country), locale, language, layout.__name__)

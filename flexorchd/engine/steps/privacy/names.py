"""Names of people: after labels, titles and greetings, before e-mail addresses, below closings, or by given name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from flexorchd.engine.model import Finding
from flexorchd.engine.steps.privacy.labels import Labels
from flexorchd.engine.steps.privacy.vocabulary import fold, given_names

_UPPER = "A-ZÀ-ÖØ-ÞĀĂĄĆĈĊČĎĐĒĘĚĞĢĪİĶĹĻĽŁŃŅŇŌŐŒŔŘŚŞŠŢŤŪŮŰŲŹŻŽȘȚ"
_INNER = r"[^\W\d_]"
_PARTICLE = (
    r"(?:van|von|vom|zu|zum|zur|de|del|della|dello|degli|di|da|dal|dos|das|do|du|des|la|le|der|den|ter|ten|"
    r"te|el|al|bin|ibn|y|e|af|av|Van|Von|De|Del|Della|Di|Da|Du|Der|Den|Ter|La|Le|Lo|El)"
)
_WORD = (
    rf"(?:[{_UPPER}]['’])?[{_UPPER}]{_INNER}{{1,24}}(?:[\-'’][{_UPPER}]?{_INNER}{{1,24}}){{0,2}}"
)
_INITIAL = rf"[{_UPPER}]\."
_NEXT = r"[ \u00a0]{1,2}"
_NAME = rf"(?:{_WORD}|{_INITIAL})(?:[ \u00a0]?(?<=\.){_WORD}|{_NEXT}(?:{_PARTICLE}{_NEXT}){{0,3}}(?:{_WORD}|{_INITIAL})){{0,4}}"
_DEGREE = (
    r"(?:Dr|Prof|Ing|Dipl\.-Ing|Mag|Av|Doç|Yrd|Uzm|mgr|inż|lek|dr|prof|hab|Ph\.?D|MSc|BSc|Dott|Dott\.ssa|Avv|Rag|"
    r"Geom|Arch|drs|mr|ir|ing|Lic|D|Dña|Me|Maître)\.?"
)
_TITLE = (
    r"Herrn?|Frau|Fr\.|Hr\.|Mr\.?|Mrs\.?|Ms\.?|Miss|Mister|Sir|Dame|Sayın|Sn\.|Bay|Bayan|M\.|MM\.|Mme\.?|Mlle|"
    r"Monsieur|Madame|Mademoiselle|Sig\.?(?:\.?ra|\.?na)?\.?|Signora?|Signorina|Signor|Sr\.?|Sra\.?|Srta\.?|Señora?|"
    r"Señorita|Don|Doña|D\.|D\.ª|Dña\.|[Dd]hr\.|[Mm]evr\.|[Mm]w\.|[Mm]evrouw|[Dd]e heer|[Dd]e [Hh]eer|Mevrouw|Heer|"
    r"Panu?|Pana|Panią?|Pani|Panie|Panem|Senhora?|Sr\.ª|Exmo\.? Sr\.?|Exma\.? Sra\.?|Herra|Rouva|Fru|Dott\.(?:ssa)?|"
    r"Dottor|Dottoressa|Ing\.|Avv\.|Av\.|Dr\.?|Prof\.?"
)
_TITLED = re.compile(
    rf"(?<!\w)(?:{_TITLE})(?:[ \u00a0]{{1,2}}{_DEGREE}){{0,3}}[ \u00a0]{{1,2}}({_NAME})"
)
_TITLED_AFTER = re.compile(
    rf"(?<!\w)({_WORD}(?:[ ]{_WORD}){{0,2}})[ ](?:Bey|Hanım|Beyefendi|Hanımefendi)(?!\w)"
)
_GREETED = re.compile(
    rf"(?m)^[ \t>]{{0,8}}(?:Dear|Hi|Hello|Hey|Hallo|Guten Tag|Liebe[r]?|Lieber|Cher|Chère|Bonjour|Salut|Caro|Cara|"
    rf"Gentile|Gent\.mo|Gent\.ma|Egregio|Ciao|Buongiorno|Spett\.le|Querid[oa]|Estimad[oa]|Hola|Buenos días|Beste|"
    rf"Geachte|Hoi|Dag|Drogi|Droga|Cześć|Szanown[yae]|Witaj|Dzień dobry|Sevgili|Merhaba|Selam|Değerli|Olá|Car[oa]|"
    rf"Prezad[oa]|Hej|Kära|Käre|Kære|Hei)[ ]({_NAME})[ ]{{0,2}}[,!:]?[ \t]*$"
)
_BEFORE_ADDRESS = re.compile(
    rf"(?:^|[:;,\t\"'>(]|(?<=\n))[ ]{{0,3}}\"?({_WORD}(?:,?[ ](?:{_PARTICLE}[ ]){{0,2}}(?:{_WORD}|{_INITIAL})){{1,3}})\"?[ ]{{0,2}}[<(\[]\x00?(?=[\x00\w])",
    re.MULTILINE,
)
_CLOSED = re.compile(
    r"(?im)^[ \t>]{0,8}(?:(?:mit )?(?:freundlichen?|besten?|herzlichen?|lieben?|viele(?:n)?) gr(?:ü|u|ue)(?:ß|ss)(?:e|en)?|hochachtungsvoll|"
    r"(?:kind|best|warm|warmest)?[ ]?regards|yours (?:sincerely|faithfully|truly)|sincerely(?: yours)?|respectfully|thanks|many thanks|thank you|cheers|"
    r"saygılarımla|saygılarımızla|sevgilerimle|sevgiler|saygılar|iyi çalışmalar|cordialement|bien cordialement|"
    r"(?:sincères )?salutations(?: distinguées)?|bien à vous|amicalement|(?:cordiali|distinti) saluti|un cordiale saluto|"
    r"saluti|in fede|atentamente|(?:un )?(?:cordial )?saludos?(?: cordiales?)?|reciba un cordial saludo|met vriendelijke groet(?:en)?|"
    r"hoogachtend|vriendelijke groet(?:en)?|groeten|z poważaniem|z wyrazami szacunku|pozdrawiam|serdecznie pozdrawiam|"
    r"atenciosamente|com os melhores cumprimentos|cumprimentos|med vänliga hälsningar|vänliga hälsningar|"
    r"med venlig hilsen|venlig hilsen|ystävällisin terveisin)[ ]{0,2}[,.!]?[ \t]*"
)
_SIGNATURE = re.compile(
    rf"(?:[ \t>]{{0,8}}\r?\n){{1,3}}[ \t>]{{0,8}}(?:{_DEGREE}[ ]){{0,2}}({_NAME})[ \t]*,?[ \t]*(?=\r?\n|$)"
)
_LABELLED = re.compile(
    rf"(?:(?:{_TITLE})[ \u00a0]{{1,2}})?(?:{_DEGREE}[ \u00a0]?){{0,3}}(?P<name>{_WORD},[ ]?{_NAME}|{_NAME})"
)
_LABELLED_LOWER = re.compile(
    rf"({_INNER}{{2,20}}(?:[ ]{_INNER}{{2,20}}){{1,2}})[ \t]*(?=[\r\n,;|\t]|$)"
)
_KNOWN = re.compile(
    rf"(?<![\w@.\-/])({_WORD}(?:{_NEXT}{_INITIAL}){{0,2}}(?:{_NEXT}(?:{_PARTICLE}{_NEXT}){{0,3}}{_WORD}){{1,3}})(?![\w@])"
)
_COMPANY = re.compile(
    r"[ \u00a0,]{0,2}(?:&|\+|GmbH|mbH|AG|KG|KGaA|OHG|GbR|UG|SE|eG|e\.K|e\.V|Ltd|Limited|LLC|LLP|PLC|plc|Inc|Corp|Co\b|Company|"
    r"Group|Holding|Bank|S\.?p\.?A|S\.?r\.?l|S\.?n\.?c|S\.?a\.?s|SARL|SASU?|SA\b|EURL|SCI|S\.A|S\.L|SLU?\b|B\.?V\b|N\.?V\b|"
    r"VOF|A\.?Ş|Ltd\. ?Şti|Şti|Sp\. ?z|sp\. ?z|S\.K|Lda|Oy\b|AB\b|ApS|A/S|AS\b|Tic\b|San\b|Ticaret|Sanayi|İnşaat|Holding|"
    r"und Söhne|and Sons|& Sons|et Fils|Fils|Söhne|Vakfı|Üniversitesi|University|Universität|Stiftung|Foundation|Schule|"
    r"School|Hospital|Hotel|Straße|Strasse|straße|Str\.|Platz|Allee|Weg\b|Street|St\.|Road|Rd\b|Avenue|Ave\b|Lane|Square|"
    r"Caddesi|Cad\.|Sokak|Sok\.|Sk\.|Bulvarı|Mahallesi|Mah\.|Blv\.)"
)
_ADDRESS_BEFORE = re.compile(
    r"(?:\b(?:rue|avenue|av\.|boulevard|bd|place|allée|chemin|via|viale|piazza|corso|largo|calle|c/|avenida|avda\.|plaza|"
    r"paseo|ul\.|ulica|al\.|aleja|pl\.|plac|os\.|san|santa|saint|st\.|sankt|rua|praça|straat|laan)(?: (?:de|du|des|della|del|di|la|le|van|den|der|św\.|gen\.|ks\.)){0,3})[ ]$",
    re.IGNORECASE,
)
_NOT_NAMES = frozenset(
    [
        "sir",
        "madam",
        "madame",
        "team",
        "all",
        "customer",
        "customers",
        "client",
        "colleague",
        "colleagues",
        "everyone",
        "friend",
        "friends",
        "partner",
        "user",
        "member",
        "damen",
        "herren",
        "kunde",
        "kunden",
        "kundin",
        "kollegen",
        "kolleginnen",
        "zusammen",
        "alle",
        "interessierte",
        "mitglied",
        "monsieur",
        "messieurs",
        "mesdames",
        "clients",
        "cliente",
        "clienti",
        "clientes",
        "signori",
        "señores",
        "senores",
        "señor",
        "señora",
        "klanten",
        "klant",
        "heer",
        "mevrouw",
        "collega",
        "państwo",
        "klienci",
        "kliencie",
        "panie",
        "pani",
        "pan",
        "müşterimiz",
        "müşteri",
        "müşterilerimiz",
        "yetkili",
        "ilgili",
        "doktor",
        "beyefendi",
        "hanımefendi",
        "kişi",
        "invoice",
        "rechnung",
        "facture",
        "fattura",
        "factura",
        "faktura",
        "fatura",
        "date",
        "datum",
        "total",
        "betrag",
        "amount",
        "address",
        "adresse",
        "anschrift",
        "street",
        "city",
        "country",
        "phone",
        "telefon",
        "email",
        "mail",
        "company",
        "firma",
        "department",
        "abteilung",
        "manager",
        "director",
        "geschäftsführer",
        "position",
        "title",
        "signature",
        "unterschrift",
        "name",
        "vorname",
        "nachname",
        "soyad",
        "soyadı",
        "adı",
        "nom",
        "prénom",
        "nome",
        "cognome",
        "nombre",
        "apellidos",
        "naam",
        "imię",
        "nazwisko",
        "tel",
        "fax",
        "iban",
        "bic",
        "nr",
        "no",
        "number",
        "nummer",
        "tarih",
        "tutar",
        "adres",
        "şirket",
        "bölüm",
        "ünvan",
        "unvan",
        "the",
        "and",
        "und",
        "et",
        "ed",
        "y",
        "ve",
        "i",
        "oraz",
        "en",
        "for",
        "für",
        "pour",
        "per",
        "para",
        "voor",
        "dla",
        "please",
        "bitte",
        "see",
        "unknown",
        "none",
        "yes",
        "ja",
        "oui",
        "sí",
        "si",
        "tak",
        "evet",
        "not",
        "nein",
        "non",
        "geen",
        "nie",
        "hayır",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "january",
        "february",
        "march",
        "april",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "montag",
        "dienstag",
        "mittwoch",
        "donnerstag",
        "freitag",
        "samstag",
        "sonntag",
        "januar",
        "februar",
        "märz",
        "juni",
        "juli",
        "oktober",
        "dezember",
        "this",
        "that",
        "your",
        "our",
        "with",
        "from",
        "ihr",
        "ihre",
        "unser",
        "unsere",
        "votre",
        "notre",
        "uw",
        "ons",
        "wasz",
        "sizin",
        "bizim",
        "details",
        "information",
        "service",
        "support",
        "human",
        "resources",
        "accounts",
        "sales",
        "vertrieb",
        "buchhaltung",
        "personal",
        "personalabteilung",
        "einkauf",
        "office",
        "büro",
        "deutschland",
        "germany",
        "france",
        "italia",
        "italy",
        "españa",
        "spain",
        "nederland",
        "netherlands",
        "polska",
        "poland",
        "türkiye",
        "turkey",
        "österreich",
        "austria",
    ]
)


def people(text: str, labels: Labels) -> Iterator[Finding]:
    """Names that the document's own form gives away."""
    for pattern in (_BEFORE_ADDRESS, _TITLED, _TITLED_AFTER, _GREETED):
        for match in pattern.finditer(text):
            yield from _person(text, *match.span(1))
    for closing in _CLOSED.finditer(text):
        if signature := _SIGNATURE.match(text, closing.end()):
            yield from _person(text, *signature.span(1))
    for offset, kinds in labels.announced.items():
        if not kinds.isdisjoint(("name", "name_perhaps")):
            yield from _labelled(text, offset, sure="name" in kinds)


def _labelled(text: str, offset: int, *, sure: bool) -> Iterator[Finding]:
    if match := _LABELLED.match(text, offset):
        for finding in _person(text, *match.span("name")):
            if (
                sure
                or _is_known(text[finding.start : finding.end])
                or " " in text[finding.start : finding.end]
            ):
                yield finding
    elif sure and (lower := _LABELLED_LOWER.match(text, offset)) and _is_known(lower.group(1)):
        yield Finding(lower.start(1), lower.end(1), "name")


def _is_known(name: str) -> bool:
    return fold(re.split(r"[ \u00a0\-,]", name, maxsplit=1)[0]) in given_names()


def known(text: str) -> Iterator[Finding]:
    """A common given name followed by a surname, where it is not part of a company, a street or a place."""
    for match in _KNOWN.finditer(text):
        start = _first_given(text, *match.span(1))
        if start is not None and not _ADDRESS_BEFORE.search(text, max(0, start - 24), start):
            for finding in _person(text, start, match.end(1)):
                if " " in text[finding.start : finding.end]:
                    yield finding


def _first_given(text: str, start: int, end: int) -> int | None:
    for word in re.finditer(rf"{_INNER}+", text[start:end]):
        if fold(word.group()) in given_names():
            return start + word.start()
    return None


def _person(text: str, start: int, end: int) -> Iterator[Finding]:
    """The name without what is no name at its end; nothing where a company's name was read."""
    if _COMPANY.match(text, end):
        return
    words = list(re.finditer(r"[^ \u00a0,]+", text[start:end]))
    keep = 0
    for word in words:
        if fold(word.group()).strip(".") in _folded_stops():
            break
        keep = word.end()
    name = text[start : start + keep].rstrip("., ")
    if len(name) > 1 and not _COMPANY.search(name) and not re.fullmatch(_PARTICLE, name):
        yield Finding(start, start + len(name), "name")


def is_company(name: str) -> bool:
    """Whether a name ends, or goes on, as companies' names do."""
    return bool(_COMPANY.search(name))


@cache
def _folded_stops() -> frozenset[str]:
    return frozenset(map(fold, _NOT_NAMES))

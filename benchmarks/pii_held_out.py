"""The held-out corpus: other templates, other writings, other names than the development corpus.

Patterns are not written against it. Its mistakes are counted, a type at a time, and not read one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from benchmarks import pii_numbers as make
from benchmarks.pii_corpus import Document, Pieces, Value, document, filled

Writer = Callable[[Random], str]


def cut(number: str, pattern: str) -> str:
    """A number laid over a pattern: each ``x`` takes its next character."""
    rest = iter(number)
    return "".join(next(rest) if char == "x" else char for char in pattern)


def like(maker: Writer, *patterns: str) -> Writer:
    return lambda rng: cut(maker(rng), rng.choice(patterns)) if patterns else maker(rng)


@dataclass(frozen=True, slots=True)
class Thing:
    """A type of number in a country: its writings, and how sentences and forms announce it."""

    type: str
    write: Writer
    heads: tuple[str, ...]
    said: tuple[str, ...]
    alone: bool = True


@dataclass(frozen=True, slots=True)
class Land:
    """A country's documents."""

    code: str
    language: str
    people: tuple[str, ...]
    greetings: tuple[str, ...]
    ends: tuple[str, ...]
    person_heads: tuple[str, ...]
    phones: tuple[str, ...]
    phone_heads: tuple[str, ...]
    phone_said: tuple[str, ...]
    bank: str
    bank_said: tuple[str, ...]
    things: tuple[Thing, ...]
    sentences: tuple[str, ...]
    numbers: tuple[str, ...]


LANDS = (
    Land(
        "tr", "tr",
        ("Gökhan Tunalı", "Nilüfer Akbaş", "Barış Özkan", "Şebnem Uysal", "Tarık Bulut", "Canan Ergin"),
        ("Sayın {},", "Merhaba {},"), ("İyi çalışmalar,\n{}", "Saygılarımla\n{}"), ("Adı ve Soyadı", "Teslim Alan", "İlgili Kişi", "ADI SOYADI"),
        ("0 (532) ### ## ##", "+90 (5##) ### ## ##", "0.541.###.##.##", "+90-216-###-##-##", "0(224)#######", "90 532 ### ## ##", "00 90 537 ### ####", "0505 ### ####"),
        ("Cep", "Telefon Numarası", "İrtibat Tel.", "Tel/Faks"), ("Bana {} numarasından ulaşabilirsiniz.", "Telefonum {}, mesai saatleri içinde arayabilirsiniz."),
        "TR", ("Ödemeyi {} numaralı hesaba yapınız.", "IBAN'ımız: {}"),
        (
            Thing("national_id_tr", like(make.tckn, "xxxxxxxxxxx", "xxx xxx xxx xx"), ("TC Kimlik", "T.C. KİMLİK NUMARASI", "TCKN/VKN"), ("T.C. kimlik numaram {}.", "{} kimlik numaralı sigortalı başvurmuştur.")),
            Thing("tax_id_tr", like(make.vkn, "xxxxxxxxxx", "xxx xxx xx xx"), ("Vergi Kimlik Numarası", "V.K.N.", "Vergi Dairesi / No: Kadıköy"), ("Şirketimizin vergi numarası {} olarak kayıtlıdır.",)),
            Thing("emeklilik_no", lambda r: make.digits(r, 10), ("Emekli Sicil Numarası", "Emeklilik No"), ("Emekli sicil numaram {}.",), alone=False),
            Thing("bagkur_no", lambda r: make.digits(r, 11), ("BAĞ-KUR No", "Bağkur Sicil Numarası"), ("Bağkur numarası {} olan sigortalı.",), alone=False),
            Thing("isyeri_sicil_no", lambda r: make.digits(r, 8), ("İşyeri Sicil Numarası", "SGK İşyeri Sicil No"), ("İşyeri sicil numaramız {}.",), alone=False),
        ),
        ("Toplantı notlarını dün akşam sizinle paylaştım, uygun olduğunuzda bakabilirsiniz.", "Kargo bedeli alıcıya aittir ve iade süresi on dört gündür.", "Atatürk Caddesi No: 112 Kat 4, 34710 Kadıköy / İstanbul", "Anadolu Lojistik Sanayi ve Ticaret A.Ş. adına düzenlenmiştir."),
        ("Dekont No 20250314######", "Stok Kodu: 86900########", "Poliçe no: 30########", "Toplam 118.4##,00 ₺", "Ada 1204 Parsel 17", "Sözleşme No: 2025/####"),
    ),
    Land(
        "de", "de",
        ("Friederike Lindemann", "Holger Brandt", "Ayşegül Kaya", "Benedikt Freiherr von Aretin", "Corinna Hübsch", "Detlef Pohl"),
        ("Sehr geehrte Frau {},", "Sehr geehrter Herr {},", "Guten Tag Herr {},"), ("Freundliche Grüße\n\n{}", "Viele Grüße\n{}"), ("Name, Vorname", "Kontakt", "Sachbearbeiter", "Versicherte Person"),
        ("+49/30/#######", "(0 89) ## ## ##", "0177-#######", "+49(0)4121-######", "0049 (0)151 ########", "tel:+4930########", "0 30 / 12 ## ##-0", "05251 8#-####"),
        ("Fon", "Telefon (privat)", "Mobiltelefon", "Rückrufnummer"), ("Sie erreichen mich unter {} oder per E-Mail.", "Rufen Sie uns an: {}"),
        "DE", ("Bitte überweisen Sie auf das Konto {} bei der Sparkasse.", "Der Betrag wird von {} eingezogen."),
        (
            Thing("tax_id_de", like(make.steuer_id, "xxxxxxxxxxx", "xx xxx xxx xxx"), ("Steuerliche Identifikationsnummer", "Identifikationsnummer (IdNr)", "Steuer-IdNr."), ("Meine Steuer-ID lautet {}.", "Unter der IdNr. {} werden Sie geführt.")),
            Thing("tax_id_de", like(make.german_vat, "xxxxxxxxxxx", "xx xxx xxx xxx"), ("Umsatzsteuer-Identifikationsnummer", "USt.-ID-Nr.", "VAT ID"), ("Unsere USt-IdNr. ist {}.",)),
            Thing("tax_id_de", lambda r: filled(r, r.choice(("###/####/####", "## / ### / #####"))), ("Steuer-Nr.", "St.Nr."), ("Steuernummer {} beim Finanzamt Köln-Mitte.",), alone=False),
            Thing("national_id_de", like(make.german_insurance, "xxxxxxxxxxxx", "xx xxxxxx x xxx"), ("Rentenversicherungsnummer", "RV-Nummer"), ("Die Sozialversicherungsnummer {} bitte stets angeben.",)),
        ),
        ("Die Wartung der Anlage erfolgt gemäß DIN EN 16931 einmal im Quartal.", "Martin-Luther-Straße 5, 10777 Berlin", "Robert Bosch GmbH, Abteilung Einkauf", "Für Rückfragen stehen wir Ihnen jederzeit gern zur Verfügung."),
        ("Vorgang 2025-03-##########", "Zählernummer 1ESY11########", "Auftrag Nr. 8########", "Summe 1.2##.567,89 €", "HRB 1#####", "Sendungsnummer 003404341#########", "Leitweg-ID 04011000-12345-##"),
    ),
    Land(
        "fr", "fr",
        ("Bérengère Vasseur", "Gaëtan Lemoine", "Solène Perrot", "Thibault de La Roche", "Yasmina Benali"),
        ("Madame {},", "Cher Monsieur {},", "Bonjour {},"), ("Bien à vous,\n{}", "Salutations distinguées\n\n{}"), ("Nom complet", "Titulaire", "À l'attention de", "Bénéficiaire"),
        ("+33.1.##.##.##.##", "01.##.##.##.##", "+33 (0) 6 ## ## ## ##", "06-##-##-##-##", "0033 1 ########", "+336########", "06 ## ### ###"),
        ("Tél. fixe", "Tél. portable", "Mob.", "Télécopie"), ("Vous pouvez me joindre au {} en journée.", "Mon numéro est le {}."),
        "FR", ("Le virement est à effectuer sur le compte {}.", "RIB : {}"),
        (
            Thing("national_id_fr", like(make.nir, "xxxxxxxxxxxxxxx", "x xx xx xx xxx xxx xx", "x.xx.xx.xx.xxx.xxx.xx"), ("Numéro de sécu", "N° SS", "Immatriculation SS"), ("Mon numéro de sécurité sociale est le {}.",)),
            Thing("tax_id_fr", like(make.french_vat, "xxxxxxxxxxxxx", "xx xx xxxxxxxxx", "xx xx xxx xxx xxx"), ("N° de TVA intracommunautaire", "Identifiant TVA", "TVA"), ("Notre numéro de TVA est {}.",)),
            Thing("tax_id_fr", like(make.siret, "xxx xxx xxx xxxxx", "xxxxxxxxxxxxxx"), ("SIRET", "N° SIRET"), ("Société immatriculée sous le SIRET {}.",), alone=False),
            Thing("tax_id_fr", like(make.spi, "xxxxxxxxxxxxx", "xx xx xxx xxx xxx"), ("Votre numéro fiscal", "Numéro SPI"), ("Votre numéro fiscal est {}.",), alone=False),
        ),
        ("Le rapport d'activité sera présenté lors de la prochaine assemblée.", "12, rue Victor Hugo, 69002 Lyon", "Établissements Paul Martin SARL", "Les délais de livraison sont donnés à titre indicatif."),
        ("Dossier 2025/#######", "N° de suivi 6A########", "Devis D-########", "Total TTC 1 2##,90 €", "Police n° 45########", "RCS Lyon B", "Code article 376########"),
    ),
    Land(
        "it", "it",
        ("Ludovica Ferraris", "Gianluca De Santis", "Mirko Pellegrini", "Noemi Caruso", "Ettore D'Amico"),
        ("Gentile Sig. {},", "Egregio Dott. {},", "Ciao {},"), ("Un cordiale saluto\n{}", "In fede,\n{}"), ("Cognome e nome", "Intestatario del conto", "Dipendente"),
        ("+39.333.#######", "349/#######", "02-########", "+39 (06) ########", "0039 348 ### ## ##", "+3933########", "055 ### ####"),
        ("Cell.", "Recapito telefonico", "Tel. ufficio"), ("Mi può chiamare al {} dopo le 14.", "Il mio cellulare è {}."),
        "IT", ("Bonifico sul conto {} intestato alla società.", "Coordinate bancarie: {}"),
        (Thing("national_id_it", like(make.codice_fiscale, "xxxxxxxxxxxxxxxx", "xxx xxx xxxxx xxxxx", "xxxxxx xxxxx xxxxx"), ("Codice fiscale", "CF", "C.F. / P.IVA"), ("Il mio codice fiscale è {}.", "nato a Torino, c.f. {}, residente in città")),),
        ("La consegna avverrà presso il magazzino di via Giuseppe Verdi 12, 20121 Milano.", "Fratelli Marco Rossi S.r.l. - Unipersonale", "Restiamo a disposizione per ogni chiarimento."),
        ("Pratica n. 2025/######", "Cod. cliente 00####", "DDT n. ####", "POD IT001E########", "Imponibile 1.2##,00 EUR", "P.IVA 0##########", "Protocollo 0######/2025"),
    ),
    Land(
        "nl", "nl",
        ("Annemiek Schouten", "Ruben van der Heijden", "Joris Kuipers", "Yara El Amrani", "Wendy ter Horst"),
        ("Geachte heer {},", "Geachte mevrouw {},", "Beste {},"), ("Vriendelijke groeten,\n{}", "Met vriendelijke groet,\n\n{}"), ("Volledige naam", "T.a.v.", "Medewerker"),
        ("+31(0)6-########", "06 - ########", "+31-20-#######", "0031 6 ########", "(0342) ######", "+31 30 ### ## ##", "06########"),
        ("Tel.nr.", "GSM", "Mobiel nummer"), ("U kunt mij bereiken op {}.", "Bel gerust naar {} voor meer informatie."),
        "NL", ("Gelieve het bedrag te storten op {}.", "Rek.nr. {}"),
        (
            Thing("national_id_nl", like(make.bsn, "xxxxxxxxx", "xxx.xxx.xxx", "xxxx xx xxx"), ("BSN-nummer", "Burgerservicenummer (BSN)"), ("Mijn BSN is {}.",)),
            Thing("tax_id_nl", like(make.dutch_vat, "xxxxxxxxxxxxxx", "xx xxxxxxxxx xxx"), ("Btw-identificatienummer", "BTW", "VAT number"), ("Ons btw-nummer luidt {}.",)),
        ),
        ("De vergadering is verplaatst naar volgende week dinsdag om half elf.", "Johan Cruijff Boulevard 29, 1101 EJ Amsterdam", "Jan de Boer Transport B.V.", "Op al onze leveringen zijn de algemene voorwaarden van toepassing."),
        ("KvK-nummer 6#######", "Klantnr. 20####", "Track & trace 3S########", "Kenmerk 2025.0####", "Subtotaal € 1.2##,00", "Dossier 25-######"),
    ),
    Land(
        "es", "es",
        ("Almudena Vidal Prats", "Gonzalo Iglesias", "Nerea Etxeberria", "Iker Mendoza Soto", "Rosario Peña"),
        ("Estimado Sr. {}:", "Estimada Sra. {}:", "Hola {},"), ("Saludos cordiales,\n{}", "Reciba un cordial saludo\n{}"), ("Apellidos y nombre", "Titular de la cuenta", "Trabajador"),
        ("+34.6##.##.##.##", "6## ## ## ##", "(91) ### ## ##", "+34 (93) ### ## ##", "0034 6########", "+346########", "900 ### ###"),
        ("Tfno.", "Teléfono móvil", "Tel. contacto"), ("Puede llamarme al {} por las mañanas.", "Mi teléfono es el {}."),
        "ES", ("Realice el ingreso en la cuenta {}.", "Domiciliación: {}"),
        (
            Thing("national_id_es", like(make.dni, "xxxxxxxxx", "xxxxxxxx x", "xx.xxx.xxx x"), ("DNI/NIE", "N.I.F.", "Documento nacional de identidad"), ("con DNI {} y domicilio en Valencia", "Mi DNI es {}.")),
            Thing("national_id_es", like(make.nie, "xxxxxxxxx", "x xxxxxxx x"), ("N.I.E.", "NIE"), ("titular del NIE {}",)),
            Thing("tax_id_es", like(make.cif, "xxxxxxxxx", "x xxxxxxxx", "x-xx.xxx.xxx"), ("CIF", "NIF de la empresa", "NIF"), ("con CIF {} inscrita en el Registro Mercantil",)),
        ),
        ("La reunión se celebrará el próximo martes en la sala grande.", "Calle Juan Bravo 3, 28006 Madrid", "Hermanos José García S.L.", "Las condiciones de esta oferta son válidas durante un mes."),
        ("Expediente 2025/######", "Póliza 08########", "Albarán A-######", "Base imponible 1.2##,00 €", "CUPS ES0021000000######", "Código 843########"),
    ),
    Land(
        "pl", "pl",
        ("Bartłomiej Sikora", "Żaneta Mróz", "Ksawery Dudek", "Oliwia Pawlak", "Ireneusz Głowacki"),
        ("Szanowny Panie {},", "Szanowna Pani {},", "Dzień dobry {},"), ("Serdecznie pozdrawiam\n{}", "Z wyrazami szacunku,\n{}"), ("Nazwisko i imię", "Pracownik", "Najemca"),
        ("+48-6##-###-###", "0048 5## ### ###", "6##-###-###", "+48 (22) ### ## ##", "tel. 71 ### ## ##", "+485########", "22 ### ## ##"),
        ("Tel. kom.", "Numer telefonu", "Kontakt telefoniczny"), ("Proszę dzwonić pod numer {}.", "Mój telefon to {}."),
        "PL", ("Wpłaty prosimy kierować na rachunek {}.", "Nr konta: {}"),
        (
            Thing("national_id_pl", like(make.pesel, "xxxxxxxxxxx", "xxxxxx xxxxx"), ("Numer PESEL", "PESEL pracownika"), ("legitymująca się numerem PESEL {}",)),
            Thing("tax_id_pl", like(make.nip, "xxxxxxxxxx", "xxx-xxx-xx-xx", "xxx xxx xx xx"), ("NIP nabywcy", "Nr NIP", "NIP (VAT)"), ("spółka o numerze NIP {}",)),
        ),
        ("Spotkanie przełożono na czwartek, szczegóły prześlemy w osobnej wiadomości.", "ul. Jana Pawła II 22, 00-133 Warszawa", "Zakład Usługowy Adam Nowicki sp. z o.o.", "Towar dostarczamy w ciągu pięciu dni roboczych."),
        ("Umowa nr ####/2025", "REGON 1########", "Nr klienta 0########", "Razem 1 2##,00 zł", "Przesyłka 0015900773##########", "KRS 0000######"),
    ),
    Land(
        "uk", "en",
        ("Imogen Ashworth", "Callum MacLeod", "Priyanka Desai", "Rhys Llewellyn", "Siobhan O'Neill"),
        ("Dear Mr {},", "Dear Ms {},", "Hi {},"), ("Best wishes,\n{}", "Yours faithfully,\n\n{}"), ("Employee name", "Signed by", "Passenger", "FULL NAME"),
        ("+44(0)20 7### ####", "07### ### ###", "(020) 8### ####", "+44-1223-######", "0044 7### ######", "0131-###-####", "+4477########", "01204 ### ###"),
        ("Mob", "Telephone (day)", "Contact number"), ("You can reach me on {} most evenings.", "Please call {} to confirm."),
        "GB", ("Please transfer the balance to {}.", "Our account is {} at Barclays."),
        (
            Thing("national_id_uk", like(make.nino, "xxxxxxxxx", "xx xx xx xx x", "xx xxxxxx x"), ("National Insurance Number", "NI No."), ("My National Insurance number is {}.",)),
            Thing("national_id_uk", like(make.nhs, "xxx xxx xxxx", "xxxxxxxxxx"), ("NHS no.", "NHS Number"), ("Her NHS number is {}.",), alone=False),
        ),
        ("The workshop has been moved to the second floor of the main building.", "14 Prince Albert Road, London NW1 7SR", "Arthur Pemberton & Sons Ltd", "All prices exclude delivery unless stated otherwise."),
        ("Policy HX########", "PO 77####", "Tracking 1Z999AA101########", "Subtotal £1,2##.00", "Company no. 0#######", "Sort code 20-45-##", "Claim ref 2025/#######"),
    ),
    Land(
        "us", "en",
        ("Tyler Hutchinson", "Maribel Escobar", "DeShawn Carter", "Kaitlyn O'Brien", "Walter J. Novak"),
        ("Dear Mrs. {},", "Hello {},", "Dear Dr. {}:"), ("Regards,\n{}", "Thank you,\n{}"), ("Employee", "Patient Name", "Cardholder Name", "Last Name, First Name"),
        ("+1 (212) 55#-####", "1-312-55#-####", "(702)55#-####", "206.55#.####", "+1.646.55#.####", "+1415555####", "512 55#-####"),
        ("Cell phone", "Work phone", "Tel."), ("Call me at {} anytime.", "My cell is {}, text is fine too."),
        "GB", ("Wire the funds to {}.",),
        (Thing("ssn_us", like(make.ssn, "xxx-xx-xxxx", "xxx-xx-xxxx", "xxx xx xxxx"), ("Social Security #", "SSN", "Soc. Sec. No."), ("My social security number is {}.", "taxpayer with SSN {}")),),
        ("The quarterly numbers look better than we expected in January.", "2200 Martin Luther King Blvd, Austin, TX 78702", "Johnson Controls Inc", "Returns are accepted within thirty days of purchase."),
        ("UPC 0########905", "Case #25-CV-0####", "Account ending in ####", "Total due $1,2##.00", "ZIP 60614-####", "Ticket 48######", "Check no. 10##"),
    ),
    Land(
        "at", "de", ("Hannelore Wimmer", "Gernot Pichler", "Xaver Eder"), ("Sehr geehrter Herr {},", "Liebe Frau {},"), ("Schöne Grüße\n{}", "Freundliche Grüße\n{}"), ("Name", "Kontoinhaberin"),
        ("+43/1/#######", "0676/#######", "+43 (0)662 ######", "0043 699 ########", "(0316) ######"), ("Tel", "Handynr."), ("Erreichbar unter {} bis 17 Uhr.",),
        "AT", ("Überweisung auf {} erbeten.",),
        (Thing("national_id_at", like(make.austrian_insurance, "xxxxxxxxxx", "xxxx xxxxxx", "xxxx/xxxxxx"), ("SV-Nummer", "Sozialvers.-Nr.", "SVNr"), ("Meine Versicherungsnummer ist {}.",)),),
        ("Das Protokoll der letzten Sitzung liegt bei.", "Maria-Theresien-Straße 18, 6020 Innsbruck"), ("FN 1#####x", "Belegnr. 25-####", "Kundennr. 9######"),
    ),
    Land(
        "be", "fr", ("Aurore Vandenberghe", "Cédric Lambrecht", "Ophélie Dubois"), ("Bonjour Monsieur {},", "Chère Madame {},"), ("Bien cordialement,\n{}",), ("Nom et prénom", "Titulaire"),
        ("+32/2/###.##.##", "0475/##.##.##", "+32 (0)4## ## ## ##", "0032 2 ### ## ##", "04 ### ## ##"), ("GSM", "Tél."), ("Je suis joignable au {}.",),
        "BE", ("Versement sur le compte {}.",),
        (Thing("national_id_be", like(make.belgian_register, "xx.xx.xx-xxx.xx", "xxxxxxxxxxx", "xxxxxx-xxx-xx", "xx.xx.xx xxx xx"), ("Numéro national", "NISS", "Registre national"), ("inscrit sous le numéro national {}",)),),
        ("Le procès-verbal de la réunion est joint.", "Avenue Louise 54, 1050 Bruxelles"), ("TVA BE 0###.###.###", "Dossier 25/####", "Réf. client 9######"),
    ),
    Land(
        "se", "sv", ("Torbjörn Ekström", "Linnéa Hallberg", "Viktor Sandell"), ("Hej {},", "Bästa {},"), ("Vänliga hälsningar\n{}", "Med vänlig hälsning\n{}"), ("Namn", "Kontaktperson"),
        ("+46(0)70-### ## ##", "073 ### ## ##", "0046 8 ### ### ##", "031-## ## ##", "+4670#######"), ("Tfn", "Mobilnr"), ("Du når mig på {}.",),
        "SE", ("Betala till {}.",),
        (Thing("national_id_se", like(make.personnummer, "xxxxxx-xxxx", "19xxxxxx-xxxx"), ("Personnummer", "Pers.nr"), ("med personnummer {}",)),),
        ("Mötet flyttas till nästa vecka.", "Drottninggatan 12, 111 51 Stockholm"), ("Ordernr 88######", "Org.nr 55####-####", "Belopp 1 2##,00 kr"),
    ),
    Land(
        "dk", "da", ("Kasper Thygesen", "Birgitte Lund", "Asger Holm"), ("Hej {},", "Kære {},"), ("Venlig hilsen\n{}", "Mvh\n{}"), ("Navn", "Kontaktperson"),
        ("+45 #### ####".replace("####", "3###", 1), "(+45) 2# ## ## ##", "0045 4# ## ## ##", "5# ## ## ##", "+452#######"), ("Tlf.nr.", "Mobil"), ("Du kan ringe på {}.",),
        "DK", ("Overfør beløbet til {}.",),
        (Thing("national_id_dk", like(make.cpr, "xxxxxx-xxxx", "xxxxxx xxxx"), ("CPR-nummer", "CPR"), ("Mit CPR-nummer er {}.",)),),
        ("Mødet er flyttet til næste uge.", "Vesterbrogade 12, 1620 København V"), ("Ordrenr. 88######", "CVR 2#######", "Beløb 1.2##,00 kr."),
    ),
    Land(
        "fi", "fi", ("Ilkka Saarinen", "Kaisa Rautio", "Onni Laaksonen"), ("Hei {},", "Hyvä {},"), ("Terveisin\n{}", "Ystävällisin terveisin,\n{}"), ("Nimi", "Yhteyshenkilö"),
        ("+358 50 ### ## ##", "050-#######", "(09) ### ###", "00358 40 #######", "+35840#######"), ("Puhelin", "Gsm"), ("Tavoitat minut numerosta {}.",),
        "FI", ("Maksu tilille {}.",),
        (Thing("national_id_fi", like(make.hetu), ("Henkilötunnus", "HETU"), ("Henkilötunnukseni on {}.",)),),
        ("Kokous siirtyy ensi viikolle.", "Mannerheimintie 12, 00100 Helsinki"), ("Tilausnro 88######", "Y-tunnus 1######-#", "Viite 1##########"),
    ),
    Land(
        "pt", "pt", ("Gonçalo Teixeira", "Mafalda Pinheiro", "Duarte Sequeira"), ("Exmo. Sr. {},", "Olá {},"), ("Cumprimentos,\n{}", "Com os melhores cumprimentos,\n{}"), ("Nome completo", "Titular da conta"),
        ("+351-91-#######", "(+351) 96# ### ###", "00351 21 ### ## ##", "93#-###-###", "+35191#######"), ("Telm.", "Contacto telefónico"), ("Pode ligar-me para o {}.",),
        "PT", ("Transfira o valor para {}.",),
        (Thing("national_id_pt", like(make.portuguese_tax, "xxxxxxxxx", "xxx xxx xxx", "xxx.xxx.xxx"), ("NIF", "Nº Contribuinte", "Contribuinte n.º"), ("O meu NIF é {}.", "contribuinte {}")),),
        ("A reunião passa para a próxima semana.", "Rua Augusta 24, 1100-053 Lisboa"), ("Encomenda 88######", "Ref. MB 123 456 7##", "Valor 1.2##,00 €"),
    ),
)  # fmt: skip

NOBODYS = (
    "Chrome 119.0.6045.105", "Section 3.2.1.4 applies", "MAC 00:1A:2B:3C:4D:5E", "std::vector", "ISO 9001:2015", "RFC 2616",
    "2025-03-14 09:41:27.123456", "build 20250314.3", "d41d8cd98f00b204e9800998ecf8427e", "48.8584° N, 2.2945° E", "1,234,567.89",
    "GTIN 0401234512####", "35 x 20 x 10 cm", "Q3/2025", "10:30-11:45", "page 3 of 12", "49.99", "99.1 %", "C0FFEE-2231-AB", "2 500 000",
    "libssl 1.1.1.0", "WD40-EZ-0##", "16.04.2025 14:30", "LOT 22L######", "S/N CN0######", "#ff8800", "H2O", "24/7", "1080p", "3.5.2.1-beta",
)  # fmt: skip

COUNTED_AS = {"TR": "iban_tr", "DE": "iban_de", "FR": "iban_fr", "IT": "iban_it"}


def person(rng: Random, land: Land) -> Value:
    return Value("name", rng.choice(land.people))


def phone(rng: Random, land: Land) -> Value:
    return Value(f"phone_{land.code}", filled(rng, rng.choice(land.phones)).removeprefix("tel:").removeprefix("tel. "))


def account(rng: Random, land: Land) -> Value:
    number = make.iban(rng, land.bank)
    fours = [number[at : at + 4] for at in range(0, len(number), 4)]
    written = rng.choice((number, " ".join(fours), " ".join(fours), "\u00a0".join(fours), "-".join(fours), " ".join(fours[:4]) + "\n" + " ".join(fours[4:])))
    return Value(COUNTED_AS.get(land.bank, "iban"), written)


def card(rng: Random) -> Value:
    number = make.card(rng)
    shapes = ("xxxx xxxxxx xxxxx", "x" * 15) if len(number) == 15 else ("xxxx xxxx xxxx xxxx", "xxxx-xxxx-xxxx-xxxx", "x" * 16, "xxxx\u00a0xxxx\u00a0xxxx\u00a0xxxx")
    return Value("credit_card", cut(number, rng.choice(shapes)))


def mailbox(rng: Random) -> Value:
    user = rng.choice(("gokhan.tunali", "f.lindemann+rechnung", "contact", "ludo_f", "j-kuipers", "ALMUDENA", "b.sikora1987", "o'neill.s"))
    return Value("email", f"{user.replace(chr(39), '')}@{rng.choice(('posta.com.tr', 'web.de', 'orange.fr', 'dept.uni.ac.uk', 'startup.dev', 'x-y.eu'))}")


def machine(rng: Random) -> Value:
    return Value("ip", make.ip(rng)) if rng.random() < 0.6 else Value("ip_v6", make.ip_v6(rng))


def noise(rng: Random, land: Land) -> str:
    return filled(rng, rng.choice(rng.choice((land.numbers, NOBODYS))))


def told(template: str, value: Value) -> Pieces:
    before, _, after = template.partition("{}")
    return [before, value, after]


def story(rng: Random, land: Land) -> Pieces:
    """A letter: everything in sentences."""
    thing, extra = rng.choice(land.things), rng.choice(land.things)
    pieces = [*told(rng.choice(land.greetings), person(rng, land)), f"\n\n{rng.choice(land.sentences)} "]
    pieces += [*told(rng.choice(thing.said), Value(thing.type, thing.write(rng))), f" {noise(rng, land)}.\n"]
    pieces += [*told(rng.choice(land.phone_said), phone(rng, land)), f" {rng.choice(land.sentences)}\n"]
    pieces += [*told(rng.choice(land.bank_said), account(rng, land)), f" ({noise(rng, land)}) "]
    pieces += [*told(rng.choice(extra.said), Value(extra.type, extra.write(rng))), "\n\n"]
    return [*pieces, *told(rng.choice(land.ends), person(rng, land)), "\n"]


def sheet(rng: Random, land: Land) -> Pieces:
    """A form with leaders, dashes or bars between label and value."""
    join = rng.choice((" ......... ", " - ", " | ", ":\t", " = ", ": "))
    pieces: Pieces = [f"{rng.choice(land.sentences)}\n", f"{rng.choice(land.person_heads)}{join}", person(rng, land), "\n"]
    for thing in rng.sample(land.things, min(2, len(land.things))):
        pieces += [f"{rng.choice(thing.heads)}{join}", Value(thing.type, thing.write(rng)), f"\n{noise(rng, land)}\n"]
    pieces += [f"{rng.choice(land.phone_heads)}{join}", phone(rng, land), f"\nIBAN{join}", account(rng, land), "\n"]
    return [*pieces, f"E-Mail{join}", mailbox(rng), f"\nVisa/Mastercard{join}", card(rng), "\n"]


def listing(rng: Random, land: Land) -> Pieces:
    """A table of people, in one of the ways in which tables become text."""
    gap = rng.choice(("\t", " | ", ";", "    "))
    thing = rng.choice(land.things)
    pieces: Pieces = [gap.join(("#", rng.choice(land.person_heads), rng.choice(thing.heads), rng.choice(land.phone_heads), "€")), "\n"]
    for row in range(rng.randint(2, 5)):
        pieces += [f"{row + 1}{gap}", person(rng, land), gap, Value(thing.type, thing.write(rng)), gap, phone(rng, land)]
        pieces += [filled(rng, f"{gap}1##,##\n")]
    return pieces


def log(rng: Random, land: Land) -> Pieces:
    """Lines of a machine's log, with what belongs to no one all around."""
    pieces: Pieces = []
    for _ in range(3):
        pieces += [filled(rng, "2025-03-14T09:4#:2#.###Z INFO req=########-9a0c "), machine(rng), filled(rng, ' "GET /v1/jobs/17########" 200 ')]
        pieces += ["user=", mailbox(rng), f" agent={noise(rng, land)}\n"]
    return pieces


def footer(rng: Random, land: Land) -> Pieces:
    """A signature block: no sentences, hardly any labels."""
    thing = rng.choice([t for t in land.things if t.alone])
    return [
        person(rng, land), f"\n{rng.choice(land.sentences)}\nT ", phone(rng, land), " · ", mailbox(rng), f"\n{noise(rng, land)}\n",
        account(rng, land), " · ", Value(thing.type, thing.write(rng)), f"\n{noise(rng, land)} · {noise(rng, land)}\n",
    ]  # fmt: skip


def receipt(rng: Random, land: Land) -> Pieces:
    """Lines of goods, and a card at the end."""
    lines: Pieces = [filled(rng, f"{place}  84000########  Art {place}-###  {rng.randint(1, 40)}  1##,##  2##,##\n") for place in range(4)]
    return [*lines, f"{noise(rng, land)}\n{noise(rng, land)}\n", card(rng), filled(rng, "  12/2#  Auth 0#####\n")]


LAYOUTS = (story, sheet, listing, log, footer, receipt)


def held_out(seed: int, count: int) -> Iterator[Document]:
    """Documents of the held-out corpus: the same for the same seed."""
    rng = Random(f"held-out {seed}")
    for number in range(count):
        land = LANDS[number % len(LANDS)]
        layout = LAYOUTS[number // len(LANDS) % len(LAYOUTS)]
        known = (("und", land.language), (land.code, "und"), (land.language, land.language), ("und", land.language))
        locale, language = rng.choice(known)
        yield document(layout(rng, land), locale, language, layout.__name__)

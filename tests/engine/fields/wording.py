"""The wording of made-up documents in eight languages: two ways to say everything."""

from __future__ import annotations

LANGUAGES = ("en", "de", "fr", "it", "es", "nl", "pl", "tr")

# One line a phrase: name, then a form for each language in the order above; "/" parts two forms.
_WORDS = """
invoice | INVOICE/Tax Invoice | RECHNUNG/Rechnung | FACTURE/Facture | FATTURA/Fattura | FACTURA/Factura | FACTUUR/Factuur | FAKTURA VAT/Faktura | FATURA/e-Fatura
invoice_no | Invoice Number/Invoice No. | Rechnungsnummer/Rechnungs-Nr. | Numéro de facture/N° de facture | Numero fattura/Fattura n. | Número de factura/Factura nº | Factuurnummer/Factuurnr. | Numer faktury/Faktura nr | Fatura No/Fatura Numarası
invoice_date | Invoice Date/Date of issue | Rechnungsdatum/Datum | Date de facture/Date d'émission | Data fattura/Data emissione | Fecha de factura/Fecha de emisión | Factuurdatum/Datum | Data wystawienia/Data faktury | Fatura Tarihi/Düzenleme Tarihi
due_date | Due Date/Payment due by | Fälligkeitsdatum/Zahlbar bis | Date d'échéance/À payer avant le | Scadenza/Data scadenza | Fecha de vencimiento/Vencimiento | Vervaldatum/Te betalen vóór | Termin płatności/Płatne do | Vade Tarihi/Son Ödeme Tarihi
delivery_date | Delivery Date/Ship date | Lieferdatum/Liefertag | Date de livraison/Livraison le | Data consegna/Consegna il | Fecha de entrega/Entrega | Leverdatum/Levering op | Data dostawy/Data wydania | Teslim Tarihi/Sevk Tarihi
customer_no | Customer No./Account Number | Kundennummer/Kd-Nr. | N° client/Code client | Codice cliente/Cod. cliente | Nº de cliente/Código de cliente | Klantnummer/Debiteurnummer | Numer klienta/Kod klienta | Müşteri No/Cari Kodu
order_ref | Purchase Order/Your order | Bestellnummer/Ihre Bestellung | N° de commande/Votre commande | Ordine n./Vs. ordine | Nº de pedido/Su pedido | Ordernummer/Uw order | Numer zamówienia/Zamówienie nr | Sipariş No/Sipariş Numarası
from | Seller/From | Verkäufer/Rechnungssteller | Vendeur/Émetteur | Fornitore/Cedente | Vendedor/Emisor | Verkoper/Leverancier | Sprzedawca/Wystawca | Satıcı/Satıcı Unvanı
to | Bill To/Customer | Rechnungsempfänger/Kunde | Facturé à/Client | Cliente/Spett.le | Facturar a/Cliente | Factuur aan/Klant | Nabywca/Kupujący | Sayın/Alıcı
vat_id | VAT No./VAT Reg No | USt-IdNr./UID-Nr. | N° TVA/TVA intracommunautaire | P.IVA/Partita IVA | NIF/CIF | BTW-nummer/BTW nr. | NIP/NIP | VKN/Vergi No
phone | Phone/Tel. | Telefon/Tel. | Téléphone/Tél. | Telefono/Tel. | Teléfono/Tel. | Telefoon/Tel. | Telefon/tel. | Telefon/Tel
subtotal | Subtotal/Net total | Zwischensumme/Summe netto | Total HT/Sous-total HT | Imponibile/Totale imponibile | Base imponible/Subtotal | Subtotaal/Totaal excl. btw | Wartość netto/Razem netto | Ara Toplam/Mal Hizmet Toplam Tutarı
tax | VAT 20%/VAT (20%) | MwSt. 19 %/zzgl. 19% USt | TVA 20 %/TVA 20% | IVA 22%/IVA 22 % | IVA 21%/Cuota IVA 21% | BTW 21%/21% btw | VAT 23%/Kwota VAT | KDV %20/Hesaplanan KDV (%20)
total | Total/Grand Total | Gesamtbetrag/Rechnungsbetrag | Total TTC/Montant TTC | Totale fattura/Totale documento | Total factura/Importe total | Totaal/Totaal incl. btw | Razem brutto/Wartość brutto | Genel Toplam/Vergiler Dahil Toplam Tutar
amount_due | Amount Due/Balance Due | Zahlbetrag/Offener Betrag | Net à payer/Reste à payer | Totale da pagare/Netto a pagare | Total a pagar/Importe pendiente | Te betalen/Openstaand bedrag | Do zapłaty/Pozostało do zapłaty | Ödenecek Tutar/Kalan Tutar
paid | Paid/Deposit paid | Anzahlung/bereits gezahlt | Acompte versé/Déjà réglé | Acconto/Già pagato | Anticipo/Pagado | Aanbetaling/Reeds betaald | Zapłacono/Zaliczka | Ön Ödeme/Ödenen
description | Description/Item | Beschreibung/Artikel | Désignation/Description | Descrizione/Descrizione | Descripción/Concepto | Omschrijving/Artikel | Nazwa towaru lub usługi/Nazwa | Açıklama/Mal Hizmet
quantity | Quantity/Qty | Menge/Anzahl | Quantité/Qté | Quantità/Q.tà | Cantidad/Cant. | Aantal/Aantal | Ilość/Ilość | Miktar/Adet
unit_price | Unit Price/Price | Einzelpreis/Preis | Prix unitaire/P.U. HT | Prezzo unitario/Prezzo | Precio unitario/Precio | Stuksprijs/Prijs | Cena jednostkowa/Cena netto | Birim Fiyat/Fiyat
line_total | Amount/Line Total | Gesamtpreis/Betrag | Montant HT/Montant | Importo/Totale | Importe/Total | Bedrag/Totaal | Wartość/Wartość netto | Tutar/Toplam
order | PURCHASE ORDER/Purchase Order | BESTELLUNG/Bestellung | BON DE COMMANDE/Bon de commande | ORDINE DI ACQUISTO/Ordine di acquisto | ORDEN DE COMPRA/Pedido de compra | INKOOPORDER/Bestelling | ZAMÓWIENIE/Zamówienie | SİPARİŞ FORMU/Satın Alma Siparişi
order_no | PO Number/Order No. | Bestellnummer/Bestell-Nr. | Numéro de commande/Commande n° | Numero ordine/Ordine n. | Número de pedido/Pedido nº | Ordernummer/Bestelnummer | Numer zamówienia/Zamówienie nr | Sipariş No/Sipariş Numarası
order_date | Order Date/PO Date | Bestelldatum/Datum | Date de commande/Date | Data ordine/Data | Fecha de pedido/Fecha | Orderdatum/Datum | Data zamówienia/Data | Sipariş Tarihi/Tarih
buyer | Buyer/Ordered by | Besteller/Auftraggeber | Acheteur/Donneur d'ordre | Acquirente/Committente | Comprador/Comprador | Koper/Opdrachtgever | Zamawiający/Kupujący | Alıcı/Sipariş Veren
supplier | Supplier/Vendor | Lieferant/Lieferant | Fournisseur/Fournisseur | Fornitore/Fornitore | Proveedor/Proveedor | Leverancier/Leverancier | Dostawca/Dostawca | Tedarikçi/Satıcı
order_total | Order Total/Total | Gesamtbetrag/Gesamtsumme | Total TTC/Total de la commande | Totale ordine/Totale | Total pedido/Importe total | Totaal/Totaalbedrag | Razem brutto/Wartość zamówienia | Genel Toplam/Toplam Tutar
wanted | Requested delivery date/Deliver by | Liefertermin/Wunschliefertermin | Livraison souhaitée/Date de livraison | Data di consegna/Consegna entro | Fecha de entrega/Entregar antes del | Gewenste leverdatum/Leverdatum | Termin dostawy/Data dostawy | Teslim Tarihi/İstenen Teslim Tarihi
offer | QUOTATION/Proposal | ANGEBOT/Angebot | DEVIS/Devis | PREVENTIVO/Offerta | PRESUPUESTO/Oferta | OFFERTE/Offerte | OFERTA/Oferta handlowa | TEKLİF/Fiyat Teklifi
offer_no | Quote Number/Quotation No. | Angebotsnummer/Angebot Nr. | Numéro de devis/Devis n° | Preventivo n./Offerta n. | Presupuesto nº/Número de presupuesto | Offertenummer/Offertenr. | Numer oferty/Oferta nr | Teklif No/Teklif Numarası
offer_date | Quote Date/Date | Angebotsdatum/Datum | Date du devis/Date | Data preventivo/Data | Fecha de presupuesto/Fecha | Offertedatum/Datum | Data oferty/Data | Teklif Tarihi/Tarih
valid_until | Valid until/Expiry date | Gültig bis/Bindefrist bis | Valable jusqu'au/Date de validité | Valido fino al/Validità offerta | Válido hasta/Validez | Geldig tot/Geldig t/m | Ważna do/Termin ważności | Geçerlilik Tarihi/Opsiyon Tarihi
offer_for | Prepared for/Customer | Kunde/Angebot für | Client/À l'attention de | Cliente/Spett.le | Cliente/Para | Klant/Offerte voor | Klient/Dla | Müşteri/Sayın
statement | BANK STATEMENT/Account Statement | KONTOAUSZUG/Kontoauszug | RELEVÉ DE COMPTE/Relevé bancaire | ESTRATTO CONTO/Estratto conto | EXTRACTO BANCARIO/Extracto de cuenta | REKENINGAFSCHRIFT/Bankafschrift | WYCIĄG BANKOWY/Wyciąg z rachunku | HESAP EKSTRESİ/Hesap Özeti
statement_no | Statement No./Statement number | Auszug Nr./Auszugsnummer | Relevé n°/Numéro de relevé | Estratto conto n./Numero estratto | Extracto nº/Número de extracto | Afschriftnummer/Volgnummer | Wyciąg nr/Numer wyciągu | Ekstre No/Ekstre No
holder | Account Holder/Account Name | Kontoinhaber/Kontoinhaber | Titulaire du compte/Titulaire | Intestatario/Intestato a | Titular/Titular de la cuenta | Rekeninghouder/Ten name van | Posiadacz rachunku/Właściciel rachunku | Hesap Sahibi/Müşteri Adı
period | Statement period/Period | Zeitraum/Auszugszeitraum | Période/Période du | Periodo/Periodo di riferimento | Período/Periodo | Periode/Periode | Okres/Za okres | Dönem/Ekstre Dönemi
opening | Opening Balance/Balance brought forward | Anfangssaldo/Alter Kontostand | Solde initial/Ancien solde | Saldo iniziale/Saldo precedente | Saldo inicial/Saldo anterior | Beginsaldo/Vorig saldo | Saldo początkowe/Poprzednie saldo | Açılış Bakiyesi/Devreden Bakiye
closing | Closing Balance/New Balance | Endsaldo/Neuer Kontostand | Solde final/Nouveau solde | Saldo finale/Nuovo saldo | Saldo final/Nuevo saldo | Eindsaldo/Nieuw saldo | Saldo końcowe/Nowe saldo | Kapanış Bakiyesi/Son Bakiye
date | Date/Date | Datum/Buchungstag | Date/Date | Data/Data operazione | Fecha/Fecha | Datum/Boekdatum | Data/Data operacji | Tarih/İşlem Tarihi
purpose | Description/Details | Verwendungszweck/Buchungstext | Libellé/Opération | Descrizione/Causale | Concepto/Descripción | Omschrijving/Mededelingen | Opis operacji/Tytuł | Açıklama/İşlem
amount | Amount/Amount | Betrag/Umsatz | Montant/Montant | Importo/Importo | Importe/Importe | Bedrag/Bedrag | Kwota/Kwota operacji | Tutar/İşlem Tutarı
debit | Debit/Paid out | Soll/Belastung | Débit/Débit | Dare/Addebiti | Cargo/Debe | Af/Debet | Obciążenia/Wypłaty | Borç/Borç
credit | Credit/Paid in | Haben/Gutschrift | Crédit/Crédit | Avere/Accrediti | Abono/Haber | Bij/Credit | Uznania/Wpłaty | Alacak/Alacak
balance | Balance/Balance | Saldo/Kontostand | Solde/Solde | Saldo/Saldo | Saldo/Saldo | Saldo/Saldo | Saldo/Saldo po operacji | Bakiye/Bakiye
payslip | PAYSLIP/Pay Slip | LOHNABRECHNUNG/Gehaltsabrechnung | BULLETIN DE PAIE/Fiche de paie | BUSTA PAGA/Cedolino paga | NÓMINA/Recibo de salarios | LOONSTROOK/Salarisspecificatie | PASEK WYNAGRODZENIA/Lista płac | ÜCRET BORDROSU/Maaş Bordrosu
employer | Employer/Company | Arbeitgeber/Firma | Employeur/Entreprise | Datore di lavoro/Azienda | Empresa/Empresa | Werkgever/Werkgever | Pracodawca/Pracodawca | İşveren/İşyeri
employee | Employee/Employee Name | Arbeitnehmer/Mitarbeiter | Salarié/Nom du salarié | Dipendente/Lavoratore | Trabajador/Empleado | Werknemer/Medewerker | Pracownik/Imię i nazwisko | Personel/Adı Soyadı
pay_period | Pay Period/Period | Abrechnungsmonat/Zeitraum | Période de paie/Période | Periodo di paga/Mese | Período de liquidación/Periodo | Loonperiode/Periode | Okres/Za miesiąc | Dönem/Bordro Dönemi
gross | Gross Pay/Gross Salary | Gesamtbrutto/Bruttolohn | Salaire brut/Total brut | Retribuzione lorda/Totale competenze | Total devengado/Salario bruto | Brutoloon/Bruto salaris | Wynagrodzenie brutto/Brutto | Brüt Ücret/Brüt Maaş
deducted | Total Deductions/Deductions | Summe Abzüge/Gesamtabzüge | Total des retenues/Total des cotisations | Totale trattenute/Trattenute | Total a deducir/Total deducciones | Totaal inhoudingen/Inhoudingen | Suma potrąceń/Potrącenia | Toplam Kesinti/Kesintiler Toplamı
net | Net Pay/Net Salary | Auszahlungsbetrag/Nettolohn | Net à payer/Salaire net | Netto in busta/Netto a pagare | Líquido a percibir/Salario neto | Nettoloon/Netto salaris | Do wypłaty/Wynagrodzenie netto | Net Ücret/Net Ödenen
income_tax | Income Tax/PAYE | Lohnsteuer/Lohnsteuer | Impôt sur le revenu/CSG | IRPEF/INPS | IRPF/Seguridad Social | Loonheffing/Pensioenpremie | Zaliczka na podatek/Składka ZUS | Gelir Vergisi/SGK İşçi Payı
expenses | EXPENSE REPORT/Expense Claim | SPESENABRECHNUNG/Reisekostenabrechnung | NOTE DE FRAIS/Rapport de dépenses | NOTA SPESE/Rimborso spese | NOTA DE GASTOS/Informe de gastos | DECLARATIEFORMULIER/Onkostendeclaratie | ROZLICZENIE WYDATKÓW/Rozliczenie delegacji | MASRAF FORMU/Masraf Raporu
expense_total | Total/Total to reimburse | Gesamtbetrag/Erstattungsbetrag | Total/Montant à rembourser | Totale/Totale da rimborsare | Total/Total a reembolsar | Totaal/Totaal te vergoeden | Razem/Kwota do zwrotu | Toplam/Toplam Masraf
category | Category/Type | Kategorie/Kostenart | Catégorie/Nature | Categoria/Tipo | Categoría/Tipo | Categorie/Soort | Kategoria/Rodzaj | Kategori/Masraf Türü
budget | BUDGET/Annual Budget | BUDGETPLAN/Jahresbudget | BUDGET PRÉVISIONNEL/Budget annuel | BUDGET ANNUALE/Bilancio preventivo | PRESUPUESTO ANUAL/Control presupuestario | BEGROTING/Jaarbegroting | BUDŻET/Plan budżetu | BÜTÇE/Bütçe Raporu
budget_period | Fiscal Year/Budget period | Haushaltsjahr/Planjahr | Exercice/Période | Esercizio/Anno | Ejercicio/Período | Boekjaar/Begrotingsjaar | Rok budżetowy/Okres | Bütçe Dönemi/Mali Yıl
planned | Planned/Budget | Plan/Soll | Prévu/Budget | Previsto/Budget | Previsto/Presupuesto | Begroot/Budget | Plan/Planowane | Planlanan/Bütçe
actual | Actual/Actual | Ist/Ist | Réalisé/Réel | Consuntivo/Effettivo | Ejecutado/Real | Werkelijk/Realisatie | Wykonanie/Wykonanie | Gerçekleşen/Gerçekleşen
note | DELIVERY NOTE/Packing Slip | LIEFERSCHEIN/Lieferschein | BON DE LIVRAISON/Bon de livraison | DOCUMENTO DI TRASPORTO/Bolla di consegna | ALBARÁN/Albarán de entrega | PAKBON/Leverbon | WYDANIE ZEWNĘTRZNE WZ/Dowód dostawy | SEVK İRSALİYESİ/e-İrsaliye
note_no | Delivery Note No./Delivery Number | Lieferscheinnummer/Lieferschein-Nr. | Bon de livraison n°/N° de BL | DDT n./Numero DDT | Albarán nº/Número de albarán | Pakbonnummer/Pakbonnr. | Numer WZ/Dokument WZ nr | İrsaliye No/İrsaliye Numarası
deliver_to | Deliver To/Customer | Empfänger/Kunde | Destinataire/Client | Destinatario/Cliente | Destinatario/Cliente | Ontvanger/Klant | Odbiorca/Klient | Alıcı/Müşteri
declaration | VAT RETURN/Tax Return | UMSATZSTEUER-VORANMELDUNG/Umsatzsteuererklärung | DÉCLARATION DE TVA/Déclaration fiscale | DICHIARAZIONE IVA/Liquidazione IVA | DECLARACIÓN DEL IVA/Autoliquidación | BTW-AANGIFTE/Aangifte omzetbelasting | DEKLARACJA VAT/Deklaracja podatkowa | KDV BEYANNAMESİ/Katma Değer Vergisi Beyannamesi
tax_type | Tax Type/Type of tax | Steuerart/Steuerart | Type d'impôt/Impôt | Tipo imposta/Tributo | Tipo de impuesto/Impuesto | Belastingsoort/Soort belasting | Rodzaj podatku/Rodzaj podatku | Vergi Türü/Vergi Türü
tax_office | Tax Office/Tax Authority | Finanzamt/Zuständiges Finanzamt | Service des impôts/Centre des impôts | Ufficio/Agenzia delle Entrate | Delegación/Administración | Belastingkantoor/Kantoor | Urząd Skarbowy/Urząd Skarbowy | Vergi Dairesi/Bağlı Olduğu Vergi Dairesi
taxpayer | Taxpayer/Business name | Steuerpflichtiger/Unternehmer | Redevable/Contribuable | Contribuente/Dichiarante | Contribuyente/Declarante | Belastingplichtige/Ondernemer | Podatnik/Nazwa podatnika | Mükellef/Mükellefin Unvanı
tax_number | Tax ID/VAT Registration Number | Steuernummer/USt-IdNr. | N° TVA/Numéro de TVA | Partita IVA/Codice fiscale | NIF/NIF | BTW-nummer/Omzetbelastingnummer | NIP/NIP | Vergi Kimlik No/VKN
tax_period | Tax Period/Period | Voranmeldungszeitraum/Zeitraum | Période/Période de déclaration | Periodo d'imposta/Periodo | Período/Ejercicio | Tijdvak/Aangiftetijdvak | Okres/Za okres | Vergilendirme Dönemi/Dönem
tax_due | Tax Due/Net VAT due | Zahllast/Verbleibende Umsatzsteuer | TVA nette due/Montant à payer | IVA da versare/Imposta dovuta | Cuota a ingresar/Resultado a ingresar | Te betalen/Verschuldigde omzetbelasting | Podatek do zapłaty/Kwota do zapłaty | Ödenecek KDV/Ödenmesi Gereken KDV
contract | SERVICE AGREEMENT/Employment Contract | DIENSTLEISTUNGSVERTRAG/Mietvertrag | CONTRAT DE PRESTATION DE SERVICES/Contrat de bail | CONTRATTO DI SERVIZIO/Contratto di locazione | CONTRATO DE PRESTACIÓN DE SERVICIOS/Contrato de arrendamiento | OVEREENKOMST VAN OPDRACHT/Huurovereenkomst | UMOWA O ŚWIADCZENIE USŁUG/Umowa najmu | HİZMET SÖZLEŞMESİ/Kira Sözleşmesi
party_a | Client/Landlord | Auftraggeber/Vermieter | Client/Bailleur | Committente/Locatore | Cliente/Arrendador | Opdrachtgever/Verhuurder | Zamawiający/Wynajmujący | İş Sahibi/Kiraya Veren
party_b | Contractor/Tenant | Auftragnehmer/Mieter | Prestataire/Preneur | Fornitore/Conduttore | Prestador/Arrendatario | Opdrachtnemer/Huurder | Wykonawca/Najemca | Yüklenici/Kiracı
effective | Effective Date/Start Date | Vertragsbeginn/Mietbeginn | Date d'effet/Prise d'effet | Decorrenza/Data inizio | Fecha de inicio/Entrada en vigor | Ingangsdatum/Begindatum | Obowiązuje od/Data rozpoczęcia | Yürürlük Tarihi/Başlangıç Tarihi
ends | End Date/Expiry Date | Vertragsende/Laufzeit bis | Date de fin/Fin du contrat | Data di scadenza/Data fine | Fecha de finalización/Fecha de fin | Einddatum/Eindigt op | Obowiązuje do/Data zakończenia | Bitiş Tarihi/Sona Erme Tarihi
subject | Subject/Scope of services | Vertragsgegenstand/Gegenstand | Objet du contrat/Objet | Oggetto/Oggetto del contratto | Objeto/Objeto del contrato | Onderwerp/Betreft | Przedmiot umowy/Przedmiot | Sözleşmenin Konusu/Konu
clause | The parties hereby agree on confidentiality and termination. | Die Vertragsparteien vereinbaren Geheimhaltung und Kündigung. | Les parties conviennent de la confidentialité et de la résiliation. | Le parti convengono riservatezza e recesso. | Las partes acuerdan la confidencialidad y la resolución. | Partijen komen geheimhouding en beëindiging overeen. | Strony ustalają poufność i wypowiedzenie umowy. | Taraflar gizlilik ve fesih hükümlerini kabul eder.
thanks | Thank you for your business. | Vielen Dank für Ihren Auftrag. | Merci de votre confiance. | Grazie per la fiducia. | Gracias por su confianza. | Bedankt voor uw opdracht. | Dziękujemy za współpracę. | Bizi tercih ettiğiniz için teşekkür ederiz.
"""

WORDS: dict[str, dict[str, tuple[str, str]]] = {}
for _line in _WORDS.strip().splitlines():
    _name, *_forms = (part.strip() for part in _line.split(" | "))
    _pairs = (
        form.split("/") if form.count("/") == 1 else [form.replace("t/m", "t/m")] * 2
        for form in _forms
    )
    WORDS[_name] = {
        language: (pair[0], pair[-1]) for language, pair in zip(LANGUAGES, _pairs, strict=True)
    }

FIRMS = {
    "en": ("Northwind Traders Ltd", "Blue Harbour Foods Inc."), "de": ("Lindner Werkzeuge GmbH", "Hofmann & Söhne KG"),
    "fr": ("Boulangerie Martin SARL", "Atelier du Lac SAS"), "it": ("Officine Rossi S.r.l.", "Vetreria Bianchi S.p.A."),
    "es": ("Talleres García S.L.", "Conservas del Norte S.A."), "nl": ("De Vries Techniek B.V.", "Bakkerij Jansen B.V."),
    "pl": ("Budomex Sp. z o.o.", "Piekarnia Kowalski S.A."), "tr": ("Yıldız Makine A.Ş.", "Deniz Gıda Ltd. Şti."),
}  # fmt: skip
PEOPLE = {
    "en": "Emma Clarke", "de": "Jürgen Weiß", "fr": "Chloé Lefèvre", "it": "Giulia Conti",
    "es": "Lucía Fernández", "nl": "Sanne de Boer", "pl": "Paweł Wiśniewski", "tr": "Ayşe Çelik",
}  # fmt: skip
STREETS = {
    "en": ("12 Mill Lane", "Leeds LS1 4AP"), "de": ("Hauptstraße 12", "70173 Stuttgart"),
    "fr": ("12 rue des Lilas", "69001 Lyon"), "it": ("Via Verdi 12", "20121 Milano"),
    "es": ("Calle Mayor 12", "28013 Madrid"), "nl": ("Dorpsstraat 12", "1012 AB Amsterdam"),
    "pl": ("ul. Długa 12", "00-238 Warszawa"), "tr": ("Atatürk Cad. No: 12", "34710 Kadıköy İstanbul"),
}  # fmt: skip
VAT_IDS = {
    "en": ("GB123456789", "GB987654321"), "de": ("DE123456789", "DE987654321"), "fr": ("FR40303265045", "FR83404833048"),
    "it": ("IT00743110157", "IT01234567890"), "es": ("ESB12345674", "ESA58818501"), "nl": ("NL123456789B01", "NL987654321B02"),
    "pl": ("PL5260250274", "PL7740001454"), "tr": ("1234567890", "9876543210"),
}  # fmt: skip
IBANS = {
    "en": "GB29NWBK60161331926819", "de": "DE89370400440532013000", "fr": "FR1420041010050500013M02606",
    "it": "IT60X0542811101000000123456", "es": "ES9121000418450200051332", "nl": "NL91ABNA0417164300",
    "pl": "PL61109010140000071219812874", "tr": "TR330006100519786457841326",
}  # fmt: skip
BANKS = {
    "en": "Barclays Bank", "de": "Stadtsparkasse München", "fr": "Banque Populaire", "it": "Banca Intesa",
    "es": "Banco Santander", "nl": "Rabobank", "pl": "Bank Pekao", "tr": "Garanti Bankası",
}  # fmt: skip
GOODS = {
    "en": ("Steel bracket", "Consulting service", "Copper wire 5 m"),
    "de": ("Stahlwinkel", "Beratungsleistung", "Kupferdraht 5 m"),
    "fr": ("Équerre en acier", "Prestation de conseil", "Fil de cuivre 5 m"),
    "it": ("Staffa in acciaio", "Servizio di consulenza", "Filo di rame 5 m"),
    "es": ("Escuadra de acero", "Servicio de asesoría", "Hilo de cobre 5 m"),
    "nl": ("Stalen hoekstuk", "Adviesdienst", "Koperdraad 5 m"),
    "pl": ("Kątownik stalowy", "Usługa doradcza", "Drut miedziany 5 m"),
    "tr": ("Çelik köşebent", "Danışmanlık hizmeti", "Bakır tel 5 m"),
}
OFFICES = {
    "en": "Manchester", "de": "München", "fr": "Lyon Centre", "it": "Milano 1", "es": "Madrid",
    "nl": "Utrecht", "pl": "Warszawa Mokotów", "tr": "Kadıköy",
}  # fmt: skip
MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "pl": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    "tr": "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık",
}
CURRENCIES = {
    "en": ("GBP", "£"), "de": ("EUR", "€"), "fr": ("EUR", "€"), "it": ("EUR", "€"), "es": ("EUR", "€"),
    "nl": ("EUR", "€"), "pl": ("PLN", "zł"), "tr": ("TRY", "TL"),
}  # fmt: skip

"""Made-up e-invoices in which every tempting neighbour of a business term has another value."""

from __future__ import annotations

_NS = (
    'xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2" '
    'xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"'
)

UBL_INVOICE = f"""<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" {_NS}>
  <cbc:CustomizationID>urn:cen.eu:en16931:2017</cbc:CustomizationID>
  <cbc:ID>R-2026/17</cbc:ID>
  <cbc:IssueDate>2026-03-05+01:00</cbc:IssueDate>
  <cbc:DueDate>2026-04-04</cbc:DueDate>
  <cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
  <cbc:TaxCurrencyCode>SEK</cbc:TaxCurrencyCode>
  <cac:AccountingSupplierParty><cac:Party>
    <cac:PartyIdentification><cbc:ID schemeID="0088">4012345000009</cbc:ID></cac:PartyIdentification>
    <cac:PartyName><cbc:Name>Lindner Trading</cbc:Name></cac:PartyName>
    <cac:PartyTaxScheme><cbc:CompanyID>201/113/40209</cbc:CompanyID>
      <cac:TaxScheme><cbc:ID>FC</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>
    <cac:PartyTaxScheme><cbc:CompanyID>DE123456789</cbc:CompanyID>
      <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>
    <cac:PartyLegalEntity><cbc:RegistrationName>Lindner Werkzeuge GmbH</cbc:RegistrationName>
      <cbc:CompanyID>HRB 4711</cbc:CompanyID></cac:PartyLegalEntity>
  </cac:Party></cac:AccountingSupplierParty>
  <cac:AccountingCustomerParty><cac:Party>
    <cac:PartyIdentification><cbc:ID>K-77</cbc:ID></cac:PartyIdentification>
    <cac:PartyLegalEntity><cbc:RegistrationName>Hofmann &amp; Söhne KG</cbc:RegistrationName></cac:PartyLegalEntity>
  </cac:Party></cac:AccountingCustomerParty>
  <cac:TaxRepresentativeParty><cac:PartyTaxScheme><cbc:CompanyID>FR40303265045</cbc:CompanyID>
    <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme></cac:TaxRepresentativeParty>
  <cac:PaymentMeans><cac:PayeeFinancialAccount><cbc:ID>12-345</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans>
  <cac:PaymentMeans><cac:PayeeFinancialAccount><cbc:ID>DE89 3704 0044 0532 0130 00</cbc:ID>
    </cac:PayeeFinancialAccount></cac:PaymentMeans>
  <cac:TaxTotal><cbc:TaxAmount currencyID="SEK">2133.00</cbc:TaxAmount></cac:TaxTotal>
  <cac:TaxTotal><cbc:TaxAmount currencyID="EUR">190.00</cbc:TaxAmount></cac:TaxTotal>
  <cac:LegalMonetaryTotal>
    <cbc:LineExtensionAmount currencyID="EUR">1100.00</cbc:LineExtensionAmount>
    <cbc:TaxExclusiveAmount currencyID="EUR">1000.00</cbc:TaxExclusiveAmount>
    <cbc:TaxInclusiveAmount currencyID="EUR">1190.00</cbc:TaxInclusiveAmount>
    <cbc:AllowanceTotalAmount currencyID="EUR">100.00</cbc:AllowanceTotalAmount>
    <cbc:PrepaidAmount currencyID="EUR">190.00</cbc:PrepaidAmount>
    <cbc:PayableAmount currencyID="EUR">1000.00</cbc:PayableAmount>
  </cac:LegalMonetaryTotal>
  <cac:InvoiceLine><cbc:ID>1</cbc:ID>
    <cbc:InvoicedQuantity unitCode="C62">10</cbc:InvoicedQuantity>
    <cbc:LineExtensionAmount currencyID="EUR">1100.00</cbc:LineExtensionAmount>
    <cac:Item><cbc:Description>M8, verzinkt</cbc:Description><cbc:Name>Stahlwinkel</cbc:Name></cac:Item>
    <cac:Price><cbc:PriceAmount currencyID="EUR">115.3333</cbc:PriceAmount></cac:Price>
  </cac:InvoiceLine>
</Invoice>"""

UBL_CREDIT_NOTE = f"""<CreditNote xmlns="urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2" {_NS}>
  <cbc:ID>G-1</cbc:ID><cbc:IssueDate>2026-03-06</cbc:IssueDate>
  <cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
  <cac:PaymentMeans><cbc:PaymentDueDate>2026-03-20</cbc:PaymentDueDate></cac:PaymentMeans>
  <cac:LegalMonetaryTotal><cbc:TaxInclusiveAmount>-1E+2</cbc:TaxInclusiveAmount></cac:LegalMonetaryTotal>
  <cac:CreditNoteLine><cbc:CreditedQuantity>-2</cbc:CreditedQuantity>
    <cbc:LineExtensionAmount>-100.00</cbc:LineExtensionAmount><cac:Item><cbc:Name>Rückgabe</cbc:Name></cac:Item>
  </cac:CreditNoteLine>
</CreditNote>"""

GIB_INVOICE = f"""<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" {_NS}>
  <cbc:CustomizationID>TR1.2</cbc:CustomizationID><cbc:ID>ABC2026000000001</cbc:ID>
  <cbc:IssueDate>2026-03-05</cbc:IssueDate><cbc:DocumentCurrencyCode>TRY</cbc:DocumentCurrencyCode>
  <cac:AccountingSupplierParty><cac:Party>
    <cac:PartyIdentification><cbc:ID schemeID="MERSISNO">0123456789012345</cbc:ID></cac:PartyIdentification>
    <cac:PartyIdentification><cbc:ID schemeID="VKN">1288331521</cbc:ID></cac:PartyIdentification>
    <cac:PartyName><cbc:Name>Yıldız Makine A.Ş.</cbc:Name></cac:PartyName>
    <cac:PartyTaxScheme><cac:TaxScheme><cbc:Name>Kadıköy</cbc:Name></cac:TaxScheme></cac:PartyTaxScheme>
  </cac:Party></cac:AccountingSupplierParty>
  <cac:AccountingCustomerParty><cac:Party>
    <cac:PartyIdentification><cbc:ID schemeID="TCKN">12345678901</cbc:ID></cac:PartyIdentification>
    <cac:Person><cbc:FirstName>Ayşe</cbc:FirstName><cbc:FamilyName>Çelik</cbc:FamilyName></cac:Person>
  </cac:Party></cac:AccountingCustomerParty>
  <cac:LegalMonetaryTotal><cbc:PayableAmount currencyID="TRY">17.88</cbc:PayableAmount></cac:LegalMonetaryTotal>
</Invoice>"""

DESPATCH_ADVICE = f"""<DespatchAdvice xmlns="urn:oasis:names:specification:ubl:schema:xsd:DespatchAdvice-2" {_NS}>
  <cbc:ID>IRS1</cbc:ID><cbc:IssueDate>2026-03-05</cbc:IssueDate>
  <cac:OrderReference><cbc:ID>PO-9</cbc:ID></cac:OrderReference>
  <cac:DespatchSupplierParty><cac:Party><cac:PartyName><cbc:Name>A</cbc:Name></cac:PartyName></cac:Party>
    </cac:DespatchSupplierParty>
  <cac:DespatchLine><cbc:DeliveredQuantity>20</cbc:DeliveredQuantity>
    <cac:Item><cbc:Name>Masa</cbc:Name></cac:Item></cac:DespatchLine>
</DespatchAdvice>"""

_CII_BODY = """
  <{document}><ram:ID>471102</ram:ID><ram:IssueDateTime><udt:DateTimeString format="102">20260305</udt:DateTimeString>
    </ram:IssueDateTime></{document}>
  <{transaction}>
    {line_first}
    <ram:Applicable{agreement}><ram:SellerTradeParty><ram:ID>549910</ram:ID><ram:Name>Lieferant GmbH</ram:Name>
      <ram:SpecifiedTaxRegistration><ram:ID schemeID="FC">201/113/40209</ram:ID></ram:SpecifiedTaxRegistration>
      <ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">DE123456789</ram:ID></ram:SpecifiedTaxRegistration>
      </ram:SellerTradeParty><ram:BuyerTradeParty><ram:Name>Kunden AG</ram:Name>
      <ram:SpecifiedTaxRegistration><ram:ID schemeID="FC">12/345</ram:ID></ram:SpecifiedTaxRegistration>
      </ram:BuyerTradeParty></ram:Applicable{agreement}>
    <ram:Applicable{settlement}><ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>
      <ram:SpecifiedTradeSettlementPaymentMeans><ram:PayeePartyCreditorFinancialAccount>
        <ram:IBANID>DE02120300000000202051</ram:IBANID></ram:PayeePartyCreditorFinancialAccount>
        </ram:SpecifiedTradeSettlementPaymentMeans>
      <ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime><udt:DateTimeString format="102">20260404</udt:DateTimeString>
        </ram:DueDateDateTime></ram:SpecifiedTradePaymentTerms>
      <ram:{sums}><ram:LineTotalAmount>202.70</ram:LineTotalAmount>
        <ram:ChargeTotalAmount>5.80</ram:ChargeTotalAmount><ram:AllowanceTotalAmount>14.73</ram:AllowanceTotalAmount>
        <ram:TaxBasisTotalAmount>193.77</ram:TaxBasisTotalAmount>
        <ram:TaxTotalAmount currencyID="USD">23.00</ram:TaxTotalAmount>
        <ram:TaxTotalAmount currencyID="EUR">21.30</ram:TaxTotalAmount>
        <ram:GrandTotalAmount>215.07</ram:GrandTotalAmount><ram:TotalPrepaidAmount>50.00</ram:TotalPrepaidAmount>
        <ram:DuePayableAmount>165.07</ram:DuePayableAmount></ram:{sums}></ram:Applicable{settlement}>
    {line_last}
  </{transaction}>
"""
_CII_LINE = """<ram:IncludedSupplyChainTradeLineItem>
      <ram:SpecifiedTradeProduct><ram:Name>Kunstrasen</ram:Name></ram:SpecifiedTradeProduct>
      <ram:Specified{agreement}><ram:GrossPriceProductTradePrice><ram:ChargeAmount>4.0000</ram:ChargeAmount>
        </ram:GrossPriceProductTradePrice><ram:NetPriceProductTradePrice><ram:ChargeAmount>3.3333</ram:ChargeAmount>
        </ram:NetPriceProductTradePrice></ram:Specified{agreement}>
      <ram:Specified{delivery}><ram:BilledQuantity unitCode="MTK">3.0000</ram:BilledQuantity></ram:Specified{delivery}>
      <ram:Specified{settlement}><ram:{sums}><ram:LineTotalAmount>10.00</ram:LineTotalAmount></ram:{sums}>
        </ram:Specified{settlement}></ram:IncludedSupplyChainTradeLineItem>
    <ram:IncludedSupplyChainTradeLineItem><ram:AssociatedDocumentLineDocument><ram:IncludedNote>
      <ram:Content>only a note</ram:Content></ram:IncludedNote></ram:AssociatedDocumentLineDocument>
    </ram:IncludedSupplyChainTradeLineItem>"""

CII_INVOICE = (
    '<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100" '
    'xmlns:ram="r" xmlns:udt="u">'
    + _CII_BODY.format(
        document="rsm:ExchangedDocument",
        transaction="rsm:SupplyChainTradeTransaction",
        agreement="HeaderTradeAgreement",
        settlement="HeaderTradeSettlement",
        sums="SpecifiedTradeSettlementHeaderMonetarySummation",
        line_first=_CII_LINE.format(
            agreement="LineTradeAgreement",
            delivery="LineTradeDelivery",
            settlement="LineTradeSettlement",
            sums="SpecifiedTradeSettlementLineMonetarySummation",
        ),
        line_last="",
    )
    + "</rsm:CrossIndustryInvoice>"
)
ZUGFERD_1 = (
    '<rsm:CrossIndustryDocument xmlns:rsm="urn:ferd:CrossIndustryDocument:invoice:1p0" xmlns:ram="r" xmlns:udt="u">'
    + _CII_BODY.format(
        document="rsm:HeaderExchangedDocument",
        transaction="rsm:SpecifiedSupplyChainTradeTransaction",
        agreement="SupplyChainTradeAgreement",
        settlement="SupplyChainTradeSettlement",
        sums="SpecifiedTradeSettlementMonetarySummation",
        line_first="",
        line_last=_CII_LINE.format(
            agreement="SupplyChainTradeAgreement",
            delivery="SupplyChainTradeDelivery",
            settlement="SupplyChainTradeSettlement",
            sums="SpecifiedTradeSettlementMonetarySummation",
        ),
    )
    + "</rsm:CrossIndustryDocument>"
)

_FATTURA_BODY = """<FatturaElettronicaBody><DatiGenerali><DatiGeneraliDocumento><TipoDocumento>TD01</TipoDocumento>
  <Divisa>EUR</Divisa><Data>2026-03-05</Data><Numero>{number}</Numero>
  <ImportoTotaleDocumento>122.00</ImportoTotaleDocumento></DatiGeneraliDocumento></DatiGenerali>
  <DatiBeniServizi><DettaglioLinee><Descrizione>Penne</Descrizione><Quantita>5.00</Quantita>
    <PrezzoUnitario>20.00</PrezzoUnitario><PrezzoTotale>100.00</PrezzoTotale></DettaglioLinee>
  <DatiRiepilogo><ImponibileImporto>60.00</ImponibileImporto><Imposta>13.20</Imposta></DatiRiepilogo>
  <DatiRiepilogo><ImponibileImporto>40.00</ImponibileImporto><Imposta>8.80</Imposta></DatiRiepilogo></DatiBeniServizi>
  <DatiPagamento><DettaglioPagamento><DataScadenzaPagamento>2026-04-04</DataScadenzaPagamento>
    <ImportoPagamento>61.00</ImportoPagamento><IBAN>IT60X0542811101000000123456</IBAN></DettaglioPagamento>
  <DettaglioPagamento><ImportoPagamento>41.00</ImportoPagamento></DettaglioPagamento></DatiPagamento>
</FatturaElettronicaBody>"""

FATTURAPA = (
    '<p:FatturaElettronica versione="FPR12" '
    'xmlns:p="http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2"><FatturaElettronicaHeader>'
    "<CedentePrestatore><DatiAnagrafici><IdFiscaleIVA><IdPaese>IT</IdPaese><IdCodice>01234567890</IdCodice>"
    "</IdFiscaleIVA><Anagrafica><Denominazione>Officine Rossi</Denominazione></Anagrafica></DatiAnagrafici>"
    "</CedentePrestatore><CessionarioCommittente><DatiAnagrafici><CodiceFiscale>RSSMRA80A01F205X</CodiceFiscale>"
    "<Anagrafica><Nome>Mario</Nome><Cognome>Rossi</Cognome></Anagrafica></DatiAnagrafici></CessionarioCommittente>"
    "</FatturaElettronicaHeader>"
    + _FATTURA_BODY.format(number="7/A")
    + _FATTURA_BODY.format(number="7/B")
    + "</p:FatturaElettronica>"
)
# The prefix was never declared, as in files that are met in practice.
FATTURAPA_BROKEN = FATTURAPA.replace(
    'xmlns:p="http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2"', ""
)
SIMPLIFIED = (
    '<p:FatturaElettronicaSemplificata xmlns:p="x"><FatturaElettronicaHeader><CedentePrestatore>'
    "<IdFiscaleIVA><IdPaese>IT</IdPaese><IdCodice>01234567890</IdCodice></IdFiscaleIVA>"
    "<Denominazione>Bar Sport</Denominazione></CedentePrestatore><CessionarioCommittente><IdentificativiFiscali>"
    "<IdFiscaleIVA><IdPaese>IT</IdPaese><IdCodice>09876543210</IdCodice></IdFiscaleIVA></IdentificativiFiscali>"
    "</CessionarioCommittente></FatturaElettronicaHeader><FatturaElettronicaBody><DatiGenerali>"
    "<DatiGeneraliDocumento><Divisa>EUR</Divisa><Data>2026-03-05</Data><Numero>9</Numero></DatiGeneraliDocumento>"
    "</DatiGenerali><DatiBeniServizi><Descrizione>Pranzo</Descrizione><Importo>22.00</Importo><DatiIVA>"
    "<Imposta>2.00</Imposta></DatiIVA></DatiBeniServizi></FatturaElettronicaBody>"
    "</p:FatturaElettronicaSemplificata>"
)

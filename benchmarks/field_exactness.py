"""How often the engine's fields are exactly right: on e-invoices, and on invoices read off the page.

Usage: python benchmarks/field_exactness.py FOLDER

FOLDER is searched for XML e-invoices, for PDFs with an embedded e-invoice, and for PDFs with the
expected fields in a JSON file of the same name. The truth about e-invoices is read here by XPath, on
a path of its own. A PDF with an embedded invoice is then saved again without it, and read as text and
as a scan of 200 dpi.
"""

from __future__ import annotations

import io
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pypdfium2
from lxml import etree

from flexorchd.engine.model import Content, DocumentError
from flexorchd.engine.steps.classify import classify
from flexorchd.engine.steps.extract import extract
from flexorchd.engine.steps.fields import extract_fields
from flexorchd.engine.steps.language import detect_language

KEYS = ("document_no", "document_date", "total_amount", "currency")
SCAN_DPI = 200

UBL = {
    "document_no": "/*/ID",
    "document_date": "/*/IssueDate",
    "due_date": "/*/DueDate | /*/PaymentMeans/PaymentDueDate",
    "currency": "/*/DocumentCurrencyCode",
    "vendor": "/*/AccountingSupplierParty/Party/PartyLegalEntity/RegistrationName",
    "vendor_tax_id": "/*/AccountingSupplierParty/Party/PartyTaxScheme[TaxScheme/ID='VAT']/CompanyID",
    "customer": "/*/AccountingCustomerParty/Party/PartyLegalEntity/RegistrationName",
    "customer_tax_id": "/*/AccountingCustomerParty/Party/PartyTaxScheme[TaxScheme/ID='VAT']/CompanyID",
    "net_amount": "/*/LegalMonetaryTotal/TaxExclusiveAmount",
    "tax_amount": "/*/TaxTotal/TaxAmount[@currencyID=/*/DocumentCurrencyCode]",
    "total_amount": "/*/LegalMonetaryTotal/TaxInclusiveAmount",
    "amount_due": "/*/LegalMonetaryTotal/PayableAmount",
    "line totals": "/*/*[self::InvoiceLine or self::CreditNoteLine]/LineExtensionAmount",
}
_TRADE = "/*/*[contains(local-name(), 'SupplyChainTradeTransaction')]"
_AGREEMENT = f"{_TRADE}/*[contains(local-name(), 'TradeAgreement')]"
_SETTLEMENT = f"{_TRADE}/*[contains(local-name(), 'TradeSettlement')]"
_SUMS = f"{_SETTLEMENT}/*[contains(local-name(), 'MonetarySummation')]"
_LINE_SUMS = (
    "*[contains(local-name(), 'TradeSettlement')]/*[contains(local-name(), 'MonetarySummation')]"
)
CII = {
    "document_no": "/*/*[contains(local-name(), 'ExchangedDocument')]/ID",
    "document_date": "/*/*[contains(local-name(), 'ExchangedDocument')]/IssueDateTime/DateTimeString",
    "due_date": f"{_SETTLEMENT}/SpecifiedTradePaymentTerms/DueDateDateTime/DateTimeString",
    "currency": f"{_SETTLEMENT}/InvoiceCurrencyCode",
    "vendor": f"{_AGREEMENT}/SellerTradeParty/Name",
    "vendor_tax_id": f"{_AGREEMENT}/SellerTradeParty/SpecifiedTaxRegistration/ID[@schemeID='VA']",
    "customer": f"{_AGREEMENT}/BuyerTradeParty/Name",
    "customer_tax_id": f"{_AGREEMENT}/BuyerTradeParty/SpecifiedTaxRegistration/ID[@schemeID='VA']",
    "net_amount": f"{_SUMS}/TaxBasisTotalAmount",
    "tax_amount": f"{_SUMS}/TaxTotalAmount[not(@currencyID) or @currencyID=//InvoiceCurrencyCode]",
    "total_amount": f"{_SUMS}/GrandTotalAmount",
    "amount_due": f"{_SUMS}/DuePayableAmount",
    "line totals": f"{_TRADE}/IncludedSupplyChainTradeLineItem/{_LINE_SUMS}/LineTotalAmount",
}
_BODY = "/*/FatturaElettronicaBody[1]"
FATTURAPA = {
    "document_no": f"{_BODY}/DatiGenerali/DatiGeneraliDocumento/Numero",
    "document_date": f"{_BODY}/DatiGenerali/DatiGeneraliDocumento/Data",
    "currency": f"{_BODY}/DatiGenerali/DatiGeneraliDocumento/Divisa",
    "total_amount": f"{_BODY}/DatiGenerali/DatiGeneraliDocumento/ImportoTotaleDocumento",
    "iban": f"{_BODY}/DatiPagamento/DettaglioPagamento/IBAN",
    "line totals": f"{_BODY}/DatiBeniServizi/DettaglioLinee/PrezzoTotale",
}
PATHS = {
    "Invoice": UBL,
    "CreditNote": UBL,
    "CrossIndustryInvoice": CII,
    "CrossIndustryDocument": CII,
    "FatturaElettronica": FATTURAPA,
}
# Where the first-choice term is absent, the engine may take the next; that is not judged here.
FALL_BACK = ("vendor", "vendor_tax_id", "customer", "customer_tax_id")
SUMS = {
    "net_amount": f"{_BODY}/DatiBeniServizi/DatiRiepilogo/ImponibileImporto",
    "tax_amount": f"{_BODY}/DatiBeniServizi/DatiRiepilogo/Imposta",
    "amount_due": f"{_BODY}/DatiPagamento/DettaglioPagamento/ImportoPagamento",
}


@dataclass
class Score:
    """Right, wrong and missing values of each field."""

    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)
    files: int = 0
    faults: list[str] = field(default_factory=list)

    def add(self, name: str, truth: Mapping[str, Any], found: Mapping[str, Any]) -> None:
        self.files += 1
        for key, expected in truth.items():
            got = found.get(key)
            tally = self.right if got == expected else self.missing if got is None else self.wrong
            tally[key] += 1
            if got != expected:
                self.faults.append(f"{name}: {key} is {expected}, read as {got}")

    def print(self, title: str) -> None:
        print(f"\n{title} ({self.files} files)\n")
        print(f"{'field':<18}{'right':>7}{'wrong':>7}{'missing':>9}{'exact':>9}")
        for key in sorted(self.right | self.wrong | self.missing):
            counts = (self.right[key], self.wrong[key], self.missing[key])
            print(
                f"{key:<18}{counts[0]:>7}{counts[1]:>7}{counts[2]:>9}{counts[0] / sum(counts):>9.1%}"
            )
        total = self.right.total() + self.wrong.total() + self.missing.total()
        if total:
            print(f"{'all':<18}{'':>23}{self.right.total() / total:>9.1%}")
        print("".join(f"  {fault}\n" for fault in self.faults[:20]), end="")


def stripped(xml: bytes) -> etree._Element:
    """The XML without namespaces, so that paths read as the standards write them."""
    root = etree.fromstring(
        xml, etree.XMLParser(recover=True, huge_tree=True, resolve_entities=False)
    )
    for element in root.iter(etree.Element):
        element.tag = str(element.tag).rpartition("}")[2].rpartition(":")[2]
    return root


def truth_of(xml: bytes) -> dict[str, Any]:
    """The fields of an e-invoice by XPath; what it does not have is None."""
    root = stripped(xml)
    paths = PATHS[root.tag]
    truth: dict[str, Any] = {}
    for key, path in paths.items():
        texts = [" ".join("".join(node.itertext()).split()) for node in root.xpath(path)]
        texts = [text for text in texts if text]
        truth[key] = [Decimal(t) for t in texts] if key == "line totals" else value(key, texts)
    if paths is FATTURAPA:
        for key, path in SUMS.items():
            amounts = [Decimal(node.text.strip()) for node in root.xpath(path)]
            truth[key] = sum(amounts, Decimal(0)) if amounts else None
    return truth


def value(key: str, texts: list[str]) -> Any:
    if not texts:
        return None
    if key.endswith("_date"):
        text = texts[0]
        return date.fromisoformat(text[:10] if "-" in text else text[:8])
    return Decimal(texts[0]) if "amount" in key else texts[0]


def read(content: Content, name: str = "auto") -> dict[str, Any]:
    """What the engine finds, with its own language and type."""
    language = detect_language(content.text)
    kind = classify(content, name, language)
    found = dict(extract_fields(content, kind.document_type, language).values)
    found["line totals"] = [
        line["total"] for line in found.get("line_items", ()) if "total" in line
    ]  # type: ignore[union-attr,call-overload,operator]
    return found


def einvoices(folder: Path) -> Iterator[tuple[str, bytes, bytes]]:
    """Name, XML and file of every e-invoice in a folder."""
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in (".xml", ".pdf", ".p7m") and path.is_file():
            data = path.read_bytes()
            try:
                content = extract(data, path.name)
            except DocumentError:
                continue
            if content.einvoice and stripped(content.einvoice).tag in PATHS:
                yield path.name, content.einvoice, data


def without_attachments(pdf: bytes) -> bytes:
    """The PDF, saved again without its attachments."""
    document = pypdfium2.PdfDocument(pdf)
    for index in reversed(range(document.count_attachments())):
        document.del_attachment(index)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def scanned(pdf: bytes) -> bytes:
    """The pages of a PDF as pictures of 200 dpi, in a TIFF."""
    document = pypdfium2.PdfDocument(pdf)
    pages = [page.render(scale=SCAN_DPI / 72).to_pil().convert("L") for page in document]
    out = io.BytesIO()
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:], dpi=(SCAN_DPI, SCAN_DPI))
    return out.getvalue()


def expected_of(path: Path) -> dict[str, Any]:
    """The four key fields of the JSON beside a PDF."""
    (record,) = json.loads(path.read_text("utf-8"), parse_float=Decimal)
    return {
        "document_no": record["invoice_number"],
        "document_date": date.fromisoformat(record["date"][:10]),
        "total_amount": Decimal(record["amount"]),
        "currency": record["currency"],
    }


def off_the_page(folder: Path) -> dict[str, Score]:
    """Invoices without their XML, as text and as scans."""
    scores: dict[str, Score] = defaultdict(Score)
    cases = [
        (name, {k: truth_of(xml)[k] for k in KEYS}, data) for name, xml, data in einvoices(folder)
    ]
    cases = [case for case in cases if case[0].lower().endswith(".pdf")]
    for path in sorted(folder.rglob("*.pdf")):
        if path.with_suffix(".json").exists():
            cases.append((path.name, expected_of(path.with_suffix(".json")), path.read_bytes()))
    for name, truth, data in cases:
        plain = without_attachments(data)
        text = replace(extract(plain, name), einvoice=None)
        scores["read off the page, as text"].add(name, truth, read(text))
        scan = extract(scanned(plain), Path(name).with_suffix(".tiff").name)
        scores["read off the page, as a scan of 200 dpi"].add(name, truth, read(scan))
    return scores


def main() -> None:
    folder = Path(sys.argv[1])
    exact = Score()
    for name, xml, data in einvoices(folder):
        found = read(extract(data, name))
        truth = truth_of(xml)
        judged = {k: t for k, t in truth.items() if t is not None or k not in FALL_BACK}
        exact.add(name, judged, found)
    exact.print("e-invoices, every field against XPath")
    for title, score in off_the_page(folder).items():
        score.print(title)


if __name__ == "__main__":
    main()

"""FatturaPA, ordinary and simplified; a file may hold several invoices (bodies)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from flexorchd.engine.model import Record
from flexorchd.engine.steps.einvoice.document import EDocument, account, present
from flexorchd.engine.steps.einvoice.node import Node
from flexorchd.formats.exact import plain

_GENERAL = "DatiGenerali/DatiGeneraliDocumento"
_GOODS = "DatiBeniServizi"
_PAYMENT = "DatiPagamento/DettaglioPagamento"


def read(root: Node) -> EDocument | None:
    """The document, or None where the root is none of FatturaPA's."""
    if root.name not in ("FatturaElettronica", "FatturaElettronicaSemplificata"):
        return None
    header = root.first("FatturaElettronicaHeader") or root
    bodies = list(root.all("FatturaElettronicaBody"))
    simplified = any(body.first(f"{_GOODS}/Importo") for body in bodies)
    record = _simplified if simplified else _ordinary
    records = tuple(present({**_parties(header), **record(body)}) for body in bodies)
    return EDocument("invoice", root.name, records) if records else None


def _parties(header: Node) -> Record:
    seller = header.first("CedentePrestatore") or header
    buyer = header.first("CessionarioCommittente") or header
    return present(
        {
            "vendor": _name(seller),
            "vendor_tax_id": _tax_id(seller),
            "customer": _name(buyer),
            "customer_tax_id": _tax_id(buyer),
        }
    )


# The simplified form has the same elements without, or with other, wrappers.
_NAMED = ("DatiAnagrafici/Anagrafica", "AltriDatiIdentificativi", "")
_TAXED = ("DatiAnagrafici", "IdentificativiFiscali", "")


def _inside(party: Node, wrappers: Iterable[str]) -> list[Node]:
    found = (party.first(wrapper) if wrapper else party for wrapper in wrappers)
    return [node for node in found if node is not None]


def _name(party: Node) -> str | None:
    for node in _inside(party, _NAMED):
        person = [node.text("Nome"), node.text("Cognome")]
        name = node.text("Denominazione") or " ".join(part for part in person if part)
        if name:
            return name
    return None


def _tax_id(party: Node) -> str | None:
    for node in _inside(party, _TAXED):
        code = node.text("IdFiscaleIVA/IdCodice")
        if code:
            return f"{node.text('IdFiscaleIVA/IdPaese') or ''}{code}"
        if own := node.text("CodiceFiscale"):
            return own
    return None


def _ordinary(body: Node) -> Record:
    net = _sum(body, f"{_GOODS}/DatiRiepilogo/ImponibileImporto")
    tax = _sum(body, f"{_GOODS}/DatiRiepilogo/Imposta")
    return present(
        {
            **_heading(body),
            "net_amount": net,
            "tax_amount": tax,
            "total_amount": body.amount(f"{_GENERAL}/ImportoTotaleDocumento"),
            "amount_due": _sum(body, f"{_PAYMENT}/ImportoPagamento"),
            "due_date": body.day(f"{_PAYMENT}/DataScadenzaPagamento"),
            "iban": _iban(body),
            "line_items": [_line(line) for line in body.all(f"{_GOODS}/DettaglioLinee")],
        }
    )


def _heading(body: Node) -> Record:
    return present(
        {
            "document_no": body.text(f"{_GENERAL}/Numero"),
            "document_date": body.day(f"{_GENERAL}/Data"),
            "currency": body.text(f"{_GENERAL}/Divisa"),
        }
    )


def _line(line: Node) -> Record:
    return present(
        {
            "description": line.text("Descrizione"),
            "quantity": line.amount("Quantita"),
            "unit_price": line.amount("PrezzoUnitario"),
            "total": line.amount("PrezzoTotale"),
        }
    )


def _simplified(body: Node) -> Record:
    """Here the amounts of the goods include the tax, and the tax need not be said."""
    goods = list(body.all(_GOODS))
    taxes = [line.amount("DatiIVA/Imposta") for line in goods]
    total = _sum(body, f"{_GOODS}/Importo")
    tax = _added(amount for amount in taxes if amount is not None) if all(taxes) else None
    return present(
        {
            **_heading(body),
            "net_amount": total - tax if total is not None and tax is not None else None,
            "tax_amount": tax,
            "total_amount": total,
            "line_items": [
                present({"description": line.text("Descrizione"), "total": line.amount("Importo")})
                for line in goods
            ],
        }
    )


def _iban(body: Node) -> str | None:
    found = (account(node.own_text()) for node in body.all(f"{_PAYMENT}/IBAN"))
    return next((iban for iban in found if iban), None)


def _sum(body: Node, path: str) -> Decimal | None:
    amounts = [node.own_amount() for node in body.all(path)]
    return _added(amount for amount in amounts if amount is not None)


def _added(amounts: Iterable[Decimal]) -> Decimal | None:
    """The exact sum, or None of nothing."""
    values = list(amounts)
    return plain(sum(values, Decimal(0))) if values else None

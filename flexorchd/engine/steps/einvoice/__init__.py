"""Structured invoices and their kin: UBL, CII with ZUGFeRD and Factur-X, FatturaPA.

The business terms (BT) are those of EN 16931; which one a field takes is fixed by the engine's
catalogue and not left to what usually has the same value.
"""

from __future__ import annotations

from flexorchd.engine.steps.einvoice import cii, fatturapa, ubl
from flexorchd.engine.steps.einvoice.document import EDocument
from flexorchd.engine.steps.einvoice.node import parse

__all__ = ["EDocument", "read"]

_READERS = (ubl.read, cii.read, fatturapa.read)


def read(xml: bytes | None) -> EDocument | None:
    """What the XML says, or None where it is no e-invoice that is known here.

    Args:
        xml: the bytes of the XML, as `Content.einvoice` has them.
    """
    root = parse(xml) if xml else None
    if root is None:
        return None
    found = (reader(root) for reader in _READERS)
    return next((document for document in found if document is not None), None)

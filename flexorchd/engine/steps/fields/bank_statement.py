"""Bank statements: whose, which account, which days, the balances and what happened between."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from flexorchd.engine.steps.fields.candidates import Candidate, best
from flexorchd.engine.steps.fields.document import date_of, document_type, field, number_of
from flexorchd.engine.steps.fields.identifiers import ibans
from flexorchd.engine.steps.fields.letterhead import letterhead
from flexorchd.engine.steps.fields.money import currency
from flexorchd.engine.steps.fields.names import is_name
from flexorchd.engine.steps.fields.parties import headed
from flexorchd.engine.steps.fields.readers import clean, days
from flexorchd.engine.steps.fields.reading import Reading
from flexorchd.engine.steps.fields.spans import period_of
from flexorchd.engine.steps.fields.totals import amount_candidates
from flexorchd.engine.steps.fields.transactions import transactions

_BANK = re.compile(
    r"(?<![^\W_])(?:[^\W\d_]*bank[^\W\d_]*|banque|banca|banco|[^\W\d_]*sparkasse|caixa|"
    r"crédit [^\W\d_]+|cassa di risparmio|bankası|[^\W\d_]*kasse)(?![^\W_])",
    re.IGNORECASE,
)
_TOP_ROWS = 8
_CENT = Decimal("0.01")


def read(reading: Reading) -> Mapping[str, Candidate | None]:
    """The fields of a bank statement."""
    start, end = _period(reading)
    opening, closing = _balance(reading, "opening_balance"), _balance(reading, "closing_balance")
    moves = transactions(reading, _amount(opening), (start, end))
    if _adds_up(opening, closing, moves):
        opening, closing, moves = (_surer(c) for c in (opening, closing, moves))
    return {
        "document_no": number_of(reading, "statement_no"),
        "document_date": date_of(reading, "statement_date"),
        "currency": currency(reading),
        "bank": best(headed(reading, "bank", announced=True)) or _letterhead(reading),
        "account_holder": best(headed(reading, "account_holder")),
        "iban": _own_account(reading),
        "period_start": start,
        "period_end": end,
        "opening_balance": opening,
        "closing_balance": closing,
        "transactions": moves,
    }


def _period(reading: Reading) -> tuple[Candidate | None, Candidate | None]:
    """First and last day: of the period, else by labels of their own."""
    start, end = period_of(reading)
    own_start = field(reading, {"period_start": 0.8}, days(reading))
    own_end = field(reading, {"period_end": 0.8}, days(reading))
    if own_start and own_end and not (start and start.confidence >= own_start.confidence):
        return own_start, own_end
    return start or own_start, end or own_end


def _balance(reading: Reading, concept: str) -> Candidate | None:
    """The first opening and the last closing balance, of those that stand out alike."""
    found = amount_candidates(reading, {concept: 1.0})
    if concept == "closing_balance":
        found.reverse()
    return best(found)


def _amount(candidate: Candidate | None) -> Decimal | None:
    value = candidate.value if candidate else None
    return value if isinstance(value, Decimal) else None


def _adds_up(opening: Candidate | None, closing: Candidate | None, moves: Candidate | None) -> bool:
    before, after = _amount(opening), _amount(closing)
    if before is None or after is None or moves is None or not isinstance(moves.value, list):
        return False
    amounts = [line["amount"] for line in moves.value if isinstance(line, dict)]
    total = sum((a for a in amounts if isinstance(a, Decimal)), Decimal(0))
    return abs(before + total - after) <= _CENT


def _surer(candidate: Candidate | None) -> Candidate | None:
    return candidate and replace(candidate, confidence=min(0.99, candidate.confidence + 0.1))


def _own_account(reading: Reading) -> Candidate | None:
    """The account's IBAN: the first that stands above the first transaction's counterparty."""
    for row in reading.page.rows:
        line = " | ".join(cell.text for cell in row)
        if (iban := next(ibans(line), None)) is not None:
            labelled = "iban" in line.lower() or row[0].row < _TOP_ROWS * 3
            return Candidate(iban.value, 0.95 if labelled else 0.6, "pattern", row[0])
    return None


def _letterhead(reading: Reading) -> Candidate | None:
    """The name of a bank among the first lines, else of a firm there."""
    for row in reading.page.rows[:_TOP_ROWS]:
        for cell in row:
            name = clean(re.split(r" [-–—•·|] |, ", cell.text, maxsplit=1)[0])
            short = len(name.split()) <= 6
            if (
                short
                and _BANK.search(name)
                and is_name(reading, name)
                and not _is_label(reading, name)
            ):
                return Candidate(name, 0.7, "position", cell)
    return best(c for c in letterhead(reading) if c.cell and c.cell.row < _TOP_ROWS)


def _is_label(reading: Reading, name: str) -> bool:
    return any(
        label.cell.text.startswith(name) and label.start == 0 and "statement_no" in label.concepts
        for row in reading.labels[:_TOP_ROWS]
        for label in row
    )


BANK_STATEMENT = document_type(
    "bank account_holder iban period_start period_end opening_balance closing_balance transactions",
    "statement_no statement_date period period_start period_end opening_balance closing_balance "
    "bank account_holder other_amount settled",
    read,
)

"""Payslips."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from flexorchd.engine.steps.fields.candidates import Candidate, best
from flexorchd.engine.steps.fields.document import date_of, document_type, number_of, period_text
from flexorchd.engine.steps.fields.letterhead import letterhead
from flexorchd.engine.steps.fields.money import currency
from flexorchd.engine.steps.fields.page import words
from flexorchd.engine.steps.fields.parties import party
from flexorchd.engine.steps.fields.reading import Reading
from flexorchd.engine.steps.fields.totals import best_amount

_CENT = Decimal("0.01")
_SO_FAR = frozenset(
    (
        *(
            "ytd",
            "cumul",
            "cumule",
            "cumules",
            "kumuliert",
            "jahressumme",
            "progressivo",
            "progressivi",
        ),
        *("acumulado", "acumulados", "cumulatief", "narastajaco", "kumulatif", "kumule"),
    )
)


def read(reading: Reading) -> Mapping[str, Candidate | None]:
    """The fields of a payslip."""
    employee = party(reading, "employee")
    employer = party(reading, "employer")
    return {
        "document_no": number_of(reading, "payroll_no"),
        "document_date": date_of(reading, "pay_date"),
        "currency": currency(reading),
        "employer": employer or best(letterhead(reading)),
        "employee": employee,
        "period": period_text(reading),
        **_pay(reading),
    }


def _pay(reading: Reading) -> dict[str, Candidate | None]:
    """Gross, net and deductions, which must make one another; a net above the gross is no net."""
    # Where a column says what was paid this year so far, the column before it is this period's.
    so_far = any(word.key in _SO_FAR for word in words(reading.text))
    gross, net, less = (
        best_amount(reading, {concept: 1.0}, last=not so_far)
        for concept in ("gross_pay", "net_pay", "deductions")
    )
    if gross and net and _number(net) > _number(gross):
        gross, net = (gross, None) if gross.confidence >= net.confidence else (None, net)
    if gross and net and less:
        if abs(_number(gross) - abs(_number(less)) - _number(net)) <= _CENT:
            gross, net, less = (_surer(c) for c in (gross, net, less))
        elif less.confidence < 0.9 or abs(_number(less)) >= _number(gross):
            less = None
    if less is not None:
        less = replace(less, value=abs(_number(less)))
    return {"gross_pay": gross, "net_pay": net, "deductions": less}


def _number(candidate: Candidate) -> Decimal:
    return candidate.value if isinstance(candidate.value, Decimal) else Decimal(0)


def _surer(candidate: Candidate) -> Candidate:
    return replace(candidate, confidence=min(0.99, candidate.confidence + 0.1))


PAYROLL = document_type(
    "employer employee period gross_pay net_pay",
    "payroll_no pay_date period employee employer gross_pay net_pay deductions other_amount settled",
    read,
)

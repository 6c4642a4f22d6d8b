"""Net, tax, gross and due: four amounts that must agree, chosen together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations, product

from flexorchd.engine.steps.fields.amounts import Amount
from flexorchd.engine.steps.fields.candidates import THRESHOLD, Candidate, best, labelled
from flexorchd.engine.steps.fields.page import Cell, Row
from flexorchd.engine.steps.fields.readers import money
from flexorchd.engine.steps.fields.reading import Reading

_CENT = Decimal("0.01")
_MOST = 12
_AGREEMENT = 0.5
# If one of three must go, the total is the last to.
_TOTAL_FIRST = 1.25

GROSS = {"gross": 1.0, "total": 0.8}
NET = {"net": 1.0}
TAX = {"tax": 1.0}
DUE = {"due": 1.0}


@dataclass(frozen=True, slots=True)
class _Option:
    value: Decimal
    confidence: float
    cell: Cell | None = None


_ABSENT = _Option(Decimal(0), 0.0)


def totals(reading: Reading) -> Mapping[str, Candidate]:
    """The amounts of an invoice, as far as they are certain enough.

    Net plus tax that make a gross amount vouch for one another; an amount that contradicts two
    others is left out.
    """
    nets, taxes = _options(reading, NET), _taxes(reading)
    grosses, dues = _options(reading, GROSS), _options(reading, DUE)
    # What is due is the total too, unless something was settled before.
    settled = any(label.certain for label in reading.labelled("settled"))
    rivals = [] if settled else [replace(o, confidence=0.9 * o.confidence) for o in dues]
    net, tax, gross = _agreeing(nets, taxes, _distinct(grosses, rivals))
    if not _agree(net, tax, gross):
        known = {option.value for option in grosses + dues}
        rows = (t for t in _triples(reading.page.rows, reading) if t[2].value in known)
        net, tax, gross = _summary(reading, known) or next(rows, None) or (net, tax, gross)
    found = _found(net, tax, gross, dues)
    return {
        name: Candidate(option.value, min(option.confidence, 0.99), "label", option.cell)
        for name, option in found.items()
        if option.confidence >= THRESHOLD
    }


def _distinct(grosses: Sequence[_Option], rivals: Sequence[_Option]) -> list[_Option]:
    """All options, none twice for being both the total and what is due."""
    values = {option.value for option in grosses if option.confidence >= THRESHOLD}
    return [*grosses, *(option for option in rivals if option.value not in values)]


def amount_candidates(
    reading: Reading, concepts: Mapping[str, float], *, last: bool = True
) -> list[Candidate]:
    """The amounts near labels of the concepts, as candidates for a field of its own.

    Args:
        reading: the document.
        concepts: concept to the trust that its label deserves.
        last: whether in a row of amounts the last is meant, and not the first.
    """
    kind = replace(money(reading), last=last)
    return [
        Candidate(near.value.value, _trust(near.value, confidence), "label", near.cell)
        for near, confidence in labelled(reading, concepts, kind)
    ]


def best_amount(
    reading: Reading, concepts: Mapping[str, float], *, last: bool = True
) -> Candidate | None:
    """The likeliest amount near labels of the concepts."""
    return best(amount_candidates(reading, concepts, last=last))


def _trust(amount: Amount, confidence: float) -> float:
    if amount.ambiguous:
        confidence *= 0.75
    return confidence if amount.is_money else confidence * 0.85


def _options(reading: Reading, concepts: Mapping[str, float]) -> list[_Option]:
    """The likeliest distinct amounts; in equal standing, what stands lower is the result."""
    merged: dict[Decimal, _Option] = {}
    for near, confidence in labelled(reading, concepts, money(reading)):
        value, trust = near.value.value, _trust(near.value, confidence)
        known = merged.get(value)
        if known is None or trust >= known.confidence:
            bonus = 0.03 if known else 0.0
            merged[value] = _Option(value, trust + bonus, near.cell)
    ranked = sorted(merged.values(), key=lambda o: (o.confidence, _row(o)), reverse=True)
    return ranked[:_MOST]


def _row(option: _Option) -> int:
    return option.cell.row if option.cell else -1


def _taxes(reading: Reading) -> list[_Option]:
    """The taxes that are stated, and the sum of those of single rates."""
    options = _options(reading, TAX)
    rates = [o for o in options if o.confidence >= 0.5]
    sums = []
    if 2 <= len(rates) <= 4:
        sums.append(_Option(sum((o.value for o in rates), Decimal(0)), 0.55))
    return options + sums


def _agreeing(
    nets: Sequence[_Option], taxes: Sequence[_Option], grosses: Sequence[_Option]
) -> tuple[_Option, _Option, _Option]:
    """The best three together; agreement outweighs small differences of standing."""
    choices = product([*nets, _ABSENT], [*taxes, _ABSENT], [*grosses, _ABSENT])
    return max(choices, key=_merit)


def _merit(choice: tuple[_Option, _Option, _Option]) -> tuple[float, Decimal]:
    net, tax, gross = choice
    merit = net.confidence + tax.confidence + _TOTAL_FIRST * gross.confidence
    if _agree(net, tax, gross):
        merit += _AGREEMENT if tax.value else _AGREEMENT / 2
    elif _contradict(net, tax, gross):
        merit -= 1.0
    return merit, abs(gross.value)


def _agree(net: _Option, tax: _Option, gross: _Option) -> bool:
    present = net is not _ABSENT and tax is not _ABSENT and gross is not _ABSENT
    return present and abs(net.value + tax.value - gross.value) <= _CENT


def _contradict(net: _Option, tax: _Option, gross: _Option) -> bool:
    if net is not _ABSENT and tax is not _ABSENT and gross is not _ABSENT:
        return True
    if gross is _ABSENT or gross.value < 0:
        return False
    return net.value > gross.value or (tax is not _ABSENT and tax.value >= gross.value > 0)


def _found(
    net: _Option, tax: _Option, gross: _Option, dues: Sequence[_Option]
) -> dict[str, _Option]:
    """The amounts by field, surer if they agree."""
    bonus = 0.1 if _agree(net, tax, gross) else 0.0
    found = {
        name: _Option(option.value, option.confidence + bonus, option.cell)
        for name, option in (("net_amount", net), ("tax_amount", tax), ("total_amount", gross))
        if option is not _ABSENT
    }
    return found | ({"amount_due": dues[0]} if dues else {})


_Triple = tuple[_Option, _Option, _Option]


def _triples(rows: Sequence[Row], reading: Reading) -> Iterator[_Triple]:
    """Net, tax and gross in rows that hold all three, lowest row first."""
    for row in reversed(rows):
        amounts = [a for cell in row for a in reading.numbers.amounts(cell.text)]
        values = [a.value for a in amounts if a.decimals == 2 and not a.percent][-6:]
        triple = _triple(values)
        if triple is not None:
            net, tax, gross = (_Option(value, 0.85, row[0]) for value in triple)
            yield net, tax, gross


def _triple(values: Sequence[Decimal]) -> tuple[Decimal, Decimal, Decimal] | None:
    """Net, tax and gross, in this order among the values; a tax has the sign of its net amount."""
    for net, tax in combinations(values[:-1], 2):
        same_sign = (net > 0) == (tax > 0)
        if tax and same_sign and abs(tax) < abs(net) and net + tax in values:
            return net, tax, net + tax
    return None


def _summary(reading: Reading, known: Set[Decimal]) -> _Triple | None:
    """The result of a table with a column each for net, tax and gross, lowest table first.

    That is its last row, if it is the sum of the others or the only one; else the sum of its rows,
    if that is known for a total.
    """
    for number in range(len(reading.labels) - 1, -1, -1):
        named = {concept for label in reading.labels[number] for concept in label.concepts}
        if "tax" in named and named & {"gross", "total", "net"}:
            below = list(reversed(list(_triples(reading.page.below(number, 60), reading))))
            if result := _result(below, known):
                return result
    return None


def _result(rows: Sequence[_Triple], known: Set[Decimal]) -> _Triple | None:
    if not rows:
        return None
    *parts, last = rows
    if not parts or _sum(parts, 2) == last[2].value:
        return last
    added = tuple(_Option(_sum(rows, column), 0.8, last[column].cell) for column in range(3))
    return (added[0], added[1], added[2]) if added[2].value in known else None


def _sum(rows: Sequence[_Triple], column: int) -> Decimal:
    return sum((row[column].value for row in rows), Decimal(0))

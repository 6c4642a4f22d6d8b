"""Made-up business documents: every type, in eight languages, laid out as real ones are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flexorchd.engine.model import Content, Table

from .wording import (
    BANKS,
    CURRENCIES,
    FIRMS,
    GOODS,
    IBANS,
    LANGUAGES,
    MONTHS,
    OFFICES,
    PEOPLE,
    STREETS,
    VAT_IDS,
    WORDS,
)

LAYOUTS = ("pairs", "beside", "heads", "plain", "cells")


@dataclass(frozen=True)
class Made:
    """A document, what it is, and what stands in it."""

    name: str
    document_type: str
    language: str
    content: Content
    expected: dict[str, object]


@dataclass(frozen=True)
class Writer:
    """Writes words, amounts and dates as one language does, in one of two manners."""

    language: str
    manner: int
    layout: str

    def word(self, name: str) -> str:
        return WORDS[name][self.language][self.manner]

    def number(self, value: Decimal | str) -> str:
        whole, _, cents = f"{abs(Decimal(value)):,.2f}".partition(".")
        group, point = {"en": (",", "."), "fr": (" ", ","), "pl": (" ", ",")}.get(
            self.language, (".", ",")
        )
        minus = "-" if Decimal(value) < 0 else ""
        return minus + whole.replace(",", group) + point + cents

    def money(self, value: Decimal | str) -> str:
        code, sign = CURRENCIES[self.language]
        number = self.number(value)
        if self.manner:
            return f"{code} {number}" if self.language in ("en", "nl") else f"{number} {code}"
        return f"{sign}{number}" if self.language == "en" else f"{number} {sign}"

    def day(self, day: date) -> str:
        if self.manner and self.language != "pl":
            month = MONTHS[self.language].split()[day.month - 1]
            return {
                "en": f"{day.day} {month} {day.year}",
                "de": f"{day.day}. {month} {day.year}",
                "es": f"{day.day} de {month.lower()} de {day.year}",
            }.get(self.language, f"{day.day} {month} {day.year}")
        if self.language in ("en", "pl"):
            return day.isoformat()
        return day.strftime("%d/%m/%Y" if self.language in ("fr", "it", "es") else "%d.%m.%Y")

    def pair(self, name: str, value: str) -> str:
        """A label and its value on one line."""
        return (
            f"{self.word(name)}: {value}"
            if self.layout != "beside"
            else f"{self.word(name)}\t{value}"
        )

    def pairs(self, pairs: list[tuple[str, str]]) -> list[str]:
        """Labels and values, in the manner of the layout."""
        if self.layout == "heads":
            return [
                "\t".join(self.word(name) for name, _ in pairs),
                "\t".join(value for _, value in pairs),
            ]
        return [self.pair(name, value) for name, value in pairs]

    def table(self, heads: list[str], rows: list[list[str]]) -> list[str]:
        gap = " " if self.layout == "plain" else "\t"
        return [gap.join(self.word(head) for head in heads), *(gap.join(row) for row in rows)]

    def totals(self, pairs: list[tuple[str, str]]) -> list[str]:
        gap = " " if self.layout == "plain" else "\t"
        return [f"{self.word(name)}{gap}{value}" for name, value in pairs]


ISSUED, DUE, DELIVERED = date(2026, 3, 5), date(2026, 4, 4), date(2026, 3, 2)
QUANTITIES = (Decimal(2), Decimal(10), Decimal(3))
PRICES = (Decimal("149.90"), Decimal("85.00"), Decimal("1250.50"))
TOTALS = tuple(q * p for q, p in zip(QUANTITIES, PRICES, strict=True))
NET = sum(TOTALS, Decimal(0))
RATES = {"en": 20, "de": 19, "fr": 20, "it": 22, "es": 21, "nl": 21, "pl": 23, "tr": 20}


def _tax(language: str) -> Decimal:
    return (NET * RATES[language] / 100).quantize(Decimal("0.01"))


def _lines(w: Writer) -> tuple[list[str], list[list[str]], list[dict[str, object]]]:
    """Headings, rows and truth of the priced lines."""
    rows, truth = [], []
    for name, quantity, price, total in zip(
        GOODS[w.language], QUANTITIES, PRICES, TOTALS, strict=True
    ):
        rows.append([name, f"{quantity}", w.number(price), w.number(total)])
        truth.append(
            {"description": name, "quantity": quantity, "unit_price": price, "total": total}
        )
    return ["description", "quantity", "unit_price", "line_total"], rows, truth


def _parties(
    w: Writer, first: tuple[str, str], second: tuple[str, str], ids: bool = True
) -> list[str]:
    """Two blocks with name, street, town and tax number: side by side, or one under the other."""
    street, town = STREETS[w.language]
    numbers = [f"{w.word('vat_id')}: {number}" for number in VAT_IDS[w.language]]
    blocks = [
        [w.word(heading) + ":", name, street, town, *([number] if ids else [])]
        for (heading, name), number in zip((first, second), numbers, strict=True)
    ]
    if w.layout in ("beside", "heads"):
        return ["\t".join(pair) for pair in zip(*blocks, strict=True)]
    return [*blocks[0], *blocks[1]]


def _document(
    w: Writer, kind: str, lines: list[str], table: Table | None, expected: dict[str, object]
) -> Made:
    tables = (table,) if table and w.layout == "cells" else ()
    content = Content("docx" if tables else "pdf", "\n".join(lines), tables)
    return Made(f"{kind}-{w.language}-{w.layout}-{w.manner}", kind, w.language, content, expected)


def _as_table(w: Writer, heads: list[str], rows: list[list[str]]) -> Table:
    return Table((tuple(w.word(head) for head in heads), *(tuple(row) for row in rows)))


def invoice(w: Writer) -> Made:
    seller, buyer = FIRMS[w.language]
    tax, (heads, rows, truth) = _tax(w.language), _lines(w)
    number = {"en": "INV-2026-0042", "pl": "FV 42/03/2026"}.get(w.language, "2026-0042")
    paid = Decimal("500.00")
    lines = [
        w.word("invoice"),
        *_parties(w, ("from", seller), ("to", buyer)),
        f"{w.word('phone')}: 030 1234567",
        *w.pairs([("invoice_no", number), ("invoice_date", w.day(ISSUED)), ("due_date", w.day(DUE))]),
        *w.pairs([("customer_no", "77812"), ("order_ref", "B-4711"), ("delivery_date", w.day(DELIVERED))]),
        *w.table(heads, rows),
        *w.totals([
            ("subtotal", w.money(NET)),
            ("tax", w.money(tax)),
            ("total", w.money(NET + tax)),
            ("paid", w.money(paid)),
            ("amount_due", w.money(NET + tax - paid)),
        ]),
        f"IBAN: {IBANS[w.language]}",
        w.word("thanks"),
    ]  # fmt: skip
    return _document(w, "invoice", lines, _as_table(w, heads, rows), {
        "document_no": number, "document_date": ISSUED, "due_date": DUE, "vendor": seller, "customer": buyer,
        "vendor_tax_id": VAT_IDS[w.language][0], "customer_tax_id": VAT_IDS[w.language][1],
        "net_amount": NET, "tax_amount": tax, "total_amount": NET + tax, "amount_due": NET + tax - paid,
        "currency": CURRENCIES[w.language][0], "iban": IBANS[w.language], "line_items": truth,
    })  # fmt: skip


def purchase_order(w: Writer) -> Made:
    seller, buyer = FIRMS[w.language]
    tax, (heads, rows, truth) = _tax(w.language), _lines(w)
    lines = [
        w.word("order"),
        *_parties(w, ("buyer", buyer), ("supplier", seller)),
        *w.pairs(
            [("order_no", "PO-2026-118"), ("order_date", w.day(ISSUED)), ("wanted", w.day(DUE))]
        ),
        f"{w.word('phone')}: 030 1234567",
        *w.table(heads, rows),
        *w.totals(
            [("subtotal", w.money(NET)), ("tax", w.money(tax)), ("order_total", w.money(NET + tax))]
        ),
    ]
    return _document(w, "purchase_order", lines, _as_table(w, heads, rows), {
        "document_no": "PO-2026-118", "document_date": ISSUED, "delivery_date": DUE, "buyer": buyer,
        "vendor": seller, "total_amount": NET + tax, "currency": CURRENCIES[w.language][0], "line_items": truth,
    })  # fmt: skip


def sales_proposal(w: Writer) -> Made:
    seller, buyer = FIRMS[w.language]
    tax, (heads, rows, truth) = _tax(w.language), _lines(w)
    lines = [
        w.word("offer"),
        *_parties(w, ("from", seller), ("offer_for", buyer)),
        *w.pairs(
            [("offer_no", "Q-881"), ("offer_date", w.day(ISSUED)), ("valid_until", w.day(DUE))]
        ),
        *w.table(heads, rows),
        *w.totals(
            [("subtotal", w.money(NET)), ("tax", w.money(tax)), ("total", w.money(NET + tax))]
        ),
    ]
    return _document(w, "sales_proposal", lines, _as_table(w, heads, rows), {
        "document_no": "Q-881", "document_date": ISSUED, "valid_until": DUE, "vendor": seller, "customer": buyer,
        "total_amount": NET + tax, "currency": CURRENCIES[w.language][0], "line_items": truth,
    })  # fmt: skip


def delivery_note(w: Writer) -> Made:
    seller, buyer = FIRMS[w.language]
    rows = [
        [name, f"{quantity}"] for name, quantity in zip(GOODS[w.language], QUANTITIES, strict=True)
    ]
    lines = [
        w.word("note"),
        *_parties(w, ("from", seller), ("deliver_to", buyer), ids=False),
        *w.pairs(
            [("note_no", "LS-5531"), ("delivery_date", w.day(DELIVERED)), ("order_ref", "B-4711")]
        ),
        *w.table(["description", "quantity"], rows),
    ]
    truth = [
        {"description": name, "quantity": q}
        for name, q in zip(GOODS[w.language], QUANTITIES, strict=True)
    ]
    return _document(w, "delivery_note", lines, _as_table(w, ["description", "quantity"], rows), {
        "document_no": "LS-5531", "delivery_date": DELIVERED, "order_no": "B-4711", "vendor": seller,
        "customer": buyer, "line_items": truth,
    })  # fmt: skip


def bank_statement(w: Writer) -> Made:
    opening = Decimal("2500.00")
    moves = (Decimal("-850.00"), Decimal("1200.50"), Decimal("-49.90"))
    rows, truth, balance = [], [], opening
    for number, (name, move) in enumerate(zip(GOODS[w.language], moves, strict=True)):
        balance += move
        day = date(2026, 3, 3 + 7 * number)
        sides = ["" if move > 0 else w.number(-move), w.number(move) if move > 0 else ""]
        amounts = (
            [w.number(move)]
            if w.manner
            else [side for side in sides if side or w.layout == "cells"]
        )
        rows.append([w.day(day), name, *amounts, w.number(balance)])
        truth.append({"date": day, "description": name, "amount": move, "balance": balance})
    heads = ["date", "purpose", *(["amount"] if w.manner else ["debit", "credit"]), "balance"]
    span = f"{w.day(date(2026, 3, 1))} - {w.day(date(2026, 3, 31))}"
    lines = [
        BANKS[w.language],
        w.word("statement"),
        *w.pairs([("holder", PEOPLE[w.language]), ("statement_no", "3/2026"), ("period", span)]),
        f"IBAN: {IBANS[w.language]}",
        f"{w.word('opening')}\t{w.money(opening)}",
        *w.table(heads, rows),
        f"{w.word('closing')}\t{w.money(balance)}",
    ]
    return _document(w, "bank_statement", lines, _as_table(w, heads, rows), {
        "bank": BANKS[w.language], "account_holder": PEOPLE[w.language], "iban": IBANS[w.language],
        "period_start": date(2026, 3, 1), "period_end": date(2026, 3, 31), "opening_balance": opening,
        "closing_balance": balance, "currency": CURRENCIES[w.language][0], "transactions": truth,
    })  # fmt: skip


def payroll(w: Writer) -> Made:
    gross, less = Decimal("4200.00"), Decimal("1318.45")
    month = MONTHS[w.language].split()[2].capitalize() + " 2026" if w.manner else "03/2026"
    lines = [
        w.word("payslip"),
        *w.pairs([("employer", FIRMS[w.language][0]), ("employee", PEOPLE[w.language]), ("pay_period", month)]),
        *w.totals([
            ("gross", w.money(gross)),
            ("income_tax", w.money("700.00")),
            ("deducted", w.money(less)),
            ("net", w.money(gross - less)),
        ]),
        f"IBAN: {IBANS[w.language]}",
    ]  # fmt: skip
    return _document(w, "payroll", lines, None, {
        "employer": FIRMS[w.language][0], "employee": PEOPLE[w.language], "period": month, "gross_pay": gross,
        "net_pay": gross - less, "deductions": less, "currency": CURRENCIES[w.language][0],
    })  # fmt: skip


def expense_report(w: Writer) -> Made:
    amounts = (Decimal("120.00"), Decimal("34.50"), Decimal("18.20"))
    days = (date(2026, 3, 9), date(2026, 3, 10), date(2026, 3, 11))
    kinds = ("Hotel", "Taxi", "Parking")
    rows = [
        [w.day(day), kind, name, w.number(amount)]
        for day, kind, name, amount in zip(days, kinds, GOODS[w.language], amounts, strict=True)
    ]
    heads = ["date", "category", "description", "amount"]
    span = f"{w.day(days[0])} - {w.day(days[2])}"
    lines = [
        w.word("expenses"),
        *w.pairs([("employee", PEOPLE[w.language]), ("period", span)]),
        *w.table(heads, rows),
        *w.totals([("expense_total", w.money(sum(amounts, Decimal(0))))]),
    ]
    truth = [
        {"date": day, "category": kind, "description": name, "amount": amount}
        for day, kind, name, amount in zip(days, kinds, GOODS[w.language], amounts, strict=True)
    ]
    return _document(w, "expense_report", lines, _as_table(w, heads, rows), {
        "employee": PEOPLE[w.language], "period": span, "total_amount": sum(amounts, Decimal(0)),
        "currency": CURRENCIES[w.language][0], "line_items": truth,
    })  # fmt: skip


def budget(w: Writer) -> Made:
    plans = (Decimal("12000.00"), Decimal("8500.00"), Decimal("1499.50"))
    actuals = (Decimal("11750.00"), Decimal("9020.00"), Decimal("1300.00"))
    names = ("Marketing", "IT", "Logistik")
    rows = [[n, w.number(p), w.number(a)] for n, p, a in zip(names, plans, actuals, strict=True)]
    heads = ["category", "planned", "actual"]
    total = [
        w.word("expense_total"),
        w.number(sum(plans, Decimal(0))),
        w.number(sum(actuals, Decimal(0))),
    ]
    lines = [
        w.word("budget"),
        w.pair("budget_period", "2026"),
        *w.table(heads, [*rows, total]),
        f"{CURRENCIES[w.language][0]}",
    ]
    truth = [
        {"category": n, "planned": p, "actual": a}
        for n, p, a in zip(names, plans, actuals, strict=True)
    ]
    return _document(w, "budget", lines, _as_table(w, heads, [*rows, total]), {
        "period": "2026", "total_amount": sum(plans, Decimal(0)), "line_items": truth,
    })  # fmt: skip


def tax_declaration(w: Writer) -> Made:
    kind = {
        "en": "VAT",
        "de": "Umsatzsteuer",
        "fr": "TVA",
        "nl": "Omzetbelasting",
        "pl": "VAT",
        "tr": "KDV",
    }
    lines = [
        w.word("declaration"),
        *w.pairs([("taxpayer", FIRMS[w.language][0]), ("tax_number", VAT_IDS[w.language][0])]),
        w.pair("tax_office", OFFICES[w.language]),
        w.pair("tax_type", kind.get(w.language, "IVA")),
        w.pair("tax_period", "03/2026"),
        *w.totals([("tax_due", w.money("3120.75"))]),
    ]
    return _document(w, "tax_declaration", lines, None, {
        "taxpayer": FIRMS[w.language][0], "tax_id": VAT_IDS[w.language][0], "tax_office": OFFICES[w.language],
        "tax_type": kind.get(w.language, "IVA"), "period": "03/2026", "tax_due": Decimal("3120.75"),
    })  # fmt: skip


def contract(w: Writer) -> Made:
    first, second = FIRMS[w.language]
    start, end = date(2026, 4, 1), date(2028, 3, 31)
    lines = [
        w.word("contract"),
        *w.pairs([("party_a", first), ("party_b", second)]),
        w.pair("subject", GOODS[w.language][1]),
        *w.pairs([("effective", w.day(start)), ("ends", w.day(end))]),
        w.word("clause"),
    ]
    return _document(w, "contract", lines, None, {
        "parties": [first, second], "subject": GOODS[w.language][1], "effective_date": start, "end_date": end,
    })  # fmt: skip


MAKERS = (
    invoice, purchase_order, sales_proposal, delivery_note, bank_statement, payroll, expense_report, budget,
    tax_declaration, contract,
)  # fmt: skip


def documents() -> Iterator[Made]:
    """Every type, in every language, layout and manner."""
    for make in MAKERS:
        for language in LANGUAGES:
            for layout in LAYOUTS:
                for manner in (0, 1):
                    yield make(Writer(language, manner, layout))

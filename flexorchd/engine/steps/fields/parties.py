"""Who sells and who buys: the names under headings, on letterheads and in address windows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache

from flexorchd.engine.steps.fields.candidates import Candidate, best
from flexorchd.engine.steps.fields.identifiers import has_vat_form, ibans
from flexorchd.engine.steps.fields.near import is_empty, near, without_asides
from flexorchd.engine.steps.fields.page import Cell, Row, Word, words
from flexorchd.engine.steps.fields.phrases import Match, Phrases
from flexorchd.engine.steps.fields.readers import clean, tax_numbers
from flexorchd.engine.steps.fields.reading import Label, Reading

_LEGAL_FORMS = (
    "gmbh; gmbh co kg; ag; kg; ohg; gbr; ug; e k; ek; mbh; kgaa; gesmbh; e v; eg; partg; partg mbb; "
    "ltd; limited; llc; l l c; inc; incorporated; corp; corporation; plc; llp; pty ltd; gmbh co; "
    "sarl; s a r l; sas; s a s; sasu; sa; s a; eurl; sci; snc; scop; "
    "srl; s r l; spa; s p a; s n c; srls; s r l s; s a s di; "
    "sl; s l; slu; s l u; slne; sau; s a u; s c; s coop; "
    "b v; bv; n v; nv; v o f; vof; c v; bvba; sprl; "
    "sp z o o; spzoo; spolka z o o; sp j; sp k; s a; spolka akcyjna; sp z oo; "
    "a s; anonim sirketi; ltd sti; limited sirketi; san tic ltd sti; san ve tic a s; tic ltd sti; "
    "aps; oy; oyj; ab; se; s r o; kft; zrt; lda; s e n c"
)
# French firms put it first.
_LEADING_FORMS = frozenset(("sarl", "sas", "sasu", "eurl", "sci", "scop", "sa"))
_SEPARATORS = re.compile(r" [-–—•·|*] |[•·|]|, ")
_STRONG_SEPARATORS = re.compile(r" [-–—•·|*] |[•·|]")
_POSTCODE = re.compile(
    r"\b(?:[A-Z]{1,2}-)?\d{2}-?\d{3}\b|\b\d{4,5}\b|\b[A-Z]{1,2}\d[\dA-Z]? \d[A-Z]{2}\b"
)
_ADDRESS = re.compile(
    r"@|www\.|https?:|\b\d{4,}\b|(?<!\w)(?:str\.|straße|strasse|street|road|avenue|rue|via|calle|"
    r"laan|straat|ul\.|cad\.|sok\.|mah\.|no:|tel|fax|p\.?o\.? box)",
    re.IGNORECASE,
)
_OWN_ACCOUNT = re.compile(
    r"\b(?:Ihr(?:em|es)? Konto|your account|votre compte|vostro conto|su cuenta|uw rekening|"
    r"hesabınızdan|Mandat)",
    re.IGNORECASE,
)
_HEADINGS = frozenset(("seller", "customer", "buyer", "ship_to"))
_BLOCK_ROWS = 6
_TAX_BLOCK_ROWS = 12
_LETTERHEAD_ROWS = 12
_LONGEST_NAME = 90


def party(reading: Reading, concept: str) -> Candidate | None:
    """The likeliest name at headings of a concept."""
    return best(headed(reading, concept))


def headed(reading: Reading, concept: str, *, whole: bool = False) -> Iterator[Candidate]:
    """The names at headings of a concept.

    Args:
        reading: the document.
        concept: the concept.
        whole: whether a label without a colon is a part of the name, as in "Bank of Ireland".
    """
    for label in reading.labelled(concept):
        standing = 0.95 if label.certain else 0.4
        weight = label.concepts[concept] * standing
        if whole and not (label.announced and label.start == 0):
            continue
        for cell, text, closeness in _lines(reading, label):
            if name := _name(reading, cell, text, concept):
                yield Candidate(name, weight * closeness, "label", cell)
                break


def _lines(reading: Reading, label: Label) -> Iterator[tuple[Cell, str, float]]:
    """The lines of the block that a heading opens: its own rest, its right, what is below."""
    if not is_empty(label.rest):
        yield label.cell, without_asides(label.rest), 0.95 if label.announced else 0.75
        if label.next_start < len(label.cell.text) or label.announced:
            return
    row = reading.page.rows[label.cell.row]
    right = row[label.cell.column + 1 : label.cell.column + 2]
    headings = [x for x in reading.labels[label.cell.row] if x.concepts.keys() & _HEADINGS]
    if right and len(headings) <= 1 and not reading.begins_with_label(right[0]):
        yield right[0], right[0].text, 0.9
    for below in reading.page.below(label.cell.row, _BLOCK_ROWS):
        if label.cell.column < len(below):
            cell = below[label.cell.column]
            if _opens_block(reading, cell):
                return
            yield cell, cell.text, 0.9


def _opens_block(reading: Reading, cell: Cell) -> bool:
    return any(
        label.cell is cell
        and label.start == 0
        and label.announced
        and label.concepts.keys() & _HEADINGS
        for label in reading.labels[cell.row]
    )


def _name(reading: Reading, cell: Cell, text: str, concept: str) -> str | None:
    """The name in a line of a block, if it is one, or one with the label "Name"."""
    labels = [x for x in reading.labels[cell.row] if x.cell is cell and x.start == 0]
    if cell.text == text and labels:
        if not labels[0].concepts.keys() & {"name", concept}:
            return None
        if labels[0].announced:
            row = reading.page.rows[cell.row]
            beside = row[cell.column + 1].text if cell.column + 1 < len(row) else ""
            text = labels[0].rest if not is_empty(labels[0].rest) else beside
    whole = clean(text)
    names = (whole, clean(_SEPARATORS.split(whole, maxsplit=1)[0]))
    return next((name for name in names if is_name(reading, name)), None)


def is_name(reading: Reading, text: str) -> bool:
    """Whether a text can be the name of a person or a firm."""
    letters = sum(c.isalpha() for c in text)
    if not 2 <= len(text) <= _LONGEST_NAME or letters < max(2, len(text) // 3):
        return False
    if (
        text.startswith("(")
        or text == text.lower()
        or _ADDRESS.search(text)
        or text.endswith(":")
        or len(text.split()) > 12
    ):
        return False
    return not any(reading.dates.days(text)) and not any(
        amount.is_money for amount in reading.numbers.amounts(text)
    )


def letterhead(reading: Reading) -> Iterator[Candidate]:
    """Names of firms where a sender prints his own: above, in the sender's line, in the footer."""
    forms = _forms()
    counts: Counter[str] = Counter()
    places: dict[str, Cell] = {}
    taken = {cell.row for label in reading.labelled("customer") for cell in _below(reading, label)}
    for row in reading.page.rows:
        for cell in row:
            name = firm(cell.text, forms) if len(cell.words) <= 24 else None
            if name and cell.row not in taken and is_name(reading, name):
                counts[fold_all(name)] += 1
                places.setdefault(fold_all(name), cell)
    for key, count in counts.items():
        cell = places[key]
        high = 0.62 if cell.row < _LETTERHEAD_ROWS else 0.5
        sender = 0.15 if _is_sender_line(reading.page.rows[cell.row]) else 0.0
        name = firm(cell.text, forms) or ""
        yield Candidate(name, min(0.85, high + sender + 0.06 * min(count - 1, 3)), "position", cell)


def _below(reading: Reading, label: Label) -> Iterator[Cell]:
    if label.certain:
        yield label.cell
        for row in reading.page.below(label.cell.row, 3):
            if label.cell.column < len(row):
                yield row[label.cell.column]


def fold_all(text: str) -> str:
    """A text as it is compared."""
    return " ".join(word.key for word in words(text))


def _is_sender_line(row: Row) -> bool:
    """The small line above an address window: name, street and town, parted by dashes or dots."""
    line = " | ".join(cell.text for cell in row)
    return len(_SEPARATORS.findall(line)) >= 2 and bool(_POSTCODE.search(line))


def firm(text: str, forms: Phrases[str]) -> str | None:
    """The name with a legal form in a line that begins with it; labels before a colon aside."""
    head = _STRONG_SEPARATORS.split(text.rpartition(": ")[2], maxsplit=1)[0]
    spelled = tuple(words(head))
    matches = [m for m in forms.find(spelled) if _is_form(head, spelled, m)]
    if not matches:
        return None
    last = matches[-1]
    if last.start == 0:
        return clean(head) if 2 <= len(spelled) <= 6 else None
    end = spelled[last.end - 1].end
    if (
        last.end < len(spelled)
        and head[end : end + 1] not in (",", ";", "(")
        and len(spelled) - last.end > 3
    ):
        return None
    ends = last.end == len(spelled) or head[end : end + 1] not in (",", ";", "(")
    return clean(head if ends else head[:end]) or None


def _is_form(text: str, spelled: Sequence[Word], match: Match[str]) -> bool:
    """Whether a match is a legal form: at the front only where that is usual, short ones in capitals."""
    form = text[spelled[match.start].start : spelled[match.end - 1].end]
    if match.start == 0:
        return match.meanings[0] in _LEADING_FORMS and form.isupper()
    return match.length > 3 or not form.islower() or "." in form


@cache
def _forms() -> Phrases[str]:
    return Phrases((form, form) for form in _LEGAL_FORMS.split("; "))


def address_window(reading: Reading) -> Candidate | None:
    """The recipient below the sender's line of a letter."""
    for row in reading.page.rows[:_LETTERHEAD_ROWS]:
        if _is_sender_line(row):
            for below in reading.page.below(row[0].row, 2):
                name = clean(below[0].text)
                if is_name(reading, name) and not reading.begins_with_label(below[0]):
                    return Candidate(name, 0.65, "position", below[0])
    return None


def tax_ids_by_party(reading: Reading) -> dict[str, Candidate]:
    """The tax numbers of seller and buyer: by their labels, and by the block they stand in."""
    found: dict[str, list[Candidate]] = {"vendor_tax_id": [], "customer_tax_id": []}
    kind = tax_numbers(reading)
    for row in reading.labels:
        for label in row:
            weights = label.concepts
            weight = max(weights.get("vat_id", 0.0), weights.get("customer_vat_id", 0.0))
            value = near(reading, label, kind) if weight else None
            if value is not None:
                form = 1.0 if has_vat_form(value.value) else 0.85
                field = "customer_tax_id" if _is_buyers(reading, label) else "vendor_tax_id"
                confidence = weight * value.score * form * (0.6 if label.in_prose else 1.0)
                found[field].append(Candidate(value.value, confidence, "label", label.cell))
    chosen = {field: best(candidates) for field, candidates in found.items()}
    return {field: candidate for field, candidate in chosen.items() if candidate is not None}


def _is_buyers(reading: Reading, label: Label) -> bool:
    """Whether a label says so, or the nearest heading above it, in its column, is the buyer's."""
    if "customer_vat_id" in label.concepts:
        return "vat_id" not in label.concepts
    first = max(0, label.cell.row - _TAX_BLOCK_ROWS)
    for row in range(label.cell.row, first - 1, -1):
        for other in reversed(reading.labels[row]):
            same_column = other.cell.column == label.cell.column
            if other is label or not same_column or not other.certain:
                continue
            if other.concepts.keys() & {"customer", "buyer", "ship_to"}:
                return "seller" not in other.concepts
            if "seller" in other.concepts:
                return False
    return False


def payment_account(reading: Reading) -> Candidate | None:
    """The account to pay into: the only IBAN, or the first that is not the payer's own."""
    found: dict[str, float] = {}
    for row in reading.page.rows:
        line = " | ".join(cell.text for cell in row)
        for iban in ibans(line):
            before = line[max(0, iban.start - 60) : iban.start]
            trust = 0.45 if _OWN_ACCOUNT.search(before) else 0.95 if "IBAN" in before else 0.85
            found[iban.value] = max(trust, found.get(iban.value, 0.0))
    if not found:
        return None
    value, trust = max(found.items(), key=lambda item: item[1])
    rivals = sum(1 for other in found.values() if other >= 0.8) - 1
    return Candidate(value, trust - 0.1 * min(rivals, 2), "pattern") if trust >= 0.5 else None

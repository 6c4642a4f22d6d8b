"""Names of people and firms: what can be one, and where a firm's legal form shows it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from flexorchd.engine.steps.fields.page import Word, words
from flexorchd.engine.steps.fields.phrases import Match, Phrases
from flexorchd.engine.steps.fields.readers import clean
from flexorchd.engine.steps.fields.reading import Reading

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
SEPARATORS = re.compile(r" [-–—•·|*] |[•·|]|, ")
_STRONG_SEPARATORS = re.compile(r" [-–—•·|*] |[•·|]")
_ADDRESS = re.compile(
    r"@|www\.|https?:|\b\d{4,}\b|(?<!\w)(?:str\.|straße|strasse|street|road|avenue|rue|via|calle|laan|"
    r"straat|ul\.|cad\.|sok\.|mah\.|no:|tel|fax|p\.?o\.? box)(?![^\W\d_])",
    re.IGNORECASE,
)
_LONGEST_NAME, _MOST_WORDS = 90, 12


def is_name(reading: Reading, text: str) -> bool:
    """Whether a text can be the name of a person or a firm."""
    letters = sum(c.isalpha() for c in text)
    if not 2 <= len(text) <= _LONGEST_NAME or letters < max(2, len(text) // 3):
        return False
    begins_well = text[:1].isalnum() or text[:1] in ('"', "'", "„", "“", "«")
    if not begins_well or text.endswith(":") or text == text.lower():
        return False
    if _ADDRESS.search(text) or len(text.split()) > _MOST_WORDS:
        return False
    return not any(reading.dates.days(text)) and not any(
        amount.is_money for amount in reading.numbers.amounts(text)
    )


def firm(text: str) -> str | None:
    """The name with a legal form in a line that begins with it; labels before a colon aside."""
    head = _STRONG_SEPARATORS.split(text.rpartition(": ")[2], maxsplit=1)[0]
    spelled = tuple(words(head))
    matches = [m for m in _forms().find(spelled) if _is_form(head, spelled, m)]
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


def fold_all(text: str) -> str:
    """A text as it is compared."""
    return " ".join(word.key for word in words(text))

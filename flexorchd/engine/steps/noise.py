"""How much of a text is noise: gibberish, runs of symbols, mojibake, replacement characters, OCR junk."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from importlib import resources

_TOKEN = re.compile(r"\S{1,400}")
_LETTERS = re.compile(r"[^\W\d_]+")
_MOJIBAKE = re.compile(r"Ã[\x80-\xbf¡-¿]|Â[\x80-\xbf¡-¿]|â€|Å[\x80-\xbfŸž]|Ä[\x80-\xbf±Ÿ]|ï¿½")
_GARBAGE = re.compile(r"[\ufffd\x00-\x08\x0e-\x1f\x7f-\x9f\ue000-\uf8ff]")
_SYMBOLS = re.compile(r"[^\w\s]")
_ORDINARY = re.compile(
    r"[\W_]{0,3}(?:[^\W\d_]+(?:[.,:;!?'’\-–/&@_+()]{1,2}[^\W_]+)*|[+\-]?[\d.,:/\-%€$£°]+[^\W\d_]{0,4}|[A-Z\d]+(?:[\-/.][A-Z\d]+)*)[\W_]{0,3}"
)
_RULE = re.compile(r"[-_=.*·•–—|+~#]+")
_UNLIKELY_SHARE = 0.34
_LONG_WORD = 32
_ENOUGH_WORDS = 40
_DISTINCT_SHARE = 0.06


@cache
def _common_words() -> frozenset[str]:
    listed = resources.files(__package__).joinpath("common_words.txt").read_text(encoding="utf-8")
    return frozenset(
        w for line in listed.splitlines() if not line.startswith("#") for w in line.split()
    )


@cache
def _likely_pairs() -> frozenset[str]:
    """Pairs of letters that occur in common words of the engine's languages, word ends included."""
    return frozenset(pair for word in _common_words() for pair in _pairs(word))


def _pairs(word: str) -> list[str]:
    bounded = f" {word} "
    return [bounded[at : at + 2] for at in range(len(bounded) - 1)]


def noise_of(text: str) -> float:
    """The share of a text's tokens that are noise, weighted by length, 0.0 to 1.0; 0.0 for no text.

    Args:
        text: any text. Letters of other scripts than the Latin are taken as they are.
    """
    tokens = Counter(match.group() for match in _TOKEN.finditer(text))
    total = sum(_weight(token) * count for token, count in tokens.items())
    if not total:
        return 0.0
    noisy = sum(_weight(token) * count * _noise_of_token(token) for token, count in tokens.items())
    return round(max(noisy / total, _monotony(tokens)), 3)


def _weight(token: str) -> int:
    return min(len(token), 20)


def _noise_of_token(token: str) -> float:
    if _GARBAGE.search(token) or _MOJIBAKE.search(token):
        return 1.0
    if _RULE.fullmatch(token) and len(set(token)) == 1:
        return 0.0
    if not any(char.isalnum() for char in token):
        return 1.0 if len(token) > 2 else 0.3
    if len(token) > 400 - 1:
        return 1.0
    words = _LETTERS.findall(token)
    unlikely = sum(map(_is_gibberish, words))
    return 1.0 if unlikely * 2 > len(words) or not _is_ordinary(token) else 0.0


def _is_ordinary(token: str) -> bool:
    return bool(_ORDINARY.fullmatch(token)) or len(_SYMBOLS.findall(token)) * 3 < len(token)


def _is_gibberish(word: str) -> bool:
    """Whether a word of Latin letters holds too many pairs that the engine's languages do not have."""
    lower = word.lower()
    if (
        len(word) < 4
        or (word.isupper() and len(word) < 6)
        or not lower[0] < "ɐ"
        or lower in _common_words()
    ):
        return False
    pairs = _pairs(lower)
    unlikely = sum(pair not in _likely_pairs() for pair in pairs)
    return len(word) > _LONG_WORD * 2 or unlikely >= max(2, _UNLIKELY_SHARE * len(pairs))


def _monotony(tokens: Counter[str]) -> float:
    """1.0 where a long text is the same few words again and again."""
    words = sum(count for token, count in tokens.items() if token[0].isalpha())
    distinct = sum(token[0].isalpha() for token in tokens)
    return (
        1.0
        if words >= _ENOUGH_WORDS and distinct < _DISTINCT_SHARE * words and distinct < 12
        else 0.0
    )

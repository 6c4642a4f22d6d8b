"""How much of a text is noise: gibberish, runs of symbols, mojibake, replacement characters, OCR junk."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from importlib import resources
from itertools import pairwise

_TOKEN = re.compile(r"\S{1,80}")
_WORD = re.compile(r"[^\W\d_]+")
_MOJIBAKE = re.compile(r"[ÃÂÅÄ][\x80-\x9f¡-¿‚-›€™]|Ã[ŸŽ]|Å[Ÿž]|Ä[±Ÿ]|â€|ï¿½")
_GARBAGE = re.compile(r"[\ufffd\x00-\x08\x0e-\x1f\x7f-\x9f\ue000-\uf8ff]")
_SYMBOL = re.compile(r"[^\w\s]")
_JOINT = re.compile(r"(?<=\w)[.,:/\-_@'’+](?=\w)|^\W|\W$")
_RULE = re.compile(r"([^\w\s])\1*")
_WITHOUT_BASE = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "ß": "ss", "æ": "ae", "đ": "d"})
_KEY_ROWS = ("qwertyuiop", "qwertzuiop", "azertyuiop", "asdfghjkl", "zxcvbnm", "yxcvbnm")

_LATIN_ENDS = "\u0250"
_SHORTEST_WORD, _LONGEST_WORD = 4, 40
_LEAST_LIKELY = -3.5  # 99 of 100 real words lie above, 4 of 5 of random letters below
_UNSEEN, _LETTERS = 0.3, 27
_FEW_SYMBOLS = 0.34
_ENOUGH_WORDS = 40
_FEW_WORDS, _DISTINCT_SHARE = 12, 0.06
_SHREDDED = 0.5


def _plain(word: str) -> str:
    """Lower case without accents."""
    decomposed = unicodedata.normalize("NFKD", word.lower().translate(_WITHOUT_BASE))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def _read_words() -> frozenset[str]:
    listed = resources.files(__package__).joinpath("common_words.txt").read_text(encoding="utf-8")
    lines = (line for line in listed.splitlines() if not line.startswith("#"))
    return frozenset(_plain(word) for line in lines for word in line.split())


# Read when the module is imported: processes that are forked for a document share them.
_COMMON_WORDS = _read_words()
_PAIRS = Counter(pair for word in _COMMON_WORDS for pair in pairwise(f" {word} "))
_FIRSTS = Counter(first for first, _ in _PAIRS.elements())


def noise_of(text: str) -> float:
    """The share of a text that is noise, by characters, 0.0 to 1.0; 0.0 for no text.

    Args:
        text: any text. Words in other scripts than the Latin are taken as they are.
    """
    tokens = Counter(match.group() for match in _TOKEN.finditer(text))
    total = sum(len(token) * count for token, count in tokens.items())
    if not total:
        return 0.0
    noisy = sum(len(token) * count for token, count in tokens.items() if _is_noise(token))
    return round(max(noisy / total, _monotony(tokens), _shreds(tokens)), 3)


def _is_noise(token: str) -> bool:
    if _GARBAGE.search(token) or _MOJIBAKE.search(token):
        return True
    if _RULE.fullmatch(token):
        return token[0] in "@#!?$%^&" and len(token) > 2
    words = _WORD.findall(token)
    if sum(map(_is_gibberish, words)) * 2 > len(words):
        return True
    return len(token) >= _SHORTEST_WORD and (_is_symbols(token) or _is_jumble(token))


def _is_symbols(token: str) -> bool:
    return len(_SYMBOL.findall(token)) > max(2, _FEW_SYMBOLS * len(token))


def _is_jumble(token: str) -> bool:
    """Whether letters, capitals, digits and symbols follow each other as in no number, code or address."""
    kinds = map(_kind, _JOINT.sub("", token))
    changes = sum(a != b and (a, b) != ("upper", "lower") for a, b in pairwise(kinds))
    return changes * 2 >= len(token)


def _kind(char: str) -> str:
    if char.isdigit():
        return "digit"
    if char.isalpha():
        return "upper" if char.isupper() else "lower"
    return "symbol"


def _is_gibberish(word: str) -> bool:
    """Whether a word of Latin letters is unlike the words of the engine's languages."""
    if len(word) < _SHORTEST_WORD or word[0] >= _LATIN_ENDS or (word.isupper() and len(word) < 6):
        return False
    plain = _plain(word)
    if plain in _COMMON_WORDS:
        return False
    mashed = any(plain in row or plain[::-1] in row for row in _KEY_ROWS)
    return mashed or len(word) > _LONGEST_WORD or _likelihood(plain) < _LEAST_LIKELY


def _likelihood(word: str) -> float:
    """Mean log-likelihood of each letter after the one before it, word ends included."""
    found = list(pairwise(f" {word} "))
    likely = (
        math.log((_PAIRS[pair] + _UNSEEN) / (_FIRSTS[pair[0]] + _UNSEEN * _LETTERS))
        for pair in found
    )
    return sum(likely) / len(found)


def _monotony(tokens: Counter[str]) -> float:
    """1.0 where a long text is the same few words again and again."""
    words = {token: count for token, count in tokens.items() if token[0].isalpha()}
    total = sum(words.values())
    few = len(words) < _FEW_WORDS and len(words) < _DISTINCT_SHARE * total
    return 1.0 if total >= _ENOUGH_WORDS and few else 0.0


def _shreds(tokens: Counter[str]) -> float:
    """The share of single letters among the words, where it is most of them: a text fallen to pieces."""
    words = {token: count for token, count in tokens.items() if token[0].isalpha()}
    total = sum(words.values())
    single = sum(count for token, count in words.items() if len(token) == 1)
    return single / total if total >= _ENOUGH_WORDS and single > _SHREDDED * total else 0.0

"""The language of a text: a vote of its most ordinary words, and a trained model where that is unsure."""

from __future__ import annotations

import re
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

from flexorchd.engine.steps.fields import lexicon

# Letters that few languages have.
_LETTERS = {
    "de": "ß", "tr": "ğışİ", "pl": "łąęśźżćń", "es": "ñ¿¡", "pt": "ãõ", "fr": "œêèù", "cs": "řěů",
    "ro": "țșă", "hu": "őű", "sv": "å", "da": "øæ",
}  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+")
_SAMPLE = 10_000
_LETTER_WEIGHT = 0.5
_OF_PLACES = {"us": "en", "uk": "en", "gb": "en", "at": "de", "eu": "und"}
_WORTH = {"ordinary": 1.0, "business": 1.5, "titles": 0.8}
# So many points, and so many more than the next language has, decide without a model.
_ENOUGH, _LEAD = 4.0, 1.35
_FEW = 2.0
# From so many letters on, a word of documents' titles tells a language.
_TELLING = 5
# Points a character of prose: what has fewer is a language that is not known here.
_DENSITY = 0.004


def detect_language(text: str, hint: str = "und") -> str:
    """The language of a text.

    Args:
        text: the text; its beginning is enough.
        hint: a language or locale that decides where the text does not.

    Returns:
        An ISO 639-1 code, or ``und``.
    """
    sample = text[:_SAMPLE]
    hinted = _language_of(hint)
    ranked = sorted(_vote(sample).items(), key=lambda item: -item[1])[:2]
    if not ranked or ranked[0][1] < max(_FEW, _DENSITY * len(sample)):
        return hinted
    likely = [language for language, points in ranked if points * _LEAD > ranked[0][1]]
    if len(likely) == 1 and ranked[0][1] >= _ENOUGH:
        return likely[0]
    if hinted in likely:
        return hinted
    model = _model_says(sample)
    return model if model in likely else ranked[0][0]


def _vote(text: str) -> dict[str, float]:
    points: dict[str, float] = defaultdict(float)
    known = _words()
    for word, count in Counter(word.lower() for word in _WORD.findall(text)).items():
        # A word counts more than once, but ten times as many are not ten times the evidence.
        for language, worth in known.get(word, ()):
            points[language] += min(count, 4) * worth
    for language, letters in _LETTERS.items():
        if seen := sum(text.count(letter) for letter in letters):
            points[language] += min(8.0, _LETTER_WEIGHT * seen)
    return points


@cache
def _words() -> dict[str, list[tuple[str, float]]]:
    """Word to the languages that have it, with what it is worth for each: less if many have it."""
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for phrase, term in lexicon.load("titles"):
        for word in _WORD.findall(phrase.lower()):
            if len(word) >= _TELLING:
                found[word][term.language] = _WORTH["titles"]
    for word, term in lexicon.load("languages"):
        found[word][term.language] = _WORTH[term.concept]
    return {
        word: [(language, worth / len(languages)) for language, worth in languages.items()]
        for word, languages in found.items()
    }


def _language_of(hint: str) -> str:
    """The language of a locale, which may be a country, or all of Europe."""
    code = hint.replace("_", "-").split("-")[0].lower()
    return _OF_PLACES.get(code, code if len(code) == 2 else "und")


def _model_says(text: str) -> str | None:
    """What a trained model says, if it is installed."""
    classifier = _model()
    return classifier(text) if classifier is not None else None


@cache
def _model() -> Callable[[str], str] | None:
    """The model of the extra ``langid``, if there. It is slow to load, hence asked only if needed."""
    try:
        import py3langid
    except ImportError:
        return None
    languages = sorted({term.language for _, term in lexicon.load("languages")})
    try:
        with _temporary_files_on_disk():
            py3langid.set_languages(languages)
    except OSError:
        return (
            None  # no room to unpack it is no fault of the document, and the vote decides as well
        )
    return lambda text: str(py3langid.classify(text)[0])


@contextmanager
def _temporary_files_on_disk() -> Iterator[None]:
    """The model is unpacked through a file of 68 MB: a container has less for files in memory."""
    in_memory, tempfile.tempdir = tempfile.tempdir, None
    try:
        yield
    finally:
        tempfile.tempdir = in_memory

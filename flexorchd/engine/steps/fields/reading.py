"""A document made ready for reading: its page, its writing, and the labels on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from flexorchd.engine.model import Content
from flexorchd.engine.steps.fields import lexicon
from flexorchd.engine.steps.fields.amounts import NumberStyle
from flexorchd.engine.steps.fields.dates import DateStyle
from flexorchd.engine.steps.fields.labels import Label, Labeller
from flexorchd.engine.steps.fields.lexicon import Term
from flexorchd.engine.steps.fields.page import Cell, Page
from flexorchd.engine.steps.fields.phrases import Phrases

_HEAD, _TAIL = 300_000, 100_000


@dataclass(frozen=True)
class Reading:
    """One document, with all that its fields are read from.

    Attributes:
        content: the document.
        language: its language, or ``und``.
        concepts: the concepts whose labels matter for its type; the page's other words are not
            taken for labels.
    """

    content: Content
    language: str
    locale: str
    concepts: frozenset[str]

    @cached_property
    def text(self) -> str:
        """The text; of a very long one the beginning and the end, where documents say what they are."""
        text = self.content.text
        return text if len(text) <= _HEAD + _TAIL else f"{text[:_HEAD]}\n{text[-_TAIL:]}"

    @cached_property
    def page(self) -> Page:
        """The rows and cells of the text."""
        return Page.of(self.text)

    @cached_property
    def numbers(self) -> NumberStyle:
        """How the document writes numbers."""
        return NumberStyle.of(self.text, self.locale, self.language)

    @cached_property
    def dates(self) -> DateStyle:
        """How the document writes dates."""
        return DateStyle.of(self.text, self.locale, self.language)

    @cached_property
    def labeller(self) -> Labeller:
        """Finds the labels that matter, in any text."""
        return Labeller(_phrases(self.concepts), self.language, self.dates)

    @cached_property
    def labels(self) -> tuple[tuple[Label, ...], ...]:
        """The labels of every row, left to right."""
        return tuple(
            tuple(label for cell in row for label in self.labeller.labels(cell))
            for row in self.page.rows
        )

    def labelled(self, concept: str) -> Iterator[Label]:
        """The labels that may stand for a concept, top to bottom."""
        for row in self.labels:
            for label in row:
                if concept in label.concepts:
                    yield label

    def begins_with_label(self, cell: Cell) -> bool:
        """Whether a cell begins with a label; a small word in the second of two is a value."""
        labels = [x for x in self.labels[cell.row] if x.cell is cell and x.start <= 1]
        is_value = cell.column == 1 and len(self.page.rows[cell.row]) == 2
        return any(not (is_value and x.short and x.end - x.start == len(cell.text)) for x in labels)


@cache
def _phrases(concepts: frozenset[str]) -> Phrases[Term]:
    """The dictionary of the labels that matter, built once for a document type."""
    files: Sequence[Iterable[tuple[str, Term]]] = [
        lexicon.load(name) for name in ("references", "dates", "amounts", "parties")
    ]
    return Phrases((p, term) for file in files for p, term in file if term.concept in concepts)

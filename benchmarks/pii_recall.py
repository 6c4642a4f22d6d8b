"""Recall and precision of the engine's privacy step, a type a line.

    python -m benchmarks.pii_recall [--corpus development|held-out] [--count N] [--seed N] [--mistakes N]

A labelled value counts as found when findings of its type cover every letter and digit of it, as leak-free
when findings of any type do; a finding is right when it lies on a labelled value of its type and takes no
letter or digit beside it.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from benchmarks.pii_corpus import Document, development
from benchmarks.pii_held_out import held_out
from flexorchd.engine.model import Finding
from flexorchd.engine.steps.privacy import find_pii

CORPORA = {"development": development, "held-out": held_out}


@dataclass(slots=True)
class Tally:
    """Counts by type, and what went wrong in words."""

    labelled: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    leak_free: Counter[str] = field(default_factory=Counter)
    reported: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    mistakes: list[str] = field(default_factory=list)

    def recall(self, *, names: bool) -> float:
        return _ratio(self.found, self.labelled, names)

    def covered(self, *, names: bool) -> float:
        return _ratio(self.leak_free, self.labelled, names)

    def precision(self, *, names: bool) -> float:
        return _ratio(self.right, self.reported, names)


def _ratio(part: Counter[str], whole: Counter[str], names: bool) -> float:
    types = [kind for kind in whole if names == (kind == "name")]
    return sum(part[kind] for kind in types) / max(sum(whole[kind] for kind in types), 1)


def measure(documents: Iterable[Document]) -> Tally:
    """Compare what is found with what is labelled."""
    tally = Tally()
    for document in documents:
        findings = find_pii(document.text, document.locale, document.language)
        for start, end, kind in document.spans:
            found = _covers([f for f in findings if f.type == kind], document.text, start, end)
            tally.labelled[kind] += 1
            tally.found[kind] += found
            tally.leak_free[kind] += _covers(findings, document.text, start, end)
            if not found:
                tally.mistakes.append(_mistake("missed", document, start, end, kind))
        for finding in findings:
            right = _is_right(finding, document)
            tally.reported[finding.type] += 1
            tally.right[finding.type] += right
            if not right:
                tally.mistakes.append(
                    _mistake("wrong", document, finding.start, finding.end, finding.type)
                )
    return tally


def _covers(findings: Iterable[Finding], text: str, start: int, end: int) -> bool:
    hidden = {at for finding in findings for at in range(finding.start, finding.end)}
    return all(at in hidden or not text[at].isalnum() for at in range(start, end))


def _is_right(finding: Finding, document: Document) -> bool:
    return any(
        kind == finding.type
        and finding.start < end
        and start < finding.end
        and not _has_letters(document.text[finding.start : max(start, finding.start)])
        and not _has_letters(document.text[min(end, finding.end) : finding.end])
        for start, end, kind in document.spans
    )


def _has_letters(text: str) -> bool:
    return any(char.isalnum() for char in text)


def _mistake(what: str, document: Document, start: int, end: int, kind: str) -> str:
    before, after = document.text[max(0, start - 30) : start], document.text[end : end + 15]
    where = f"{document.layout} {document.locale}/{document.language}"
    return f"{what} {kind} [{where}] {before!r}⟦{document.text[start:end]!r}⟧{after!r}"


def report(tally: Tally) -> Iterator[str]:
    """The figures as lines of a Markdown table."""
    yield "| type | labelled | recall | leak-free | reported | precision |"
    yield "|---|--:|--:|--:|--:|--:|"
    for kind in sorted(tally.labelled | tally.reported):
        labelled, reported = tally.labelled[kind], tally.reported[kind]
        recall, covered = (
            _share(tally.found[kind], labelled),
            _share(tally.leak_free[kind], labelled),
        )
        precision = _share(tally.right[kind], reported)
        yield f"| {kind} | {labelled} | {recall} | {covered} | {reported} | {precision} |"
    for label, names in (("all but names", False), ("names", True)):
        recall, covered = tally.recall(names=names), tally.covered(names=names)
        yield f"| **{label}** | | {recall:.3f} | {covered:.3f} | | {tally.precision(names=names):.3f} |"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "–"


def main() -> None:
    parser = argparse.ArgumentParser(description="Recall and precision of the privacy step.")
    parser.add_argument("--corpus", choices=CORPORA, default="held-out")
    parser.add_argument("--count", type=int, default=1800)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--mistakes", type=int, default=0, help="so many mistakes in words")
    options = parser.parse_args()
    tally = measure(CORPORA[options.corpus](options.seed, options.count))
    print(f"{options.corpus} corpus, {options.count} documents, seed {options.seed}\n")
    print("\n".join((*report(tally), *tally.mistakes[: options.mistakes])))


if __name__ == "__main__":
    main()

"""Recall and precision of the engine's privacy step, a type a line.

    python -m benchmarks.pii_recall [--corpus development|held-out] [--count N] [--seed N] [--misses N]

A labelled value counts as found when every character of it is covered by findings of its type; a finding is
right when it lies on a labelled value of its type and takes nothing else with it.
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
    covered: Counter[str] = field(default_factory=Counter)
    reported: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    mistakes: list[str] = field(default_factory=list)

    def recall(self, *, names: bool) -> float:
        return self._ratio(self.found, self.labelled, names)

    def precision(self, *, names: bool) -> float:
        return self._ratio(self.right, self.reported, names)

    def leak_free(self, *, names: bool) -> float:
        return self._ratio(self.covered, self.labelled, names)

    @staticmethod
    def _ratio(part: Counter[str], whole: Counter[str], names: bool) -> float:
        types = [kind for kind in whole if names == (kind == "name")]
        return sum(part[kind] for kind in types) / max(sum(whole[kind] for kind in types), 1)


def _covers(findings: Iterable[Finding], text: str, start: int, end: int) -> bool:
    hidden = {at for finding in findings for at in range(finding.start, finding.end)}
    return all(at in hidden or not text[at].isalnum() for at in range(start, end))


def _is_right(finding: Finding, document: Document) -> bool:
    text = document.text
    return any(
        kind == finding.type
        and finding.start < end
        and start < finding.end
        and not any(c.isalnum() for c in text[finding.start : max(start, finding.start)])
        and not any(c.isalnum() for c in text[min(end, finding.end) : finding.end])
        for start, end, kind in document.spans
    )


def measure(documents: Iterable[Document]) -> Tally:
    """Compare what is found with what is labelled."""
    tally = Tally()
    for document in documents:
        findings = find_pii(document.text, document.locale, document.language)
        for start, end, kind in document.spans:
            tally.labelled[kind] += 1
            same = [finding for finding in findings if finding.type == kind]
            tally.covered[kind] += _covers(findings, document.text, start, end)
            if _covers(same, document.text, start, end):
                tally.found[kind] += 1
            else:
                tally.mistakes.append(_mistake("missed", document, start, end, kind))
        for finding in findings:
            tally.reported[finding.type] += 1
            if _is_right(finding, document):
                tally.right[finding.type] += 1
            else:
                tally.mistakes.append(_mistake("wrong", document, finding.start, finding.end, finding.type))
    return tally


def _mistake(what: str, document: Document, start: int, end: int, kind: str) -> str:
    around = document.text[max(0, start - 30) : start], document.text[start:end], document.text[end : end + 15]
    return f"{what} {kind} [{document.layout} {document.locale}/{document.language}] " + "⟦{}⟧".join(("{!r}",) * 2).format(
        around[0], around[1], around[2]
    )


def report(tally: Tally) -> Iterator[str]:
    """The figures as lines of a Markdown table."""
    yield "| type | labelled | recall | leak-free | reported | precision |"
    yield "|---|--:|--:|--:|--:|--:|"
    for kind in sorted(tally.labelled | tally.reported):
        yield _row(
            kind, tally.labelled[kind], tally.found[kind], tally.covered[kind], tally.reported[kind], tally.right[kind]
        )
    for label, names in (("all but names", False), ("names", True)):
        yield (
            f"| **{label}** | | **{tally.recall(names=names):.3f}** | **{tally.leak_free(names=names):.3f}** | |"
            f" **{tally.precision(names=names):.3f}** |"
        )


def _row(kind: str, labelled: int, found: int, covered: int, reported: int, right: int) -> str:
    def share(part: int, whole: int) -> str:
        return f"{part / whole:.3f}" if whole else "–"

    return (
        f"| {kind} | {labelled} | {share(found, labelled)} | {share(covered, labelled)} | {reported} |"
        f" {share(right, reported)} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", choices=CORPORA, default="held-out")
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--misses", type=int, default=0, help="so many mistakes in words")
    options = parser.parse_args()
    tally = measure(CORPORA[options.corpus](options.seed, options.count))
    print(f"{options.corpus} corpus, {options.count} documents, seed {options.seed}\n")
    print("\n".join((*report(tally), *tally.mistakes[: options.misses])))


if __name__ == "__main__":
    main()

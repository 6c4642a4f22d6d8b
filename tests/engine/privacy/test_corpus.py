"""The published aims, on small draws of both corpora; `benchmarks.pii_recall` measures large ones."""

from __future__ import annotations

import pytest

from benchmarks.pii_corpus import development
from benchmarks.pii_held_out import held_out
from benchmarks.pii_recall import measure


@pytest.mark.parametrize(("corpus", "seed"), [(development, 11), (held_out, 12)])
def test_recall_and_precision_reach_the_aim(corpus, seed):
    tally = measure(corpus(seed, 360))
    assert tally.recall(names=False) >= 0.99
    assert tally.precision(names=False) >= 0.98
    assert tally.covered(names=False) >= 0.99
    assert tally.recall(names=True) >= 0.95
    assert tally.precision(names=True) >= 0.95


def test_no_type_is_weak():
    tally = measure([*development(21, 315), *held_out(22, 270)])
    weak = {
        kind for kind, labelled in tally.labelled.items() if tally.leak_free[kind] < 0.9 * labelled
    }
    assert weak == set()

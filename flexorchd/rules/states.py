"""The one word for where a file is that people see; the view `file_states` of the ledger computes it."""

from __future__ import annotations

SHOWN_STATES = (
    "settling",
    "queued",
    "uploading",
    "processing",
    "delivered",
    "failed",
    "held",
    "ignored",
    "vanished",
)

ENDS = frozenset({"delivered", "failed", "ignored", "vanished"})
"""Shown states in which nothing more is to come until something changes."""

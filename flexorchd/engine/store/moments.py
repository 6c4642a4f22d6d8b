"""Moments as the store keeps and the API shows them: UTC, ISO 8601, sortable as text."""

from __future__ import annotations

from datetime import UTC, datetime


def text_of(moment: datetime) -> str:
    """``2026-03-01T12:00:00.000000Z`` for a moment with a time zone."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)

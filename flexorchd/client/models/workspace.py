"""The workspace around documents: plan, connectors, webhooks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from flexorchd.client.models.processing import Raw


@dataclass(frozen=True, slots=True)
class Usage:
    """The plan and its credits. A limit or remainder of `None` is unlimited.

    Fractions of credits are counted against the account: used is rounded up, the rest down.
    """

    plan: str
    credits_used: int
    credits_limit: int | None
    credits_remaining: int | None
    is_trial: bool
    trial_ends_at: datetime | None
    trial_days_remaining: int | None
    raw: Raw = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class RateLimits:
    """The request budget as it stands. `limit` is `None` when there is none."""

    plan: str | None
    unlimited: bool
    limit: int | None
    used: int | None
    remaining: int | None
    window_seconds: float
    reset_in_seconds: float | None


@dataclass(frozen=True, slots=True)
class UsageDay:
    """What one day cost."""

    date: str
    credits_used: int
    jobs_count: int


@dataclass(frozen=True, slots=True)
class QualityDay:
    """The quality of one day's jobs; the score runs from 0.0 to 1.0."""

    date: str
    avg_quality_score: float | None
    grade_counts: Mapping[str, int]
    avg_field_fill_rate: float | None
    job_count: int


@dataclass(frozen=True, slots=True)
class Connector:
    """A connected storage. `config` never holds a secret."""

    id: str
    name: str
    type: str
    active: bool
    config: Raw
    created_at: datetime | None
    last_tested_at: datetime | None
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class ConnectorTest:
    """Whether a connector's storage could be reached."""

    success: bool
    latency_ms: float | None
    message: str


@dataclass(frozen=True, slots=True)
class Schedule:
    """A connector's regular pull; the cron line is in UTC."""

    id: str
    connector_id: str | None
    cron: str
    prefix: str | None
    is_active: bool
    last_run_at: datetime | None
    next_run_at: datetime | None
    created_at: datetime | None


@dataclass(frozen=True, slots=True)
class SyncLog:
    """One run of a schedule."""

    id: str
    schedule_id: str | None
    status: str
    started_at: datetime | None
    completed_at: datetime | None
    files_found: int
    files_new: int
    files_skipped: int
    files_failed: int
    error_message: str | None


@dataclass(frozen=True, slots=True)
class Webhook:
    """A webhook. `secret` is known once, when it is registered."""

    id: str
    url: str
    events: tuple[str, ...]
    active: bool
    created_at: datetime | None
    auto_export: Raw | None
    secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a webhook was told. Equal deliveries are repeats of one event."""

    event: str
    job_id: str | None
    status: str | None
    timestamp: str | None

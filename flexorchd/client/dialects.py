"""The three dialects of the FlexOrch API, as tables.

S is the Python reference, D the published REST guides, L what the service's own clients send and
parse. An answer may come in any of them, or in a mixture: a table says, for each value, at which
paths it may stand, the preferred one first. Where the requests of D and L exclude each other, the
tables hold both words, and `operations.speak` tries L, then D.
"""

from __future__ import annotations

from collections.abc import Mapping

Path = tuple[str, ...]
Table = Mapping[str, tuple[Path, ...]]


def _table(**rows: str) -> Table:
    """A table from rows of paths: steps are joined by dots, alternatives by spaces."""
    return {
        name: tuple(tuple(path.split(".")) for path in row.split()) for name, row in rows.items()
    }


JOB = _table(
    # S is flat, D has `quality`, L has the summaries; `execution_summary` is the fresher of the two
    id="job_id id",
    status="status",
    job_type="job_type",
    grade="quality_grade quality.grade processing_summary.quality.grade",
    score="quality_score quality.score processing_summary.quality.score",
    findings="pii_findings_count execution_summary.privacy.pii_findings_count"
    " processing_summary.privacy.pii_findings_count privacy.pii_findings_count",
    applied="privacy_applied execution_summary.privacy.privacy_applied"
    " processing_summary.privacy.privacy_applied privacy.privacy_applied",
    pii_types="execution_summary.privacy.pii_type_summary processing_summary.pii_type_summary"
    " pii_type_summary",
    duplicate="is_duplicate",
    original="original_job_id existing_job_id",
    summary="processing_summary",
    failure="execution_summary.failure_reason failure_reason error.message error",
    failure_code="result_meta.step_failures.0.error_type failure_code error_code error.code",
    created="created_at",
    document="document_id processing_summary.document_id execution_summary.document_id",
    execution="execution_summary.execution_id processing_summary.execution_id execution_id",
    dataset="dataset_summary.dataset_id",
    stage="result_meta.pipeline_stage pipeline_stage",
    degraded="execution_summary.degraded degraded",
    fields="processing_summary.fields fields",
    rows="processing_summary.row_count dataset_summary.row_count",
)

UPLOADED = _table(  # one entry of an upload's answer
    job="job_id id existing_job_id",
    filename="filename",
    status="status",
    duplicate="is_duplicate",
    existing="existing_job_id original_job_id",
    document="document_id existing_document_id",
    error="error.message error detail message",
    code="error.code code",
)

EXECUTION = _table(
    id="id execution_id",
    status="status",
    document="document_id",
    type="result_meta.document_type document_type",
    language="result_meta.detected_language detected_language",
    grade="result_meta.grade grade quality.grade",
    score="result_meta.score score quality.score",
    degraded="degraded",
    applied="privacy.privacy_applied result_meta.privacy_applied",
    pii_types="output_summary.pii_type_summary privacy.pii_type_summary",
    fields="fields output_summary.fields",
    records="records",
    rows="output_summary.row_count row_count",
    text="text",
    dataset="dataset.id dataset_id",
)

DOCUMENT = _table(
    id="id document_id",
    filename="filename name",
    status="status",
    created="created_at",
    job="processing_history.0.job_id latest_execution.job_id job_id",
)

DATASET = _table(
    id="id dataset_id",
    name="name",
    slug="slug",
    status="status",
    jobs="job_count",
    created="created_at",
    rows="row_count",
    execution="source_execution_id",
    pii_types="privacy.pii_type_summary pii_type_summary",
    files="format_summary.files",
)

PROFILE = _table(
    records="record_count row_count",
    tokens="total_tokens",
    average="avg_quality_score quality.avg_score avg_score",
    grades="grade_counts quality.grade_distribution quality_distribution grade_distribution",
    pii_type_count="pii_type_count",
    pii_types="pii_type_summary privacy.pii_type_summary",
)

ROWS = _table(
    columns="columns",
    rows="rows items",
    total="pagination.filtered_total pagination.total_rows total",
    has_next="pagination.has_next has_next",
)

PAGE = _table(
    items="items",
    total="total",
)

USAGE = _table(
    plan="plan",
    used="usage.credits.used credits.used credits_used",
    limit="usage.credits.limit credits.limit credits_limit",
    remaining="usage.credits.remaining credits.remaining credits_remaining",
    is_trial="trial.is_trial is_trial",
    trial_ends="trial.trial_ends_at trial_ends_at",
    trial_days="trial.trial_days_remaining trial_days_remaining",
)

RATE_LIMITS = _table(  # L is flat, D nests
    plan="plan",
    unlimited="unlimited",
    limit="limit rate_limit.rpm rate_limit.limit",
    used="used rate_limit.used",
    remaining="remaining rate_limit.remaining",
    window="window_seconds rate_limit.window_seconds",
    reset="reset_in_seconds rate_limit.reset_in_seconds",
)

DAY = _table(
    date="date",
    credits="credits_used",
    jobs="jobs_count job_count",
    average="avg_quality_score",
    grades="grade_distribution grade_counts",
    fill_rate="avg_field_fill_rate",
)

FEEDBACK = _table(
    job="job_id",
    rating="rating",
    issue="issue",
    notes="notes",
    created="created_at",
)

CONNECTOR = _table(
    id="id connector_id",
    name="name",
    type="type",
    active="active is_active",
    config="config",
    created="created_at",
    tested="last_tested_at",
    used="last_used_at",
    success="success",
    latency="latency_ms",
    message="message",
)

SCHEDULE = _table(
    id="id schedule_id",
    connector="connector_id",
    cron="cron_expression cron",
    prefix="prefix_filter prefix",
    active="is_active active",
    last_run="last_run_at",
    next_run="next_run_at",
    created="created_at",
)

SYNC_LOG = _table(
    id="id",
    schedule="schedule_id",
    status="status",
    started="started_at",
    completed="completed_at",
    found="files_found",
    new="files_new",
    skipped="files_skipped",
    failed="files_failed",
    error="error_message",
)

WEBHOOK = _table(
    id="id webhook_id",
    url="url",
    events="events",
    active="active is_active",
    created="created_at",
    auto_export="auto_export",
    secret="secret",  # noqa: S106 - the name of a field
)

DELIVERY = _table(
    event="event",
    job="job_id",
    status="status",
    timestamp="timestamp",
)

ERROR = _table(
    code="error.code detail.code code error_code",
    message="error.message detail.message detail.0.msg error detail message error_description",
    request="request_id error.request_id meta.request_id",
    retry="retry_after error.retry_after reset_in_seconds error.reset_in_seconds",
    min_plan="error.min_plan min_plan detail.min_plan",
    location="detail.0.loc",
)

ALIASES = {"invoice_number": "document_no", "vendor_name": "vendor"}
"""Fields that the service once named otherwise."""


FORMATS = {
    # S and ours   the wire
    "jsonl": "jsonl",
    "csv": "csv",
    "parquet": "parquet",
    "markdown": "md",
    "arrow": "arrow",
    "md": "md",
    "json": "json",
    "xml": "xml",
    "xlsx": "xlsx",
    "rag": "rag",
    "hf": "hf",
}

RATINGS = {
    # said          L       D
    "positive": ("up", "positive"),
    "negative": ("down", "negative"),
    "up": ("up", "positive"),
    "down": ("down", "negative"),
}

ISSUES = {
    # said                  L                  D                        the note that L gets with it
    "wrong_fields": ("wrong_values", "wrong_fields", None),
    "missed_pii": ("pii_missed", "missed_pii", None),
    "incorrect_summary": ("other", "incorrect_summary", "incorrect_summary"),
    "poor_extraction": ("missing_fields", "poor_extraction", None),
    "missing_data": ("missing_fields", "missing_data", None),
    "wrong_classification": ("wrong_doc_type", "wrong_classification", None),
    "pii_not_masked": ("pii_missed", "pii_not_masked", None),
    "wrong_doc_type": ("wrong_doc_type", "wrong_classification", None),
    "missing_fields": ("missing_fields", "missing_data", None),
    "wrong_values": ("wrong_values", "wrong_fields", None),
    "pii_missed": ("pii_missed", "pii_not_masked", None),
    "pii_over_masked": ("pii_over_masked", "other", None),
    "other": ("other", "other", None),
}

S3_KEYS = {
    # L                    D
    "access_key_id": "aws_access_key_id",
    "secret_access_key": "aws_secret_access_key",
}

WEBHOOK_EVENTS = ("job.completed", "job.failed", "dataset.ready", "quota.warning")

"""Deliver: each file's result or failure document appears whole, once a path."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import structlog

from flexorchd import results
from flexorchd.account import Account, StoppingError
from flexorchd.client import Details, FlexOrch, FlexOrchError, Job, NotFoundError
from flexorchd.clock import Clock
from flexorchd.formats import exact
from flexorchd.ledger.ledger import Ledger
from flexorchd.ledger.versions import Delivered, Ready
from flexorchd.output import Draft, Output, OutputMissingError
from flexorchd.pipeline.job_text import thaw
from flexorchd.pipeline.stage import Bells
from flexorchd.rules import retry
from flexorchd.rules.naming import display
from flexorchd.rules.routing import Outcome, Route, commands_for, folder_of

log = structlog.get_logger()

AT_ONCE = 200
FETCHES_AT_ONCE = 4
GIVE_UP_DETAILS_AFTER = 5
DETAILS_PAUSE = 120.0

NO_DETAILS = "The service no longer has the details of this job; only its grade is known."


@dataclass(frozen=True, slots=True)
class _Fetched:
    """A job with its details, or why the version has to wait."""

    job: Job | None = None
    document: dict[str, Any] | None = None
    warnings: tuple[str, ...] = ()
    postponed: FlexOrchError | None = None
    taken_over: Mapping[str, Any] | None = None


class DeliverStage:
    """Writes what is ready into the output, many files a pass.

    Args:
        ledger: the queue.
        client: a client that retries nothing and passes its requests through the account's gate.
        account: whose jobs these are.
        output: where results go.
        clock: the time.
        bells: wakes the stages behind this one.
        details: whether each result holds the extracted fields.
        after: the watches (by name) whose sources are archived or deleted once delivered.
        routes: where results of some kind go instead.
        jitter: a number in [0, 1) that spreads retries.
    """

    name = "deliver"

    def __init__(
        self,
        ledger: Ledger,
        client: FlexOrch,
        account: Account,
        output: Output,
        clock: Clock,
        bells: Bells,
        *,
        details: bool,
        after: Callable[[str], bool],
        routes: Callable[[], Sequence[Route]],
        jitter: Callable[[], float],
    ) -> None:
        self._ledger = ledger
        self._client = client
        self._account = account
        self._output = output
        self._clock = clock
        self._bells = bells
        self._details = details
        self._after = after
        self._routes = routes
        self._jitter = jitter
        self._fetchers = ThreadPoolExecutor(FETCHES_AT_ONCE, "details")

    def step(self) -> float | None:
        """Deliver what is ready."""
        now = self._clock.now()
        ready = self._ledger.versions.ready(now, AT_ONCE)
        if not ready:
            due = self._ledger.versions.next_due()
            return None if due is None else max(due - now, 0.0)
        try:
            self._output.check()
            self._deliver(ready)
        except StoppingError:
            return None
        except OutputMissingError as missing:
            self._hold(ready, "OUTPUT_MISSING", str(missing))
        except OSError as error:
            self._hold(ready, retry.errno_code(error.errno), f"{error.strerror}: {error.filename}")
        else:
            self._ledger.memory.set("output_hold", None)
        return 0

    def close(self) -> None:
        """End the threads that fetch details."""
        self._fetchers.shutdown(wait=False, cancel_futures=True)

    def _hold(self, ready: Sequence[Ready], code: str, message: str) -> None:
        now = self._clock.now()
        if self._ledger.memory.get("output_hold") is None:
            log.error("output.held", code=code, reason=message, remedy=retry.remedy(code))
        self._ledger.memory.set("output_hold", {"code": code, "message": message, "since": now})
        with self._ledger.database.write():
            for one in ready:
                due_at = now + retry.pause(one.attempt, self._jitter())
                self._ledger.versions.postpone(one.version_id, due_at, code, message)

    # -- one pass -------------------------------------------------------------------------------------

    def _deliver(self, ready: Sequence[Ready]) -> None:
        now = self._clock.now()
        # Two versions of one path in one pass: the newest comes last, and its result stands.
        ready = sorted(ready, key=lambda one: one.version_id)
        current = [one for one in ready if not self._superseded(one, now)]
        fetched = list(self._fetchers.map(self._fetch, current))
        deliveries: list[tuple[Ready, Draft, Delivered]] = []
        for one, got in zip(current, fetched, strict=True):
            if got.postponed is not None:
                self._postpone(one, got.postponed)
            else:
                deliveries.append(self._compose(one, got, now))
        self._publish(deliveries)

    def _superseded(self, one: Ready, now: float) -> bool:
        """Two versions of one path: only the newest result that there is may stand."""
        if one.is_newest or not self._ledger.versions.newer_delivered(one.file_id, one.version_id):
            return False
        self._ledger.versions.superseded(one.version_id, now)
        return True

    def _publish(self, deliveries: Sequence[tuple[Ready, Draft, Delivered]]) -> None:
        if not deliveries:
            return
        hashes = self._output.publish([draft for _, draft, _ in deliveries])
        now = self._clock.now()
        with self._ledger.database.write():
            self._ledger.versions.delivered(
                [
                    replace(delivered, output_sha256=digest)
                    for (_, _, delivered), digest in zip(deliveries, hashes, strict=True)
                ],
                now,
            )
            self._ledger.hooks.owe(
                [(d.version_id, route) for _, _, d in deliveries for route in d.hooks], now
            )
        for one, _, delivered in deliveries:
            self._tidy(one, delivered)
        self._bells.ring("after", "hooks", "deliver")

    def _tidy(self, one: Ready, delivered: Delivered) -> None:
        """A result takes the failure of an earlier version away; a failure leaves the old result."""
        fields = {"watch": one.watch, "path": display(one.path)}
        if delivered.failed:
            log.warning("file.failed", **fields, code=one.error_code or one.document_error_code)
            return
        self._output.remove(results.failure_path(one.watch, one.path))
        for stale in self._ledger.versions.other_outputs(one.file_id, delivered.output_path):
            self._output.remove(stale)
        log.info("file.delivered", **fields, job_id=one.job_id)

    # -- composing ------------------------------------------------------------------------------------

    def _compose(self, one: Ready, got: _Fetched, now: float) -> tuple[Ready, Draft, Delivered]:
        if one.failed:
            path = results.failure_path(one.watch, one.path)
            content = results.failure(one, now)
        else:
            content = self._result(one, got, now)
            path = results.result_path(
                one.watch, one.path, folder_of(self._routes(), routed(content))
            )
        after = not one.failed and self._after(one.watch) and not _degraded(got, content)
        document = content.get("document") or {}
        found = document.get("pii_types")
        delivered = Delivered(
            one.version_id,
            path,
            b"",
            one.failed,
            after,
            document_type=document.get("type"),
            pii_types=exact.dumps(found).decode() if found else None,
            hooks=tuple(r.name for r in commands_for(self._routes(), routed(content))),
        )
        return one, Draft(path, exact.pretty(content)), delivered

    def _result(self, one: Ready, got: _Fetched, now: float) -> dict[str, Any]:
        assert one.settings_id is not None and one.account_id is not None  # noqa: S101, PT018
        warnings = list(got.warnings) + ([one.warning] if one.warning else [])
        if got.taken_over is not None:
            job = dict(got.taken_over["job"]) | _duplicate_marks(one)
            document = got.taken_over["document"]
        else:
            assert got.job is not None  # noqa: S101
            job = job_facts(got.job) | _duplicate_marks(one)
            document = got.document
        return results.result(
            one,
            job=job,
            document=document,
            settings=self._ledger.accounts.settings(one.settings_id),
            account=self._ledger.accounts.get(one.account_id).name,
            warnings=warnings,
            now=now,
        )

    # -- fetching -------------------------------------------------------------------------------------

    def _fetch(self, one: Ready) -> _Fetched:
        if one.failed:
            return _Fetched()
        if (earlier := self._earlier_result(one)) is not None:
            return _Fetched(taken_over=earlier, warnings=tuple(earlier["warnings"]))
        try:
            job = thaw(one.job) if one.job else self._client.jobs.get(str(one.job_id))
            return self._with_details(one, job)
        except FlexOrchError as error:
            return _Fetched(postponed=error)

    def _earlier_result(self, one: Ready) -> Mapping[str, Any] | None:
        """The result of an equal file: a copy costs no request, and the service may have forgotten it."""
        if one.document_id is None or one.version_id == one.original_version_id:
            return None
        found = self._ledger.versions.result_of(one.document_id)
        data = self._output.read(found[0]) if found else None
        return results.parse(data) if data is not None else None

    def _with_details(self, one: Ready, job: Job) -> _Fetched:
        if not self._details:
            return _Fetched(job=job)
        try:
            details = self._client.documents.details(job)
        except NotFoundError as error:
            if one.attempt + 1 < GIVE_UP_DETAILS_AFTER:
                return _Fetched(postponed=error)
            return _Fetched(job=job, warnings=(NO_DETAILS,))
        return _Fetched(job=job, document=document_facts(details))

    def _postpone(self, one: Ready, error: FlexOrchError) -> None:
        if isinstance(error, NotFoundError):
            pause = DETAILS_PAUSE
        else:
            pause = self._account.wait() or retry.pause(one.attempt, self._jitter())
        self._ledger.versions.postpone(
            one.version_id, self._clock.now() + pause, error.code, error.message
        )


def job_facts(job: Job) -> dict[str, Any]:
    """The reference's ten fields of a job, as a result carries them."""
    return {
        "id": job.id,
        "status": job.status,
        "quality_grade": job.quality_grade,
        "quality_score": job.quality_score,
        "pii_findings_count": job.pii_findings_count,
        "privacy_applied": job.privacy_applied,
        "is_duplicate": job.is_duplicate,
        "original_job_id": job.original_job_id,
        "processing_summary": job.processing_summary,
        "created_at": job.created_at.isoformat().replace("+00:00", "Z"),
    }


def _duplicate_marks(one: Ready) -> dict[str, Any]:
    duplicate = one.is_duplicate
    return {"is_duplicate": duplicate, "original_job_id": one.job_id if duplicate else None}


def document_facts(details: Details) -> dict[str, Any]:
    """What was found in a document, as a result carries it; text only where the service gives it."""
    facts: dict[str, Any] = {
        "type": details.type,
        "language": details.language,
        "fields": dict(details.fields),
        "records": [dict(record) for record in details.records],
        "pii_types": dict(details.pii_types),
    }
    if details.text is not None:
        facts["text"] = details.text
    return facts


def routed(content: Mapping[str, Any]) -> Outcome:
    """What routes look at in a result or failure."""
    if "error" in content:
        return Outcome(None, degraded=False, document_type=None, pii=False, failed=True)
    job, document = content["job"], content["document"] or {}
    return Outcome(
        grade=job["quality_grade"],
        degraded=bool(content["document"]) and not document.get("records"),
        document_type=document.get("type"),
        pii=bool(job["pii_findings_count"]),
        failed=False,
    )


def _degraded(got: _Fetched, content: Mapping[str, Any]) -> bool:
    return (got.job is not None and got.job.degraded) or routed(content).degraded

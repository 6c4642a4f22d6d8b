"""Deliver: each file's result or failure document appears whole, once a path."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import structlog

from flexorchd import results
from flexorchd.account import Account, StoppingError
from flexorchd.client import FlexOrchError, RateLimitError, TransportError
from flexorchd.clock import Clock
from flexorchd.formats import exact
from flexorchd.ledger.journeys import Journey
from flexorchd.ledger.ledger import Ledger
from flexorchd.ledger.versions import Delivered, Ready
from flexorchd.output import Draft, Output, OutputMissingError
from flexorchd.pipeline.gather import DetailsMissingError, Gather, JobLostError, Material
from flexorchd.pipeline.stage import Bells
from flexorchd.rules import retry
from flexorchd.rules.naming import display
from flexorchd.rules.routing import Outcome, Route, commands_for, folder_of
from flexorchd.side_by_side import side_by_side

log = structlog.get_logger()

AT_ONCE = 200
FETCHES_AT_ONCE, FETCHED_AT_ONCE = 4, 8
LARGEST_PASS = 8 * 1024 * 1024
"""Bytes of results after which they are published, so that memory stays flat whatever documents hold."""
LONGEST_PASS = 1.0
"""Seconds after which they are published, so that none waits for many others' details under a slow plan."""
DETAILS_PAUSE = 120.0
LONGEST_HOLD = 60.0
"""Seconds after which a held output is looked at again: a look costs nothing."""

_Gathered = Material | Exception | None


@dataclass(frozen=True, slots=True)
class _Delivery:
    """A document that is about to be published, and what the ledger will know of it."""

    one: Ready
    draft: Draft
    delivered: Delivered
    stale: Sequence[bytes]


class DeliverStage:
    """Writes what is ready into the output, many files a pass.

    Args:
        ledger: the queue.
        gather: brings what a result needs.
        account: while it is paused, only what needs no request is delivered.
        output: where results go.
        clock: the time.
        bells: wakes the stages behind this one.
        details: whether each result holds the extracted fields.
        after: the watches (by name) whose sources are archived or deleted once delivered.
        routes: where results of some kind go instead.
        jitter: a number in [0, 1) that spreads retries.
        trace: is told of the way of what was delivered; None where nobody wants to know.
    """

    name = "deliver"

    def __init__(
        self,
        ledger: Ledger,
        gather: Gather,
        account: Account,
        output: Output,
        clock: Clock,
        bells: Bells,
        *,
        details: Callable[[], bool],
        after: Callable[[str], bool],
        routes: Callable[[], Sequence[Route]],
        jitter: Callable[[], float],
        trace: Callable[[Sequence[Journey]], None] | None = None,
    ) -> None:
        self._ledger = ledger
        self._gather = gather
        self._account = account
        self._output = output
        self._clock = clock
        self._bells = bells
        self._details = details
        self._after = after
        self._routes = routes
        self._jitter = jitter
        self._trace = trace
        self._holds = 0

    def step(self) -> float | None:
        """Deliver what is ready."""
        now = self._clock.now()
        wait = self._account.wait()
        # Without requests: failures, copies, and all results that hold no details.
        at_hand = wait > 0 and self._details()
        ready = self._ledger.versions.ready(now, AT_ONCE, at_hand=at_hand)
        if not ready:
            due = self._ledger.versions.next_due(now)
            return (wait or None) if due is None else max(due - now, 0.0)
        try:
            self._output.check()
            self._deliver(ready)
        except StoppingError:
            return None
        except OutputMissingError as missing:
            return self._hold("OUTPUT_MISSING", str(missing))
        except OSError as error:
            place = _place(error.filename or self._output.root)
            return self._hold(retry.errno_code(error.errno), f"{error.strerror}: {place}")
        return 0

    def _hold(self, code: str, message: str) -> float:
        """Nothing can be written: say so, and look again after a pause."""
        if self._holds == 0:
            log.error("output.held", code=code, reason=message, remedy=retry.remedy(code))
            hold = {"code": code, "message": message, "since": self._clock.now()}
            self._ledger.memory.set("output_hold", hold)
        self._holds += 1
        return min(retry.pause(self._holds - 1, self._jitter()), LONGEST_HOLD)

    def _release(self) -> None:
        if self._holds or self._ledger.memory.get("output_hold") is not None:
            log.info("output.released")
            self._ledger.memory.set("output_hold", None)
        self._holds = 0

    # -- one pass -------------------------------------------------------------------------------------

    def _deliver(self, ready: Sequence[Ready]) -> None:
        now = self._clock.now()
        current = [one for one in oldest_of_each_file(ready) if not self._superseded(one, now)]
        deliveries: list[_Delivery] = []
        size, began = 0, self._clock.monotonic()
        for some in self._gathered(current):
            for one, got in some:
                if isinstance(got, Exception):
                    self._not_yet(one, got)
                    continue
                deliveries.append(self._compose(one, got, now))
                size += len(deliveries[-1].draft.data)
            late = self._clock.monotonic() - began > LONGEST_PASS
            if size > LARGEST_PASS or late or self._requests_at_once() == 0:
                self._publish_all(deliveries)
                deliveries, size, began = [], 0, self._clock.monotonic()
        self._publish_all(deliveries)

    def _requests_at_once(self) -> int:
        """How many details may be fetched without a wait for the plan's next window."""
        left = self._account.left if self._details() else None
        return FETCHED_AT_ONCE if left is None else min(FETCHED_AT_ONCE, left)

    def _superseded(self, one: Ready, now: float) -> bool:
        """Two versions of one path: only the newest result that there is may stand."""
        if one.is_newest or not self._ledger.versions.newer_delivered(one.file_id, one.version_id):
            return False
        self._ledger.versions.superseded(one.version_id, now)
        return True

    def _gathered(self, ready: Sequence[Ready]) -> Iterator[list[tuple[Ready, _Gathered]]]:
        """Each with what its result needs, never many of them ahead of what is taken."""
        threads = FETCHES_AT_ONCE if self._details() else 1
        rest = list(ready)
        while rest:
            number = max(1, self._requests_at_once())
            some, rest = rest[:number], rest[number:]
            yield list(zip(some, side_by_side(self._bring, some, threads), strict=True))

    def _bring(self, one: Ready) -> _Gathered:
        if one.failed:
            return None
        try:
            return self._gather(one)
        except (FlexOrchError, DetailsMissingError, JobLostError) as reason:
            return reason

    def _not_yet(self, one: Ready, reason: Exception) -> None:
        """It waits: for the account as a whole, which says when, or on its own."""
        now = self._clock.now()
        if isinstance(reason, JobLostError):
            log.warning("job.gone", job_id=one.job_id)
            self._ledger.documents.start_over(one.document_id or 0, now)
            self._bells.ring("upload")
        elif isinstance(reason, DetailsMissingError):
            self._ledger.versions.details_missing(one.version_id, now + DETAILS_PAUSE, str(reason))
        elif isinstance(reason, FlexOrchError) and not self._waits_for_account(reason):
            due_at = now + retry.pause(one.attempt, self._jitter())
            self._ledger.versions.postpone(one.version_id, due_at, reason.code, reason.message)

    def _waits_for_account(self, error: FlexOrchError) -> bool:
        passing = isinstance(error, TransportError | RateLimitError)
        return passing or error.scope == "account" or self._account.wait() > 0

    # -- publishing -----------------------------------------------------------------------------------

    def _publish_all(self, deliveries: Sequence[_Delivery]) -> None:
        """Publish together; if that fails, one by one, so that one bad path holds up no other."""
        try:
            self._publish(deliveries)
        except OSError:
            if len(deliveries) == 1:
                raise
            failures = [(one, error) for one in deliveries if (error := self._failure(one))]
            if len(failures) == len(deliveries):
                raise
            for delivery, error in failures:
                self._not_written(delivery, error)

    def _failure(self, delivery: _Delivery) -> OSError | None:
        """Publish one alone; why that failed, or None."""
        try:
            self._publish([delivery])
        except OSError as error:
            return error
        return None

    def _not_written(self, delivery: _Delivery, error: OSError) -> None:
        """It waits on its own, while others can be written."""
        code, one = retry.errno_code(error.errno), delivery.one
        message = f"{error.strerror}: {display(delivery.draft.path)}"
        due_at = self._clock.now() + retry.pause(one.attempt, self._jitter())
        self._ledger.versions.postpone(one.version_id, due_at, code, message)
        log.error("result.not_written", code=code, path=display(delivery.draft.path))

    def _publish(self, deliveries: Sequence[_Delivery]) -> None:
        if not deliveries:
            return
        hashes = self._output.publish([delivery.draft for delivery in deliveries])
        # Before the commit: after a crash in between, all of this is done again.
        for delivery in deliveries:
            for path in delivery.stale:
                self._output.remove(path)
        now = self._clock.now()
        delivered = [
            replace(delivery.delivered, output_sha256=digest)
            for delivery, digest in zip(deliveries, hashes, strict=True)
        ]
        journeys = [] if self._trace is None else self._ledger.journeys.of(delivered, now)
        with self._ledger.database.write():
            self._ledger.versions.delivered(delivered, now)
            self._ledger.hooks.owe(
                [(d.version_id, route) for d in delivered for route in d.hooks], now
            )
        self._release()
        for delivery in deliveries:
            _tell(delivery)
        if self._trace is not None:
            self._trace(journeys)
        self._bells.ring("after", "hooks", "deliver")

    # -- composing ------------------------------------------------------------------------------------

    def _compose(self, one: Ready, got: Material | None, now: float) -> _Delivery:
        content = results.failure(one, now) if got is None else self._result(one, got, now)
        outcome = outcome_of(content, one)
        path = (
            results.failure_path(one.watch, one.path)
            if got is None
            else results.result_path(one.watch, one.path, folder_of(self._routes(), outcome))
        )
        document = content.get("document") or {}
        found = document.get("pii_types")
        delivered = Delivered(
            one.version_id,
            path,
            b"",
            one.failed,
            not one.failed and self._is_whole(content, outcome) and self._after(one.watch),
            document_type=document.get("type"),
            pii_types=exact.dumps(found).decode() if found else None,
            hooks=tuple(r.name for r in commands_for(self._routes(), outcome)),
        )
        return _Delivery(one, Draft(path, exact.pretty(content)), delivered, self._stale(one, path))

    def _is_whole(self, content: Mapping[str, Any], outcome: Outcome) -> bool:
        """Whether the source may go: a result that has lost its document holds nothing of it."""
        return not outcome.degraded and not (self._details() and content["document"] is None)

    def _stale(self, one: Ready, path: bytes) -> Sequence[bytes]:
        """A result takes away the path's failure and its results elsewhere; a failure leaves all."""
        if one.failed:
            return ()
        elsewhere = self._ledger.versions.other_outputs(one.file_id, path)
        return [results.failure_path(one.watch, one.path), *elsewhere]

    def _result(self, one: Ready, got: Material, now: float) -> dict[str, Any]:
        assert one.settings_id is not None and one.account_id is not None  # noqa: S101, PT018
        return results.result(
            one,
            job=got.job,
            document=got.document,
            settings=self._ledger.accounts.settings(one.settings_id),
            account=self._ledger.accounts.get(one.account_id).name,
            warnings=[*got.warnings, *([one.warning] if one.warning else [])],
            now=now,
        )


def oldest_of_each_file(ready: Sequence[Ready]) -> list[Ready]:
    """One version of a path a pass, in their order, so that what the newest leaves is what stands."""
    oldest: dict[int, Ready] = {}
    for one in sorted(ready, key=lambda one: one.version_id):
        oldest.setdefault(one.file_id, one)
    return list(oldest.values())


def outcome_of(content: Mapping[str, Any], one: Ready) -> Outcome:
    """What routes and `after` look at in a result or failure."""
    if "error" in content:
        return Outcome(None, degraded=False, document_type=None, pii=False, failed=True)
    job, document = content["job"], content["document"] or {}
    return Outcome(
        grade=job["quality_grade"],
        degraded=one.degraded or (bool(content["document"]) and not document.get("records")),
        document_type=document.get("type"),
        pii=bool(job["pii_findings_count"]),
        failed=False,
    )


def _tell(delivery: _Delivery) -> None:
    one = delivery.one
    where = {"watch": one.watch, "path": display(one.path)}
    if one.failed:
        code = one.error_code or one.document_error_code
        reason = one.error_message or one.document_error_message
        log.warning("file.failed", **where, code=code, reason=reason)
    else:
        log.info("file.delivered", **where, job_id=one.job_id)


def _place(name: object) -> str:
    return display(name) if isinstance(name, bytes) else str(name)

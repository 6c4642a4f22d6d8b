"""One run of an export, a step at a time: build, wait, fetch, publish. Each step's outcome is committed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from flexorchd import formats
from flexorchd.client import (
    Dataset,
    FlexOrch,
    FlexOrchError,
    NotFoundError,
    UnsupportedOperationError,
    ValidationError,
)
from flexorchd.clock import Clock, iso
from flexorchd.exports.assemble import LocalRows, NothingToExportError, Skipped, fetch_missing
from flexorchd.exports.publish import MANIFEST, PROFILE, Folder, manifest, prune
from flexorchd.ledger.exports import Exportable, Run
from flexorchd.ledger.ledger import Ledger
from flexorchd.output import Output
from flexorchd.rules.exporting import good_enough, to_prune

log = structlog.get_logger()

POLL_SECONDS = 1.0
GIVE_UP_BUILD_AFTER = 3600.0


class BuildFailedError(Exception):
    """The service could not build the dataset; trying again would end the same."""


@dataclass(frozen=True, slots=True)
class ExportSpec:
    """What the configuration says of an export."""

    name: str
    formats: Sequence[str]
    watches: Sequence[str] | None
    min_grade: str | None
    only_new: bool
    keep: int
    delete_remote: bool


class RunSteps:
    """Takes runs further.

    Args:
        ledger: where runs are recorded.
        client: a client that retries nothing and passes its requests through the account's gate.
        output: where the folder appears.
        account_id: whose jobs the service can build from.
        cache: a folder for the rows of single jobs.
        clock: the time.
    """

    def __init__(
        self,
        ledger: Ledger,
        client: FlexOrch,
        output: Output,
        account_id: int,
        cache: Path,
        clock: Clock,
    ) -> None:
        self._ledger = ledger
        self._client = client
        self._output = output
        self._account_id = account_id
        self._cache = cache
        self._clock = clock
        self._delete_unsupported = False

    def advance(self, run: Run, spec: ExportSpec) -> float:
        """Take one run one step further.

        Returns:
            Seconds until its next step.

        Raises:
            FlexOrchError: the service refused or could not be asked.
            BuildFailedError: the dataset cannot be built.
            OSError: the output cannot be written.
        """
        folder = Folder(self._output, run.export, run.folder)
        if folder.appeared(run.id):
            folder.point_latest()
            self._record(run, spec, folder.manifest())
            return 0.0
        if run.dataset_id is not None:
            return self._from_service(run, spec, folder)
        if run.build_job_id is not None:
            return self._await_build(run)
        return self._begin(run, spec, folder)

    # -- building -------------------------------------------------------------------------------------

    def _jobs(self, run: Run, spec: ExportSpec) -> list[Exportable]:
        found = self._ledger.exports.exportable(run.export, spec.watches, only_new=spec.only_new)
        return [job for job in found if good_enough(job, spec.min_grade) and not job.degraded]

    def _begin(self, run: Run, spec: ExportSpec, folder: Folder) -> float:
        jobs = self._jobs(run, spec)
        if not jobs:
            self._ledger.exports.end(run.id, "empty", self._clock.now())
            log.info("export.empty", export=run.export)
            return 0.0
        if all(job.account_id == self._account_id for job in jobs):
            try:
                return self._build(run, jobs)
            except (UnsupportedOperationError, NotFoundError) as reason:
                # Some service builds from one job at a time; some job may be past its retention.
                log.info("export.assembled_here", export=run.export, reason=reason.message)
        self._assemble(run, spec, folder, jobs)
        return 0.0

    def _build(self, run: Run, jobs: Sequence[Exportable]) -> float:
        if self._ledger.exports.chosen(run.id):
            # An earlier request for this very dataset may have arrived: its name is this run's alone.
            adopted = self._client.datasets.find(run.dataset_name)
            if adopted is not None:
                self._ledger.exports.building(run.id, dataset_id=adopted.id)
                return 0.0
        self._ledger.exports.chose(run.id, jobs)
        begun = self._start_build(run, jobs)
        if isinstance(begun, str):
            self._ledger.exports.building(run.id, build_job_id=begun)
            return POLL_SECONDS / 10
        self._ledger.exports.building(run.id, dataset_id=begun.id)
        return 0.0

    def _start_build(self, run: Run, jobs: Sequence[Exportable]) -> Dataset | str:
        executions = [job.execution_id for job in jobs if job.execution_id is not None]
        if len(executions) == len(jobs):
            return self._client.datasets.start_build_from(executions, run.dataset_name)
        return self._client.datasets.start_build([job.job_id for job in jobs], run.dataset_name)

    def _await_build(self, run: Run) -> float:
        age = self._clock.now() - run.started_at
        if age > GIVE_UP_BUILD_AFTER:
            raise BuildFailedError("The service has not built the dataset within an hour.")
        job = self._client.jobs.get(str(run.build_job_id))
        if job.status == "failed":
            raise BuildFailedError(
                job.processing_summary or "The service could not build the dataset."
            )
        if job.status != "completed":
            return self._look_again(run, age)
        dataset_id = job.dataset_id
        if dataset_id is None:
            found = self._client.datasets.find(run.dataset_name)
            if found is None:
                raise BuildFailedError("The dataset was built, but the service does not know it.")
            dataset_id = found.id
        self._ledger.exports.building(run.id, dataset_id=dataset_id)
        return 0.0

    # -- publishing -----------------------------------------------------------------------------------

    def _look_again(self, run: Run, age: float) -> float:
        pause = max(POLL_SECONDS, age / 10)
        self._ledger.exports.look_again(run.id, self._clock.now() + pause)
        return pause

    def _from_service(self, run: Run, spec: ExportSpec, folder: Folder) -> float:
        assert run.dataset_id is not None  # noqa: S101  the caller has looked
        dataset = self._client.datasets.get(run.dataset_id)
        if dataset.status == "building":
            return self._look_again(run, self._clock.now() - run.started_at)
        if dataset.status == "failed":
            raise BuildFailedError("The service could not build the dataset.")
        job_ids = self._ledger.exports.chosen(run.id)
        folder.begin()
        try:
            for name in spec.formats:
                path = folder.work / file_name(run.export, name, spec.formats)
                with path.open("xb") as file:
                    self._client.datasets.export_to(run.dataset_id, name, file)
            profile = self._client.datasets.profile(run.dataset_id)
            facts = {
                "record_count": profile.record_count,
                "total_tokens": profile.total_tokens,
                "avg_quality_score": profile.avg_quality_score,
                "grade_counts": dict(profile.grade_counts),
                "pii_type_count": profile.pii_type_count,
            }
            identity = {"id": dataset.id, "name": run.dataset_name}
            self._appear(run, spec, folder, facts, identity, "service", job_ids, ())
        finally:
            folder.abandon()
        return 0.0

    def _assemble(
        self, run: Run, spec: ExportSpec, folder: Folder, jobs: Sequence[Exportable]
    ) -> None:
        fetched, skipped = fetch_missing(
            self._client, self._output, jobs, self._account_id, self._cache
        )
        left_out = {one.job_id for one in skipped}
        taken = [job for job in jobs if job.job_id not in left_out]
        rows = LocalRows(self._output, taken, fetched)
        self._ledger.exports.chose(run.id, taken)
        folder.begin()
        try:
            for name in spec.formats:
                with (folder.work / file_name(run.export, name, spec.formats)).open("xb") as file:
                    formats.write(name, rows, file, name=run.dataset_name)
            facts = dict(formats.profile(rows, rows.pii_types))
            identity = {"id": None, "name": run.dataset_name}
            job_ids = [job.job_id for job in taken]
            self._appear(run, spec, folder, facts, identity, "local", job_ids, skipped)
        finally:
            folder.abandon()

    def _appear(
        self,
        run: Run,
        spec: ExportSpec,
        folder: Folder,
        profile: dict[str, Any],
        dataset: dict[str, Any],
        assembled: str,
        job_ids: Sequence[str],
        skipped: Iterable[Skipped],
    ) -> None:
        folder.write(PROFILE, profile)
        said = manifest(
            export=run.export,
            run=run.id,
            created_at=iso(self._clock.now()) or "",
            dataset=dataset,
            assembled=assembled,
            files=folder.files(),
            job_ids=job_ids,
            skipped=[{"job_id": one.job_id, "reason": one.reason} for one in skipped],
            records=int(profile["record_count"]),
        )
        folder.write(MANIFEST, said)
        folder.appear()
        self._record(run, spec, said)

    def _record(self, run: Run, spec: ExportSpec, said: dict[str, Any]) -> None:
        if spec.delete_remote:
            # Before the run is on record: after a crash in between, it is done again.
            self._delete_remote(run)
        self._ledger.exports.publish(
            run.id,
            assembled=said["assembled"],
            records=int(said["records"]),
            size=sum(int(file["size"]) for file in said["files"]),
            now=self._clock.now(),
        )
        log.info(
            "export.published",
            export=run.export,
            folder=run.folder,
            records=said["records"],
            jobs=len(said["job_ids"]),
            skipped=len(said["skipped"]),
        )
        for old in to_prune(self._ledger.exports.published(run.export), spec.keep):
            prune(self._output, run.export, old.folder)
            self._ledger.exports.end(old.id, "pruned", self._clock.now())

    def _delete_remote(self, run: Run) -> None:
        if self._delete_unsupported or run.dataset_id is None:
            return
        try:
            self._client.datasets.delete(run.dataset_id)
        except NotFoundError:
            return
        except UnsupportedOperationError:
            self._delete_unsupported = True
            log.warning("export.remote_kept", reason="the service cannot delete datasets")
        except FlexOrchError as error:
            log.warning("export.remote_kept", export=run.export, reason=error.message)


def file_name(export: str, format_name: str, beside: Sequence[str]) -> str:
    """The name of an export's file in one format.

    Args:
        export: its name.
        format_name: the format.
        beside: all formats of the export; where two share an ending, the later one's name is added.
    """
    found = formats.find(format_name)
    earlier = [formats.find(name) for name in beside[: list(beside).index(format_name)]]
    clash = any(other.extension == found.extension for other in earlier)
    return f"{export}.{found.name}.{found.extension}" if clash else f"{export}.{found.extension}"


def is_final(error: Exception) -> bool:
    """Whether a run that met this error is over: it would meet it again."""
    if isinstance(error, BuildFailedError | NothingToExportError | formats.MissingExtraError):
        return True
    return isinstance(error, ValidationError | NotFoundError | UnsupportedOperationError)

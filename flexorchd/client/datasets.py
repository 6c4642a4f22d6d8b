"""`client.datasets`: built from jobs, exported, profiled, deleted."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import BinaryIO

from flexorchd.client import arrow
from flexorchd.client.driver import Driver
from flexorchd.client.errors import FlexOrchError
from flexorchd.client.files import Target, opened
from flexorchd.client.memory import OTHER_DIALECT
from flexorchd.client.models import Dataset, DatasetProfile, Raw, Rows
from flexorchd.client.operations import builds, datasets, exports, profiles
from flexorchd.client.operations.builds import Started
from flexorchd.client.wire import FileSink

BUILD_TIMEOUT = 300.0
"""Seconds that a build may take."""

ARROW = "arrow export"


class Datasets:
    """Builds datasets out of jobs, and hands out their content."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver

    def build(
        self,
        job_ids: Sequence[str],
        name: str,
        strict: bool = False,
        *,
        timeout: float = BUILD_TIMEOUT,
    ) -> Dataset:
        """Build a dataset out of completed jobs, and wait until it is ready.

        Args:
            job_ids: the jobs; repeats and those without records are left out.
            name: unique in the workspace.
            strict: whether a job that is not completed is an error, instead of being left out.
            timeout: seconds to wait at most.

        Raises:
            IncompleteJobError: a job is not completed, with `strict`; without, none is.
            NotFoundError: there is no such job.
            ValidationError: the name is taken, or none of the jobs has records.
            UnsupportedOperationError: this service builds from one job at a time.
            JobTimeoutError: the dataset was not ready in time; it goes on at the service.
            BuildFailedError: the service could not build it.
        """
        memory = self._driver.memory
        return self._driver.run(builds.build(memory, job_ids, name, timeout, strict=strict))

    def start_build(self, job_ids: Sequence[str], name: str, *, strict: bool = False) -> Started:
        """The first half of `build`: the dataset, ready or not, or the id of the job that builds.

        Raises:
            FlexOrchError: as `build`.
        """
        material = self._driver.run(builds.resolve(job_ids, strict=strict))
        return self._driver.run(builds.start(self._driver.memory, material, name))

    def start_build_from(self, execution_ids: Sequence[str], name: str) -> Started:
        """`start_build` for a caller who knows the executions of its jobs, and spares a request for each.

        Args:
            execution_ids: at least one; each with records.
            name: never used before: what has it, if the answer is lost, is taken for what was built.

        Raises:
            FlexOrchError: as `build`.
        """
        long_ago = datetime.fromtimestamp(86_400, UTC)
        material = builds.Material(tuple(dict.fromkeys(execution_ids)), long_ago)
        return self._driver.run(builds.start(self._driver.memory, material, name))

    def finish_build(self, started: Started, *, timeout: float = BUILD_TIMEOUT) -> Dataset:
        """The second half of `build`: wait until the dataset is ready.

        Raises:
            JobTimeoutError: it was not in time.
            BuildFailedError: it could not be built.
        """
        return self._driver.run(builds.finish(started, timeout))

    def get(self, dataset_id: str) -> Dataset:
        """One dataset.

        Raises:
            NotFoundError: there is no such dataset.
        """
        return self._driver.run(datasets.get(dataset_id))

    def find(self, name: str) -> Dataset | None:
        """The dataset of exactly this name, if there is one."""
        return self._driver.run(datasets.find(name))

    def export(
        self,
        dataset_id: str,
        format: str,
        *,
        min_quality: str | None = None,
    ) -> bytes:
        """The whole export in memory; `export_to` has the arguments and errors."""
        content = io.BytesIO()
        self.export_to(dataset_id, format, content, min_quality=min_quality)
        return content.getvalue()

    def export_to(
        self,
        dataset_id: str,
        format: str,
        target: Target,
        *,
        min_quality: str | None = None,
    ) -> int:
        """Stream an export into a file; one that breaks off starts again, and never ends short.

        Args:
            dataset_id: the dataset.
            format: ``jsonl``, ``csv``, ``parquet``, ``markdown``, ``arrow``, or a further one of
                the service: ``json md xml xlsx rag hf``.
            target: a path, where the file appears when it is whole, or a binary file object.
            min_quality: the least grade, for ``rag`` alone.

        Returns:
            The bytes written.

        Raises:
            ValueError: an unknown format; nothing was sent.
            NotFoundError: there is no such dataset.
            OSError: the target cannot be written, or not be rewound to start again.
        """
        wire_name = exports.wire_format(format)
        with opened(target) as file:
            if wire_name == "arrow":
                return self._export_arrow(dataset_id, file)
            return self._pour(dataset_id, wire_name, file, min_quality)

    def profile(self, dataset_id: str) -> DatasetProfile:
        """Statistics of a ready dataset. What the service does not send is derived.

        Raises:
            NotFoundError: there is no such dataset.
        """
        return self._driver.run(profiles.profile(self._driver.memory, dataset_id))

    def rows(
        self, dataset_id: str, page: int = 1, page_size: int = 50, *, query: str | None = None
    ) -> Rows:
        """A page of rows, at most 200, those with the words of `query` if given."""
        if page < 1 or not 1 <= page_size <= datasets.ROWS_A_PAGE:
            raise ValueError(f"page must be at least 1, page_size 1 to {datasets.ROWS_A_PAGE}")
        return self._driver.run(datasets.rows(dataset_id, page, page_size, query))

    def rows_of_execution(
        self, execution_id: str, *, timeout: float = BUILD_TIMEOUT
    ) -> Sequence[Raw]:
        """The records of a document that only a dataset of it shows; builds one where needed."""
        return self._driver.run(builds.rows_of_execution(execution_id, timeout))

    def delete(self, dataset_id: str) -> None:
        """Delete a dataset for good; its jobs stay.

        Raises:
            NotFoundError: there is no such dataset.
            UnsupportedOperationError: this service cannot delete datasets.
        """
        self._driver.run(datasets.delete(dataset_id))

    def list(
        self,
        page: int = 1,
        page_size: int = 20,
        *,
        status: str | None = None,
        query: str | None = None,
        job_id: str | None = None,
        execution_id: str | None = None,
        document_id: str | None = None,
    ) -> list[Dataset]:
        """One page of datasets, newest first, those that pass the filters.

        Raises:
            ValueError: `page` is under 1, or `page_size` not 1 to 100.
        """
        if page < 1 or not 1 <= page_size <= 100:
            raise ValueError("page must be at least 1, page_size 1 to 100")
        filters = {
            "status": status,
            "q": query,
            "job_id": job_id,
            "source_execution_id": execution_id,
            "source_document_id": document_id,
        }
        given = {name: value for name, value in filters.items() if value is not None}
        return self._driver.run(datasets.page(page, page_size, given))

    def _pour(
        self, dataset_id: str, wire_name: str, file: BinaryIO, min_quality: str | None = None
    ) -> int:
        memory, sink = self._driver.memory, FileSink(file)
        return self._driver.run(exports.export(memory, dataset_id, wire_name, sink, min_quality))

    def _export_arrow(self, dataset_id: str, file: BinaryIO) -> int:
        """The service's own, else one joined from its `hf` folder; which it is, is remembered."""
        unsupported = self._driver.memory.unsupported
        if ARROW not in unsupported:
            try:
                return self._pour(dataset_id, "arrow", file)
            except FlexOrchError as error:
                if error.status not in (400, 501, *OTHER_DIALECT):
                    raise
        with tempfile.TemporaryFile() as folder:
            self._pour(dataset_id, "hf", folder)
            unsupported.add(ARROW)
            return arrow.join(folder, file)

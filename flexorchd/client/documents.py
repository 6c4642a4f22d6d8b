"""`client.documents`: files in, documents there, and what was found in them."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from flexorchd.client.driver import Driver
from flexorchd.client.jobs import Jobs
from flexorchd.client.models import Details, Document, DocumentPage, Job, Submission
from flexorchd.client.operations import documents, executions, uploads
from flexorchd.client.operations.batches import distinct
from flexorchd.client.operations.uploads import Settings
from flexorchd.client.uploading import Progress, Uploader
from flexorchd.client.wire import Upload

FilePath = str | os.PathLike[str]


class Documents:
    """Uploads files, and knows the documents at the service."""

    def __init__(self, driver: Driver, jobs: Jobs) -> None:
        self._driver = driver
        self._uploader = Uploader(driver, jobs)

    def upload(
        self,
        file_path: FilePath,
        *,
        locale: str = "und",
        pipeline_config: Mapping[str, Any] | None = None,
        progress: Progress | None = None,
    ) -> Job:
        """Upload one file, streamed.

        A lost answer is looked for at the service before anything is sent again.

        Args:
            file_path: absolute or relative.
            locale: ``und`` for all PII detectors, or a language such as ``tr`` or ``de``.
            pipeline_config: such as ``{"mask_pii": True, "document_type_hint": "invoice"}``.
            progress: called as bytes go out.

        Raises:
            OSError: the file cannot be read.
            FlexOrchError: it was not taken, or whether it was is not known.
        """
        files, settings = distinct([file_path]), Settings(locale, pipeline_config)
        (outcome,) = self._uploader.send(files, settings, progress)
        if isinstance(outcome, Exception):
            raise outcome
        return self._uploader.job(outcome)

    def upload_many(
        self,
        file_paths: Sequence[FilePath],
        *,
        locale: str = "und",
        pipeline_config: Mapping[str, Any] | None = None,
        progress: Progress | None = None,
    ) -> list[Job]:
        """Upload files concurrently, many a request.

        Args:
            file_paths: as in `upload`.
            locale: as in `upload`.
            pipeline_config: as in `upload`.
            progress: as in `upload`, over all files.

        Returns:
            The jobs, in the order of the files.

        Raises:
            OSError: a file is not there; nothing was sent.
            BatchUploadError: some files were not taken; it carries the jobs of the others.
            FlexOrchError: the account is refused, and no file was taken.
        """
        files, settings = distinct(file_paths), Settings(locale, pipeline_config)
        return self._uploader.jobs(self._uploader.send(files, settings, progress))

    def upload_from_connector(
        self,
        connector_id: int,
        keys: Sequence[str],
        *,
        locale: str = "und",
        pipeline_config: Mapping[str, Any] | None = None,
    ) -> list[Job]:
        """Process objects of a connected storage, one job a key, in the order of the keys.

        Args:
            connector_id: the connector's number.
            keys: paths within its storage.
            locale: as in `upload`.
            pipeline_config: as in `upload`.

        Raises:
            BatchUploadError: some keys were not taken; it carries the jobs of the others.
            FlexOrchError: the account is refused, and no key was taken.
        """
        settings = Settings(locale, pipeline_config)
        return self._uploader.jobs(self._uploader.pull(connector_id, keys, settings))

    def submit(
        self,
        uploads_: Sequence[Upload],
        *,
        locale: str = "und",
        pipeline_config: Mapping[str, Any] | None = None,
    ) -> Submission:
        """Send one request with many files, once; the caller keeps track and decides what is next.

        Args:
            uploads_: each under another name; opened one by one, as their turn comes.
            locale: as in `upload`.
            pipeline_config: as in `upload`.

        Raises:
            ValueError: no files, or two under one name.
            FlexOrchError: the request as a whole was refused, or its answer lost: then a
                `TransportError` tells whether the service can have taken it.
            Exception: what an upload's content raises, as it is; nothing was taken then.
        """
        return self._driver.run(uploads.submit(uploads_, Settings(locale, pipeline_config)))

    def list(self, page: int = 1, page_size: int = 20) -> DocumentPage:
        """One page of documents, newest first.

        Args:
            page: from 1.
            page_size: 1 to 100.

        Raises:
            ValueError: out of these bounds.
        """
        if page < 1 or not 1 <= page_size <= 100:
            raise ValueError("page must be at least 1, page_size 1 to 100")
        return self._driver.run(documents.page(page, page_size))

    def get(self, document_id: str) -> Document:
        """One document, with the job that processed it.

        Raises:
            NotFoundError: there is no such document.
        """
        return self._driver.run(documents.get(document_id))

    def reprocess(
        self, document_id: str, *, pipeline_config: Mapping[str, Any] | None = None
    ) -> str:
        """Process a known document again, with other options if given.

        Returns:
            The id of the new job.

        Raises:
            ValidationError: the file is no longer there, or cannot be processed again; upload it.
            NotFoundError: there is no such document.
        """
        return self._driver.run(documents.reprocess(document_id, pipeline_config))

    def delete(self, document_id: str) -> None:
        """Delete a document and what was found in it, where the service can.

        Raises:
            NotFoundError: there is no such document.
            UnsupportedOperationError: this service cannot delete documents.
        """
        self._driver.run(documents.delete(document_id))

    def find_uploads(self, names: Collection[str], since: datetime) -> dict[str, Document]:
        """What arrived of files whose answer was lost.

        Args:
            names: as they were sent, each used once.
            since: documents older than this are not meant. Aware, by the service's clock: take the
                ``Date`` before the intent, less `CLOCK_SLACK`.

        Returns:
            The document of each name that exactly one has; other names are absent.
        """
        return self._driver.run(documents.find(names, since))

    def find_jobs(self, names: Collection[str], since: datetime) -> dict[str, str]:
        """The jobs of files whose answer was lost; as `find_uploads`, with job ids."""
        return self._driver.run(documents.find_jobs(names, since))

    def details(self, job: Job) -> Details:
        """What was found in a completed job's document: type, language, fields, records, text.

        Where the service keeps the fields back until a dataset is built, `records` is empty;
        `datasets.rows_of_execution` has them then.
        """
        return self._driver.run(executions.details(job))

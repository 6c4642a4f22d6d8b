"""Puts a finished dataset into connected storage, where a webhook asks for that."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from flexorchd import formats
from flexorchd.engine.connectors.storage import StorageError
from flexorchd.engine.connectors.sync import Syncs
from flexorchd.engine.datasets import Datasets
from flexorchd.engine.store.webhooks import Delivery
from flexorchd.formats import exact

_log = logging.getLogger(__name__)


class AutoExport:
    """Does what a delivery of ``dataset.ready`` asks for beside being sent."""

    def __init__(self, datasets: Datasets, syncs: Syncs) -> None:
        self._datasets = datasets
        self._syncs = syncs

    def __call__(self, delivery: Delivery) -> None:
        """Export, once; what goes wrong is logged, and the delivery goes on."""
        event = exact.loads(delivery.body)
        if delivery.auto_export is None or delivery.attempts or "dataset_id" not in event:
            return
        try:
            self._export(event["dataset_id"], delivery.auto_export)
        except (StorageError, formats.UnknownFormatError, formats.MissingExtraError) as error:
            _log.warning("dataset %s was not exported: %s", event["dataset_id"], error)

    def _export(self, dataset_id: int, wanted: Mapping[str, Any]) -> None:
        dataset = self._datasets.get(dataset_id)
        if dataset is None:
            return
        format = formats.find(wanted["format"])
        data = b"".join(self._datasets.export(dataset, format))
        with self._syncs.storage_of(wanted["connector_id"]) as storage:
            storage.write(f"{wanted['prefix']}{dataset.slug}.{format.extension}", data)

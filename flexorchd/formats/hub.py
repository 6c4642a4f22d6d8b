"""The folder of ``datasets.load_from_disk()``, as a ZIP file."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator

import pyarrow as pa

from flexorchd.formats import exact
from flexorchd.formats.blocks import Sink
from flexorchd.formats.columnar import Layout
from flexorchd.formats.rows import Rows

_DATA = "data-00000-of-00001.arrow"


def hf(rows: Rows, name: str) -> Iterator[bytes]:
    """A ZIP file to unpack into a folder of its own: the data and two files that describe it."""
    layout = Layout.of(rows)
    sink = Sink()
    digest = hashlib.sha256()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open(_entry(_DATA), "w", force_zip64=True) as data:
            for block in _ipc_stream(layout, rows):
                digest.update(block)
                data.write(block)
                yield sink.take()
        archive.writestr(_entry("state.json"), exact.pretty(_state(digest.hexdigest()[:16])))
        archive.writestr(_entry("dataset_info.json"), exact.pretty(_info(layout.schema, name)))
    yield sink.take()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)  # dated 1980, so that equal datasets are equal files
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _ipc_stream(layout: Layout, rows: Rows) -> Iterator[bytes]:
    """Arrow's stream format: ``load_from_disk`` does not read its file format."""
    sink = Sink()
    with pa.ipc.new_stream(sink, layout.schema) as writer:
        for batch in layout.batches(rows):
            writer.write_batch(batch)
            yield sink.take()
    yield sink.take()


def _state(fingerprint: str) -> dict[str, object]:
    return {
        "_data_files": [{"filename": _DATA}],
        "_fingerprint": fingerprint,
        "_format_columns": None,
        "_format_kwargs": {},
        "_format_type": None,
        "_output_all_columns": False,
        "_split": None,
    }


def _info(schema: pa.Schema, name: str) -> dict[str, object]:
    return {
        "citation": "",
        "dataset_name": name,
        "description": "",
        "features": {field.name: _feature(field.type) for field in schema},
        "homepage": "",
        "license": "",
    }


def _feature(type_: pa.DataType) -> object:
    """A type in the library's writing; a list is a list of one, which all its versions read."""
    if pa.types.is_list(type_):
        return [_feature(type_.value_type)]
    if pa.types.is_struct(type_):
        return {field.name: _feature(field.type) for field in type_}
    return {"dtype": "float64" if type_ == pa.float64() else str(type_), "_type": "Value"}

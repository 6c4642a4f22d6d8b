"""The service's own published clients, unmodified, against a running engine."""

import asyncio
import contextlib
import io
import json
import zipfile
from xml.etree import ElementTree

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from flexorch_mcp.client import FlexOrchMCPClient
from flexorch_mcp.server import (
    BuildDatasetResult,
    ChunksResult,
    ExportResult,
    IndexResult,
    SearchResult,
)
from flexorch_mcp.tools import build, chunks, export, index, search, status
from flexorch_sdk import FlexOrchClient
from flexorch_sdk.errors import FlexOrchError, NotFoundError, ValidationError
from flexorch_sdk.rag import FlexOrchReader, FlexOrchRetriever
from python_calamine import CalamineWorkbook

from tests.engine.datasets.processed import DEGRADED, NOTE, wait_until


@pytest.fixture
def sdk(engine):
    with FlexOrchClient(engine.key, base_url=engine.base_url) as client:
        yield client


def job_of(engine, sdk, execution_id):
    return sdk.jobs.get(str(engine.documents.execution(execution_id).job_id))


class TestSdk:
    def test_the_documented_chain_ends_in_a_dataset(self, engine, sdk):
        job = job_of(engine, sdk, engine.documents.add())
        assert job.dataset() is None
        dataset = job.build_dataset().wait().dataset()
        assert dataset.status == "ready"
        assert dataset.row_count == 1
        assert dataset.pii_masked
        assert dataset.pii_type_summary == {"email": 2, "phone_de": 1}
        assert {"json", "jsonl", "csv", "parquet", "md", "xml", "xlsx", "rag", "hf"} <= set(
            dataset.available_formats
        )
        assert job_of(engine, sdk, job.execution_id).dataset().id == dataset.id

    def test_every_format_can_be_read(self, engine, sdk, tmp_path):
        execution = engine.documents.add()
        dataset = sdk.datasets.build_from_execution(execution, name="Q1").wait().dataset()
        assert json.loads(dataset.export("json"))[0]["document_no"] == "RE-1"
        assert json.loads(dataset.export("jsonl", path=tmp_path / "x"))["document_no"] == "RE-1"
        assert (tmp_path / "x").read_bytes().endswith(b"}\n")
        assert dataset.export("csv").startswith(b"job_id,")
        assert pq.read_table(io.BytesIO(dataset.export("parquet"))).num_rows == 1
        assert b"RE-1" in dataset.export("md")
        xml = ElementTree.fromstring(dataset.export("xml"))
        assert xml.findtext("record/line_items/item/total") == "119.00"
        book = CalamineWorkbook.from_filelike(io.BytesIO(dataset.export("xlsx")))
        assert book.get_sheet_by_index(0).to_python()[1][6] == "RE-1"
        assert len(json.loads(dataset.export("rag", min_quality="B"))) == 2
        with zipfile.ZipFile(io.BytesIO(dataset.export("hf"))) as archive:
            stream = archive.read("data-00000-of-00001.arrow")
        assert pa.ipc.open_stream(stream).read_all().num_rows == 1

    def test_listing_and_reading(self, engine, sdk):
        first, second = engine.documents.add(), engine.documents.add(NOTE)
        for execution, name in [(first, "one"), (second, "two")]:
            sdk.datasets.build_from_execution(execution, name=name).wait()
        document = engine.documents.execution(second).document_id
        assert [dataset.name for dataset in sdk.datasets.list()] == ["two", "one"]
        assert [dataset.name for dataset in sdk.datasets.list(q="on")] == ["one"]
        assert [d.name for d in sdk.datasets.list(source_execution_id=first)] == ["one"]
        (dataset,) = sdk.datasets.list(source_document_id=document, status="ready")
        assert dataset.name == "two"
        assert dataset.rows(q="gebäude")["pagination"]["filtered_total"] == 1
        assert dataset.profile()["quality"]["grade_distribution"]["C"] == 1
        assert dataset.chunks(quality_grade="C", pii_masked=False)["total"] == 1
        assert dataset.compliance_report()["dataset_name"] == "two"
        with pytest.raises(ValidationError):
            dataset.compliance_report("pdf")

    def test_errors_are_those_it_knows(self, engine, sdk):
        degraded = job_of(engine, sdk, engine.documents.add(DEGRADED))
        assert degraded.degraded
        with pytest.raises(FlexOrchError) as refused:
            degraded.build_dataset()
        assert refused.value.error_code == "NO_OUTPUT_DATA"
        with pytest.raises(NotFoundError):
            sdk.datasets.get("1")
        with pytest.raises(NotFoundError):
            sdk.datasets.build_from_execution(1)

    def test_an_export_is_pushed_into_connected_storage(self, engine, sdk, tmp_path):
        config = {"path": str(tmp_path / "connected")}
        body = {"name": "n", "type": "folder", "config": config}
        connector = engine.data("POST", "/connectors", 201, json=body)["id"]
        dataset = sdk.datasets.build_from_execution(engine.documents.add()).wait().dataset()
        answer = dataset.export_to_s3(str(connector), "jsonl", prefix="a/b/")
        assert (tmp_path / "connected" / answer["s3_key"]).stat().st_size == answer["size_bytes"]

    def test_search_and_the_helpers_for_retrieval(self, engine, sdk):
        dataset = sdk.datasets.build_from_execution(engine.documents.add()).wait().dataset()
        assert dataset.index()["status"] == "indexing"
        wait_until(lambda: dataset.index_status()["status"] == "ready")
        (hit,) = sdk.search("Schraube", filters={"language": "de", "pii_masked": True})
        assert hit.dataset_id == dataset.id
        assert hit.metadata["quality_grade"] == "A"
        found = FlexOrchRetriever(sdk, quality_threshold="B").invoke("Schraube")
        assert "Schraube" in found[0].page_content
        loaded = FlexOrchReader(sdk).load_data(dataset.id, page_size=1)
        assert [passage.metadata["chunk_index"] for passage in loaded] == [0, 1]
        assert loaded[0].metadata["source"] == "file0.txt"


class TestMcp:
    def run(self, engine, tool, *arguments, **options):
        async def call():
            async with contextlib.AsyncExitStack() as stack:
                client = FlexOrchMCPClient(engine.key, engine.base_url)
                await stack.enter_async_context(client)
                return await tool.run(client, *arguments, **options)

        answer = asyncio.run(call())
        assert not answer.get("isError"), answer
        return answer

    def built(self, engine):
        job = self.run(engine, build, engine.documents.add())
        BuildDatasetResult.model_validate(job)
        done = self.run(engine, status, job["job_id"])
        assert done["status"] == "completed"
        return done["dataset_id"]

    def test_a_dataset_is_built_and_exported(self, engine):
        dataset = self.built(engine)
        for format in ("json", "jsonl", "csv", "md", "xml", "rag"):
            answer = self.run(engine, export, dataset, format)
            assert ExportResult.model_validate(answer).byte_count > 0
            assert "RE-1" in answer["content"]
            assert answer["filename"].startswith("dataset-execution-")

    def test_it_is_indexed_chunked_and_searched(self, engine):
        dataset = self.built(engine)
        IndexResult.model_validate(self.run(engine, index, dataset))
        path = f"/datasets/{dataset}/index/status"
        wait_until(lambda: engine.data("GET", path)["status"] == "ready")
        listed = self.run(engine, chunks, dataset, min_quality="A", pii_masked_only=True)
        assert ChunksResult.model_validate(listed).total == 2
        found = self.run(engine, search, "schraube", document_type="invoice", quality_grade="A")
        assert SearchResult.model_validate(found).total_results == 1

    def test_a_second_build_of_the_same_execution_answers_the_same_dataset(self, engine):
        execution = engine.documents.add()
        ids = {
            self.run(engine, status, self.run(engine, build, execution)["job_id"])["dataset_id"]
            for _ in range(2)
        }
        assert len(ids) == 1

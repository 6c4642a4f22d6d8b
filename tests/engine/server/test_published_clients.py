"""The service's own published clients, unmodified, against a real engine."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import flexorch_mcp.server as mcp
import pytest
from flexorch_sdk import FlexOrchClient
from flexorch_sdk.errors import AuthError, FlexOrchError, NotFoundError, ValidationError
from flexorch_sdk.models.job import Job
from flexorch_sdk.rag import FlexOrchReader, FlexOrchRetriever

from tests.engine.server.conftest import KEY, Running, wait_for
from tests.engine.server.samples import invoice_pdf


@pytest.fixture(scope="module")
def sdk(engine: Running) -> Iterator[FlexOrchClient]:
    with FlexOrchClient(KEY, base_url=engine.base_url) as client:
        yield client


@pytest.fixture(scope="module")
def processed(sdk: FlexOrchClient, tmp_path_factory: pytest.TempPathFactory) -> Job:
    path = tmp_path_factory.mktemp("sdk") / "invoice.pdf"
    path.write_bytes(invoice_pdf("SDK-1"))
    return sdk.process(path, locale="en").wait(poll_interval=0.05)


def test_sdk_job(sdk: FlexOrchClient, processed: Job) -> None:
    assert processed.status == "completed"
    assert processed.quality_grade in "ABCD"
    assert processed.pii_masked
    assert processed.pii_findings_count == sum(processed.pii_type_summary.values()) > 0
    assert not processed.degraded
    assert processed.execution_id
    assert processed.document_id
    assert sdk.jobs.get(processed.id).quality_score == processed.quality_score
    assert processed.id in [job.id for job in sdk.jobs.list(page=1, page_size=50)]
    assert processed.dataset() is None


def test_sdk_process_many_and_options(sdk: FlexOrchClient, tmp_path: Path) -> None:
    paths: list[str | Path] = []
    for number in range(3):
        path = tmp_path / f"note-{number}.txt"
        path.write_text(f"Note {number} for carl@example.org")
        paths.append(path)
    jobs = [job.wait(poll_interval=0.05) for job in sdk.process_many(paths)]
    assert len({job.id for job in jobs}) == 3
    assert [job.pii_findings_count for job in jobs] == [1, 1, 1]
    unmasked = sdk.process(paths[0], pipeline_config={"mask_pii": False}).wait(poll_interval=0.05)
    assert not unmasked.pii_masked


def test_sdk_failures(sdk: FlexOrchClient, tmp_path: Path, engine: Running) -> None:
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7 sdk")
    with pytest.raises(FlexOrchError, match=r"MALFORMED|CRASHED|PROTECTED|UNSUPPORTED"):
        sdk.process(broken).wait(poll_interval=0.05)
    empty = tmp_path / "empty.txt"
    empty.touch()
    with pytest.raises(ValidationError):
        sdk.process(empty)
    with pytest.raises(NotFoundError):
        sdk.jobs.get("42")
    with (
        FlexOrchClient("dfx_wrong", base_url=engine.base_url) as stranger,
        pytest.raises(AuthError),
    ):
        stranger.usage.current()


def test_sdk_documents(sdk: FlexOrchClient, processed: Job) -> None:
    document = sdk.documents.get(str(processed.document_id))
    assert document.filename == "invoice.pdf"
    assert document.file_ext == ".pdf"
    assert document.processing_history[0]["job_id"] == int(processed.id)
    assert document.id in [each.id for each in sdk.documents.list(page_size=100)]
    again = document.reprocess({"document_type_hint": "invoice"}).wait(poll_interval=0.05)
    assert again.id != processed.id


def test_sdk_dataset(sdk: FlexOrchClient, processed: Job, tmp_path: Path) -> None:
    dataset = processed.build_dataset(name="sdk invoices").wait(poll_interval=0.05).dataset()
    assert dataset is not None
    assert (dataset.name, dataset.status, dataset.row_count) == ("sdk invoices", "ready", 1)
    assert dataset.pii_masked
    assert sdk.datasets.get(dataset.id).pii_type_summary
    assert sdk.jobs.get(processed.id).dataset().id == dataset.id
    assert [d.id for d in sdk.datasets.list(q="sdk invoices")] == [dataset.id]
    assert sdk.datasets.list(source_execution_id=processed.execution_id)[0].id == dataset.id
    for name in ("json", "jsonl", "csv", "parquet", "md", "xml", "xlsx", "rag", "hf"):
        path = tmp_path / f"export.{name}"
        assert dataset.export(name, path=path) == path.read_bytes() != b""
    assert dataset.export("rag", min_quality="D")
    assert dataset.rows()["rows"][0]["document_no"] == "SDK-1"
    assert dataset.rows(q="nothing like it")["pagination"]["filtered_total"] == 0
    assert dataset.profile()["privacy"]["pii_findings_count"] >= 1
    assert dataset.compliance_report()["gdpr_categories"]
    assert dataset.index()["status"] in ("indexing", "ready")
    wait_for(lambda: dataset.index_status()["status"] == "ready")
    assert dataset.chunks(page_size=10)["total"] >= 1
    documents = FlexOrchReader(sdk).load_data(dataset.id, min_quality="D")
    assert any("SDK-1" in document.page_content for document in documents)
    found = FlexOrchRetriever(sdk, quality_threshold="D", pii_masked=True).invoke("SDK-1")
    assert found[0].metadata["doc_type"] == "invoice"
    assert sdk.search("SDK-1", top_k=3, mode="hybrid")


def test_sdk_feedback_usage_webhooks(sdk: FlexOrchClient, processed: Job) -> None:
    assert sdk.jobs.get_feedback(processed.id) is None
    sdk.jobs.submit_feedback(processed.id, "down", issue="wrong_values", notes="the total")
    kept = sdk.jobs.get_feedback(processed.id)
    assert kept is not None
    assert (kept.rating, kept.issue, kept.notes) == ("down", "wrong_values", "the total")
    usage = sdk.usage.current()
    assert (usage.plan, usage.credits_limit, usage.is_trial) == ("unlimited", None, False)
    assert sdk.usage.rate_limits().unlimited
    assert sdk.usage.history("7d")[-1].jobs_count >= 1
    assert sdk.usage.quality_trend("90d")[-1].job_count >= 1
    hook = sdk.webhooks.register("http://127.0.0.1:9/hook", ["job.completed", "quota.warning"])
    assert hook.secret
    assert [w.secret for w in sdk.webhooks.list() if w.id == hook.id] == [None]
    sdk.webhooks.delete(hook.id)
    assert hook.id not in [w.id for w in sdk.webhooks.list()]


def test_sdk_connectors(sdk: FlexOrchClient) -> None:
    config = {"bucket": "b", "access_key_id": "AK", "secret_access_key": "S3CRET"}
    connector = sdk.connectors.create(
        "nowhere", "s3", config | {"endpoint_url": "http://127.0.0.1:9"}
    )
    assert connector.config == {"bucket": "b", "endpoint_url": "http://127.0.0.1:9"}
    assert sdk.connectors.get(connector.id).name == "nowhere"
    assert connector.id in [each.id for each in sdk.connectors.list()]
    assert not sdk.connectors.test(connector.id).success
    cloud = sdk.connectors.create("cloud", "gcs", {"bucket": "b", "credentials_json": "{}"})
    assert "cannot be reached" in sdk.connectors.test(cloud.id).message
    schedule = sdk.connectors.create_schedule(connector.id, "0 2 * * *", prefix_filter="in/")
    assert schedule.next_run_at
    assert schedule.next_run_at.endswith("02:00:00.000000Z")
    assert [s.id for s in sdk.connectors.list_schedules(connector.id)] == [schedule.id]
    assert sdk.connectors.trigger_schedule(connector.id, schedule.id).status == "running"

    def last_log() -> Any:
        return sdk.connectors.schedule_logs(connector.id, schedule.id)[0]

    wait_for(lambda: last_log().status == "failed")
    assert "cannot be reached" in last_log().error_message
    sdk.connectors.delete_schedule(connector.id, schedule.id)
    sdk.connectors.delete(connector.id)
    with pytest.raises(NotFoundError):
        sdk.connectors.get(connector.id)


@pytest.fixture
def mcp_tools(engine: Running, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("FLEXORCH_BASE_URL", engine.base_url.removesuffix("/v1"))
    monkeypatch.setenv("FLEXORCH_API_KEY", KEY)
    monkeypatch.setattr(mcp, "_api_client", None)
    yield
    monkeypatch.setattr(mcp, "_api_client", None)


@pytest.fixture
def file_url(tmp_path: Path) -> Iterator[str]:
    """A document that is to be had over HTTP."""
    (tmp_path / "mcp-invoice.pdf").write_bytes(invoice_pdf("MCP-1"))

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args: Any) -> None:
            super().__init__(*args, directory=str(tmp_path))

        def log_message(self, *_: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/mcp-invoice.pdf"
        server.shutdown()


def test_mcp_tools(mcp_tools: None, file_url: str) -> None:
    anyio.run(_use_mcp_tools, file_url)


async def _use_mcp_tools(file_url: str) -> None:
    job = await mcp.process_document(file_url)
    assert job.isError is None, job.error
    status = await _ended(job.job_id)
    assert status.status == "completed"
    assert status.quality_grade
    assert status.document_id
    assert status.pii_masked
    result = await mcp.get_extraction_result(status.execution_id)
    assert result.document_type == "invoice"
    assert result.fields[0]["document_no"] == "MCP-1"
    assert result.privacy.pii_type_summary["email"] == 1
    built = await _ended((await mcp.build_dataset(status.execution_id, "mcp invoices")).job_id)
    assert built.dataset_name == "mcp invoices"
    for name in ("jsonl", "csv", "json", "md", "xml", "rag"):
        export = await mcp.export_dataset(built.dataset_id, name)
        assert export.isError is None, export.error
        assert "MCP-1" in export.content
    assert (await mcp.index_dataset(built.dataset_id)).isError is None
    chunks = await mcp.list_chunks(built.dataset_id, min_quality="D")
    assert chunks.total >= 1
    with anyio.fail_after(15):
        while not (await mcp.search_documents("MCP-1")).results:
            await anyio.sleep(0.05)
    again = await mcp.reprocess_document(status.document_id)
    assert (await _ended(again.job_id)).status == "completed"
    typed = await mcp.process_document(file_url, mask_pii=False, document_type="invoice")
    assert (await _ended(typed.job_id)).pii_masked is False
    missing = await mcp.get_job_status(42)
    assert "not found" in missing.error.lower()
    await mcp._get_client().aclose()


async def _ended(job_id: int) -> Any:
    with anyio.fail_after(30):
        while True:
            status = await mcp.get_job_status(job_id)
            if status.status not in ("queued", "running"):
                return status
            await anyio.sleep(0.05)

"""The dataset and search operations over real HTTP."""

import csv
import hashlib
import hmac
import http.server
import io
import json
import threading

import pytest

from flexorchd import formats
from flexorchd.engine.failure import Failure
from flexorchd.engine.model import Settings
from flexorchd.engine.store.jobs import Upload
from tests.engine.datasets.processed import DEGRADED, INVOICE, NOTE, NOW, wait_until


class TestBuilding:
    def test_many_executions_become_one_dataset_by_way_of_a_job(self, engine):
        executions = [engine.documents.add(), engine.documents.add(NOTE)]
        response = engine.http.post("/datasets", json={"name": "Q1", "execution_ids": executions})
        assert response.status_code == 202
        answer = response.json()
        assert answer["data"]["job_type"] == "dataset_build"
        assert answer["meta"] == {"poll": f"/v1/jobs/{answer['data']['job_id']}"}
        job = engine.data("GET", f"/jobs/{answer['data']['job_id']}")
        assert job["status"] == "completed"
        assert job["dataset_summary"]["row_count"] == 2
        dataset = engine.data("GET", f"/datasets/{job['dataset_summary']['dataset_id']}")
        assert dataset["name"] == "Q1"
        assert dataset["status"] == "ready"
        assert dataset["job_count"] == 2
        assert dataset["privacy"]["pii_type_summary"] == {"email": 2, "phone_de": 1}
        assert dataset["privacy"]["privacy_applied"] is False
        assert "parquet" in dataset["format_summary"]["files"]

    def test_jobs_may_name_the_members_and_ids_may_be_text(self, engine):
        execution = engine.documents.execution(engine.documents.add())
        body = {"name": "a", "job_ids": [str(execution.job_id), execution.job_id]}
        job = engine.data("POST", "/datasets", 202, json=body)
        found = engine.data("GET", "/datasets", params={"job_id": execution.job_id})
        assert [item["id"] for item in found["items"]] == [job["reference_id"]]
        assert found["items"][0]["source_execution_id"] == execution.id

    def test_degraded_executions_are_left_out_until_none_is_left(self, engine):
        good, degraded = engine.documents.add(), engine.documents.add(DEGRADED)
        assert (
            engine.data("GET", f"/datasets/{engine.build('a', [degraded, good])}")["job_count"] == 1
        )
        body = {"name": "b", "execution_ids": [degraded]}
        status, error = engine.refused("POST", "/datasets", json=body)
        assert (status, error["code"]) == (400, "NO_OUTPUT_DATA")
        status, error = engine.refused("POST", f"/datasets/build-from-execution/{degraded}")
        assert (status, error["code"]) == (400, "NO_OUTPUT_DATA")

    def test_a_name_is_taken_once(self, engine):
        execution = engine.documents.add()
        first = engine.build("a", [execution])
        body = {"name": "a", "execution_ids": [execution]}
        status, error = engine.refused("POST", "/datasets", json=body)
        assert (status, error["code"]) == (409, "VALIDATION_ERROR")
        assert "execution_ids" not in error["message"]
        for option, same in [
            ("incremental", True),
            ("force_rebuild", True),
            ("replace_existing", False),
        ]:
            job = engine.data("POST", "/datasets", 202, json=body | {option: True})
            assert (job["reference_id"] == first) is same

    def test_one_execution_with_or_without_a_body(self, engine):
        execution = engine.documents.add()
        path = f"/datasets/build-from-execution/{execution}"
        job = engine.data("POST", path, 202)
        again = engine.data("POST", path, 202, json={"force_rebuild": False})
        assert job["reference_id"] == again["reference_id"]
        dataset = engine.data("GET", f"/datasets/{job['reference_id']}")
        assert dataset["name"] == f"dataset_execution_{execution}"
        named = {"name": "Mine", "slug": "My Own", "description": "d"}
        job = engine.data("POST", path, 202, json=named)
        dataset = engine.data("GET", f"/datasets/{job['reference_id']}")
        assert (dataset["slug"], dataset["description"]) == ("my-own", "d")
        assert engine.data("GET", f"/executions/{execution}")["dataset"]["name"] == "Mine"

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            ({"name": "a", "execution_ids": [1]}, 404),
            ({"name": "a", "execution_ids": ["job_x"]}, 404),
            ({"name": "a", "job_ids": [-1]}, 404),
            ({"name": "a"}, 422),
            ({"execution_ids": [1]}, 422),
            ({"name": "  ", "execution_ids": [1]}, 422),
            ({"name": "a\nb", "execution_ids": [1]}, 422),
        ],
    )
    def test_what_cannot_be_built_is_refused(self, body, status, engine):
        assert engine.refused("POST", "/datasets", json=body)[0] == status

    def test_a_job_that_is_not_done_is_named(self, engine, store):
        upload = Upload("x.txt", "0" * 64, 1, Settings())
        queued = store.jobs.accept([upload], NOW)[0].job_id
        store.jobs.fail(queued, Failure("MALFORMED", "No.", "Mend it."), NOW)
        status, error = engine.refused("POST", "/datasets", json={"name": "a", "job_ids": [queued]})
        assert (status, error["code"]) == (422, "VALIDATION_ERROR")
        assert str(queued) in error["message"]


class TestListing:
    def test_pages_and_filters(self, engine):
        execution = engine.documents.add()
        ids = [engine.build(f"set {number}", [execution]) for number in range(3)]
        page = engine.data("GET", "/datasets", params={"page": 2, "page_size": 2})
        assert ([item["id"] for item in page["items"]], page["total"]) == ([ids[0]], 3)
        page = engine.data("GET", "/datasets", params={"q": "SET 1"})
        assert [item["id"] for item in page["items"]] == [ids[1]]
        assert engine.data("GET", "/datasets", params={"status": "failed"})["total"] == 0
        assert engine.data("GET", "/datasets", params={"job_id": "job_x"})["total"] == 0

    def test_a_deleted_dataset_is_gone_and_its_execution_is_not(self, engine):
        execution = engine.documents.add()
        dataset = engine.build("a", [execution])
        assert engine.http.delete(f"/datasets/{dataset}").status_code == 204
        assert engine.refused("GET", f"/datasets/{dataset}")[0] == 404
        assert engine.refused("DELETE", f"/datasets/{dataset}")[0] == 404
        assert engine.data("GET", f"/executions/{execution}")["dataset"] is None
        engine.build("a", [execution])


class TestExports:
    @pytest.mark.parametrize(
        "format",
        ["json", "jsonl", "csv", "parquet", "md", "markdown", "arrow", "xml", "xlsx", "rag", "hf"],
    )
    def test_both_urls_give_the_file_under_its_name(self, format, engine):
        dataset = engine.build("Q1 Fälle", [engine.documents.add(), engine.documents.add(NOTE)])
        kind = formats.find(format)
        by_path = engine.http.get(f"/datasets/{dataset}/export/{format}")
        by_query = engine.http.get(f"/datasets/{dataset}/export", params={"format": format})
        assert by_path.status_code == 200, by_path.text
        assert by_path.headers["content-type"] == kind.media_type
        name = f'attachment; filename="q1-falle.{kind.extension}"'
        assert by_path.headers["content-disposition"] == name
        assert by_path.content
        assert format == "xlsx" or by_path.content == by_query.content

    def test_no_format_is_jsonl_and_an_unknown_one_is_refused(self, engine):
        dataset = engine.build("a", [engine.documents.add()])
        response = engine.http.get(f"/datasets/{dataset}/export")
        assert response.headers["content-type"] == "application/x-ndjson"
        assert json.loads(response.text)["total_amount"] == 119.0
        status, error = engine.refused("GET", f"/datasets/{dataset}/export/pdf")
        assert (status, "jsonl" in error["message"]) == (422, True)

    def test_bad_rows_are_left_out_on_request(self, engine):
        dataset = engine.build("a", [engine.documents.add(), engine.documents.add(NOTE)])
        path = f"/datasets/{dataset}/export/rag"
        grades = [
            {
                chunk["metadata"]["quality_grade"]
                for chunk in engine.http.get(path, params=params).json()
            }
            for params in ({}, {"min_quality": "b"})
        ]
        assert grades == [{"A", "C"}, {"A"}]
        assert engine.refused("GET", path, params={"min_quality": "E"})[0] == 422

    def test_a_large_export_arrives_whole(self, engine):
        dataset = engine.build("a", engine.documents.add_all([NOTE] * 3000))
        lines = engine.http.get(f"/datasets/{dataset}/export/csv").text
        assert len(list(csv.DictReader(io.StringIO(lines)))) == 3000

    def test_an_export_goes_into_connected_storage(self, engine, tmp_path):
        dataset = engine.build("a", [engine.documents.add()])
        config = {"path": str(tmp_path / "connected")}
        body = {"name": "n", "type": "folder", "config": config}
        connector = engine.data("POST", "/connectors", 201, json=body)["id"]
        body = {"connector_id": str(connector), "format": "csv", "prefix": "out/"}
        answer = engine.data("POST", f"/datasets/{dataset}/export-s3", json=body)
        written = tmp_path / "connected" / "out" / "a.csv"
        assert answer == {"s3_key": "out/a.csv", "size_bytes": written.stat().st_size}
        assert written.read_bytes() == engine.http.get(f"/datasets/{dataset}/export/csv").content
        body["connector_id"] = "none"
        assert engine.refused("POST", f"/datasets/{dataset}/export-s3", json=body)[0] == 404


class TestReading:
    def test_rows_are_paged_and_sought(self, engine):
        dataset = engine.build("a", engine.documents.add_all([NOTE, NOTE, INVOICE]))
        page = engine.data("GET", f"/datasets/{dataset}/rows", params={"page": 2, "page_size": 2})
        assert page["rows"][0]["document_no"] == "RE-1"
        assert page["rows"][0]["total_amount"] == 119.0
        assert page["pagination"] == {
            "page": 2,
            "page_size": 2,
            "total_rows": 3,
            "filtered_total": 3,
            "returned_rows": 1,
            "has_next": False,
        }
        assert "document_no" in page["columns"]
        found = engine.data("GET", f"/datasets/{dataset}/rows", params={"q": "gebäude"})
        assert found["pagination"]["filtered_total"] == 2
        assert found["query"] == "gebäude"
        assert (
            engine.refused("GET", f"/datasets/{dataset}/rows", params={"page_size": 201})[0] == 422
        )

    def test_chunks_are_filtered_and_paged(self, engine):
        dataset = engine.build("a", [engine.documents.add(), engine.documents.add(NOTE)])
        path = f"/datasets/{dataset}/chunks"
        page = engine.data("GET", path, params={"quality_grade": "A,B", "page_size": 1})
        assert (page["total"], len(page["items"])) == (2, 1)
        assert engine.data("GET", path, params={"pii_masked": "false"})["total"] == 1
        assert engine.refused("GET", path, params={"quality_grade": "X"})[0] == 422

    def test_an_unknown_dataset_is_404_everywhere(self, engine):
        for path in (
            "",
            "/rows",
            "/chunks",
            "/profile",
            "/export/csv",
            "/index/status",
            "/compliance-report",
        ):
            status, error = engine.refused("GET", f"/datasets/77{path}")
            assert (status, error["code"]) == (404, "NOT_FOUND")
        assert engine.refused("GET", "/datasets/ds_x")[0] == 404

    def test_a_pdf_report_is_refused_in_words(self, engine):
        dataset = engine.build("a", [engine.documents.add()])
        path = f"/datasets/{dataset}/compliance-report"
        assert engine.data("GET", path)["gdpr_categories"] == ["contact"]
        status, error = engine.refused("GET", path, params={"format": "pdf"})
        assert (status, "json" in error["message"]) == (422, True)


class TestSearch:
    def test_what_is_indexed_is_found_and_the_mode_is_told(self, engine):
        dataset = engine.build("a", [engine.documents.add(), engine.documents.add(NOTE)])
        status = engine.data("GET", f"/datasets/{dataset}/index/status")
        assert status == {"status": "not_indexed", "chunks_indexed": 0, "total_chunks": 0}
        assert engine.data("POST", f"/datasets/{dataset}/index", 202)["status"] == "indexing"
        wait_until(
            lambda: (
                engine.data("GET", f"/datasets/{dataset}/index/status")
                == {"status": "ready", "chunks_indexed": 3, "total_chunks": 3}
            )
        )
        body = {"query": "schraube", "filters": {"quality_grade": "A", "document_type": "invoice"}}
        found = engine.data("POST", "/search", json=body)
        assert found["mode"] == "keyword"
        assert found["total_results"] == 1
        assert found["alpha"] is None
        hit = found["results"][0]
        assert hit["dataset_id"] == dataset
        assert hit["metadata"]["doc_type"] == "invoice"
        assert hit["metadata"]["mode"] == "keyword"

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"query": ""},
            {"query": "x" * 1001},
            {"query": "x", "top_k": 51},
            {"query": "x", "top_k": 0},
            {"query": "x", "mode": "psychic"},
        ],
    )
    def test_what_cannot_be_searched_is_refused(self, body, engine):
        status, error = engine.refused("POST", "/search", json=body)
        assert (status, error["code"]) == (422, "VALIDATION_ERROR")


def test_below_pro_what_needs_it_is_refused_with_the_plan(starter):
    dataset = starter.build("a", [starter.documents.add()])
    for method, path in [
        ("POST", "index"),
        ("GET", "index/status"),
        ("GET", "chunks"),
        ("GET", "compliance-report"),
    ]:
        status, error = starter.refused(method, f"/datasets/{dataset}/{path}")
        assert (status, error["code"], error["min_plan"]) == (403, "PLAN_UPGRADE_REQUIRED", "pro")
    assert starter.refused("POST", "/search", json={"query": "x"})[1]["min_plan"] == "pro"
    assert starter.http.get(f"/datasets/{dataset}/export/csv").status_code == 200


class _Listener(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append((body, self.headers["X-Flexorch-Signature"]))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


def test_a_webhook_hears_of_a_ready_dataset(engine):
    with http.server.HTTPServer(("127.0.0.1", 0), _Listener) as listener:
        listener.received = []
        thread = threading.Thread(target=listener.serve_forever, args=(0.01,))
        thread.start()
        url = f"http://127.0.0.1:{listener.server_port}/"
        body = {"url": url, "events": ["dataset.ready"], "secret": "s"}
        engine.data("POST", "/webhooks", 201, json=body)
        dataset = engine.build("a", [engine.documents.add()])
        wait_until(lambda: listener.received)
        listener.shutdown()
        thread.join()
    body, signature = listener.received[0]
    assert hmac.new(b"s", body, hashlib.sha256).hexdigest() == signature
    told = json.loads(body)
    assert (told["event"], told["dataset_id"], told["status"]) == (
        "dataset.ready",
        dataset,
        "ready",
    )

"""Connected storage: an S3 server that checks signatures, and folders below the allowed roots."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotoCredentials
from flexorch_sdk import FlexOrchClient
from hypothesis import given
from hypothesis import strategies as st

from flexorchd.engine.connectors.folder import Folder
from flexorchd.engine.connectors.signature import Credentials, canonical_query, sign
from flexorchd.engine.connectors.storage import StorageError
from flexorchd.engine.connectors.sync import next_run
from tests.engine.server.conftest import (
    KEY,
    Running,
    StartEngine,
    data_of,
    environment,
    wait_for,
)

_POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}],
}


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """A bucket on an S3 server that refuses wrong signatures: a connector's configuration."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        env=environment() | {"INITIAL_NO_AUTH_ACTION_COUNT": "4"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(lambda: _answers(url), 30)
        yield _bucket(url)
    finally:
        process.kill()
        process.wait()


def _answers(url: str) -> bool:
    with contextlib.suppress(httpx.TransportError):
        return httpx.get(f"{url}/moto-api/").is_success
    return False


def _bucket(url: str) -> dict[str, Any]:
    nobody = {"aws_access_key_id": "none", "aws_secret_access_key": "none"}
    where = {"endpoint_url": url, "region_name": "eu-central-1"}
    iam = boto3.client("iam", **where, **nobody)
    iam.create_user(UserName="engine")
    iam.put_user_policy(UserName="engine", PolicyName="all", PolicyDocument=json.dumps(_POLICY))
    key = iam.create_access_key(UserName="engine")["AccessKey"]
    boto3.client("s3", **where, **nobody).create_bucket(
        Bucket="documents", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    return {
        "bucket": "documents",
        "region": "eu-central-1",
        "endpoint_url": url,
        "access_key_id": key["AccessKeyId"],
        "secret_access_key": key["SecretAccessKey"],
    }


@pytest.fixture(scope="module")
def files(s3: dict[str, Any]) -> Iterator[Any]:
    """The same bucket through Amazon's own client."""
    client = boto3.client(
        "s3",
        endpoint_url=s3["endpoint_url"],
        region_name=s3["region"],
        aws_access_key_id=s3["access_key_id"],
        aws_secret_access_key=s3["secret_access_key"],
    )
    yield client
    client.close()


def _connect(engine: Running, kind: str, config: dict[str, Any]) -> dict[str, Any]:
    body = {"name": kind, "type": kind, "config": config}
    answer = engine.client.post("/connectors", json=body)
    assert answer.status_code == 201, answer.text
    return data_of(answer)


def _put(files: Any, key: str, data: bytes) -> None:
    files.put_object(Bucket="documents", Key=key, Body=data)


def test_a_bucket_is_tested_and_its_secrets_are_never_shown(
    engine: Running, s3: dict[str, Any]
) -> None:
    connector = _connect(engine, "s3", s3)
    assert set(connector["config"]) == {"bucket", "region", "endpoint_url"}
    path = f"/connectors/{connector['id']}"
    tested = data_of(engine.client.post(f"{path}/test"))
    assert tested["success"], tested
    assert tested["latency_ms"] >= 0
    wrong = _connect(engine, "s3", s3 | {"secret_access_key": "wrong"})
    refused = data_of(engine.client.post(f"/connectors/{wrong['id']}/test"))
    assert not refused["success"]
    assert "SignatureDoesNotMatch" in refused["message"]
    for answer in (engine.client.get(path), engine.client.get("/connectors")):
        assert s3["secret_access_key"] not in answer.text
        assert s3["access_key_id"] not in answer.text


def test_the_published_sdk_takes_files_out_of_a_bucket(
    engine: Running, s3: dict[str, Any], files: Any
) -> None:
    keys = ["in/Größe & Maß (1).txt", "in/plus+and space.txt"]
    for key in keys:
        _put(files, key, f"Content of {key} for ann@example.org".encode())
    with FlexOrchClient(KEY, base_url=engine.base_url) as sdk:
        connector = sdk.connectors.create("sdk bucket", "s3", s3)
        jobs = sdk.process_from_s3(connector.id, keys, pipeline_config={"mask_strategy": "token"})
        ended = [job.wait(poll_interval=0.05) for job in jobs]
    assert [job.pii_findings_count for job in ended] == [1, 1]
    assert engine.job(int(ended[0].id))["filename"] == keys[0]


def test_files_are_taken_by_json_too_and_missing_ones_are_told(
    engine: Running, s3: dict[str, Any], files: Any
) -> None:
    _put(files, "json/one.txt", b"One by JSON")
    names = {f"aws_{name}": s3[name] for name in ("access_key_id", "secret_access_key")}
    rest = {name: s3[name] for name in ("bucket", "region", "endpoint_url")}
    connector = _connect(engine, "s3", rest | names)
    keys = ["json/one.txt", "json/none.txt", "json/table.csv"]
    source = {"connector_id": str(connector["id"]), "keys": keys}
    answer = engine.client.post("/data-process/async", json={"source": source})
    assert answer.status_code == 202
    data = data_of(answer)
    assert [job["filename"] for job in data["jobs"]] == keys[:1]
    assert [entry["filename"] for entry in data["rejected"]] == keys[1:]
    assert "NoSuchKey" in data["rejected"][0]["error"]
    gone = {"source": {"connector_id": 42, "keys": ["x.txt"]}}
    assert engine.client.post("/data-process/async", json=gone).status_code == 404


def test_a_dataset_is_put_into_a_bucket(engine: Running, s3: dict[str, Any], files: Any) -> None:
    job = engine.process_one("for-s3.txt", b"Row for the bucket")
    build = f"/datasets/build-from-execution/{job['execution_id']}"
    built = engine.ended(data_of(engine.client.post(build, json={"name": "To S3"}))["job_id"])
    connector = _connect(engine, "s3", s3)
    body = {"format": "jsonl", "connector_id": connector["id"], "prefix": "out/"}
    path = f"/datasets/{built['dataset_summary']['dataset_id']}/export-s3"
    pushed = data_of(engine.client.post(path, json=body))
    stored = files.get_object(Bucket="documents", Key=pushed["s3_key"])["Body"].read()
    assert pushed["s3_key"].startswith("out/")
    assert len(stored) == pushed["size_bytes"]
    assert json.loads(stored)["text"] == "Row for the bucket"


def test_a_schedule_takes_what_is_new_and_keeps_a_log(
    engine: Running, s3: dict[str, Any], files: Any
) -> None:
    for number in range(3):
        _put(files, f"sync/{number}.txt", f"Synced {number}".encode())
    _put(files, "sync/skip.csv", b"a,b")
    _put(files, "elsewhere.txt", b"Not below the prefix")
    connector = _connect(engine, "s3", s3)
    path = f"/connectors/{connector['id']}/schedules"
    schedule = data_of(engine.client.post(path, json={"cron": "0 2 * * *", "prefix": "sync/"}))
    assert schedule["cron_expression"] == "0 2 * * *"
    assert schedule["prefix_filter"] == "sync/"

    def run() -> dict[str, Any]:
        started = engine.client.post(f"{path}/{schedule['id']}/trigger")
        assert started.status_code == 202

        def last() -> Any:
            log = data_of(engine.client.get(f"{path}/{schedule['id']}/logs"))[0]
            return log if log["status"] != "running" else None

        return wait_for(last)

    first = run()
    assert first["status"] == "completed"
    assert (first["files_found"], first["files_new"], first["files_failed"]) == (4, 3, 1)
    _put(files, "sync/0.txt", b"Synced 0, changed")
    second = run()
    assert (second["files_new"], second["files_skipped"]) == (1, 2)
    assert engine.client.delete(f"{path}/{schedule['id']}").status_code == 200
    assert data_of(engine.client.get(path)) == []


@pytest.mark.parametrize("cron", ["", "every day", "61 * * * *", "0 2 30 2 *", "* * * * * * *"])
def test_a_bad_cron_line_is_422(engine: Running, cron: str) -> None:
    connector = _connect(engine, "gcs", {})
    answer = engine.client.post(f"/connectors/{connector['id']}/schedules", json={"cron": cron})
    assert answer.status_code == 422


@given(st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)))
def test_the_next_run_is_later_and_on_the_minute(moment: datetime) -> None:
    after = moment.replace(tzinfo=UTC)
    following = next_run("*/15 * * * *", after)
    assert following > after
    assert (following.minute % 15, following.second, following.tzinfo) == (0, 0, UTC)


def test_a_folder_is_read_only_below_the_allowed_roots(
    start_engine: StartEngine, tmp_path: Path
) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    for folder in (inside, outside):
        folder.mkdir()
        (folder / "a.txt").write_text(f"In {folder.name}")
    (inside / "link.txt").symlink_to(outside / "a.txt")
    engine = start_engine(connector_roots=[str(inside)])
    connector = _connect(engine, "folder", {"path": str(inside)})
    assert connector["config"] == {"path": str(inside)}
    assert data_of(engine.client.post(f"/connectors/{connector['id']}/test"))["success"]
    keys = ["a.txt", "link.txt", "../outside/a.txt", str(outside / "a.txt")]
    source = {"connector_id": connector["id"], "keys": keys}
    data = data_of(engine.client.post("/data-process/async", json={"source": source}))
    assert [job["filename"] for job in data["jobs"]] == ["a.txt"]
    assert len(data["rejected"]) == 3
    body = {"name": "out", "type": "folder", "config": {"path": str(outside)}}
    assert engine.client.post("/connectors", json=body).status_code == 422
    none = start_engine()
    body["config"] = {"path": str(inside)}
    assert "connector_roots" in none.client.post("/connectors", json=body).text


def test_a_folder_lists_regular_files_and_writes_whole_ones(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "b.txt").write_text("b")
    (tmp_path / "a.txt").write_text("a")
    folder = Folder(str(tmp_path), [tmp_path])
    assert [file.key for file in folder.list("")] == ["a.txt", "sub/b.txt"]
    assert [file.key for file in folder.list("sub/")] == ["sub/b.txt"]
    before = next(folder.list("a")).version
    os.utime(tmp_path / "a.txt", ns=(1, 1))
    assert next(folder.list("a")).version != before
    folder.write("new/c.txt", b"c" * 10)
    assert folder.read("new/c.txt", 4) == b"c" * 5
    with pytest.raises(StorageError):
        folder.read("../x", 1)


_KEY_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30)


@given(
    method=st.sampled_from(["GET", "PUT"]),
    query=st.dictionaries(_KEY_TEXT, _KEY_TEXT, max_size=3),
    body=st.binary(max_size=50),
    token=st.none() | st.just("session-token"),
)
def test_signatures_are_those_of_amazons_own_client(
    method: str, query: dict[str, str], body: bytes, token: str | None
) -> None:
    url = "https://s3.eu-central-1.amazonaws.com/bucket/a%20key%2B.txt"
    url += f"?{canonical_query(query)}" if query else ""
    moment = datetime.now(UTC)
    ours = sign(Credentials("AK", "secret", "eu-central-1", token), method, url, body, moment)
    request = AWSRequest(method, url, data=body, headers={})
    request.headers["X-Amz-Content-SHA256"] = ours["x-amz-content-sha256"]
    signer = S3SigV4Auth(BotoCredentials("AK", "secret", token), "s3", "eu-central-1")
    request.context["timestamp"] = ours["x-amz-date"]
    if token:
        request.headers["X-Amz-Security-Token"] = token
    request.headers["X-Amz-Date"] = ours["x-amz-date"]
    text = signer.string_to_sign(request, signer.canonical_request(request))
    signature = signer.signature(text, request)
    assert ours["authorization"].endswith(f"Signature={signature}")

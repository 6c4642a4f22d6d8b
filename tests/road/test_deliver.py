"""Deliver: results and failures appear whole, once a path, as the contract has them."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import stat
from pathlib import Path
from typing import Any

import pytest

from flexorchd.errors import StateError
from tests.house import House, TestClock
from tests.road.conftest import Build
from tests.service import Refuse, Reshape, Service

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")

FILE_KEYS = ["watch", "path", "size", "modified_at", "sha256"]
JOB_KEYS = [
    "id",
    "status",
    "quality_grade",
    "quality_score",
    "pii_findings_count",
    "privacy_applied",
    "is_duplicate",
    "original_job_id",
    "processing_summary",
    "created_at",
]


# -- the documents --------------------------------------------------------------------------------------


def test_a_result_has_every_field_of_the_contract(house: House, clock: TestClock) -> None:
    content = house.drop("2026/letter.txt", "write to jane@example.com")
    os.utime(house.source("2026/letter.txt"), ns=(0, 1_700_000_000_123_000_000))
    house.run()
    result = house.result("2026/letter.txt")
    assert result
    assert list(result) == [
        "schema",
        "file",
        "job",
        "document",
        "settings",
        "account",
        "delivered_at",
        "warnings",
    ]
    assert result["schema"] == "flexorchd.result/1"
    assert result["file"] == {
        "watch": "in",
        "path": "2026/letter.txt",
        "size": len(content),
        "modified_at": "2023-11-14T22:13:20.123Z",
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    assert list(result["job"]) == JOB_KEYS
    assert result["job"] | {"created_at": None} == {
        "id": "5000",
        "status": "completed",
        "quality_grade": "A",
        "quality_score": 0.91,
        "pii_findings_count": 1,
        "privacy_applied": True,
        "is_duplicate": False,
        "original_job_id": None,
        "processing_summary": result["job"]["processing_summary"],
        "created_at": None,
    }
    assert isinstance(result["job"]["processing_summary"], str)
    assert MOMENT.fullmatch(result["job"]["created_at"])
    document = result["document"]
    assert set(document) <= {"type", "language", "fields", "records", "pii_types", "text"}
    assert (document["type"], document["language"]) == ("general", "en")
    assert document["fields"]["total_amount"] == 1487.5
    assert document["records"] == [document["fields"]]
    assert result["settings"] == {
        "locale": "und",
        "mask_pii": True,
        "mask_strategy": "redact",
        "document_type": "auto",
    }
    assert result["account"].startswith(house.service.url)
    assert house.service.key not in json.dumps(result)
    assert MOMENT.fullmatch(result["delivered_at"])
    assert result["warnings"] == []


def test_a_failure_has_every_field_of_the_contract(house: House) -> None:
    content = house.drop("a.txt", "fate: failed MALFORMED\nwrite to jane@example.com")
    house.run()
    failure = house.failure("a.txt")
    assert failure
    assert list(failure) == ["schema", "file", "error"]
    assert failure["schema"] == "flexorchd.failure/1"
    assert list(failure["file"]) == FILE_KEYS
    assert failure["file"]["sha256"] == hashlib.sha256(content).hexdigest()
    assert list(failure["error"]) == [
        "code",
        "message",
        "remedy",
        "attempts",
        "last_attempt_at",
        "job_id",
    ]
    assert failure["error"]["code"] == "MALFORMED"
    assert failure["error"]["remedy"]
    assert failure["error"]["attempts"] == 1
    assert failure["error"]["job_id"] == "5000"
    assert MOMENT.fullmatch(failure["error"]["last_attempt_at"])
    assert "jane" not in json.dumps(failure)


def test_an_empty_file_fails_once_it_has_stayed_empty(house: House, clock: TestClock) -> None:
    house.drop("a.txt", "")
    os.utime(house.source("a.txt"))
    house.run()
    failure = house.failure("a.txt")
    assert failure
    assert failure["error"]["code"] == "EMPTY_FILE"
    assert failure["error"]["job_id"] is None
    assert house.service.count("documents.upload") == 0


def exact(answer: dict[str, Any]) -> dict[str, Any]:
    amounts = {"total_amount": 0.1, "net_amount": 12345678901234.56, "tax_amount": 1e-7, "lines": 3}
    answer["data"]["records"] = [amounts]
    return answer


def test_amounts_keep_their_exact_value_and_have_no_exponent(
    house: House, service: Service
) -> None:
    service.fault("executions.get", Reshape(exact))
    house.drop("a.txt", "one")
    house.run()
    text = (house.output / "results/in/a.txt.json").read_text()
    assert re.search(r'"total_amount": 0\.1\b', text)
    assert re.search(r'"net_amount": 12345678901234\.56\b', text)
    assert re.search(r'"tax_amount": 0\.0000001\b', text)


def half_known(answer: dict[str, Any]) -> dict[str, Any]:
    lines = [{"total": 0, "unit_price": None}, {"description": ""}]
    answer["data"]["records"] = [
        {"vendor": "", "due_date": None, "total_amount": 0, "line_items": lines}
    ]
    return answer


def test_what_the_service_does_not_know_is_absent(house: House, service: Service) -> None:
    service.fault("executions.get", Reshape(half_known))
    house.drop("a.txt", "one")
    house.run()
    document = house.results()["a.txt"]["document"]
    known = {"total_amount": 0, "line_items": [{"total": 0}, {}]}
    assert document["records"] == [known]
    assert document["fields"].items() >= known.items()
    assert not document["fields"].keys() & {"vendor", "due_date"}


def test_files_have_the_configured_mode_and_folders_can_be_searched(build: Build) -> None:
    house = build(output={"file_mode": "0640"})
    house.drop("2026/a.txt", "one")
    house.run()
    file = house.output / "results/in/2026/a.txt.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o750


@pytest.mark.parametrize(
    "name",
    [
        b"new\nline.txt",
        b"-dash.txt",
        b"bad\xff\xfebytes.txt",
        "e\u0301 decomposed.txt".encode(),
        "\u00e9 composed.txt".encode(),
        b"n" * 251 + b".txt",
        "\u015f".encode() * 125 + b".txt",
        b"back\\slash \"quote' $(x).txt",
    ],
    ids=range(8),
)
def test_a_name_of_any_bytes_goes_the_whole_road(house: House, name: bytes) -> None:
    with open(os.path.join(os.fsencode(house.home / "in"), name), "wb") as file:
        file.write(b"one " + name[:10].hex().encode())
    house.run()
    (path,) = (house.output / "results/in").iterdir()
    result = json.loads(path.read_bytes())
    told = result["file"]
    assert told["path"].encode()
    if b"\xff" in name:
        assert base64.b64decode(told["path_bytes"]) == name
    else:
        assert told["path"].encode() == name
        assert "path_bytes" not in told
    kept = os.fsencode(path.name)
    assert kept == name + b".json" or (len(name) + 5 > 255 and len(kept) <= 255)


# -- details --------------------------------------------------------------------------------------------


def test_without_details_no_request_is_made_for_them(build: Build, service: Service) -> None:
    house = build(output={"details": False})
    house.drop("a.txt", "one")
    house.run()
    result = house.result("a.txt")
    assert result
    assert result["document"] is None
    assert result["job"]["quality_grade"] == "A"
    assert service.count("executions.get") == 0


@pytest.mark.parametrize("limit", [10, 30])
def test_what_was_fetched_does_not_wait_for_the_plans_next_window(
    house: House, service: Service, clock: TestClock, limit: int
) -> None:
    service.plan.limit, service.plan.clock = limit, clock.monotonic
    for n in range(30):
        house.drop(f"{n}.txt", f"document {n}")
    began = clock.now()
    house.run()
    assert len(house.results()) == 30
    rows = house.parts.ledger.database.read.execute("SELECT ended_at FROM versions").fetchall()
    ended = [row[0] - began for row in rows]
    assert max(ended) > 50, "one window was enough"
    assert sum(1 for seconds in ended if seconds < 40) >= limit - 6


def test_details_that_are_gone_five_times_are_done_without(
    house: House, service: Service, clock: TestClock
) -> None:
    service.fault("executions.get", Refuse(404, "NOT_FOUND"), times=99)
    house.drop("a.txt", "one")
    house.run()
    result = house.result("a.txt")
    assert result
    assert result["document"] is None
    assert len(result["warnings"]) == 1
    assert service.count("executions.get") == 5
    assert 300 <= clock.monotonic() <= 700


def test_a_source_stays_when_its_result_lost_the_document(build: Build, service: Service) -> None:
    house = build(watches=[{"name": "in", "after": "delete"}])
    service.fault("executions.get", Refuse(404, "NOT_FOUND"), times=99)
    house.drop("a.txt", "one")
    house.run()
    result = house.result("a.txt")
    assert result
    assert result["document"] is None
    assert house.source("a.txt").exists()


def test_other_trouble_is_no_reason_to_do_without_details(house: House, service: Service) -> None:
    service.fault("executions.get", Refuse(503), times=4)
    service.fault("executions.get", Refuse(404, "NOT_FOUND"), times=2)
    house.drop("a.txt", "one")
    house.run(seconds=3 * 3600)
    result = house.result("a.txt")
    assert result
    assert result["document"] is not None
    assert result["warnings"] == []


def test_a_full_output_is_no_reason_to_do_without_details(house: House, service: Service) -> None:
    marker = house.output / ".flexorchd.json"
    kept = marker.read_bytes()
    marker.unlink()
    house.drop("a.txt", "one")
    house.run(seconds=1800)
    service.fault("executions.get", Refuse(404, "NOT_FOUND"), times=1)
    marker.write_bytes(kept)
    house.run(seconds=2 * 3600)
    result = house.result("a.txt")
    assert result
    assert result["document"] is not None


# -- versions of a path ---------------------------------------------------------------------------------


def test_new_content_replaces_the_result(house: House) -> None:
    house.drop("a.txt", "old")
    house.run()
    house.drop("a.txt", "newer")
    house.run()
    result = house.result("a.txt")
    assert result
    assert result["document"]["records"][0]["text"] == "newer"
    assert len(house.results()) == 1


def test_if_the_new_version_fails_the_old_result_stays_beside_the_failure(house: House) -> None:
    house.drop("a.txt", "old")
    house.run()
    house.drop("a.txt", "fate: failed MALFORMED")
    house.run()
    result, failure = house.result("a.txt"), house.failure("a.txt")
    assert result
    assert result["document"]["records"][0]["text"] == "old"
    assert failure
    house.drop("a.txt", "mended now")
    house.run()
    result = house.result("a.txt")
    assert result
    assert result["document"]["records"][0]["text"] == "mended now"
    assert not house.failure("a.txt"), "the failure goes when a result lands"


def test_a_version_whose_job_is_slow_never_replaces_a_newer_one(
    house: House, service: Service
) -> None:
    service.workspace.job_seconds = 500.0
    house.drop("a.txt", "slow and old")
    house.run(lambda: service.count("documents.upload") == 1)
    service.workspace.job_seconds = 0.0
    house.drop("a.txt", "quick and new")
    house.run()
    result = house.result("a.txt")
    assert result
    assert result["document"]["records"][0]["text"] == "quick and new"
    assert house.states() == {"a.txt": "delivered"}


def test_a_failure_of_the_newer_version_stays_though_both_are_delivered_together(
    house: House,
) -> None:
    marker = house.output / ".flexorchd.json"
    kept = marker.read_bytes()
    marker.unlink()
    house.drop("a.txt", "old")
    house.run(seconds=60)
    house.drop("a.txt", "fate: failed MALFORMED")
    house.run(seconds=60)
    marker.write_bytes(kept)
    house.run()
    assert house.result("a.txt")
    assert house.failure("a.txt")


def test_a_copy_gets_the_originals_content_though_the_original_changed_since(house: House) -> None:
    house.drop("a.txt", "first")
    house.run()
    house.drop("a.txt", "second")
    house.run()
    house.drop("b.txt", "first")
    house.run()
    result = house.result("b.txt")
    assert result
    assert result["document"]["records"][0]["text"] == "first"
    assert result["file"]["sha256"] == hashlib.sha256(b"first").hexdigest()


def test_a_copy_of_a_result_that_was_deleted_is_delivered_all_the_same(house: House) -> None:
    house.drop("a.txt", "one")
    house.run()
    (house.output / "results/in/a.txt.json").unlink()
    house.drop("b.txt", "one")
    house.run()
    result = house.result("b.txt")
    assert result
    assert result["document"]["records"][0]["text"] == "one"
    assert result["job"]["is_duplicate"]


def test_a_renamed_file_gets_a_new_result_and_the_old_one_stays(
    house: House, service: Service
) -> None:
    content = house.drop("a.txt", "one")
    house.run()
    house.source("a.txt").rename(house.source("b.txt"))
    house.run()
    assert set(house.results()) == {"a.txt", "b.txt"}
    assert service.workspace.payments(content) == 1


def test_a_source_that_goes_after_it_was_sent_is_delivered(house: House, service: Service) -> None:
    service.workspace.job_seconds = 60.0
    house.drop("a.txt", "one")
    house.run(lambda: service.count("documents.upload") == 1)
    house.source("a.txt").unlink()
    house.run()
    assert house.states() == {"a.txt": "delivered"}
    assert house.result("a.txt")


# -- the output -----------------------------------------------------------------------------------------


def test_an_output_that_lost_its_marker_is_not_written_to(house: House) -> None:
    marker = house.output / ".flexorchd.json"
    kept = marker.read_bytes()
    marker.unlink()
    house.drop("a.txt", "one")
    house.run(seconds=600)
    assert not house.results()
    assert "OUTPUT_MISSING" in house.troubles()
    marker.write_bytes(kept)
    house.run()
    assert house.result("a.txt")
    assert "OUTPUT_MISSING" not in house.troubles()


def test_an_output_of_somebody_else_is_not_written_to(house: House) -> None:
    marker = house.output / ".flexorchd.json"
    marker.write_text('{"schema": "flexorchd.output/1", "owner": "somebody else"}')
    house.drop("a.txt", "one")
    house.run(seconds=600)
    assert not house.results()
    house.close()
    with pytest.raises(StateError):
        house.open()
    marker.unlink()
    house.open()


def test_an_output_that_holds_other_files_is_refused(tmp_path: Path, build: Build) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/thesis.docx").write_bytes(b"mine")
    with pytest.raises(StateError):
        build()


@pytest.mark.parametrize("number", [2, 30])
def test_one_path_that_cannot_be_written_holds_up_no_other(house: House, number: int) -> None:
    (house.output / "results/in/3.txt.json").mkdir(parents=True)
    for n in range(number, number + 5):
        house.drop(f"{n}.txt", f"document {n}")
    house.drop("3.txt", "in the way")
    house.run(seconds=600)
    assert (
        len(
            [
                n
                for n in range(number, number + 5)
                if house.output.joinpath(f"results/in/{n}.txt.json").is_file()
            ]
        )
        >= 4
    )
    assert house.states()["3.txt"] == "processing"
    assert not house.temporaries()
    (house.output / "results/in/3.txt.json").rmdir()
    house.run(seconds=2 * 3600)
    assert house.output.joinpath("results/in/3.txt.json").is_file()


def test_a_start_sweeps_what_a_kill_left(house: House) -> None:
    house.drop("a.txt", "one")
    house.run()
    left = house.output / "results/in/.flexorchd-0123456789abcdef.tmp"
    left.write_bytes(b"{")
    from flexorchd.output import Output

    assert isinstance(house.parts.output, Output)
    assert house.parts.output.sweep() == 1
    assert not house.temporaries()


# -- while the account is paused ------------------------------------------------------------------------


def test_what_was_ready_when_the_account_paused_is_delivered_as_soon_as_it_resumes(
    house: House, service: Service, clock: TestClock
) -> None:
    service.fault("executions.get", Refuse(401, "INVALID_API_KEY"), times=1)
    service.plan.refusal = None
    house.drop("a.txt", "one")
    house.run(lambda: service.count("executions.get") == 1)
    began = clock.monotonic()
    house.run(lambda: house.result("a.txt") is not None, seconds=3600)
    assert clock.monotonic() - began < 60


def test_failures_and_copies_are_delivered_while_the_account_is_paused(
    house: House, service: Service
) -> None:
    from tests.service.operations import refusal

    house.drop("a.txt", "one")
    house.run()
    house.drop("new.txt", "new")
    house.drop("copy.txt", "one")
    house.drop("empty.txt", "")
    service.plan.refusal = refusal(402, "TRIAL_EXPIRED")
    house.run(seconds=600)
    assert house.result("copy.txt")
    assert house.failure("empty.txt")
    assert house.states()["new.txt"] == "queued"
    assert service.count("executions.get") == 1

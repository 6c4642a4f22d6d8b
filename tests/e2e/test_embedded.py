"""On this machine, without an account: the whole road with the real engine."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.process import ROOT, Place, wait_for

LETTER = """Invoice No: {number}
Date: 2026-05-06
Vendor: Acme GmbH
Contact: jane.doe@example.com
IBAN: DE89 3704 0044 0532 0130 00
Total: EUR 1,487.50
"""


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(
        tmp_path / "place",
        None,
        None,
        watches=[{"name": "in"}, {"name": "plain", "mask_pii": False}],
        exports=[{"name": "monthly", "formats": ["jsonl", "parquet", "csv"]}],
    )


def once(place: Place) -> int:
    return place.command("run", "--once")[0]


def inbox(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("FLEXORCH")}
    return subprocess.run(
        [sys.executable, "-m", "flexorchd", "run", *arguments],
        cwd=cwd,
        env=environment | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_whole_road_on_this_machine(place: Place) -> None:
    place.drop("2026/letter.txt", LETTER.format(number="INV-7"))
    place.drop("copy.txt", LETTER.format(number="INV-7"))
    place.drop("page.html", f"<html><body><pre>{LETTER.format(number='INV-8')}</pre></body></html>")
    place.drop("letter.txt", LETTER.format(number="INV-7"), "plain")
    place.drop("broken.pdf", b"%PDF-1.7 this is no PDF %%EOF")
    place.drop("picture.xyz", b"not a kind of document")
    assert once(place) == 1, "one file is malformed"

    result, copy = place.result("2026/letter.txt"), place.result("copy.txt")
    plain = place.result("letter.txt", "plain")
    assert result
    assert copy
    assert plain
    assert place.result("page.html")
    assert result["document"]["fields"]["document_no"] == "INV-7"
    assert result["document"]["fields"]["total_amount"] == 1487.5
    assert result["job"]["quality_grade"] in "ABCD"
    assert "jane.doe" not in json.dumps(result)
    assert "[MASKED_EMAIL]" in result["document"]["text"]
    assert "jane.doe@example.com" in plain["document"]["text"]
    assert plain["job"]["id"] != result["job"]["id"]
    assert copy["job"]["id"] == result["job"]["id"]
    (second,) = [one for one in (result, copy) if one["job"]["is_duplicate"]]
    assert second["job"]["original_job_id"] == result["job"]["id"]
    failure = place.failure("broken.pdf")
    assert failure
    assert failure["error"]["code"] == "MALFORMED"
    assert place.failure("picture.xyz") is None, "outside include, so ignored"

    before = {path: path.read_bytes() for path in place.output.rglob("*.json")}
    assert once(place) == 0
    assert {path: path.read_bytes() for path in place.output.rglob("*.json")} == before

    assert place.command("export", "monthly")[0] == 0
    (folder,) = place.datasets("monthly")
    manifest = place.manifest(folder)
    assert manifest["assembled"] == "service"
    assert len(manifest["job_ids"]) == 3
    assert {"monthly.jsonl", "monthly.parquet", "monthly.csv"} <= {p.name for p in folder.iterdir()}


def test_without_its_state_nothing_that_has_a_result_is_processed_again(place: Place) -> None:
    for n in range(3):
        place.drop(f"{n}.txt", LETTER.format(number=f"INV-{n}"))
    assert once(place) == 0
    before = {path: path.read_bytes() for path in place.output.rglob("results/**/*.json")}
    assert len(before) == 3
    shutil.rmtree(place.home / "state")
    assert once(place) == 0
    assert {path: path.read_bytes() for path in place.output.rglob("results/**/*.json")} == before
    sent = [event for event in place.events() if event["event"] == "upload.sent"]
    assert sum(event["files"] for event in sent) == 3


def test_what_is_forgotten_is_in_no_file_any_more(place: Place) -> None:
    words = b"Acme", b"jane.doe@example.com", b"0532 0130"
    place.drop("letter.txt", LETTER.format(number="INV-7"), "plain")
    place.drop("letter.txt", LETTER.format(number="INV-7"))
    place.drop("other.txt", "Another letter, of which nothing is said.")
    assert once(place) == 0
    places = place.home / "state", place.output

    def holding() -> list[Path]:
        files = [path for folder in places for path in folder.rglob("*") if path.is_file()]
        return [path for path in files if any(word in path.read_bytes() for word in words)]

    assert {path.name for path in holding()} >= {"letter.txt.json"}
    code, told = place.command("forget", str(place.source("letter.txt", "plain")))
    assert code == 0, told
    assert holding() == []
    assert place.result("other.txt")


def test_a_folder_and_an_output_are_enough(tmp_path: Path) -> None:
    (tmp_path / "My Scans").mkdir()
    (tmp_path / "My Scans/a.txt").write_text(LETTER.format(number="INV-9"))
    done = inbox("My Scans", "--output", "done", "--settle", "0", "--once", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[0].endswith("processed on this machine")
    result = json.loads((tmp_path / "done/results/my-scans/a.txt.json").read_bytes())
    assert result["file"]["watch"] == "my-scans"
    assert (tmp_path / ".done.flexorchd").is_dir()


def test_a_set_key_never_turns_a_local_run_into_an_upload(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in").mkdir()
    environment = {**os.environ, "FLEXORCH_API_KEY": "dfx_a_key", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "flexorchd", "run", "in", "--output", "out", "--once"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "processed on this machine" in done.stderr.splitlines()[0]


def killed_and_started_again(place: Place, kills: int) -> dict[str, dict[str, Any]]:
    for kill in range(kills):
        with place.spawn("run") as daemon:
            for n in range(5):
                place.drop(f"{kill}/{n}.txt", LETTER.format(number=f"INV-{kill}-{n}"))
            before = 5 * kill
            wait_for(lambda before=before: len(place.results()) > before)
            time.sleep(0.05 * kill)
            daemon.end(signal.SIGKILL)
    assert once(place) == 0
    results = place.results()
    assert len(results) == 5 * kills
    for path, result in results.items():
        kill, n = path.removesuffix(".txt").split("/")
        assert result["document"]["fields"]["document_no"] == f"INV-{kill}-{n}"
        assert not result["job"]["is_duplicate"]
    assert len({result["job"]["id"] for result in results.values()}) == 5 * kills
    assert place.temporaries() == []
    return results


def test_killed_and_started_again_nothing_is_missing_and_nothing_doubled(place: Place) -> None:
    killed_and_started_again(place, 2)


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_killed_many_times_nothing_is_missing_and_nothing_doubled(place: Place) -> None:
    killed_and_started_again(place, 15)

"""No benchmark reports a time for work that was not done: each verification tells the difference."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from benchmarks import (
    cluster,
    kinds,
    ledger,
    memory,
    readers,
    rescan,
    rig,
    sharing,
    verify,
    watching,
)
from benchmarks.verify import WrongResultError
from flexorchd.client import FlexOrch, Upload

wrong = pytest.raises(WrongResultError)


# -- documents at the service, and their results ----------------------------------------------------------


@pytest.fixture(scope="module")
def service() -> Iterator[rig.Service]:
    with rig.service() as running:
        yield running


def delivered(base: Path, service: rig.Service, number: int = 3) -> rig.Daemon:
    """What a daemon leaves that took so many new files to their results."""
    daemon = rig.Daemon(base, pid=0)
    known = service.counts()["jobs"]
    paths = rig.make_files(daemon.inbox, number, 300, f"{base.name}-letter")
    daemon.results.mkdir(parents=True)
    with FlexOrch(rig.KEY, service.url) as client:
        client.documents.submit([Upload.from_path(path) for path in paths])
    for job, (name, sha256) in enumerate(rig.hashes(daemon.inbox).items(), known + 1):
        result = {"file": {"path": name, "sha256": sha256}, "job": {"id": str(job)}}
        (daemon.results / f"{name}.json").write_text(json.dumps(result))
    return daemon


def of_their_own(service: rig.Service, daemon: rig.Daemon) -> rig.Service:
    """The service, as if it had been sent nothing but this daemon's files."""
    wanted = set(rig.hashes(daemon.inbox).values())

    class OnlyTheirs(rig.Service):
        def counts(self) -> dict[str, object]:
            all_ = super().counts()["documents"]
            return {"documents": [one for one in all_ if one["sha256"] in wanted]}

    return OnlyTheirs(service.port)


def test_what_was_delivered_whole_passes(tmp_path: Path, service: rig.Service) -> None:
    daemon = delivered(tmp_path, service)
    rig.verify_delivered(daemon, of_their_own(service, daemon))


def lose_a_result(daemon: rig.Daemon) -> None:
    next(daemon.results.iterdir()).unlink()


def change_a_file(daemon: rig.Daemon) -> None:
    next(daemon.inbox.iterdir()).write_bytes(b"other bytes than were sent")


def swap_two_results(daemon: rig.Daemon) -> None:
    first, second, *_ = daemon.results.iterdir()
    shutil.copy(first, second)


def share_a_job(daemon: rig.Daemon) -> None:
    for path in daemon.results.iterdir():
        path.write_text(json.dumps(json.loads(path.read_text()) | {"job": {"id": "1"}}))


@pytest.mark.parametrize("harm", [lose_a_result, change_a_file, swap_two_results, share_a_job])
def test_a_file_without_its_own_result_is_noticed(
    tmp_path: Path, service: rig.Service, harm: Callable[[rig.Daemon], None]
) -> None:
    daemon = delivered(tmp_path, service)
    theirs = of_their_own(service, daemon)
    harm(daemon)
    with wrong:
        rig.verify_delivered(daemon, theirs)


def test_a_document_that_was_sent_twice_or_never_is_noticed(
    tmp_path: Path, service: rig.Service
) -> None:
    daemon = delivered(tmp_path, service)
    theirs = of_their_own(service, daemon)
    wanted = list(rig.hashes(daemon.inbox).values())
    rig.verify_sent(theirs, wanted)
    for other in (wanted[1:], [*wanted, wanted[0]], [*wanted[1:], "0" * 64]):
        with wrong:
            rig.verify_sent(theirs, other)


# -- exports ----------------------------------------------------------------------------------------------


def rows(path: Path, *rows: dict[str, object]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_a_row_that_is_missing_or_doubled_is_noticed(tmp_path: Path) -> None:
    whole = [{"document": document, "line": line} for document in (1, 2) for line in (0, 1, 2)]
    memory.verify_export(rows(tmp_path / "whole", *whole), 2, 3)
    for number, broken in enumerate((whole[1:], [*whole, whole[0]], [*whole[1:], whole[1]])):
        with wrong:
            memory.verify_export(rows(tmp_path / f"{number}", *broken), 2, 3)


def test_an_export_without_rows_or_with_a_job_twice_is_noticed(tmp_path: Path) -> None:
    sharing.verify_rows(rows(tmp_path / "whole", {"job_id": "1"}, {"job_id": "2"}))
    for number, broken in enumerate(([], [{"job_id": "1"}, {"job_id": "1"}])):
        with wrong:
            sharing.verify_rows(rows(tmp_path / f"{number}", *broken))


# -- the watch and the ledger -----------------------------------------------------------------------------


def test_a_scan_that_does_not_find_what_changed_is_noticed(tmp_path: Path) -> None:
    rescan.make_tree(tmp_path / "tree", 3, 4)
    with wrong:
        rescan.finds_what_changed(tmp_path, 13)


def test_a_change_in_a_tree_that_is_timed_as_unchanged_is_noticed(tmp_path: Path) -> None:
    rescan.make_tree(tmp_path / "tree", 3, 4)
    rescan.finds_what_changed(tmp_path, 12)
    with rescan.scanning(tmp_path) as (ledger, scanner):
        rescan.rescan(scanner)
        rescan.found_nothing(ledger)
        (tmp_path / "tree" / "folder-00001" / "document-00001.pdf").unlink()
        with wrong:
            rescan.rescan(scanner)
        (tmp_path / "tree" / "new.pdf").write_bytes(b"new")
        rescan.rescan(scanner)
        with wrong:
            rescan.found_nothing(ledger)


def test_a_file_that_a_burst_lost_is_noticed(tmp_path: Path) -> None:
    under_another_name = watching.MOVE.replace("[2]}/{name}", "[2]}/{name.swapcase()}")
    with wrong:
        watching.burst(tmp_path, 20, under_another_name)


def test_a_file_that_did_not_go_the_whole_road_is_noticed(tmp_path: Path) -> None:
    road = ledger.Road(tmp_path / "ledger")
    road.travel(b"folder", 0, 10)
    ledger.check(road, 10)
    with wrong:
        ledger.check(road, 11)
    with road.ledger.database.write() as db:
        db.execute("UPDATE versions SET state = 'ready', due_at = 1.0 WHERE id = 3")
    with wrong:
        ledger.check(road, 10)
    road.ledger.close()


# -- the engine -------------------------------------------------------------------------------------------


def test_a_reader_that_does_not_find_the_words_has_no_rate(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("invoice\nnumber 7")
    assert readers.rate_of(Path.read_text, path, "invoice number 7", 0.001)
    assert readers.rate_of(Path.read_text, path, "invoice number 8", 0.001) is None
    assert readers.rate_of(Path.read_text, tmp_path / "absent", "", 0.001) is None


def test_a_document_of_ours_that_was_not_read_is_noticed() -> None:
    kinds.verify_read("reading", [kinds.Turn({"a": 1.0}, 1)])
    with wrong:
        kinds.verify_read("reading", [kinds.Turn({"a": 1.0}, 1), kinds.Turn({"a": None}, 1)])


@pytest.mark.parametrize(
    ("status", "text"),
    [("failed", "Rechnung Nr. 17"), ("completed", "Rechnung Nr. 18"), ("completed", None)],
)
def test_a_page_that_was_read_as_another_is_noticed(status: str, text: str | None) -> None:
    cluster.verify_page("17", "completed", "Rechnung\nNr. 17 vom 14.03.2026")
    with wrong:
        cluster.verify_page("17", status, text)


# -- the rules themselves ---------------------------------------------------------------------------------


def test_words_may_be_broken_over_lines() -> None:
    verify.holds("page", "Rechnung\nNr. 7", ["Rechnung Nr. 7"])
    with wrong:
        verify.holds("page", "Rechnung Nr. 7", ["Rechnung Nr. 7", "Nr. 8"])


def test_the_message_says_what_is_wrong() -> None:
    with pytest.raises(WrongResultError, match=r"^results: 1 missing, 2 too many$"):
        verify.each_once("results", ["b", "b", "c"], ["a", "b"])

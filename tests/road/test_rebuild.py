"""Results are receipts: a ledger that is lost, copied or damaged is put back from the output."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from flexorchd.errors import StateError
from flexorchd.ledger import upkeep
from tests.house import House, TestClock
from tests.road.conftest import Build
from tests.service import Service


def lose_state(house: House) -> None:
    house.close()
    shutil.rmtree(house.home / "state")
    house.open()


def contents(house: House) -> dict[str, bytes]:
    """Whatever a result can say: folders, copies, odd names."""
    dropped = {f"{n}.txt": house.drop(f"{n}.txt", f"document {n}") for n in range(20)}
    dropped["deep/er/a.json/b.txt"] = house.drop("deep/er/a.json/b.txt", "deep")
    dropped["copy.txt"] = house.drop("copy.txt", "document 3")
    (Path(str(house.home)) / "in" / "b\udcffd.txt").write_bytes(b"odd")
    (house.home / "in" / ("n" * 250 + ".txt")).write_bytes(b"long")
    return dropped


def test_without_its_state_nothing_that_has_a_result_is_sent_again(
    house: House, service: Service
) -> None:
    contents(house)
    house.run()
    before = {p: p.read_bytes() for p in house.output.rglob("*.json")}
    assert len(before) == 25
    sent = service.count("documents.upload")
    lose_state(house)
    house.run()
    house.run(seconds=600)
    assert service.count("documents.upload") == sent
    assert {p: p.read_bytes() for p in house.output.rglob("*.json")} == before
    assert set(house.states().values()) == {"delivered"}


def test_after_a_rebuild_the_road_goes_on(house: House, service: Service) -> None:
    house.drop("a.txt", "one")
    house.drop("c.txt", "three")
    house.run()
    lose_state(house)
    house.drop("a.txt", "one, changed")
    house.drop("b.txt", "one")
    house.drop("copy.txt", "three")
    house.run()
    assert service.workspace.payments(b"one") == 1, "the service knows it still"
    assert service.workspace.payments(b"three") == 1
    texts = {p: r["document"]["records"][0]["text"] for p, r in house.results().items()}
    assert texts == {"a.txt": "one, changed", "b.txt": "one", "c.txt": "three", "copy.txt": "three"}
    copy = house.result("copy.txt")
    assert copy
    assert copy["job"]["is_duplicate"]


def test_a_rebuild_that_is_cut_short_is_done_again(
    house: House, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    contents(house)
    house.run()
    sent = service.count("documents.upload")
    house.close()
    shutil.rmtree(house.home / "state")
    monkeypatch.setattr("flexorchd.recovery.rebuild.AT_ONCE", 5)
    import flexorchd.recovery.rebuild

    whole, calls = flexorchd.recovery.rebuild.restore, []

    def cut_short(*arguments: object) -> int:
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return whole(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr("flexorchd.recovery.rebuild.restore", cut_short)
    with pytest.raises(KeyboardInterrupt):
        house.open()
    monkeypatch.setattr("flexorchd.recovery.rebuild.restore", whole)
    house.open()
    house.run()
    assert service.count("documents.upload") == sent


@pytest.mark.parametrize("service", [{"job_seconds": 50.0}], indirect=True)
def test_an_older_copy_of_the_ledger_learns_what_was_delivered_since(
    house: House, service: Service, tmp_path: Path
) -> None:
    """Copied while files were settled, sent, and not there yet."""
    service.workspace.knows_repeats = False
    house.drop("old.txt", "old")
    house.run()
    house.drop("old.txt", "old, changed")
    house.drop("sent.txt", "sent")
    house.run(lambda: service.count("documents.upload") == 2)
    upkeep.backup(house.home / "state/ledger.sqlite3", tmp_path / "copy.sqlite3")
    house.drop("later.txt", "later")
    house.drop("copy.txt", "sent")
    house.run()
    assert set(house.states().values()) == {"delivered"}
    sent = service.count("documents.upload")
    house.close()
    shutil.rmtree(house.home / "state")
    (house.home / "state").mkdir()
    shutil.copyfile(tmp_path / "copy.sqlite3", house.home / "state/ledger.sqlite3")
    house.open()
    house.run()
    assert service.count("documents.upload") == sent
    assert set(house.states().values()) == {"delivered"}
    assert len(house.states()) == 4


@pytest.mark.parametrize("damage", [0, 100, 4096, "cut"])
def test_a_damaged_ledger_is_set_aside_and_nothing_is_sent_again(
    house: House, service: Service, damage: int | str
) -> None:
    contents(house)
    house.run()
    sent = service.count("documents.upload")
    house.close()
    path = house.home / "state/ledger.sqlite3"
    data = bytearray(path.read_bytes())
    if damage == "cut":
        del data[len(data) // 2 :]
    else:
        assert isinstance(damage, int)
        data[damage : damage + 4096] = b"\xff" * 4096
    path.write_bytes(data)
    house.open()
    house.run()
    assert service.count("documents.upload") == sent
    assert set(house.states().values()) == {"delivered"}
    assert list((house.home / "state").glob("*damaged*")), "the evidence is kept"


def test_a_copy_without_the_output_that_completes_it_is_refused(
    house: House, tmp_path: Path
) -> None:
    house.drop("a.txt", "one")
    house.run()
    upkeep.backup(house.home / "state/ledger.sqlite3", tmp_path / "copy.sqlite3")
    house.close()
    shutil.rmtree(house.home / "state")
    (house.home / "state").mkdir()
    shutil.copyfile(tmp_path / "copy.sqlite3", house.home / "state/ledger.sqlite3")
    marker = house.output / ".flexorchd.json"
    kept = marker.read_bytes()
    marker.unlink()
    with pytest.raises(StateError, match="bring it back"):
        house.open()
    marker.write_bytes(kept)
    house.open()
    house.run()
    assert house.service.count("documents.upload") == 1


def test_failures_are_tried_again_after_a_loss_and_results_replace_them(
    house: House, service: Service
) -> None:
    house.drop("a.txt", "fate: failed MALFORMED")
    house.run()
    assert house.failure("a.txt")
    service.workspace.documents[0].content = b"readable now"
    service.workspace.knows_repeats = False
    lose_state(house)
    house.drop("a.txt", "readable now")
    house.run()
    assert house.result("a.txt")
    assert not house.failures()


def test_a_result_that_cannot_be_read_is_passed_over(house: House) -> None:
    house.drop("a.txt", "one")
    house.run()
    (house.output / "results/in/junk.json").write_bytes(b"{")
    (house.output / "results/in/odd.json").write_text('{"schema": "flexorchd.result/1"}')
    lose_state(house)
    house.run()
    assert house.states() == {"a.txt": "delivered"}


def test_results_of_the_old_account_are_delivered_and_nothing_more(
    build: Build, service: Service, clock: TestClock
) -> None:
    house = build()
    content = house.drop("a.txt", "one")
    house.run()
    house.close()
    shutil.rmtree(house.home / "state")
    with Service(clock=service.clock) as other:
        house.service = other
        house.open()
        house.drop("copy.txt", "one")
        house.run()
        assert house.states() == {"a.txt": "delivered", "copy.txt": "delivered"}
        assert other.workspace.payments(content) == 1, "no original for duplicates"
        result = house.result("copy.txt")
        assert result
        assert not result["job"]["is_duplicate"]

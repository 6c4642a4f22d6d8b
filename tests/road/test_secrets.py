"""No secret and no document leaves by a side door: links, names, logs, tracebacks, stories, rows that were kept."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from flexorchd import log as logs
from flexorchd.insight.story import story
from tests.house import House, TestClock
from tests.road.conftest import Build
from tests.service import Refuse, Reshape, Service

KEY = "dfx_test_0123456789abcdef"


# -- what the service says is no path -------------------------------------------------------------------


OURS = re.compile(
    r"\.flexorchd\.json|results/in/a\.txt\.json"
    r"|datasets/monthly/(latest|\w+)/(monthly\.(jsonl|csv)|profile\.json|manifest\.json)"
)
NAMES = {"filename", "name", "slug", "title", "document_type", "detected_document_type"}


def renamed(data: Any, odd: str) -> Any:
    """An answer in which everything has the name that an attacker would choose."""
    if isinstance(data, dict):
        return {k: odd if k in NAMES else renamed(v, odd) for k, v in data.items()}
    return [renamed(item, odd) for item in data] if isinstance(data, list) else data


@pytest.mark.parametrize("odd", ["../../../evil", "/etc/evil", "nul\x00byte", "x" * 5000, ".."])
@pytest.mark.parametrize("service", [{"records_early": False}], indirect=True)
def test_nothing_that_the_service_names_becomes_a_path(
    build: Build, service: Service, odd: str
) -> None:
    house = build(exports=[{"name": "monthly", "formats": ["jsonl", "csv"]}])
    service.fault("*", Reshape(lambda data: renamed(data, odd)), times=60)
    house.drop("a.txt", "one")
    house.run(seconds=7200)
    house.ask("export", name="monthly")
    service.recover()
    house.run()
    house.ask("export", name="monthly")
    assert house.result("a.txt")
    assert {path.name for path in house.home.iterdir()} == {"in", "out", "state", "flexorchd.toml"}
    names = {str(p.relative_to(house.output)) for p in house.output.rglob("*") if p.is_file()}
    assert all(OURS.fullmatch(name) for name in names), names


# -- links in the output --------------------------------------------------------------------------------


@pytest.mark.parametrize("linked", ["results", "results/in", "results/in/deep"])
def test_a_link_in_the_output_is_not_written_through(
    house: House, linked: str, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (house.output / linked).parent.mkdir(parents=True, exist_ok=True)
    (house.output / linked).symlink_to(outside)
    house.drop("deep/a.txt", "one")
    house.drop("b.txt", "two")
    house.run(seconds=60)
    assert list(outside.rglob("*")) == []
    assert "symbolic link" in told(house)
    (house.output / linked).unlink()
    house.run()
    assert house.result("deep/a.txt")
    assert house.result("b.txt")


def test_a_link_in_a_datasets_place_is_not_written_through(build: Build, tmp_path: Path) -> None:
    house = build(exports=[{"name": "monthly"}])
    outside = tmp_path / "outside"
    outside.mkdir()
    house.drop("a.txt", "one")
    house.run()
    (house.output / "datasets").symlink_to(outside)
    house.parts.ledger.requests.ask("export", {"name": "monthly"}, house.clock.now())
    house.run(seconds=60)
    assert list(outside.rglob("*")) == []
    (house.output / "datasets").unlink()
    house.run()
    assert len(house.datasets("monthly")) == 1


def test_forgetting_deletes_nothing_through_a_link(house: House, tmp_path: Path) -> None:
    house.drop("deep/a.txt", "one")
    house.run()
    moved = tmp_path / "moved"
    (house.output / "results/in/deep").rename(moved)
    (house.output / "results/in/deep").symlink_to(moved)
    (file,) = house.parts.ledger.search.files()
    house.ask("forget", file_ids=[file.id])
    assert (moved / "a.txt.json").exists()


# -- rows that were kept --------------------------------------------------------------------------------


@pytest.mark.parametrize("service", [{"records_early": False}], indirect=True)
def test_rows_that_were_kept_for_datasets_are_forgotten_too(build: Build) -> None:
    house = build(exports=[{"name": "monthly"}])
    house.drop("b.txt", "another")
    house.drop("a.txt", "a text that only this document has")
    house.run()
    house.ask("export", name="monthly")

    def holding() -> list[Path]:
        files = [path for path in (house.home / "state").rglob("*") if path.is_file()]
        return [path for path in files if b"that only this document has" in path.read_bytes()]

    assert holding()
    file = next(f for f in house.parts.ledger.search.files() if f.path == b"a.txt")
    assert house.ask("forget", file_ids=[file.id])[0] == 0
    assert holding() == []


# -- the key --------------------------------------------------------------------------------------------


def told(house: House) -> str:
    """All that a person can be shown: status, each file's story, results and failures."""
    ledger = house.parts.ledger
    stories = [str(story(ledger, file)) for file in ledger.search.files()]
    return "\n".join(
        [str(house.json_status()), *stories, str(house.results()), str(house.failures())]
    )


def test_a_service_that_says_our_key_is_not_repeated(
    house: House, service: Service, events: list[Any]
) -> None:
    for operation in ("documents.upload", "jobs.list", "executions.get", "usage.current"):
        for status, code in ((400, "VALIDATION_ERROR"), (500, None)):
            service.fault(operation, Refuse(status, code, f"The key {service.key} is odd."))
    house.drop("a.txt", "one")
    house.drop("b.txt", "two")
    house.run(seconds=600)
    assert house.states()
    assert service.key not in told(house)
    assert service.key not in str(events)
    for file in (house.home / "state").glob("ledger*"):
        assert service.key.encode() not in file.read_bytes()


@pytest.fixture
def printed(capfd: pytest.CaptureFixture[str]) -> Iterator[Any]:
    """What logs print; the way they were set up before is put back."""
    handlers, before = logging.root.handlers[:], structlog.get_config()
    yield lambda: capfd.readouterr().err
    logging.root.handlers[:] = handlers
    structlog.configure(**before)


@pytest.mark.parametrize("form", ["json", "console"])
def test_no_line_of_a_log_holds_a_key(form: str, printed: Any) -> None:
    logs.set_up("debug", form)
    log = structlog.get_logger()
    log.info("said", value=KEY, deep={"headers": [{"X-API-KEY": KEY}]}, both=(KEY, 1))
    try:
        secret = KEY
        raise ValueError(f"{secret} is refused")
    except ValueError:
        log.exception("failed")
        logging.getLogger("a.library").exception("failed with %s", KEY)
    text = printed()
    assert text.count("failed") >= 2
    assert "ValueError" in text
    assert KEY not in text
    assert "0123456789" not in text


def test_a_key_of_another_look_is_in_no_line_either(tmp_path: Path, printed: Any) -> None:
    with Service() as service:
        service.key = "another+look/of=a_key"
        with pytest.warns(UserWarning, match="does not begin with dfx_"):
            house = House(tmp_path, service, TestClock())
        house.close()
        logs.set_up("info", "json")
        structlog.get_logger().info("said", deep=[f"with {service.key}, again"])
    assert service.key not in printed()


def test_tls_is_verified_wherever_it_is_spoken() -> None:
    """No switch, no variable and no call turns it off."""
    source = Path(logs.__file__).parent
    found = [
        f"{file.relative_to(source)}: {line.strip()}"
        for file in source.rglob("*.py")
        for line in file.read_text().splitlines()
        if re.search(r"verify\s*=|CERT_NONE|check_hostname|_create_unverified|insecure", line)
    ]
    assert found == []


def test_a_routes_command_inherits_no_secret(build: Build, tmp_path: Path) -> None:
    seen = tmp_path / "environment"
    script = tmp_path / "command"
    script.write_text(f"#!/bin/sh\nenv > {seen}\ntr '\\0' ' ' < /proc/$PPID/cmdline >> {seen}\n")
    script.chmod(0o755)
    os.environ["FLEXORCH_OTHER_SECRET"] = "a secret of the environment"
    try:
        house = build(routes=[{"name": "all", "command": [str(script)]}])
        house.drop("a.txt", "one")
        house.run(until=seen.exists)
    finally:
        del os.environ["FLEXORCH_OTHER_SECRET"]
    assert "PATH=" in seen.read_text()
    assert "FLEXORCH" not in seen.read_text()
    assert KEY not in seen.read_text()
